"""What operators see of calls: how many are live, the calls of a day, one call's timeline.

A control URL is a capability and appears in none of the answers; every answer names the fields
it shows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    Corrected,
    CustomerInterrupted,
    KeyPressed,
    Noticed,
    SpeechChanged,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.services.listen_to_call import shown_recording
from contact_center.dialing.domain.call_outcomes import disposition_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.path_ids import named_by, path_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import (
        ActionMark,
        CallGlance,
        CallHistory,
        CallList,
        CallRow,
    )
    from contact_center.kernel.ports import Clock

# Vapi ends a call after 12 hours at the latest (maxDurationSeconds, Vapi §4): one that
# nobody has heard of for longer has lost its end.
FORGOTTEN_MS = 12 * 60 * 60 * 1000

DECISION = "Decision"  # in a timeline, what no fact says
PENDING, SENDING = "pending", "sending"  # what a decision is before it has an outcome

type Json = dict[str, object]

# What a timeline shows of each kind of fact; what a message says of the call itself (CallSeen)
# is in the record.
SHOWN: dict[type[Fact], tuple[str, ...]] = {
    AssistantStarted: ("assistant_name",),
    Corrected: ("department", "by"),
    CallEnded: ("ended_reason", "success", "summary", "cost_usd", "transfers_connected"),
    CustomerInterrupted: ("turn_id",),
    KeyPressed: ("digits",),
    Noticed: ("kind", "detail"),
    SpeechChanged: ("role", "started", "turn"),
    StatusChanged: ("status", "ended_reason", "destination"),
    ToolCalled: ("name", "arguments", "department"),
    TransferReported: ("to_assistant", "from_assistant", "to_number"),
    UtteranceHeard: (
        "role",
        "text",
        "final",
        "intent",
        "confidence",
        "wants_person",
        "perhaps_person",
    ),
}
REGISTERS = (
    "direction",
    "customer_number",
    "customer_name",
    "called_number",
    "ended_reason",
    "summary",
    "success",
    "cost_usd",
    "campaign_id",
    "attempt_id",
    "corrected_to",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDesk:
    """Where operators' questions are answered from; `history` reads one call's.

    `recording_days`: for how long copies of recordings are kept.
    """

    history: Callable[[str], CallHistory]
    calls: CallList
    clock: Clock
    recording_days: int = 30


def active_calls(desk: CallDesk) -> int:
    """How many calls are live."""
    return desk.calls.active_count(desk.clock.now_ms() - FORGOTTEN_MS)


def list_calls(desk: CallDesk, day: str | None, limit: int, cursor: str | None) -> Json:
    """The calls that began on a day, newest first, a page at a time.

    Args:
        desk: Where from.
        day: YYYY-MM-DD, UTC; None is today.
        limit: At most so many.
        cursor: The `nextCursor` of the page before, or None.

    Raises:
        BadCursorError: The cursor is not one of this day's.
    """
    day = day or _iso(desk.clock.now_ms())[:10]
    page = desk.calls.calls_of_day(day, limit, cursor)
    calls = [shown_row(row) for row in page.calls]
    unreadable = [path_id(one) for one in page.unreadable]
    return {"day": day, "calls": calls, "unreadable": unreadable, "nextCursor": page.cursor}


def show_call(desk: CallDesk, call_id: str) -> Json | None:
    """One call with everything that happened in it, in order, or None when there is none.

    Args:
        desk: Where from.
        call_id: As answers carry it: path_ids.py.
    """
    named = named_by(call_id)
    history = None if named is None else desk.history(named)
    if history is None or history.record is None:
        return None
    shown = _shown(history.record, history.glance, len(history.decisions))
    recording = shown_recording(history.record, desk.clock.now_ms(), desk.recording_days)
    post = history.record.value("visit_post")
    visit_id = None if post is None else post.rpartition(".")[0]  # visits name what they order
    timeline = _timeline(history)
    return shown | {"visitId": visit_id, "recording": recording, "timeline": timeline}


def shown_row(row: CallRow) -> Json:
    """A call as lists show it."""
    return _shown(row.record, row.glance, row.decisions)


def _shown(record: CallRecord, glance: CallGlance, decisions: int) -> Json:
    times = {
        "startedAt": record.started_at_ms,
        "firstSeenAt": record.first_seen_ms,
        "lastSeenAt": record.last_seen_ms,
        "endedAt": record.ended_at_ms,
    }
    return {
        "id": path_id(record.call_id),
        "status": record.status,
        **{name: None if at_ms is None else _iso(at_ms) for name, at_ms in times.items()},
        **{_camel(name): record.value(name) for name in REGISTERS},
        **_came_to(record),
        **_cost(record),
        "assistants": sorted(record.assistants),
        "intent": glance.intent,
        "destination": glance.destination,
        "mode": glance.mode,
        "clarifications": glance.clarifications,
        "interruptions": glance.interruptions,
        "decisions": decisions,
    }


def _came_to(record: CallRecord) -> Json:
    """How it ended and what it achieved: two questions, two answers."""
    achieved, reason = record.achieved, record.value("ended_reason")
    ended = disposition_of(reason, talked=record.talked) if record.ended else None
    return {
        "howEnded": None if ended is None else ended.value,
        "achieved": achieved.what,
        "achievedProved": achieved.proved,
        "achievedDisputed": achieved.disagrees,
        "answers": record.answers,
    }


def _cost(record: CallRecord) -> Json:
    costs = record.costs
    return {
        "costMicros": costs.micros,
        "costFinal": costs.final,
        "costs": [
            {"source": source, "part": part, "micros": micros, "currency": told.currency}
            for source, told in costs.told.items()
            for part, micros in sorted(told.parts.items())
        ],
    }


def _timeline(history: CallHistory) -> list[Json]:
    moments = [
        (fact.at_ms, shown_fact(fact))
        for fact in (*history.facts, *history.unrecorded)
        if type(fact) in SHOWN
    ]
    moments += [
        (decision.decided_at_ms, shown_decision(decision, history.actions.get(decision.number)))
        for decision in history.decisions
    ]
    return [shown for _, shown in sorted(moments, key=lambda moment: moment[0])]


def shown_fact(fact: Fact) -> Json:
    """A fact of a kind that is SHOWN."""
    said = {name: getattr(fact, name) for name in SHOWN[type(fact)]}
    return {
        "at": _iso(fact.at_ms),
        "what": type(fact).__name__,
        **{_camel(name): value for name, value in said.items() if value is not None},
    }


def shown_decision(decision: Decision, mark: ActionMark | None) -> Json:
    """A decision with what became of it: pending, sending (it may have been sent) or an outcome."""
    outcome = PENDING
    if mark is not None:
        outcome = SENDING if mark.outcome is None else mark.outcome.value
    return {
        "at": _iso(decision.decided_at_ms),
        "what": DECISION,
        "number": decision.number,
        "kind": decision.kind.value,
        "department": decision.department,
        "reason": decision.reason,
        "turn": decision.turn,
        "outcome": outcome,
        "actedAt": _iso(mark.begun_at_ms) if mark else None,
        **_asked(decision),
    }


def _asked(decision: Decision) -> Json:
    """What somebody who watches the call has asked for by it."""
    if decision.asked is None:
        return {}
    said = {"text": decision.text, "person": decision.person}
    return {
        "actionId": decision.asked,
        "by": decision.by,
        **{name: value for name, value in said.items() if value},
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _iso(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
