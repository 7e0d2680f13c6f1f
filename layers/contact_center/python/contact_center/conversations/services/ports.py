"""What the use cases need of the world, as Protocols. Adapters and fakes implement them."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.call_commands import Command
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import (
        DetailsLeft,
        Fact,
        MeetingBooked,
        RecordingTold,
        ResumeOffered,
        ToolCalled,
    )
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.domain.resuming import EarlierCall, Talk
    from contact_center.dialing.domain.dial_circumstances import Circumstances
    from contact_center.kernel.ports import RawRequest
    from contact_center.records.domain.effects import Effect


class FactQueue(Protocol):
    """The call-events queue: durable once `send` returns."""

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        """Append one message. Raises QueueUnavailableError when it may not be durable."""
        ...


class VisitNews(Protocol):
    """Callers' visits, which their calls with assistants belong to (visits/)."""

    def hear_of_call(  # noqa: PLR0913 - what is told of a call
        self,
        post: str,
        call_id: str,
        *,
        ended: bool,
        talked: bool,
        reason: str | None,
        resumes: str | None = None,
    ) -> None:
        """A call that was ordered for a visit is under way, or over for this reason.

        `talked` says whether the customer was talked to, `resumes` which call that had broken off
        it goes on with.

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


class RequestCheck(Protocol):
    """Whether a request comes from whom it claims."""

    def check(self, request: RawRequest, now_ms: int) -> tuple[str | None, str]:
        """Why it is refused (None: it is genuine), and what tells this sending from another.

        Raises CheckUnavailableError.
        """
        ...


class ControlOutcome(StrEnum):
    """What a request to a control URL can come to."""

    SENT = "sent"  # Vapi said 2xx
    REFUSED = "refused"  # Vapi said no, or the URL is not one we may call
    NOT_SENT = "not_sent"  # no byte left
    UNKNOWN = "unknown"  # a byte left and no clear answer came: never sent again
    DROPPED = "dropped"  # too late, overtaken or for a call that is over: not sent on purpose


# Certainly not carried out, though it should have been: what was decided may be decided anew.
FAILED = frozenset({ControlOutcome.REFUSED, ControlOutcome.NOT_SENT})


@dataclass(frozen=True, slots=True)
class ActionMark:
    """How far acting on one decision has come; without `outcome` it may have been sent."""

    begun_at_ms: int
    outcome: ControlOutcome | None = None
    finished_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGlance:
    """How a call stands at the moment.

    Attributes:
        confidence: How sure the intent is, 0 to 1.
        location: Key of the department whose assistant has the caller; None: the first one has.
        transferring: Whether a telephone is being rung, or has the caller.
        opted_out: Whether the customer asked not to be called again.
        words: What was said last, redacted and cut; by whom, and when, ms since 1970.
    """

    confidence: float = 0.0
    location: str | None = None
    transferring: bool = False
    opted_out: bool = False
    words: str | None = field(default=None, repr=False)
    words_by: str | None = None
    words_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGlance:
    """What operators look at first: derived from the facts when they were committed.

    Attributes:
        understood: Whom the caller first asked for; None: nobody.
        routed_ms: When it was first known where he should be, ms since 1970.
        live: What is worth looking at only while the call is under way; None: it is over.
    """

    intent: str | None = None
    destination: str | None = None
    mode: str | None = None
    clarifications: int = 0
    interruptions: int = 0
    understood: str | None = None
    routed_ms: int | None = None
    live: LiveGlance | None = None


@dataclass(frozen=True, slots=True)
class CallHistory:
    """Everything stored of one call, or all but the turns that were folded.

    `version` is 0 when nothing was stored yet; `commit` refuses if it has moved on.
    `unrecorded` are facts that are known though no commit has written them: tool calls that
    were answered at the door, and what it has the customer asked. `actions` holds the decisions
    that somebody has begun to act on, by number. `look_at_ms`: when somebody is to ask what nobody
    has told of it. `forgotten`: its customer was, and nothing of it is written down any more.
    `folded`: what its turns up to a moment came to; `whole`: whether these are among its facts.
    """

    record: CallRecord | None
    facts: Sequence[Fact]
    decisions: Sequence[Decision]
    version: int
    unrecorded: Sequence[Fact] = ()
    actions: Mapping[int, ActionMark] = field(default_factory=dict)
    glance: CallGlance = field(default_factory=CallGlance)
    look_at_ms: int | None = None
    forgotten: bool = False
    folded: Folded | None = None
    whole: bool = True


class ForgottenCallError(Exception):
    """The customer of a call was forgotten: what is told of it late is swallowed."""


class HistoryMovedOnError(Exception):
    """Another writer committed first: read again and decide again."""


class CallStore(Protocol):
    """The calls table."""

    def read(self, call_id: str) -> CallHistory:
        """Read record, facts and decisions of a call, consistently."""
        ...

    def read_on(self, call_id: str) -> CallHistory:
        """The same without turns of up to the moment to which the call was folded."""
        ...

    def fold(self, call_id: str, folded: Folded) -> None:
        """Keep what a call was folded to, instead of the version that it was folded on from.

        The record that is stored has to know all that is in it. Raises HistoryMovedOnError when
        another was kept since.
        """
        ...

    def note(self, facts: Sequence[Fact]) -> None:
        """Write facts of a call down, each by itself; one that is there already stays as it is.

        Whoever notes anything reads afterwards: of two who note at once one sees both.
        """
        ...

    def keep(
        self,
        history: CallHistory,
        record: CallRecord,
        glance: CallGlance,
        *,
        look_at_ms: int | None = None,
    ) -> None:
        """Write the record that knows facts which are written down; see `commit` for the others.

        Raises HistoryMovedOnError when the record has changed since `history` was read.
        """
        ...

    def commit(  # noqa: PLR0913 - all that one transaction writes
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        """Write new facts, the merged record, new decisions and effects: all or nothing.

        `amended` are facts of the history that are stored otherwise from now on. `look_at_ms`:
        when what nobody has told is to be asked for, None: never; one later than the stored one
        is not written (records/domain/look_ups.py, is_new_due). `count_at_ms`: the call is to be
        counted anew, by then; one that waits to be counted waits no longer for it.

        Raises HistoryMovedOnError when the call has changed since `history` was read.
        """
        ...

    def sweep(self, call_id: str) -> None:
        """Delete what was written of a call after its customer was forgotten.

        That it is forgotten stays, and what of it is in the figures.
        """
        ...

    def begin_action(self, decision: Decision, at_ms: int) -> bool:
        """Mark a committed decision as being acted on; False when somebody already did."""
        ...

    def finish_action(self, decision: Decision, outcome: ControlOutcome, at_ms: int) -> None:
        """Write down what became of the action."""
        ...


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of a list of calls."""

    record: CallRecord
    glance: CallGlance
    decisions: int


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of calls, newest first; `cursor` is None on the last one.

    `unreadable` names those that this release cannot read.
    """

    calls: Sequence[CallRow]
    cursor: str | None
    unreadable: Sequence[str] = ()


class CallList(Protocol):
    """The calls table as operators look at it: many calls, a little of each."""

    def active_count(self, seen_since_ms: int) -> int:
        """How many calls have not ended and were heard of since then.

        Raises StoreUnavailableError.
        """
        ...

    def active(self, seen_since_ms: int, limit: int) -> CallPage:
        """Calls that have not ended and were heard of since then, the latest first.

        `cursor` is not None where there are more. Raises StoreUnavailableError.
        """
        ...

    def calls_of_day(self, day: str, limit: int, cursor: str | None) -> CallPage:
        """The calls that began on a day (YYYY-MM-DD, UTC).

        Raises BadCursorError and StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Something that was left for people to do, and what is known of its call.

    `asked_at_ms` is the sender's time, ms since 1970, as far as it is a time at all.
    """

    called: ToolCalled | MeetingBooked | DetailsLeft | RecordingTold
    asked_at_ms: int
    record: CallRecord | None


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """One page of what nobody has attended to; `cursor` is None on the last one."""

    follow_ups: Sequence[FollowUp]
    cursor: str | None


class FollowUps(Protocol):
    """What customers left for people to do, until somebody attends to it.

    Each method may raise StoreUnavailableError.
    """

    def waiting(self, limit: int, cursor: str | None) -> FollowUpPage:
        """What nobody has attended to, the oldest first. Raises BadCursorError."""
        ...

    def oldest_at_ms(self) -> int | None:
        """When the oldest of it was left, ms since 1970; None: nothing waits."""
        ...

    def attend(self, call_id: str, key: str, at_ms: int) -> int | None:
        """Note that somebody attends to one, by its call and the key of its fact.

        Returns since when somebody does, ms since 1970; None: nothing was left there.
        """
        ...


class CallControl(Protocol):
    """Live control of a call (Vapi's control URL)."""

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        """POST one command, once. Never raises for what the other side does."""
        ...
