"""What the API could tell, for states that no system of minutes comes to by itself.

Every answer here is held to openapi.json by tests/unit/operator_api/test_browser_answers.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

type Json = dict[str, Any]

# What strangers may say, be called and have in a list: all of it is text and nothing else.
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    "\u202eevil\u202c \u2066bidi\u2069",
    "naïve \u0000\u0007 control",
    "w" * 10_000,
    "=cmd|'/c calc'!A0",
    "🧑🏽‍🚀 emoji",
    "שלום עולם, مرحبا",
)
WHOLE, MASKED, OURS = "+14155550111", "+1415•••0111", "+14155550100"


def iso(seconds_ago: float = 0) -> str:
    """An instant, so many seconds ago."""
    at = datetime.now(tz=UTC) - timedelta(seconds=seconds_ago)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def live(calls: int = 0, *, needs: int = 0, stopped: bool = False, waiting: int = 0) -> Json:
    """What is live, with so many of each."""
    rows = [live_call(number) for number in range(calls)]
    at = iso()
    return {
        "at": at,
        "version": "1.0.0",
        "asOf": {"calls": at, "people": at, "waiting": at, "needs": at},
        "failed": [],
        "figures": {
            "calls": calls,
            "complete": True,
            "waiting": waiting,
            "longestWaitSince": iso(155) if waiting else None,
            "people": {"ready": 1, "busy": 1, "off": 1},
            "lines": {"inUse": calls, "of": 40, "keptForInbound": 2},
            "dialsInLastMinute": 4 if calls else 0,
            "dialingStopped": stopped,
            "needs": needs,
        },
        "calls": rows,
        "lastCall": None if rows else {"id": "call-1", "at": iso(300), "called": OURS},
        "waiting": [waiter(number) for number in range(waiting)],
        "people": PEOPLE,
        "needs": {
            "count": needs,
            "complete": True,
            "newest": [
                {name: value for name, value in need(number).items() if name != "advice"}
                for number in range(min(5, needs))
            ],
        },
        "others": [{"name": "mira", "callId": None}],
        "call": None,
    }


# What was said last and by whom, what they want, and what becomes of it.
SAID = (
    ("customer", "Hi, I was charged twice on my last invoice and I want a refund.", "billing"),
    ("assistant", "Does the light on the router blink red, or is it red all the time?", "support"),
    ("customer", "Could I speak to somebody about the upgrade?", "sales"),
    ("assistant", "I can offer you three months at half the price.", "retention"),
    ("assistant", "", None),
)
WORDS = [words for _, words, _ in SAID]


def live_call(number: int) -> Json:
    """A row of what is live."""
    who, words, kind = SAID[number % len(SAID)]
    if number % 10 == 9:
        words = HOSTILE[number // 10 % len(HOSTILE)]
    return {
        "id": f"call-{number}",
        "since": iso(max(8, 900 - number * 97)) if number < 9 else iso(900 - number * 7 % 800),
        "heardAt": iso(1),
        "number": None if number == 3 else f"+1415555{number:04d}",
        "direction": "outbound" if number % 4 == 1 else "inbound",
        "with": "person" if number % 6 == 5 else kind,
        "state": ("talking", "talking", "transferring", "talking", "ringing")[number % 5],
        "words": words or None,
        "wordsBy": who,
        "intent": kind,
        "confidence": 0.97 - (number % 5) * 0.11 if kind else 0,
        "destination": kind,
        "campaignId": "camp-1" if number % 4 == 1 else None,
        "flags": [[], [], ["wants_person"], ["simplified"], []][number % 5],
    }


def waiter(number: int) -> Json:
    """Somebody who waits."""
    return {
        "visitId": f"visit-{number}",
        "department": ("support", "billing")[number % 2],
        "waitsFor": "person",
        "place": number + 1,
        "since": iso(155 - number * 30),
        "toldMinutes": [2, 4] if number % 2 == 0 else None,
        "offered": number == 0,
        "offeredTo": "ada" if number == 0 else None,
        "calledBack": number == 2,
        "number": f"+1415555{200 + number:04d}",
    }


PEOPLE: list[Json] = [
    {
        "id": name.lower(),
        "name": name,
        "departments": departments,
        "state": state,
        "since": iso(400),
        "reason": "missed_offers" if state == "away" else None,
        "missedOffers": 2 if state == "away" else 0,
        "visitId": "visit-7" if state == "busy" else None,
    }
    for name, departments, state in (
        ("Ada", ["sales", "billing"], "busy"),
        ("Ben", ["support", "retention"], "ready"),
        ("Chidi", ["support"], "away"),
    )
]

KINDS = (
    ("dial_in_doubt", "attempt-9"),
    ("dead_effect", "effect-3"),
    ("callback_overdue", "visit-7"),
    ("follow_up", "follow-1"),
    ("number_rests", "default"),
    ("campaign_stopped", "camp-1"),
)


def need(number: int) -> Json:
    """Something that waits for a person."""
    kind, of_id = KINDS[number % len(KINDS)]
    return {
        "kind": kind,
        "id": of_id if number < len(KINDS) else f"{of_id}-{number}",
        "since": iso(86_400 * 2 - number * 3000),
        "says": {"dead_effect": "no_permission", "campaign_stopped": "spend_cap"}.get(kind, ""),
        "number": WHOLE if kind in {"dial_in_doubt", "callback_overdue"} else None,
        "callId": "call-1" if kind == "follow_up" else None,
        "visitId": None,
        "campaignId": "camp-1" if kind == "campaign_stopped" else None,
        "department": "support" if kind == "callback_overdue" else None,
        "advice": "Look into it, then say what you have seen.",
    }


def needs(count: int) -> Json:
    """All that waits for a person."""
    return {"needs": [need(number) for number in range(count)], "complete": True}


RECORDING: Json = {"state": "kept", "reason": None, "bytes": 480_044}


def call(*, ended: bool = True, name: str | None = "Maria Alvarez") -> Json:
    """A call with what was said."""
    began = 300
    said = [
        (
            "assistant",
            "Thanks for calling Acme. Is this about sales, technical support or billing?",
        ),
        ("customer", "Hi, I was charged twice, my card is [card]."),
        ("assistant", "I'll connect you with billing now."),
        ("customer", HOSTILE[0]),
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


def calls(count: int) -> Json:
    """A day's calls; names are as strangers have them."""
    names = (None, "Maria Alvarez", *HOSTILE)
    rows = [row(f"call-{number}", name=names[number % len(names)]) for number in range(count)]
    return {"day": iso()[:10], "calls": rows, "unreadable": [], "nextCursor": None}


