"""What a message of a call needs of the world: queues, stored bodies, whom it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.domain.facts import ToolCalled
    from contact_center.kernel.ports import RawRequest


class FactQueue(Protocol):
    """The call-events queue: durable once `send` returns."""

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        """Append one message. Raises QueueUnavailableError when it may not be durable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOfVisit:
    """How far a call is that was ordered for a visit.

    Attributes:
        post: The name under which it was ordered.
        ended: Whether it is over; else it is under way.
        talked: Whether the customer was talked to.
        reason: Why it ended, as Vapi says it; None: it does not say.
        reported: Whether its report says so: what was told before may be another.
        resumes: Which call that had broken off it goes on with.
    """

    post: str
    call_id: str
    ended: bool
    talked: bool
    reason: str | None = None
    reported: bool = False
    resumes: str | None = None


class VisitNews(Protocol):
    """Callers' visits, which their calls with assistants belong to (visits/)."""

    def hear_of_call(self, call: CallOfVisit) -> None:
        """A call that was ordered for a visit is under way or over.

        Told again or late, it changes nothing. Raises StoreUnavailableError, ContentionError.
        """
        ...

    def met_ms(self, post: str) -> int | None:
        """When a person and the caller were together, if it is this call that led there.

        None: they were not, by now. Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWish:
    """Whom the caller of a visit is to get, by one decision in one of its calls.

    Attributes:
        post: The name under which the call was ordered.
        number: Of the decision: a later one counts, and one is told once.
        whose: Key of the department whose people are to be asked; None: nobody any more.
        at_ms: When it was decided, ms since 1970.
        person: Who is to be asked before anybody else, by the key of people.toml.
    """

    post: str
    number: int
    whose: str | None
    at_ms: int
    person: str | None = None


class PersonWishes(Protocol):
    """Where people are asked for the callers of visits (people/)."""

    def tell(self, wish: PersonWish) -> None:
        """Have people asked, or asked no more. Told again, it changes nothing.

        Raises StoreUnavailableError, StoreRefusedError, ContentionError, QueueUnavailableError:
        nobody may be asked.
        """
        ...


class Reminders(Protocol):
    """Brings the router back to a call after a while, even if nobody speaks."""

    def remind(self, call_id: str, at_ms: int, now_ms: int) -> None:
        """Ask to be reminded at a time or a little after it, ms since 1970 by our clock.

        What comes says when it was due. It may get lost: any message of the call does as well.

        Raises QueueUnavailableError when it is not known whether it was taken.
        """
        ...


class ReportArchive(Protocol):
    """The S3 bucket for bodies too large for the queue and for call reports."""

    def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key, overwriting the same key with the same content.

        Raises StoreUnavailableError.
        """
        ...

    def get(self, key: str) -> bytes:
        """Read them back. Raises KeyError when absent, StoreUnavailableError."""
        ...

    def delete(self, key: str) -> None:
        """Delete them; what is absent already is fine. Raises StoreUnavailableError."""
        ...


class LargeBodies(Protocol):
    """Where the door leaves a body that is too large for the queue."""

    def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key. Raises StoreUnavailableError."""
        ...


class ToolAnswers(Protocol):
    """Stored tool answers: the first stored one is the answer for ever."""

    def store_if_absent(self, called: ToolCalled, result: str) -> str:
        """Store a tool call with its result (JSON) unless one is stored under its key.

        Returns the result that stands. Raises StoreUnavailableError when it is not known to
        be stored.
        """
        ...


class RequestCheck(Protocol):
    """Whether a request comes from whom it claims."""

    def check(self, request: RawRequest, now_ms: int) -> tuple[str | None, str]:
        """Why it is refused (None: it is genuine), and what tells this sending from another.

        Raises CheckUnavailableError.
        """
        ...
