"""Create a campaign and change it: start, pause, resume, cancel, stop, withdraw contacts.

Claims are conditioned on the campaign's state and version, so once a pause has been answered no
call of it leaves any more, whatever slots it had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_wishes import BadCampaignError
from contact_center.campaigns.domain.campaigns import (
    HOUR_MS,
    WIND_UP_MS,
    Campaign,
    CampaignEvent,
    CampaignState,
    WrongStateError,
    changed,
)
from contact_center.campaigns.domain.contacts import contact_id
from contact_center.campaigns.services.campaign_errors import (
    CampaignBusyError,
    FailedListError,
    NoCampaignError,
)
from contact_center.campaigns.services.campaign_ports import CampaignMovedOnError
from contact_center.campaigns.services.withdraw_contact import withdraw_contact
from contact_center.dialing.domain.voicemail import LEAVE_MESSAGE
from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from contact_center.campaigns.domain.campaign_wishes import CampaignWish
    from contact_center.campaigns.services.campaign_ports import (
        CampaignHead,
        CampaignLists,
        CampaignStore,
        ContactStore,
    )
    from contact_center.dialing.services.change_attempt import LedgerParts

TRIES = 6
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignParts:
    """What changing campaigns needs.

    Attributes:
        ledger: To cancel the attempts of contacts who are withdrawn; brings both clocks.
        assistants: Keys of the configuration's assistants that may call out.
        imports: The lists of campaigns.
        snapshot: An assistant and the policy as they are now; KeyError when there is none.
        stagger_seconds: The gap between calls when a campaign names none.
    """

    campaigns: CampaignStore
    contacts: ContactStore
    imports: CampaignLists
    ledger: LedgerParts
    assistants: Collection[str]
    snapshot: Callable[[str], Mapping[str, object]]
    stagger_seconds: float = 2.0

    def now_ms(self) -> int:
        """Civil ms since 1970."""
        return round(self.ledger.civil.at(self.ledger.clock.now_ms()).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What came of withdrawing contacts.

    Attributes:
        withdrawn: So many will not be called any more.
        finished: So many were done before.
        unknown: So many numbers are not in the campaign.
    """

    withdrawn: int
    finished: int
    unknown: int


def create_campaign(campaign_id: str, wish: CampaignWish, parts: CampaignParts) -> Campaign:
    """Create a campaign as a draft.

    Args:
        campaign_id: A fresh word; the same word again gives the campaign there is.
        wish: What is asked for.
        parts: What it works with.

    Raises:
        BadCampaignError: Its assistant may not call out, or its end has come.
    """
    now_ms = parts.now_ms()
    if wish.assistant not in parts.assistants:
        raise BadCampaignError("assistant", f"must be {' or '.join(sorted(parts.assistants))}")
    if wish.end_at_ms is not None and wish.end_at_ms <= now_ms:
        raise BadCampaignError("endAt", "must be in the future")
    draft = Campaign(campaign_id=campaign_id, wish=wish, created_at_ms=now_ms, changed_at_ms=now_ms)
    parts.campaigns.create(draft)
    return read_campaign(campaign_id, parts)


def start_campaign(campaign_id: str, parts: CampaignParts) -> Campaign:
    """Start a draft; assistant and policy are kept as they are now.

    Raises:
        NoCampaignError, WrongStateError, CampaignBusyError.
        BadCampaignError: Its end has come, or its assistant is gone.
        FailedListError: Its latest list has failed.
    """
    return _change(campaign_id, CampaignEvent.START, "", parts)


def pause_campaign(campaign_id: str, parts: CampaignParts) -> Campaign:
    """Pause it; no call of it leaves once this has returned. Raises as `start_campaign`."""
    return _change(campaign_id, CampaignEvent.PAUSE, "operator", parts)


def resume_campaign(campaign_id: str, parts: CampaignParts) -> Campaign:
    """Let it run on, with the assistant it was started with. Raises as `start_campaign`."""
    return _change(campaign_id, CampaignEvent.RESUME, "", parts)


def cancel_campaign(campaign_id: str, parts: CampaignParts) -> Campaign:
    """End it for good; calls under way are not cut off. Raises as `start_campaign`."""
    return _change(campaign_id, CampaignEvent.CANCEL, "", parts)


