"""The record of one call: a merge of its facts, so that order and repetition cannot matter.

Every field is one of: a maximum by rank (status), a minimum or maximum of times, a union of
sets, or a register that keeps the value with the greatest (at_ms, value). Each is commutative,
associative and idempotent, therefore so is the whole.
"""

from __future__ import annotations

import json
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    LEAD,
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CallSeen,
    Corrected,
    CostTold,
    DetailsLeft,
    Fact,
    KeyPressed,
    LookedUp,
    MeetingBooked,
    Noticed,
    OperatorAsked,
    PersonMet,
    RecordingTold,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.dialing.domain.call_outcomes import SILENCE, is_passing
from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.achieved import Proof, achieved
from contact_center.records.domain.call_questions import ACHIEVED, NOT_SAID, SUMMARY
from contact_center.records.domain.costs import AWS_CALL_MICROS, CallCosts, Source, SourceCosts
from contact_center.records.domain.recordings import Recording, RecordingState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from contact_center.records.domain.achieved import Achieved

# Later stages win whatever order they are told in; `ended` is final because a phone that
# was hung up does not ring again. `forwarding` still holds a line (Vapi §2).
STATUS_RANK: dict[str, int] = {
    "scheduled": 1,
    "queued": 2,
    "ringing": 3,
    "in-progress": 4,
    "forwarding": 5,
    "ended": 6,
}
# Registers of the reason it ended for: of the last status, and of the report.
STATUS_REASON, REPORTED_REASON = "status_reason", "reported_reason"
COST = "cost "  # registers: JSON of what a source told, by source
RECORDED = "recorded"  # register: that its provider recorded it
RECORDING = "recording"  # register: JSON of what became of our copy
ANSWERS = "answers"  # register: JSON of what was answered, by question
NO_REASON = "unknown"  # a report that gave none
IN_PROGRESS = "in-progress"
ENDED = "ended"

Register = tuple[int, str]  # (at_ms, value): the greatest wins


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """What is known of one call. None and empty mean: not told yet.

    It began with `started_at_ms`; when somebody was heard, `answered_at_ms`, is known only of
    calls whose status was told. `customer_heard`: the customer said something or pressed a key.
    `proofs`: what it achieved of which there is a fact of ours (records/domain/achieved.py).
    `looked_up`: what was asked for because nobody told it, by name (records/domain/look_ups.py).
    """

    call_id: str
    status: str | None = None
    first_seen_ms: int | None = None
    last_seen_ms: int | None = None
    started_at_ms: int | None = None
    answered_at_ms: int | None = None
    ended_at_ms: int | None = None
    customer_heard: bool = False
    assistants: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()
    proofs: frozenset[str] = frozenset()
    looked_up: frozenset[str] = frozenset()
    registers: dict[str, Register] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.status == ENDED

    @property
    def talked(self) -> bool:
        """Whether the customer was talked to: where all ended in silence, only if they spoke."""
        if self.value("ended_reason") == SILENCE:
            return self.customer_heard
        return self.customer_heard or bool(self.assistants) or self.answered_at_ms is not None

    @property
    def reason_is_final(self) -> bool:
        """Whether its reason is the end-of-call report's own."""
        return _says_why(self.registers.get(REPORTED_REASON))

    @property
    def achieved(self) -> Achieved:
        """What it achieved, as far as is known by now."""
        return achieved(self.answers.get(ACHIEVED), self.proofs)

    @property
    def answers(self) -> dict[str, str]:
        """What a model answered about it, by question: what fits."""
        return dict(json.loads(self.value(ANSWERS) or "{}"))

    @property
    def costs(self) -> CallCosts:
        """What it cost, as far as anybody has told; of AWS what is reckoned, once it is over."""
        told = {
            name.removeprefix(COST): SourceCosts(**json.loads(said))
            for name, (_, said) in sorted(self.registers.items())
            if name.startswith(COST)
        }
        ours = {Source.AWS.value: SourceCosts({"call": AWS_CALL_MICROS})} if self.ended else {}
        return CallCosts(ours | told)

    @property
    def recording(self) -> Recording:
        """What is known of its recording; whether the days of a copy are over is not asked."""
        at_ms, said = self.registers.get(RECORDING, (0, ""))
        if said:
            told = json.loads(said)
            return Recording(**told | {"state": RecordingState(told["state"]), "at_ms": at_ms})
        recorded = self.value(RECORDED) is not None
        return Recording(state=RecordingState.NOT_YET if recorded else RecordingState.NONE)

    def value(self, name: str) -> str | None:
        """The current value of a register such as customer_number, or None."""
        register = self.registers.get(name)
        return register[1] if register else None


