"""What calls need of the world, as Protocols. Adapters and fakes implement them."""

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
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.records.domain.effects import Effect


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

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        """Write facts of a call down, each by itself; one that is there already stays as it is.

        `customer`: whose call it is, E.164, as far as that is known: what he left is shown with it.
        Whoever notes anything reads afterwards: of two who note at once one sees both.
        """
        ...

    def show_whose(self, facts: Sequence[Fact], customer: str) -> None:
        """Show what a caller left, and was written down without his number, with it: E.164.

        Told again, or of what somebody attends to or is erased, it changes nothing.
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


class CallControl(Protocol):
    """Live control of a call (Vapi's control URL)."""

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        """POST one command, once. Never raises for what the other side does."""
        ...
