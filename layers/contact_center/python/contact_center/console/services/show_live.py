"""What is live, as the page is told: names every field it shows, and no control URL."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from contact_center.console.domain.needs import ADVICE
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.conversations.services.ports.calls import LiveGlance
from contact_center.conversations.services.read_calls import SHOWN, shown_decision, shown_fact
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import path_id
from contact_center.people.domain.person_steps import as_of
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from contact_center.console.domain.needs import Need
    from contact_center.console.services.live_ports import CallNews, LiveCall, Surroundings
    from contact_center.console.services.need_ports import FoundNeeds
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.people.domain.roster import Roster
    from contact_center.queue.services.queue_ports import QueueView, Waiter

    type Json = dict[str, Any]

RINGING = frozenset({"scheduled", "queued", "ringing"})
STATES = ("ringing", "talking", "transferring", "unknown")
# What is worth a mark in a list of calls.
SIMPLIFIED, WANTS_PERSON, OPTED_OUT, DEAF = "simplified", "wants_person", "opted_out", "deaf"
FLAGS = (SIMPLIFIED, WANTS_PERSON, OPTED_OUT, DEAF)
_CURSOR = re.compile(r"([0-9]{1,12})\.([0-9]{1,14})\.([pqo])")


class Cursor(NamedTuple):
    """How far a page knows a call.

    Attributes:
        revision: The last commit that it knows.
        acted_since_ms: From when on decisions may have been acted on without its knowing.
        pending: Whether it knows of a decision that is not over.
        over: Whether it knows that the call is.
    """

    revision: int
    acted_since_ms: int
    pending: bool
    over: bool


def read_cursor(said: str | None) -> Cursor | None:
    """What a cursor says; None for what is none."""
    found = _CURSOR.fullmatch(said or "")
    if found is None:
        return None
    return Cursor(int(found[1]), int(found[2]), found[3] == "p", found[3] == "o")


def call_row(call: LiveCall) -> Json:
    """A row of the list of calls."""
    record, glance = call.record, call.glance
    live = glance.live or LiveGlance()
    return {
        "id": path_id(record.call_id),
        "since": iso(record.started_at_ms or record.first_seen_ms),
        "heardAt": iso(record.last_seen_ms),
        "number": record.value("customer_number"),
        "direction": record.value("direction"),
        "with": PERSON if live.transferring else live.location,
        "state": _state(record, live),
        "words": live.words,
        "wordsBy": live.words_by,
        "intent": glance.intent,
        "confidence": live.confidence,
        "destination": glance.destination,
        "campaignId": record.value("campaign_id"),
        "flags": list(_flags(call, live)),
    }


def last_call(record: CallRecord | None, known: bool) -> Json | None:  # noqa: FBT001 - one fact in two
    """The latest call of today, while nobody is on the line; None: not known."""
    if record is None:
        return {"id": None, "at": None, "called": None} if known else None
    rang_us = record.value("direction") == "inbound"
    return {
        "id": path_id(record.call_id),
        "at": iso(record.started_at_ms or record.first_seen_ms),
        "called": record.value("called_number") if rang_us else None,
    }


def by_since(row: Json) -> tuple[str, str]:
    """In what order rows stand: a row keeps its place while one reads."""
    return row["since"] or "", row.get("id") or row.get("visitId") or ""


def waiter(one: Waiter, department: str, view: QueueView, now_ms: int, recent_ms: int) -> Json:
    """A row of those who wait."""
    told = view.boards[one.waits_for].told(one.place_key, now_ms, recent_ms)
    wait = told.wait
    minutes = None if wait is None else [wait.low_minutes, wait.high_minutes]
    return {
        "visitId": one.visit_id,
        "department": department,
        "waitsFor": one.waits_for.value,
        "place": told.place,
        "since": iso(one.place_ms),
        "toldMinutes": minutes,
        "offered": one.offered,
        "offeredTo": one.offered_to,
        "calledBack": one.kept,
        "number": one.number,
    }


def people(roster: Roster, around: Surroundings | None, now_ms: int) -> list[Json] | None:
    """Rows of those who take callers, in the order of people.toml; None: not read yet."""
    if around is None:
        return None
    standing = {
        person_id: as_of(around.people[person_id], now_ms)
        for person_id in roster.people
        if person_id in around.people
    }
    return [
        {
            "id": person_id,
            "name": roster.people[person_id].name,
            "departments": list(roster.people[person_id].departments),
            "state": one.state.value,
            "since": iso(one.since_ms or None),
            "reason": one.reason,
            "missedOffers": one.missed,
            "visitId": None if one.held is None else one.held.visit_id,
        }
        for person_id, one in standing.items()
    ]


def people_by_state(
    roster: Roster, around: Surroundings | None, now_ms: int
) -> dict[str, int] | None:
    """How many do what; None: not read yet."""
    rows = people(roster, around, now_ms)
    return None if rows is None else dict(Counter(str(row["state"]) for row in rows))


def need(one: Need) -> Json:
    """One thing that waits for a person, and what to do about it."""
    return {
        "kind": one.kind.value,
        "id": one.of_id,
        "since": iso(one.since_ms),
        "says": one.says,
        "number": one.number,
        "callId": path_id(one.call_id),
        "visitId": one.visit_id,
        "campaignId": one.campaign_id,
        "department": one.department,
        "urgent": one.urgent,
        "advice": ADVICE[one.kind],
    }


def needs_glimpse(found: FoundNeeds | None, newest: int) -> Json | None:
    """How many there are, and what is seen first, without words of advice; None: not read yet."""
    if found is None:
        return None
    latest = found.needs[::-1]
    seen_first = sorted(latest, key=lambda one: not one.urgent)[:newest]
    rows = [{**need(one)} for one in seen_first]
    for row in rows:
        del row["advice"]
    return {
        "count": len(found.needs),
        "urgent": sum(one.urgent for one in found.needs),
        "complete": found.complete,
        "newest": rows,
    }


def news(call_id: str, told: CallNews, acted_since_ms: int) -> Json | None:
    """What is new of the open call; None: there is no such call."""
    if not told.revision:
        return None
    moments = [
        (fact.at_ms, {"key": key} | shown_fact(fact))
        for key, fact in told.facts
        if type(fact) in SHOWN and not _is_said_again(fact, told)
    ]
    moments += [
        (decision.decided_at_ms, {"key": key} | shown_decision(decision, mark))
        for key, decision, mark in told.decisions
    ]
    pending = any(mark is None or mark.outcome is None for _, _, mark in told.decisions)
    standing = "o" if told.ended else "p" if pending else "q"
    return {
        "id": call_id,
        "over": told.ended,
        "moments": [shown for _, shown in sorted(moments, key=lambda moment: moment[0])],
        "cursor": f"{told.revision}.{max(acted_since_ms, 0)}.{standing}",
    }


def nothing_new(call_id: str | None, cursor: str | None) -> Json | None:
    """The open call when nothing of it is new, or it was not its turn."""
    if call_id is None or cursor is None:
        return None
    return {"id": call_id, "over": cursor.endswith("o"), "moments": [], "cursor": cursor}


def _is_said_again(fact: object, told: CallNews) -> bool:
    """Whether words that were not final have been said in full since."""
    if not isinstance(fact, UtteranceHeard) or fact.final:
        return False
    return any(
        isinstance(later, UtteranceHeard)
        and later.final
        and later.role == fact.role
        and later.at_ms >= fact.at_ms
        for _, later in told.facts
    )


def _state(record: CallRecord, live: LiveGlance) -> str:
    if live.transferring:
        return "transferring"
    if record.status in RINGING:
        return "ringing"
    return "talking" if record.status is not None else "unknown"


def _flags(call: LiveCall, live: LiveGlance) -> list[str]:
    holds = {
        SIMPLIFIED: call.glance.mode == "simplified",
        WANTS_PERSON: call.glance.destination == PERSON and not live.transferring,
        OPTED_OUT: live.opted_out,
        DEAF: call.record.value("control_url") is None,
    }
    return [flag for flag in FLAGS if holds[flag]]