def merge(record: CallRecord, fact: Fact) -> CallRecord:
    """Merge one fact into the record.

    Args:
        record: What was known before.
        fact: A fact of the same call, told for the first or the tenth time.

    Returns:
        The record that knows both; equal to `record` when the fact brought nothing new.
    """
    with_it = _MERGES.get(type(fact))
    if isinstance(fact, _NO_NEWS):  # of the call itself: it was not heard of
        return record if with_it is None else with_it(record, fact)
    seen = _seen(record, fact)
    return seen if with_it is None else with_it(seen, fact)


def merge_all(call_id: str, facts: Iterable[Fact]) -> CallRecord:
    """Build a record from nothing but its facts."""
    record = CallRecord(call_id=call_id)
    for fact in facts:
        record = merge(record, fact)
    return record


def _seen(record: CallRecord, fact: Fact) -> CallRecord:
    """That it was heard of; itself when that is between what is known, as of most facts it is."""
    first, last = record.first_seen_ms, record.last_seen_ms
    heard = record.customer_heard or _heard(fact)
    known = first is not None and last is not None and first <= fact.at_ms <= last
    if known and heard == record.customer_heard:
        return record
    return replace(
        record,
        first_seen_ms=_least(first, fact.at_ms),
        last_seen_ms=_greatest(last, fact.at_ms),
        customer_heard=heard,
    )


def _with_context(record: CallRecord, fact: CallSeen) -> CallRecord:
    told = {
        "direction": fact.direction,
        "customer_number": fact.customer_number,
        "customer_name": fact.customer_name,
        "phone_number_id": fact.phone_number_id,
        "called_number": fact.called_number,
        "control_url": fact.control_url,
        "twilio_call_sid": fact.twilio_call_sid,
        "attempt_id": fact.attempt_id,
        "campaign_id": fact.campaign_id,
        "visit_post": fact.visit_post,
        "for_visits": "yes" if fact.for_visits else None,
    }
    record = _changed(record, started_at_ms=_least(record.started_at_ms, fact.created_at_ms))
    return _told(record, fact.at_ms, told)


def _with_status(record: CallRecord, fact: StatusChanged) -> CallRecord:
    record = _raise_status(record, fact.status)
    if fact.status == IN_PROGRESS:
        record = _changed(record, answered_at_ms=_least(record.answered_at_ms, fact.at_ms))
    if fact.status == ENDED:
        record = _changed(record, ended_at_ms=_least(record.ended_at_ms, fact.at_ms))
    return _reasoned(_told(record, fact.at_ms, {STATUS_REASON: fact.ended_reason}))


def _with_assistant(record: CallRecord, fact: AssistantStarted) -> CallRecord:
    return _changed(record, assistants=record.assistants | {fact.assistant_name})


def _with_notice(record: CallRecord, fact: Noticed) -> CallRecord:
    return _changed(record, notices=record.notices | {fact.kind})


def _with_tool(record: CallRecord, fact: ToolCalled) -> CallRecord:
    """The time that was promised last stands."""
    record = _told(record, fact.at_ms, {"callback": fact.callback})
    return _proved(record, Proof.CALLBACK_PROMISED if fact.callback else None)


def _with_meeting(record: CallRecord, fact: MeetingBooked) -> CallRecord:
    told = {"meeting_at_ms": str(fact.starts_at_ms), "said_name": fact.details.get("name")}
    return _proved(_told(record, fact.at_ms, told), Proof.MEETING_BOOKED)


def _with_details(record: CallRecord, fact: DetailsLeft) -> CallRecord:
    names = (fact.details.get(name) for name in ("firstName", "lastName"))
    record = _told(record, fact.at_ms, {"said_name": " ".join(filter(None, names)) or None})
    return _proved(record, Proof.LEAD_TAKEN if fact.what == LEAD else Proof.INFORMATION_SENT)


def _with_words(record: CallRecord, fact: UtteranceHeard) -> CallRecord:
    return _told(record, fact.at_ms, {"goodbye": fact.role if fact.goodbye else None})


