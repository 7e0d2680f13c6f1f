"""What goes on, who waits, and what needs somebody."""

from __future__ import annotations

from collections import Counter

from tests.browser.told.words import HOSTILE, OURS, WHOLE, Json, iso


def live(
    calls: int = 0, *, needs: int = 0, stopped: bool = False, waiting: int = 0, people: int = 3
) -> Json:
    """What is live, with so many of each."""
    rows = [live_call(number) for number in range(calls)]
    at = iso()
    team = [person(number) for number in range(people)]
    found = [need(number) for number in range(needs)]
    latest = found[::-1]
    seen_first = sorted(latest, key=lambda one: not one["urgent"])[:5]
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
            "people": dict(Counter(one["state"] for one in team)),
            "lines": {"inUse": calls, "of": 40 if calls < 40 else calls + 100, "keptForInbound": 2},
            "dialsInLastMinute": 4 if calls else 0,
            "dialingStopped": stopped,
            "needs": needs,
        },
        "calls": rows,
        "lastCall": None if rows else {"id": "call-1", "at": iso(300), "called": OURS},
        "waiting": [waiter(number) for number in range(waiting)],
        "people": team,
        "needs": {
            "count": needs,
            "urgent": sum(one["urgent"] for one in found),
            "complete": True,
            "newest": [
                {name: value for name, value in one.items() if name != "advice"}
                for one in seen_first
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
        "flags": [[], ["wants_person"], [], ["simplified"], []][number % 5],
    }


def waiter(number: int) -> Json:
    """Somebody who waits."""
    return {
        "visitId": f"visit-{number}",
        "department": ("support", "billing")[number % 2],
        "waitsFor": "person",
        "place": number + 1,
        "since": iso(155 - number * 30 if number < 5 else 5),
        "toldMinutes": [2, 4] if number % 2 == 0 else None,
        "offered": number == 0,
        "offeredTo": "ada" if number == 0 else None,
        "calledBack": number == 2,
        "number": f"+1415555{200 + number:04d}",
    }


TEAM = (
    ("Ada", ["sales", "billing"], "busy"),
    ("Ben", ["support", "retention"], "ready"),
    ("Chidi", ["support"], "away"),
)


def person(number: int) -> Json:
    """Somebody who takes callers; beyond the third another of the same name."""
    name, departments, state = TEAM[number % len(TEAM)]
    again = number // len(TEAM) + 1
    return {
        "id": name.lower() if again == 1 else f"{name.lower()}-{again}",
        "name": name if again == 1 else f"{name} {again}",
        "departments": departments,
        "state": state,
        "since": iso(400),
        "reason": "missed_offers" if state == "away" else None,
        "missedOffers": 2 if state == "away" else 0,
        "visitId": "visit-7" if state == "busy" else None,
    }


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
        "urgent": kind in {"dial_in_doubt", "callback_overdue", "line_lost"},
        "advice": "Look into it, then say what you have seen.",
    }


def needs(count: int) -> Json:
    """All that waits for a person."""
    return {"needs": [need(number) for number in range(count)], "complete": True}


def attempt() -> Json:
    """A dial in doubt, with what is known of it."""
    nothing = ("disposition", "reason", "callId", "contactId", "customerId", "testOf", "endedAt")
    return {
        **dict.fromkeys((*nothing, "notBefore", "nextAllowedAt", "trouble", "campaignId")),
        "attemptId": "attempt-9",
        "status": "doubtful",
        "waitsFor": None,
        "since": iso(3_000),
        "name": "sb-7Q2M",
        "posts": 1,
        "number": WHOLE,
        "voicemail": "hang_up",
        "assistant": "sales",
        "n": 1,
        "createdAt": iso(3_600),
        "expiresAt": iso(-3_600),
        "slotAt": iso(3_500),
        "emptyLookUps": 6,
        "failedLookUps": 2,
        "failures": 0,
        "setAside": False,
        "evidence": {},
    }
