"""Who did what, and figures by the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.browser.told.words import Json, iso

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


# Of each figure a level, and how far it goes up and down.
SHARES = {
    "intentAccuracy": (0.93, 0.02),
    "intentAccuracyCorrected": (0.9, 0.03),
    "transferSuccess": (0.84, 0.05),
    "containment": (0.68, 0.04),
    "abandonment": (0.05, 0.015),
    "answerRate": (0.41, 0.04),
    "waitHeld": (0.88, 0.04),
}
SECONDS = {
    "speedToAnswerSeconds": (0.6, 0.1),
    "waitSeconds": (74, 22),
    "waitToldSeconds": (95, 20),
    "waitHadSeconds": (81, 24),
    "routingSeconds": (2.1, 0.4),
    "handleSeconds": (192, 25),
}
OTHERS = {
    "interruptionsPerCall": (0.7, 0.2),
    "dialsPerHour": (148, 30),
    "humanAnswersPerHour": (61, 12),
    "achievedPerContact": (0.31, 0.04),
    "costPerCallUsd": (0.21, 0.03),
    "costPerAchievedUsd": (0.68, 0.12),
}
# How a week goes up and down; the figures go each its own way.
WAVE = (0.1, -0.5, 0.3, 0.8, -0.2, 0.6, -0.9, 0.4, -0.6, 0.9, 0.0, -0.3, 0.7)
OF_TEN = 10


def quotient(value: float) -> Json:
    """A figure of a bucket."""
    return {"value": value, "numerator": value * OF_TEN, "denominator": OF_TEN}


def figures_of(number: int) -> Json:
    """The figures of a bucket."""
    calls = round(146 + 28 * WAVE[number % len(WAVE)])
    levels = SHARES | SECONDS | OTHERS
    return {
        "calls": calls,
        "contacts": calls - 11,
        "callsWithFinalCost": calls - 20,
        "transfersByCause": {
            "answered": 31,
            "busy": 2,
            "no_answer": 3,
            "declined": 1,
            "voicemail": 1,
            "failed": 1,
            "caller_gone": 2,
            "cancelled": 1,
        },
        "achieved": {"question_answered": 60, "transferred": 31, "meeting_booked": 9},
        "visits": {"served": 70, "transferred": 31},
        **{
            name: quotient(level + width * WAVE[(number + 5 * place) % len(WAVE)])
            for place, (name, (level, width)) in enumerate(levels.items())
        },
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
