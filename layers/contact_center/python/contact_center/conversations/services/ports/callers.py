"""Who is calling, and how he is opened with: what answering a caller needs of the world."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.facts import ResumeOffered
    from contact_center.conversations.domain.resuming import EarlierCall, Talk
    from contact_center.dialing.domain.dial_circumstances import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The customer of a call, as far as is known.

    Attributes:
        number: As the call shows it, or None.
        post_name: The POST that a call of ours was placed with, `attempt.k`; None: it was not.
        placed: Whether the call goes out from us; else the number is what the caller shows.
    """

    number: str | None = field(default=None, repr=False)
    post_name: str | None = None
    placed: bool = False

    @property
    def known(self) -> bool:
        """Whether anything says whose telephone it is."""
        return self.number is not None or self.post_name is not None


class RungNumbers(Protocol):
    """Whom attempts ring."""

    def number_of(self, attempt_id: str) -> str | None:
        """The number (E.164) of an attempt; None: no such attempt. Raises StoreUnavailableError."""
        ...


class PersonReader(Protocol):
    """What is known of a person, for a call that is not ours to place."""

    def read(self, number: str) -> Circumstances:
        """By E.164, consistently; of no campaign. Raises StoreUnavailableError."""
        ...


class CallMemory(Protocol):
    """What an answer may want to know of calls: one read each, soon or not at all."""

    def latest_calls_of(self, customer_number: str, but_not: str | None) -> Sequence[EarlierCall]:
        """The customer's latest calls other than `but_not`, the last one first.

        Raises StoreUnavailableError.
        """
        ...

    def call(self, call_id: str) -> EarlierCall | None:
        """One call by its id; None: nobody has heard of it. Raises StoreUnavailableError."""
        ...

    def destination_of(self, call_id: str) -> str | None:
        """The key a call was last sent to, or None. Raises StoreUnavailableError."""
        ...

    def knows(self, call_id: str) -> bool:
        """Whether any webhook of a call was ever accepted. Raises StoreUnavailableError."""
        ...

    def intent_of(self, call_id: str) -> str | None:
        """The key its customer last asked for, or None. Raises StoreUnavailableError."""
        ...

    def party_of(self, call_id: str) -> Party | None:
        """Its customer, or None for a call nobody has heard of. Raises StoreUnavailableError."""
        ...


class Resumptions(Protocol):
    """To whom calls that broke off were offered."""

    def offer(self, earlier: str, known_as: str) -> bool:
        """Whether a call that broke off is offered to this caller: nobody else was asked before.

        Asked again for the same caller, the answer is the same. Raises StoreUnavailableError,
        StoreRefusedError.
        """
        ...

    def asked(self, offered: ResumeOffered, call_id: str) -> None:
        """Write down, as a fact of a call, what its customer is asked about.

        Raises StoreUnavailableError, StoreRefusedError.
        """
        ...


class BrokenVisits(Protocol):
    """What is known of visits to who answers callers."""

    def broke_off(self, post: str) -> bool:
        """Whether the visit broke off for which this call was ordered, and nothing followed.

        Raises StoreUnavailableError, StoreRefusedError.
        """
        ...


class EarlierTalks(Protocol):
    """What was said in calls."""

    def of(self, call_id: str) -> Talk:
        """The talk of a call. Raises StoreUnavailableError, StoreRefusedError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a squad begins.

    Attributes:
        start: Name of the assistant that begins; None: the entry assistant.
        note: What all assistants are told of the call before, part of their prompts.
        question: Said by the entry assistant instead of its greeting.
        goes_on: Whether whoever begins greets nobody, and opens by its model.
    """

    start: str | None = None
    note: str = field(default="", repr=False)
    question: str | None = None
    goes_on: bool = False


class SquadComposer(Protocol):
    """The squad that answers a call."""

    def compose(self, base_url: str, opening: Opening) -> dict[str, object]:
        """The configured squad with its server under `base_url`."""
        ...

    def saved(self, squad_id: str, opening: Opening) -> dict[str, object]:
        """A saved squad, named, as far as it can be told how to begin: with its own first."""
        ...