class StopCampaigns:
    """CampaignBrake: a campaign whose configuration is wrong stops at once and says why."""

    def __init__(self, campaigns: CampaignStore, ledger: LedgerParts) -> None:
        """Keep the campaigns, and the ledger for both clocks and the metrics."""
        self._campaigns = campaigns
        self._ledger = ledger

    def stop(self, campaign_id: str, reason: str) -> None:
        """Stop it; one that does not run any more, or is unknown, stays as it is.

        Raises StoreUnavailableError, also when others keep changing the campaign.
        """
        for _ in range(TRIES):
            before = self._campaigns.read(campaign_id)
            if before is None:
                return
            now_ms = civil_ms(self._ledger.clock.now_ms(), self._ledger.civil)
            try:
                after = changed(before, CampaignEvent.STOP, now_ms, reason[:LONGEST_REASON])
                if after is before:
                    return
                self._campaigns.save(before, after, now_ms + WIND_UP_MS)
            except WrongStateError:
                return
            except CampaignMovedOnError:
                continue
            self._ledger.metrics.count("campaign_stopped")
            return
        raise StoreUnavailableError


def withdraw_contacts(campaign_id: str, numbers: Sequence[str], parts: CampaignParts) -> Withdrawal:
    """Take customers off a campaign's list, whatever its state.

    A call that is planned and has not left is cancelled; one under way is not cut off.

    Args:
        campaign_id: The campaign.
        numbers: As people write them.
        parts: What it works with.

    Raises:
        NoCampaignError.
        BadNumberError: One is no number; nothing was withdrawn.
        CampaignBusyError, StoreUnavailableError: Of some it failed; to be told again.
        Exception: Something is wrong with one of them; the others are withdrawn.
    """
    campaign = read_campaign(campaign_id, parts)
    found: list[bool | None] = []
    errors: list[Exception] = []
    for e164 in [parse_phone_number(number).e164 for number in numbers]:
        name = contact_id(campaign_id, e164)
        try:
            found.append(withdraw_contact(campaign, name, parts.contacts, parts.ledger))
        except Exception as error:  # noqa: BLE001  told below, when the others are withdrawn
            errors.append(error)
    if True in found:  # nobody may be left
        parts.campaigns.look_soon(campaign_id, parts.now_ms())
    if errors:
        raise errors[0]
    return Withdrawal(found.count(True), found.count(False), found.count(None))


def read_progress(campaign_id: str, parts: CampaignParts) -> CampaignHead:
    """The campaign with its figures, and the tallies of the last hour. Raises NoCampaignError."""
    head = parts.campaigns.head(campaign_id, parts.now_ms() - HOUR_MS)
    if head is None:
        raise NoCampaignError
    return head


def read_campaign(campaign_id: str, parts: CampaignParts) -> Campaign:
    """The campaign as stored. Raises NoCampaignError."""
    campaign = parts.campaigns.read(campaign_id)
    if campaign is None:
        raise NoCampaignError
    return campaign


def _change(campaign_id: str, event: CampaignEvent, reason: str, parts: CampaignParts) -> Campaign:
    for _ in range(TRIES):
        before = read_campaign(campaign_id, parts)
        now_ms = parts.now_ms()
        after = changed(before, event, now_ms, reason)
        if after is before:
            return before
        begins = after.running
        if begins and after.over(now_ms):
            raise BadCampaignError("endAt", "has passed")
        snapshot = None
        if before.state is CampaignState.DRAFT and begins:
            _refuse_failed_list(campaign_id, parts)
            snapshot = _snapshot(before, parts)
        try:
            return parts.campaigns.save(
                before,
                after,
                _look_at_ms(before, after, now_ms),
                snapshot,
            )
        except CampaignMovedOnError:
            continue
    raise CampaignBusyError


def _look_at_ms(before: Campaign, after: Campaign, now_ms: int) -> int | None:
    """When the planner is to look at a campaign that was changed; None: not any more."""
    if after.running:
        return max(now_ms, after.wish.start_at_ms or 0)
    never_ran = before.state is CampaignState.DRAFT
    return None if never_ran else now_ms + WIND_UP_MS


def _refuse_failed_list(campaign_id: str, parts: CampaignParts) -> None:
    """A list that was mended and has come since takes the place of one that failed.

    One that is under way says nothing yet, and one that never came is none.
    """
    lists = parts.imports.of_campaign(campaign_id)
    over = [one for one in lists if one.failed or not (one.open or one.fault)]
    latest = max(over, key=lambda one: one.created_at_ms, default=None)
    if latest is not None and latest.failed:
        raise FailedListError(latest.import_id, latest.fault)


def _snapshot(campaign: Campaign, parts: CampaignParts) -> Mapping[str, object]:
    try:
        kept = parts.snapshot(campaign.wish.assistant)
    except KeyError:
        raise BadCampaignError("assistant", "is not in the configuration any more") from None
    if campaign.wish.voicemail == LEAVE_MESSAGE and not kept.get("voicemailMessage"):
        raise BadCampaignError("voicemail", "asks for a message, and the assistant has none")
    return kept
