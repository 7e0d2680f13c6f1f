"""What the reception needs of the world to admit a caller, as Protocols."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.services.voice_ports import NotSent, Refused
    from contact_center.visits.domain.instructions import JoinAssistant, RingAssistant
    from contact_center.visits.domain.visit_parts import AsksAbout
    from contact_center.visits.domain.visits import Visit


class Kept(NamedTuple):
    """A visit as it is stored, and the revision to write it on."""

    visit: Visit
    revision: int


class Visits(Protocol):
    """The visits. Reads are consistent.

    Every method raises StoreUnavailableError when the table did not answer, and a write then may
    have happened; StoreRefusedError when the table never takes it.
    """

    def read(self, visit_id: str) -> Kept | None:
        """A visit, or None when there is none. Raises UnreadableItemError for a later release's."""
        ...

    def write(self, visit: Visit, seen: int) -> Kept | None:
        """Write a visit on the revision that was read; 0: there is none.

        Returns:
            None when it is written; else what stands there instead.
        """
        ...


class OpenWishes(Protocol):
    """Visits whose caller talks with an assistant and is to get a person."""

    def wished(self, until_ms: int, limit: int) -> Sequence[str]:
        """Ids of those who wished for one until then, the earliest first.

        From an index, which may lag. Raises StoreUnavailableError.
        """
        ...


class OpenBreaks(Protocol):
    """Visits whose caller hung up in a talk, of which nobody has seen whether it broke off."""

    def unjudged(self, until_ms: int, limit: int) -> Sequence[str]:
        """Ids of those who did until then, the earliest first.

        From an index, which may lag. Raises StoreUnavailableError.
        """
        ...


class LeftMessages(Protocol):
    """Visits whose caller left a message that nobody has attended to."""

    def left(self, limit: int) -> tuple[Sequence[Visit], bool]:
        """The oldest of them, and whether those are all; what cannot be read is left out.

        From an index, which may lag. Raises StoreUnavailableError.
        """
        ...


class ControlUrls(Protocol):
    """Where calls with assistants are steered."""

    def of_call(self, call_id: str) -> str | None:
        """The control URL of a call; None: it has ended, or none was ever told.

        Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantRequest:
    """An assistant's call to be ordered for a caller who is on the line.

    Attributes:
        name: Of the order, at most 40 characters; the call carries it.
        visit_id: Whose call it is; the call carries it as well.
        caller: E.164; None: withheld.
        called: Our number, E.164, or None.
        after: Path at which the leg goes on when the assistant has let go.
        rang_at_ms: When the caller rang, ms since 1970; None: now.
        before: The call that he has had before in the same visit.
        resumes: The call of an earlier visit that he has said he goes on with.
        nobody_came: Whether a person was asked for meanwhile.
        proof: By which a call that comes in proves that it is this one; None: it is not wanted.
    """

    name: str
    visit_id: str
    caller: str | None = field(repr=False)
    called: str | None
    after: str
    rang_at_ms: int | None = None
    before: str | None = None
    resumes: str | None = None
    nobody_came: bool = False
    proof: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """The assistant waits at the far side of a stream."""

    call_id: str
    join: JoinAssistant


@dataclass(frozen=True, slots=True)
class Unheard(Unknown):
    """It may be there, and its assistant asks first whether it is about an earlier call."""

    asks: AsksAbout


@dataclass(frozen=True, slots=True)
class Rings:
    """The caller's leg rings at the assistant's; the call is asked about when it comes in there."""

    ring: RingAssistant


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedCall:
    """An assistant's call as its provider tells of it.

    Attributes:
        join: How the caller's leg is led there; None: the provider does not say.
        control_url: Where it is steered; None: the provider does not say.
    """

    call_id: str
    ended: bool
    join: JoinAssistant | None
    control_url: str | None = field(default=None, repr=False)


class OrderedCalls(Protocol):
    """Calls that were ordered and whose answer nobody has."""

    def look_up(self, name: str, call_id: str | None, since_ms: int) -> OrderedCall | None:
        """An ordered call; one that lasts before one that has ended. None: none is found.

        Args:
            name: Of the order.
            call_id: The provider's, where it is known.
            since_ms: When it was ordered, ms since 1970.

        Raises:
            VoiceUnavailableError: The provider does not answer.
        """
        ...

    def end(self, call: OrderedCall) -> bool:
        """End a call that nobody is on. False: it was not asked to, or refuses."""
        ...


class Assistants(Protocol):
    """Whoever gives a caller an assistant."""

    def order(self, request: AssistantRequest) -> Joined | Rings | Refused | NotSent | Unknown:
        """Order one call, once, within six seconds. Never raises for what the other side does.

        An answer that leads the caller anywhere but to the provider is Unknown: there may be a
        call, and nobody can be connected with it.
        """
        ...
