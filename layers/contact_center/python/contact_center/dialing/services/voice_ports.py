"""The voice provider as dialing knows it: one POST at most, and what may come of it.

The rules of dialing_ports.py bind here too; the third is this file's own: nothing retries a POST.
One `place` is at most one request on the wire. Times are machine ms since 1970.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.dialing.domain.voicemail import HANG_UP
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import PassingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.dialing.domain.call_scripts import Script


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One POST /call.

    Attributes:
        name: `attempt.k`, at most 40 characters: Vapi's `name` and `metadata.attemptId`.
        number: E.164.
        script: Who speaks.
        phone_number_id: Vapi's id of the number that calls; None: the account's own.
        variables: What the assistant may say of the contact.
        voicemail: hang_up or leave_message.
        timezone: In which the assistant is told the contact's time; None: UTC.
    """

    name: str
    number: str = field(repr=False)
    script: Script
    phone_number_id: str | None
    campaign_id: str | None
    variables: Mapping[str, str] = field(repr=False)
    voicemail: str = HANG_UP
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A 2xx with the id of a call."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A 4xx other than capacity: it will never ring.

    Attributes:
        reason: A short word of ours, fit for a metric; never the body.
        configuration: The account or the campaign is wrong (401, 402, 403, a bad number id or
            assistant): every further call would fail alike.
        code: The provider's own figure for the reason; None: it has none.
    """

    reason: str
    configuration: bool = False
    code: int | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly will not ring: no byte left, or 429, or 400 over concurrency.

    Attributes:
        reason: connection, rate or capacity.
        retry_after_ms: How long the provider asked to wait, or None.
    """

    reason: str
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may ring: a timeout after a byte left, 5xx, 3xx, a cut body, a 2xx without an id."""

    reason: str


PostOutcome = Placed | Refused | NotSent | Unknown


class VoiceConnection(Protocol):
    """A connection on which nothing was said yet; good for one call."""

    def place(self, request: CallRequest, not_after_ms: int) -> PostOutcome:
        """Send one POST /call, now. Never raises for what the other side does.

        Args:
            request: What is asked for.
            not_after_ms: Machine ms since 1970. Looked at directly before the write: a process
                that lost the processor in between sends nothing and says NotSent("late").
        """
        ...

    def close(self) -> None:
        """Let it go, used or not."""
        ...


class VoiceUnavailableError(PassingError):
    """The provider could not be reached, or did not answer a question properly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A call as the provider tells of it.

    Attributes:
        name: Its `name`, for the caller to compare.
        rang_at_ms: When it was created or began, the later; by the provider's clock.
        twiml: What leads somebody else's leg to it, as it came; None: it does not say.
        control_url: Where it is steered, as it came; None: it does not say.
    """

    call_id: str
    name: str | None
    ended: bool
    rang_at_ms: int | None = None
    ended_at_ms: int | None = None
    ended_reason: str | None = None
    twiml: str | None = field(default=None, repr=False)  # whoever knows it can listen
    control_url: str | None = field(default=None, repr=False)  # whoever knows it steers


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a search by name found.

    Attributes:
        complete: Every page was read and understood. Only then does "none" mean something.
        calls: Those whose name is exactly the one asked for.
    """

    complete: bool
    calls: Sequence[FoundCall]


class VoiceProvider(Protocol):
    """Vapi's REST API."""

    def open(self) -> VoiceConnection:
        """Connect and finish the TLS handshake. Raises VoiceUnavailableError: no byte left."""
        ...

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        """Every call of that name created since then, read page by page to the end.

        A failure on the way comes as `complete=False` with what was found. Never raises.
        """
        ...

    def get_call(self, call_id: str) -> FoundCall | None:
        """One call; None when the provider says there is none (404).

        Raises VoiceUnavailableError.
        """
        ...
