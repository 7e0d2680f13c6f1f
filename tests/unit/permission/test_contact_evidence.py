"""The evidence of a decision: enough to judge it again, and no number in clear."""

from __future__ import annotations

from tests.unit.permission.dialing_examples import (
    CALLED_OUT,
    CLEAR,
    ask,
    contact,
    shipped,
    utc,
)


def test_the_evidence_tells_rules_zones_times_and_consent() -> None:
    evidence = ask("+13055550123", contact(national=CLEAR), history=CALLED_OUT).evidence

    assert [rule["id"] for rule in evidence["rules"]] == [
        "us-hours",
        "us-fl-hours",
        "owner-day-cap",
        "owner-week-cap",
    ]
    assert {"id": "us-fl-hours", "source": "Fla. Stat. 501.616", "confidence": "statute"} in (
        evidence["rules"]
    )
    assert evidence["zones"] == [
        {
            "zone": "America/New_York",
            "local": "2026-07-08T13:00:00-04:00",
            "open": "08:00",
            "close": "20:00",
            "holiday": None,
        }
    ]
    assert evidence["consent"]["source"] == "web form, version 4"
    assert evidence["national_list"]["imported_at"] == "2026-07-07T17:00:00+00:00"
    assert evidence["rules_version"] == shipped().version
    assert evidence["decided_for"] == "2026-07-08T17:00:00+00:00"
    assert {"rule": "us-fl-hours", "allowed": 3, "used": 3} in evidence["calls"]["caps"]


def test_the_evidence_of_a_holiday_names_it() -> None:
    evidence = ask("+12055550123", now=utc("2026-12-25T12:00:00-06:00")).evidence

    assert evidence["zones"][0]["holiday"] == "Christmas Day"
    assert evidence["zones"][0]["open"] is None
