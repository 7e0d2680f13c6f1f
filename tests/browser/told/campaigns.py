"""Campaigns, their lists and contacts, our numbers, limits and callbacks."""

from __future__ import annotations

from tests.browser.told.words import MASKED, PEOPLE, WHOLE, Json, iso


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


def campaigns(second: str = "Winter check") -> Json:
    """The list: two, and what the second is called."""
    rows = [campaign(), {**campaign("stopped", second), "id": "camp-2"}]
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


def contacts(names: tuple[str, ...] = PEOPLE) -> Json:
    """Who is in it, a row for each name."""
    return {
        "contacts": [contact(number, name) for number, name in enumerate(names)],
        "unreadable": [],
        "nextCursor": None,
    }


def contact(number: int, name: str) -> Json:
    """Somebody who was busy and is called again."""
    return {
        "contactId": f"contact-{number}",
        "id": f"c{number}",
        "name": name,
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
