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
