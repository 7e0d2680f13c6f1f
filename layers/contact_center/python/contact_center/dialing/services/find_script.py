"""Which script a call follows: its campaign's own, or for a single call the present one.

A campaign's script is read once in a process and kept by the campaign's version: a campaign
that has run keeps it for good, and whatever changes one raises the version.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.call_scripts import (
    BadScriptError,
    Script,
    as_recorded_now,
    read_script,
)
from contact_center.dialing.domain.dial_attempts import GivenUp
from contact_center.dialing.domain.voicemail import LEAVE_MESSAGE
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.dialing.services.voice_ports import CallRequest
from contact_center.kernel.instants import CUSTOMER_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import CampaignGate
    from contact_center.dialing.domain.dial_requests import DialRequest
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import CampaignBrake
    from contact_center.dialing.services.judge_call import TimeThere

SCRIPTS_KEPT = 64

NO_SNAPSHOT = "assistant snapshot"
NO_ASSISTANT = "assistant"
NO_MESSAGE = "voicemail message"


class PresentScripts(Protocol):
    """The owner's configuration as it is now."""

    def find(self, assistant: str) -> Script | None:
        """The script of an assistant; None when none of that name may call out."""
        ...


class Snapshots(Protocol):
    """Where campaigns keep the script they were started with."""

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        """As stored, None without one. Raises StoreUnavailableError."""
        ...


class WrongScriptError(Exception):
    """A call that cannot be made as configured; every call like it would fail alike.

    Attributes:
        reason: A short word of ours, fit for a metric.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallScripts:
    """Scripts by call."""

    def __init__(
        self,
        present: PresentScripts,
        snapshots: Snapshots,
        notices: Mapping[str, str] | None = None,
    ) -> None:
        """Keep where scripts come from; nothing is read yet.

        Args:
            present: The configuration.
            snapshots: Campaigns' own.
            notices: What is said where calls are recorded (`as_recorded_now`); none: they are not.
        """
        self._present = present
        self._snapshots = snapshots
        self._notices = notices or {}
        self._kept: OrderedDict[tuple[str, int], Script] = OrderedDict()

    def of_call(self, request: DialRequest, campaign: CampaignGate | None) -> Script:
        """The script of a call.

        Args:
            request: The call.
            campaign: Its campaign as just read, None without one.

        Raises:
            WrongScriptError: There is none, or no message for the voicemail it should leave.
            StoreUnavailableError.
        """
        if request.campaign_id is not None:
            script = self._of_campaign(request.campaign_id, campaign.version if campaign else 0)
        elif request.test_of is not None:
            stored = self._snapshots.snapshot(request.test_of)  # a draft has none yet
            script = self._present_one(request.assistant) if stored is None else self._read(stored)
        else:
            script = self._present_one(request.assistant)
        if request.voicemail == LEAVE_MESSAGE and not script.voicemail_message:
            raise WrongScriptError(NO_MESSAGE)
        return script

    def knows(self, assistant: str) -> bool:
        """Whether an assistant of that name may call out as configured now."""
        return self._present.find(assistant) is not None

    def _present_one(self, assistant: str) -> Script:
        script = self._present.find(assistant)
        if script is None:
            raise WrongScriptError(NO_ASSISTANT)
        return script

    def _of_campaign(self, campaign_id: str, version: int) -> Script:
        key = (campaign_id, version)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        stored = self._snapshots.snapshot(campaign_id)
        if stored is None:
            raise WrongScriptError(NO_SNAPSHOT)
        script = self._kept[key] = self._read(stored)
        if len(self._kept) > SCRIPTS_KEPT:
            self._kept.popitem(last=False)
        return script

    def _read(self, stored: Mapping[str, object]) -> Script:
        try:
            return as_recorded_now(read_script(stored), self._notices)
        except BadScriptError:
            raise WrongScriptError(NO_SNAPSHOT) from None


def script_or_stop(
    attempt: DialAttempt,
    campaign: CampaignGate | None,
    scripts: CallScripts,
    ledger: LedgerParts,
    brake: CampaignBrake,
) -> Script | None:
    """The script of an attempt; without one its campaign is stopped and the attempt given up.

    Raises:
        StoreUnavailableError, AttemptBusyError: To be tried again.
    """
    try:
        return scripts.of_call(attempt.request, campaign)
    except WrongScriptError as error:
        ledger.metrics.count("dial_configuration_wrong", reason=error.reason)
        if attempt.request.campaign_id is not None:
            brake.stop(attempt.request.campaign_id, error.reason)
        event = GivenUp(
            disposition=Disposition.CONFIGURATION,
            now_ms=ledger.clock.now_ms(),
            reason=error.reason,
        )
        change_attempt(attempt.attempt_id, event, ledger, only_version=attempt.version)
    return None


def call_request(attempt: DialAttempt, script: Script, there: TimeThere) -> CallRequest:
    """The POST of an attempt that is claimed.

    Args:
        attempt: What is dialled.
        script: Who speaks.
        there: Day and time where the customer is: what is agreed on in the call is theirs.
    """
    request = attempt.request
    return CallRequest(
        name=attempt.name,
        number=request.number,
        script=script,
        phone_number_id=request.phone_number_id,
        campaign_id=request.campaign_id,
        variables={**request.variables, CUSTOMER_TIME: there.said},
        voicemail=request.voicemail,
        timezone=there.zone,
    )