def found(count: int) -> Json:
    """Calls that fit."""
    return {
        "calls": calls(count)["calls"],
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


def imported(rows: int, bad_row: int) -> Json:
    """A list that was taken in but for a row."""
    bad: Json = {"line": bad_row, "row": bad_row, "field": "phone", "column": "A"}
    return {
        "importId": "import-1",
        "campaignId": "camp-1",
        "state": "done",
        "rows": rows,
        "added": rows - 1,
        "known": 0,
        "bad": 1,
        "doNotCall": 0,
        "bytes": 900_000,
        "bytesDone": 900_000,
        "warnings": [],
        "firstBad": [bad | {"reason": "is too short", "looksLike": "99"}],
        "error": None,
        "reportUrl": None,
    }


def our_numbers() -> Json:
    """How numbers of ours do."""
    rows = [("+14155550100", 412, 0.41, 9, 0), ("+14155550101", 380, 0.12, 140, 6)]
    return {
        "callerNumbers": [
            {
                "id": number,
                "rang": rang,
                "answered": round(rang * share),
                "answerRate": share,
                "short": short,
                "flagged": flagged,
                "restsUntil": iso(-20_000) if flagged else None,
                "reason": "flagged" if flagged else None,
            }
            for number, rang, share, short, flagged in rows
        ]
    }


PREVIEW: Json = {
    "jobId": "job-1",
    "state": "done",
    "error": None,
    "result": {
        "callable": 412,
        "later": 318,
        "laterBy": {"outside_window": 300, "quiet_period": 18},
        "never": 44,
        "neverBy": {"suppressed": 40, "no_consent": 4},
        "rowsBy": {},
        "past": 390,
        "pastBy": {"completed": 300, "voicemail": 90},
    },
}

LIMITS: Json = {
    "at": iso(),
    "windowMs": 1000,
    "from": iso(40),
    "to": iso(-60),
    "account": {"slots": 40, "worst": 4, "limit": 5},
    "prefixes": [{"prefix": "1415", "slots": 12, "worst": 2, "limit": 3}],
    "lines": {
        "inUse": 2,
        "of": 40,
        "keptForInbound": 2,
        "held": [
            {"by": "dial", "id": "a.1", "since": iso(9000), "lost": True, "number": WHOLE},
            {"by": "call", "id": "call-1", "since": iso(300), "lost": False, "number": None},
        ],
    },
}


def message(department: str) -> Json:
    """What callers of a department hear first."""
    text = "We know about the outage in the north; it is being mended."
    on = department == "support"
    return {
        "department": department,
        "on": on,
        "text": text if on else None,
        "since": iso(1800) if on else None,
        "until": None,
    }


def campaign(state: str = "running", name: str = "Summer offer") -> Json:
    """One campaign."""
    return {
        "id": "camp-1",
        "state": state,
        "reason": "spend_cap" if state == "stopped" else None,
        "createdAt": iso(9000),
        "changedAt": iso(800),
        "runningSince": iso(8000) if state == "running" else None,
        "name": name,
        "purpose": "marketing",
        "assistant": "sales",
        "phoneNumberId": None,
        "priority": 3,
        "staggerSeconds": 2.0,
        "startAt": None,
        "endAt": None,
        "retry": {"most_attempts": 5},
        "voicemail": "hang_up",
        "dailyCap": 500,
        "spendCap": 25.0,
    }


def campaigns() -> Json:
    """The list."""
    rows = [campaign(), {**campaign("stopped", HOSTILE[0]), "id": "camp-2"}]
    return {"campaigns": rows, "unreadable": [], "nextCursor": None}


PROGRESS: Json = {
    "id": "camp-1",
    "state": "running",
    "reason": None,
    "total": 1200,
    "open": 760,
    "contacts": {
        "waiting": 730,
        "in_flight": 30,
        "done:completed": 300,
        "done:voicemail": 90,
        "never:suppressed": 44,
        "doubtful": 6,
    },
    "spent": 23.4,
    "pricedCalls": 380,
    "unpricedCalls": 10,
    "plannedIn24Hours": 420,
    "recent": [{"beganAt": iso(600), "ended": 20, "failed": 2}],
}
CONTACTS: Json = {
    "contacts": [
        {
            "contactId": f"contact-{number}",
            "id": f"c{number}",
            "name": HOSTILE[number % len(HOSTILE)],
            "phone": MASKED,
            "state": "waiting",
            "reason": None,
            "trouble": None,
            "attempts": 1,
            "rings": 1,
            "dueAt": iso(-600),
            "callbackAt": None,
            "addedAt": iso(9000),
            "importId": "import-1",
            "row": number + 2,
            "last": {"at": iso(4000), "disposition": "busy", "callId": None},
        }
        for number in range(len(HOSTILE))
    ],
    "unreadable": [],
    "nextCursor": None,
}
CALLBACKS: Json = {
    "callbacks": [
        {
            "id": "visit-7",
            "number": WHOLE,
            "department": "support",
            "waitsFor": "person",
            "state": state,
            "since": iso(1000),
            "askedAt": iso(900),
            "callsFrom": iso(-900) if state == "resting" else None,
            "tries": 2,
            "because": "no_answer" if state != "kept" else None,
        }
        for state in ("kept", "resting", "failed")
    ],
    "complete": True,
}
AUDIT: Json = {
    "entries": [
        {
            "id": f"entry-{number}",
            "at": iso(60 * number),
            "who": "mira",
            "role": "operator",
            "action": "startCampaign",
            "kind": "change",
            "on": "campaign",
            "onId": "camp-1",
            "customers": 0,
            "status": 200 if number else 409,
            "reason": None if number else "wrong_state",
        }
        for number in range(6)
    ],
    "nextCursor": None,
    "unreadable": [],
}


def quotient(value: float | None) -> Json:
    """A figure of a bucket."""
    parts = (value * 10, 10) if value is not None else (0, 0)
    return {"value": value, "numerator": parts[0], "denominator": parts[1]}


def figures_of(number: int) -> Json:
    """The figures of a bucket."""
    shares = (
        "intentAccuracy",
        "intentAccuracyCorrected",
        "transferSuccess",
        "containment",
        "abandonment",
        "answerRate",
        "waitHeld",
    )
    seconds = (
        "speedToAnswerSeconds",
        "waitSeconds",
        "waitToldSeconds",
        "waitHadSeconds",
        "routingSeconds",
        "handleSeconds",
    )
    others = ("interruptionsPerCall", "dialsPerHour", "humanAnswersPerHour", "achievedPerContact")
    costs = ("costPerCallUsd", "costPerAchievedUsd")
    wave = (number * 7) % 5 + number % 3 / 2
    return {
        "calls": round(120 + 9 * wave),
        "contacts": round(110 + 11 * wave),
        "callsWithFinalCost": 100,
        "transfersByCause": dict.fromkeys(
            ("busy", "no_answer", "declined", "voicemail", "failed", "caller_gone", "cancelled"), 2
        )
        | {"answered": 31},
        "achieved": {"question_answered": 60, "transferred": 31, "meeting_booked": 9},
        "visits": {"served": 70, "transferred": 31},
        **{name: quotient(0.62 + wave * 0.06) for name in shares},
        **{name: quotient(4.0 + wave * 9) for name in seconds},
        **{name: quotient(0.3 + wave * 0.1) for name in others},
        **{name: quotient(0.08 + wave * 0.01) for name in costs},
    }


def figures(first: str, last: str, by: str = "day") -> Json:
    """The figures of some days."""
    begin = datetime.fromisoformat(f"{first}T00:00:00+00:00")
    days = (datetime.fromisoformat(f"{last}T00:00:00+00:00") - begin).days + 1
    steps = range(days if by == "day" else days * 24)
    width = timedelta(days=1) if by == "day" else timedelta(hours=1)
    return {
        "from": first,
        "to": last,
        "by": by,
        "group": "none",
        "buckets": [
            {
                "at": (begin + width * step).isoformat().replace("+00:00", "Z"),
                "group": None,
                "figures": figures_of(begin.toordinal() + step),
            }
            for step in steps
        ],
        "total": figures_of(begin.toordinal()),
        "worstSeconds": [{"at": f"{first}T00:00:00Z", "account": 4, "prefix": 2}],
    }
