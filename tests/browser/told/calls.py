"""Calls that were, visits with their legs, and what was told of them elsewhere."""

from __future__ import annotations

from typing import Any

from tests.browser.told.words import OURS, PEOPLE, WHOLE, Json, iso

RECORDING: Json = {"state": "kept", "reason": None, "bytes": 480_044}


AT_LAST = "And the month before, too. Can I talk to somebody?"


def call(*, ended: bool = True, name: str | None = "Maria Alvarez", at_last: str = AT_LAST) -> Json:
    """A call with what was said, by the caller at last."""
    began = 300
    said = [
        (
            "assistant",
            "Thanks for calling Acme. Is this about sales, technical support or billing?",
        ),
        ("customer", "Hi, I was charged twice, my card is [card]."),
        ("assistant", "I'll connect you with billing now."),
        ("customer", at_last),
    ]
    timeline: list[Json] = [
        {"at": iso(began), "what": "AssistantStarted", "assistantName": "router"}
    ]
    for index, (role, text) in enumerate(said):
        moment: Json = {
            "at": iso(began - 5 - index * 9),
            "what": "UtteranceHeard",
            "role": role,
            "text": text,
            "final": True,
            "confidence": 0.94 if role == "customer" else 0.0,
            "wantsPerson": False,
        }
        if role == "customer":
            moment["intent"] = "billing"
        timeline.append(moment)
    timeline.append(
        {
            "at": iso(began - 20),
            "what": "Decision",
            "number": 1,
            "kind": "route",
            "department": "billing",
            "reason": "partials",
            "turn": 1,
            "outcome": "sent",
            "actedAt": iso(began - 20),
        }
    )
    timeline += [
        {"at": iso(began - 24), "what": "AssistantStarted", "assistantName": "billing"},
        {
            "at": iso(began - 120),
            "what": "Decision",
            "number": 2,
            "kind": "to_person",
            "department": "person",
            "reason": "final",
            "turn": 3,
            "outcome": "sent",
            "actedAt": iso(began - 120),
        },
        {"at": iso(began - 126), "what": "StatusChanged", "status": "forwarding"},
        {"at": iso(began - 150), "what": "StatusChanged", "status": "in-progress"},
    ]
    return {
        **row("call-1", ended=ended, name=name),
        "visitId": "visit-7",
        "recording": RECORDING,
        "timeline": sorted(timeline, key=lambda moment: moment["at"]),
    }


def row(call_id: str, *, ended: bool = True, name: str | None = None) -> Json:
    """A call without its moments."""
    return {
        "id": call_id,
        "status": "ended" if ended else "in-progress",
        "startedAt": iso(300),
        "firstSeenAt": iso(300),
        "lastSeenAt": iso(30),
        "endedAt": iso(30) if ended else None,
        "direction": "inbound",
        "customerNumber": WHOLE,
        "customerName": name,
        "calledNumber": "+14155550100",
        "endedReason": "customer-ended-call" if ended else None,
        "howEnded": "completed" if ended else None,
        "achieved": "question_answered" if ended else None,
        "achievedProved": ended and call_id != "call-1",
        "achievedDisputed": ended and call_id == "call-1",
        "answers": {"sentiment": "positive"} if ended else {},
        "summary": "Charged twice; the second charge is refunded." if ended else None,
        "success": None,
        "costUsd": None,
        "costMicros": 128_400 if ended else 0,
        "costFinal": False,
        "costs": [{"source": "vapi", "part": "voice", "micros": 128_400, "currency": "USD"}]
        if ended
        else [],
        "campaignId": None,
        "attemptId": None,
        "assistants": ["router", "billing"],
        "intent": "billing",
        "destination": "billing",
        "mode": "normal",
        "clarifications": 0,
        "interruptions": 1,
        "decisions": 1,
        "correctedTo": None,
    }


def calls(count: int, names: tuple[str, ...] = PEOPLE) -> Json:
    """A day's calls, the first of nobody who is known."""
    known = (None, *names)
    rows = [row(f"call-{number}", name=known[number % len(known)]) for number in range(count)]
    return {"day": iso()[:10], "calls": rows, "unreadable": [], "nextCursor": None}


def found(count: int, names: tuple[str, ...] = PEOPLE) -> Json:
    """Calls that fit."""
    return {
        "calls": calls(count, names)["calls"],
        "lookedAt": 420,
        "searchedThrough": None,
        "nextCursor": None,
    }


def leg(status: str, seconds: int | None = None, *, person: bool = False) -> Json:
    """One telephone connection."""
    return {
        "legId": "CA7" if not person else "CA8",
        "status": status,
        "at": iso(300),
        "seconds": seconds,
        "sipCode": 200 if seconds else None,
        "answeredBy": "human" if person else None,
    }


def offer(number: int, person: str, outcome: str | None, **evidence: Any) -> Json:
    """Somebody who was asked about the caller."""
    known: Json = {
        "ring": "rings",
        "leg": None,
        "answeredAt": None,
        "key": None,
        "said": None,
        "saidAt": None,
        "callerLeft": False,
        "withdrawn": None,
        "togetherAt": None,
        "bridgedSeconds": None,
    }
    return {
        "offerId": f"offer-{number}",
        "personId": person,
        "wish": None,
        "askedAt": iso(180 - number * 30),
        "outcome": outcome,
        "evidence": known | evidence,
    }


def effects() -> Json:
    """What a call has caused."""
    rows = (
        ("built_in", "call", "done"),
        ("hubspot", "call", "dead"),
        ("webhook:crm", "event", "open"),
    )
    return {
        "effects": [
            {
                "id": f"effect-{number}",
                "receiver": receiver,
                "kind": kind,
                "state": state,
                "causedAt": iso(30),
                "closedAt": None if state == "open" else iso(20),
            }
            for number, (receiver, kind, state) in enumerate(rows)
        ]
    }


def visit() -> Json:
    """A caller's stay at our own number: an assistant, two people who were asked, a talk."""
    return {
        "visitId": "visit-7",
        "state": "talking",
        "began": iso(300),
        "ended": None,
        "number": WHOLE,
        "called": OURS,
        "department": "billing",
        "outcome": None,
        "cause": None,
        "waitedSince": iso(190),
        "letGo": None,
        "recordings": [],
        "messages": [],
        "attendedAt": None,
        "heard": [],
        "supervised": [],
        "legs": [leg("in_progress")],
        "calls": [
            {
                "order": "visit-7.1",
                "callId": "call-1",
                "state": "over",
                "at": iso(290),
                "reason": None,
                "emptyLookUps": 0,
            }
        ],
        "wishes": [
            {
                "wish": "visit-7.1#2",
                "department": "billing",
                "at": iso(200),
                "told": "wait",
                "toldAt": iso(199),
            }
        ],
        "wait": None,
        "offers": [
            offer(1, "chidi", "declined", key="2", said="declines", answeredAt=iso(140)),
            offer(2, "ada", None, key="1", said="takes", togetherAt=iso(100)),
        ],
        "unreadable": [],
    }