def _with_report(record: CallRecord, fact: CallEnded) -> CallRecord:
    record = _raise_status(record, ENDED)
    record = _changed(
        record,
        started_at_ms=_least(record.started_at_ms, fact.started_at_ms),
        ended_at_ms=_least(record.ended_at_ms, fact.ended_at_ms or fact.at_ms),
    )
    told = {
        REPORTED_REASON: fact.ended_reason,
        "summary": fact.summary,
        "success": fact.success,
        "cost_usd": None if fact.cost_usd is None else repr(fact.cost_usd),
        "report_key": fact.report_key,
        "transfers": fact.transfers,
        RECORDED: "yes" if fact.recording_kept_by_vapi else None,
    }
    picked_up = bool(fact.transfers_connected)
    record = _proved(record, Proof.TRANSFERRED if picked_up else None)
    return _reasoned(_told(record, fact.at_ms, told))


def _with_answers(record: CallRecord, fact: AnswersTold) -> CallRecord:
    if not fact.answers:  # nothing was answered: it may be yet, and what was stands
        return record
    told: dict[str, str | None] = {
        ANSWERS: json.dumps(fact.answers, sort_keys=True),
        "answers_unknown": str(fact.unknown),
    }
    summary = fact.answers.get(SUMMARY, NOT_SAID)
    better = {"summary": None if summary == NOT_SAID else summary}
    return _told(_told(record, fact.at_ms, told), fact.at_ms + 1, better)  # than the report's own


def _with_cost(record: CallRecord, fact: CostTold) -> CallRecord:
    said = {"parts": fact.parts, "currency": fact.currency, "final": fact.final}
    return _told(record, fact.at_ms, {COST + fact.source: json.dumps(said, sort_keys=True)})


def _with_recording(record: CallRecord, fact: RecordingTold) -> CallRecord:
    said = {name: getattr(fact, name) for name in ("state", "size", "media", "reason")}
    return _told(record, fact.at_ms, {RECORDING: json.dumps(said, sort_keys=True)})


def _with_look_up(record: CallRecord, fact: LookedUp) -> CallRecord:
    return _changed(record, looked_up=record.looked_up | {fact.step})


def _with_person(record: CallRecord, _fact: PersonMet) -> CallRecord:
    return _proved(record, Proof.TRANSFERRED)


def _with_correction(record: CallRecord, fact: Corrected) -> CallRecord:
    """What was said last stands."""
    return _told(record, fact.at_ms, {"corrected_to": fact.department})


def _proved(record: CallRecord, proof: Proof | None) -> CallRecord:
    return record if proof is None else _changed(record, proofs=record.proofs | {proof.value})


def _reasoned(record: CallRecord) -> CallRecord:
    """The report's reason stands, whenever it was told, unless it is none or not the last."""
    registers = record.registers
    reported, status = registers.get(REPORTED_REASON), registers.get(STATUS_REASON)
    known = status if status and not _says_why(reported) else reported or status
    if known is None or registers.get("ended_reason") == known:
        return record
    return replace(record, registers={**registers, "ended_reason": known})


def _says_why(reported: Register | None) -> bool:
    return reported is not None and reported[1] != NO_REASON and not is_passing(reported[1])


def _heard(fact: Fact) -> bool:
    return isinstance(fact, KeyPressed) or (
        isinstance(fact, UtteranceHeard) and fact.role == "customer"
    )


def _raise_status(record: CallRecord, status: str) -> CallRecord:
    if STATUS_RANK.get(status, 0) > STATUS_RANK.get(record.status or "", 0):
        return replace(record, status=status)
    return record


def _told(record: CallRecord, at_ms: int, told: dict[str, str | None]) -> CallRecord:
    stands = record.registers
    now = {
        name: (at_ms, value)
        for name, value in told.items()
        if value is not None and (name not in stands or stands[name] < (at_ms, value))
    }
    return replace(record, registers={**stands, **now}) if now else record


def _changed(record: CallRecord, **fields: Any) -> CallRecord:  # noqa: ANN401 - as each field has it
    """With these fields; itself when it says so already, for all facts are merged each time."""
    for name, value in fields.items():
        if getattr(record, name) != value:
            return replace(record, **fields)
    return record


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)


_NO_NEWS = (LookedUp, CostTold, RecordingTold, Corrected, OperatorAsked, PersonMet)
_MERGES: Mapping[type[Fact], Callable[[CallRecord, Any], CallRecord]] = {
    CallSeen: _with_context,
    StatusChanged: _with_status,
    AssistantStarted: _with_assistant,
    CallEnded: _with_report,
    AnswersTold: _with_answers,
    CostTold: _with_cost,
    RecordingTold: _with_recording,
    LookedUp: _with_look_up,
    Corrected: _with_correction,
    PersonMet: _with_person,
    Noticed: _with_notice,
    ToolCalled: _with_tool,
    MeetingBooked: _with_meeting,
    DetailsLeft: _with_details,
    UtteranceHeard: _with_words,
}
