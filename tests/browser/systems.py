"""Systems as the API would tell of them: an empty one, one with a call, an afternoon, a crowd."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import told

PAGES = {
    "live": "+1\xa0415\xa0555",
    "calls/call-1": "Sent where they belong?",
    "calls/call-2": "Say to the caller",
    "visits/visit-7": "Chidi is asked",
    "queue": "Callbacks",
    "campaigns": "Summer offer",
    "campaigns/camp-1": "wait for their call",
    "campaigns/new": "A draft",
    "needs": "Did this ring?",
    "history": "Maria Alvarez",
    "figures": "Served by assistants alone",
    "more/customer": "May we call now?",
    "more/numbers": "Our numbers",
    "more/audit": "start campaign",
}


def figures(request: Any) -> told.Json:
    query = parse_qs(urlsplit(request.url).query)
    return told.figures(query["from"][0], query["to"][0], query["by"][0])


def full(calls: int = 9) -> dict[str, Any]:
    return {
        "/api/live": lambda _: told.live(calls, needs=6, waiting=3),
        "/api/needs": told.needs(6),
        "/api/calls": told.calls(1),
        "/api/calls/search": told.found(14),
        "/api/limits": told.LIMITS,
        "/api/calls/call-1": told.call(),
        "/api/calls/call-2": {**told.call(ended=False), "id": "call-2"},
        "/api/calls/call-1/effects": told.effects(),
        "/api/calls/call-1/recording": {"url": "https://a.example/1", "expiresAt": told.iso(-60)},
        "/api/visits/visit-7": told.visit(),
        "/api/callbacks": told.CALLBACKS,
        "/api/campaigns": told.campaigns(),
        "/api/campaigns/camp-1": told.campaign(),
        "/api/campaigns/camp-1/progress": told.PROGRESS,
        "/api/campaigns/camp-1/contacts": told.contacts(),
        **{
            f"/api/departments/{one}/message": told.message(one)
            for one in ("sales", "support", "billing", "retention")
        },
        "/api/caller-numbers": told.our_numbers(),
        "/api/national-list": {"lists": []},
        "/api/audit": told.AUDIT,
        "/api/figures": figures,
        "/api/follow-ups": {"followUps": [], "nextCursor": None},
    }


def of_strangers() -> dict[str, Any]:
    """Sixty calls, with names and words that somebody hopes to be obeyed, or to break a page."""
    return full(calls=60) | {
        "/api/calls/search": told.found(14, ("Maria Alvarez", *told.HOSTILE)),
        "/api/calls/call-1": told.call(at_last=told.HOSTILE[0]),
        "/api/campaigns": told.campaigns(told.HOSTILE[0]),
        "/api/campaigns/camp-1/contacts": told.contacts(told.HOSTILE),
    }


def empty() -> dict[str, Any]:
    """Nothing was ever done."""
    return {
        **full(),
        "/api/live": lambda _: told.live(),
        "/api/needs": told.needs(0),
        "/api/calls": told.calls(0),
        "/api/calls/search": told.found(0),
        "/api/callbacks": {"callbacks": [], "complete": True},
        "/api/campaigns": {"campaigns": [], "unreadable": [], "nextCursor": None},
        "/api/caller-numbers": {"callerNumbers": []},
        "/api/audit": {**told.AUDIT, "entries": []},
        "/api/figures": lambda request: {**figures(request), "buckets": []},
    }


def with_one_call() -> dict[str, Any]:
    """The first call is on, nobody else."""
    return {
        **empty(),
        "/api/live": lambda _: told.live(1, needs=1, waiting=1),
        "/api/needs": told.needs(1),
        "/api/calls/search": told.found(1),
    }


def crowded() -> dict[str, Any]:
    """Three hundred calls, and more of everything than a window holds."""
    return {
        **full(),
        "/api/live": lambda _: told.live(300, needs=40, waiting=30, people=40),
        "/api/needs": told.needs(40),
        "/api/calls/search": told.found(100, ("Maria Alvarez", *told.HOSTILE)),
    }
