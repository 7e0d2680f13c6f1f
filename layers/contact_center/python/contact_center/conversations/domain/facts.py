"""Facts: what happened in a call, past tense, each with the sender's time and a natural key.

A fact is told at least once, in any order. Its key is the same however often it is told
(facts: Vapi sends no event id), so telling it twice changes nothing. Times are the sender's,
in milliseconds since 1970, because arrival order proves nothing.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Literal

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

FACT_VERSION = 1

Role = Literal["customer", "assistant"]
LEAD, INFORMATION = "lead", "information"  # what callers leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened in one call.

    Attributes:
        call_id: Vapi's id of the call.
        at_ms: When it happened by the sender's clock, ms since 1970.
        key: Natural key within the call; two facts with one key are one fact.
    """

    call_id: str
    at_ms: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen(Fact):
    """What a message said of the call itself, beside its news. None means not said.

    `visit_post` is the name under which it was ordered for a caller who was here before it.
    `for_visits` says that it came in where calls for visits alone do, whosever it is.
    `control_url` is a capability (no other auth is asked): never logged, never shown.
    """

    direction: Literal["inbound", "outbound"] | None = None
    customer_number: str | None = None
    customer_name: str | None = None
    phone_number_id: str | None = None
    called_number: str | None = None
    control_url: str | None = None
    twilio_call_sid: str | None = None
    attempt_id: str | None = None
    campaign_id: str | None = None
    created_at_ms: int | None = None
    visit_post: str | None = None
    for_visits: bool = False

    def of_visit(self, post: str) -> CallSeen:
        """The same of a call that has proved to be the one of that name; another fact."""
        return replace(self, visit_post=post, direction="inbound", key=f"{self.key}:{post}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Fact):
    """Vapi's status of the call: scheduled queued ringing in-progress forwarding ended ..."""

    status: str
    ended_reason: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceHeard(Fact):
    """Words of the customer or the assistant; partial while still being spoken.

    `intent`, `confidence`, `wants_person` and `perhaps_person` are what the classifier made of a
    customer's words when the fact was first written down: a department's key, 'person' or None.
    `promises` is whom the assistant's final words promise to put the customer through to: a
    department's key, 'person' or None. `goodbye`: whether final words say goodbye.
    `text` is stored redacted. `judged`: what the words plainly said, where some were taken out
    (plain_words.py). `behind`: how many digits stood behind each mark (redaction.py).
    """

    role: Role
    text: str
    final: bool
    intent: str | None = None
    confidence: float = 0.0
    wants_person: bool = False
    perhaps_person: bool = False
    assistant_name: str | None = None
    promises: str | None = None
    goodbye: bool = False
    judged: str | None = None
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Fact):
    """The customer pressed keys on the telephone.

    `digits` is stored redacted. `command`: the keys, where they are a command of ours, "" where
    they are none; None while `digits` is whole. `behind` as in UtteranceHeard.
    """

    digits: str
    command: str | None = None
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechChanged(Fact):
    """The customer or the assistant began or stopped to speak (voice activity, no words)."""

    role: Role
    started: bool
    turn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInterrupted(Fact):
    """Vapi's own word that the customer cut in on the assistant."""

    turn_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled(Fact):
    """The assistant called one of our tools; `answer` is the one line it was told.

    `callback` is the instant of another call that was promised, ISO 8601 in UTC, judged by
    `in_campaign` and `timezone`: the zone in which the model was told the customer's time, None
    where it was told to ask.
    `follow_up` is the kind of what it leaves for people to do. `reachable`: whether the call shows
    a number at which the customer can be called.
    """

    tool_call_id: str
    name: str
    arguments: dict[str, object] = field(default_factory=dict)
    answer: str | None = None
    department: str | None = None
    in_campaign: bool = False
    timezone: str | None = None
    callback: str | None = None
    reachable: bool = True
    follow_up: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingBooked(Fact):
    """A slot of a calendar is this caller's: written at the door in the transaction that took it.

    A call has one at most. `details` is what the caller said of himself, cleaned; `follow_up` has
    it listed for the people who keep the appointment.
    """

    starts_at_ms: int
    ends_at_ms: int
    details: dict[str, str] = field(default_factory=dict)
    follow_up: str | None = "booking"

    @property
    def arguments(self) -> dict[str, object]:
        """What people are shown of it."""
        return {"startsAt": iso(self.starts_at_ms), **self.details}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsLeft(Fact):
    """What a caller left and confirmed after it was read back: written at the door.

    `details` are cleaned. `agreed_at_ms` is when he agreed, in this call, to be written to about
    it; `follow_up` is the kind of what it leaves for people to do.
    """

    what: str  # LEAD or INFORMATION
    details: dict[str, str]
    agreed_at_ms: int | None = None
    follow_up: str | None = None

    @property
    def arguments(self) -> dict[str, object]:
        """What people are shown of it."""
        return dict(self.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeOffered(Fact):
    """The call begins with the question whether it is about a call that was cut off.

    `earlier` is that call, `department` the key of whoever had it.
    """

    earlier: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantStarted(Fact):
    """An assistant took the call over: at the start, or after a handoff."""

    assistant_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReported(Fact):
    """A transfer or handoff is under way: to an assistant by name, or to a number."""

    to_assistant: str | None = None
    from_assistant: str | None = None
    to_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Fact):
    """The end-of-call report, reduced to what we keep. The archive is in S3."""

    ended_reason: str
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    cost_usd: float | None = None
    summary: str | None = None
    success: str | None = None
    recording_kept_by_vapi: bool = False
    transfers_connected: int | None = None
    transfers: str | None = None  # what came of each, in words of ours, separated by commas
    report_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersTold(Fact):
    """What a model answered about the call, in the report or after it (records/call_questions).

    `answers` as told, or once they are understood those that fit; `unknown`: how many do not.
    """

    answers: dict[str, str]
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTold(Fact):
    """What one source says the call cost: all its parts, in millionths (records/domain/costs.py).

    `wrong`: how many of its figures were none. `final`: it is its last word.
    """

    source: str
    parts: dict[str, int]
    currency: str = "USD"
    final: bool = True
    wrong: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingTold(Fact):
    """What has become of our copy of the recording: kept or lost (records/domain/recordings.py).

    `follow_up` has one that is lost listed for people, with the reason.
    """

    state: str
    size: int = 0
    media: str = ""
    reason: str = ""
    follow_up: str | None = None

    @property
    def arguments(self) -> dict[str, object]:
        """What people are shown of it."""
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp(Fact):
    """We asked for what nobody had told, and were answered (records/domain/look_ups.py)."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAsked(Fact):
    """Somebody who watches the call wants something done in it (domain/operators.py).

    `do` is what, `action_id` its name, `by` whose wish it is. `department`, `person` and `number`
    say where the caller is to go, `text` what is to be said or told.
    """

    do: str
    action_id: str
    by: str
    text: str = field(default="", repr=False)
    department: str | None = None
    person: str | None = None
    number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Fact):
    """Somebody says where this caller should have been sent: a department's key, or person."""

    department: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMet(Fact):
    """A person and the caller were together at our own number, as the caller's visit knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Fact):
    """Anything else worth a line in the record: a stall, a language change, a tool error."""

    kind: str
    detail: str | None = None


FACT_KINDS: dict[str, type[Fact]] = {
    cls.__name__: cls
    for cls in (
        CallSeen,
        StatusChanged,
        UtteranceHeard,
        KeyPressed,
        SpeechChanged,
        CustomerInterrupted,
        ToolCalled,
        MeetingBooked,
        DetailsLeft,
        ResumeOffered,
        AssistantStarted,
        TransferReported,
        CallEnded,
        AnswersTold,
        CostTold,
        RecordingTold,
        LookedUp,
        OperatorAsked,
        Corrected,
        PersonMet,
        Noticed,
    )
}


def person_met(call_id: str, at_ms: int) -> PersonMet:
    """The fact of a call after which a person had the caller: one a call, however often told."""
    return PersonMet(call_id=call_id, at_ms=at_ms, key="person-met")


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, by the sender's clock.

    Of two facts that share a key but differ, the smaller by representation stands, so that
    the choice does not depend on arrival. At one millisecond a stop comes before a start,
    and a partial transcript before the final one.

    Raises:
        ValueError: The facts are of more than one call.
    """
    unique: dict[str, Fact] = {}
    for fact in facts:
        known = unique.setdefault(fact.key, fact)
        if known is not fact and known != fact:
            unique[fact.key] = min(known, fact, key=repr)
    if len({fact.call_id for fact in unique.values()}) > 1:
        raise ValueError("the facts of one conversation must be of one call")
    return sorted(unique.values(), key=_position)


def _position(fact: Fact) -> tuple[int, str, bool, str]:
    later = getattr(fact, "final", False) or getattr(fact, "started", False)
    return fact.at_ms, type(fact).__name__, bool(later), fact.key
