"""Whether somebody may be called, and what happened with them."""

from __future__ import annotations

from tests.browser.told.words import HOSTILE, Json, iso


def contactable(reason: str | None = None) -> Json:
    """Whether they may be called now; not, for that reason."""
    return {
        "allowed": reason is None,
        "reason": reason,
        "nextAllowedAt": iso(-3_600) if reason == "frequency_cap" else None,
        "evidence": {
            "version": 1,
            "decided_for": iso(),
            "number": "+1415•••0111",
            "country": "US",
            "test_number": False,
            "purpose": "informational",
            "rules_version": "2026-11-22",
            "areas_version": "2026-11-22",
            "jurisdictions": ["US", "US-CA", "owner"],
            "rules": [{"id": "us-hours", "source": "47 CFR 64.1200(c)(1)", "confidence": "law"}],
            "zones_from": "number",
            "zones": [
                {
                    "zone": "America/Los_Angeles",
                    "local": "2026-11-30T09:15:00-08:00",
                    "open": "08:00",
                    "close": "21:00",
                    "holiday": None,
                }
            ],
            "suppressed_at": iso(86_400) if reason == "suppressed" else None,
            "suppression_source": "an_operator" if reason == "suppressed" else "",
            "national_list": None,
            "consent": {
                "needed": "express",
                "kind": "express_written",
                "at": iso(86_400 * 90),
                "source": "web form 4",
                "revoked_at": None,
                "reassigned_at": None,
            },
            "calls": {
                "known": 3,
                "caps": [{"rule": "owner-day-cap", "allowed": 3, "used": 3}],
                "last_at": iso(7_200),
                "conversation_at": None,
                "refusal_at": None,
            },
            "callback_at": None,
            "gates": {
                "dialing_stopped": False,
                "campaign_running": True,
                "customer_busy": False,
            },
        },
    }


def story(*, more: bool = False) -> Json:
    """What happened with them; more: there is another page."""
    return {
        "happened": [
            {
                "kind": "lead",
                "at": iso(3_000),
                "callId": "call-1",
                "title": None,
                "text": HOSTILE[0],
                "details": [{"name": "first_name", "value": "Maria"}],
            },
            {
                "kind": "call",
                "at": iso(3_600),
                "callId": "call-1",
                "title": "Call, inbound",
                "text": "Charged twice.",
                "details": [{"name": "achieved", "value": "question_answered"}],
            },
        ],
        "nextCursor": "a-page" if more else None,
    }
