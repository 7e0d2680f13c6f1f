"""Who may be called when: each reason, each state, and what holds whatever the inputs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.permission.domain.contact_permission import (
    BadContactError,
    CallHistory,
    Gates,
)
from contact_center.permission.domain.contactability import (
    ASK_AGAIN_SECONDS,
    Allow,
    Deny,
)
from tests.unit.permission.dialing_examples import (
    CALIFORNIA,
    CALLED_OUT,
    DAY,
    EXPRESS,
    HOUR,
    LISTED,
    NOW,
    WRITTEN,
    YESTERDAY,
    ask,
    contact,
    parsed,
    reason,
    rules,
    shipped,
    utc,
)

NIGHT = datetime(2026, 7, 8, 5, tzinfo=UTC)  # 22:00 in California


# Each row: what is special, the question, the answer, and when it would be allowed.
REASONS: list[tuple[str, dict[str, Any], str, datetime | None]] = [
    ("all is well", {}, "allowed", None),
    ("on our own list", {"who": contact(suppressed_at=YESTERDAY)}, "suppressed", None),
    (
        "on the national list, and the only consent is too weak to lift it",
        {"who": contact(consents=(EXPRESS,), national=LISTED)},
        "national_dnc",
        None,
    ),
    ("no consent", {"who": contact(consents=())}, "no_consent", None),
    ("marketing with spoken consent", {"who": contact(consents=(EXPRESS,))}, "no_consent", None),
    (
        "consent of the number's former owner",
        {"who": contact(reassigned_at=NOW - HOUR)},
        "no_consent",
        None,
    ),
    ("consent revoked", {"who": contact(revoked_at=NOW - HOUR)}, "consent_revoked", None),
    ("late evening", {"now": NIGHT}, "outside_window", utc("2026-07-08T08:00:00-07:00")),
    (
        "a holiday in Alabama, then a Sunday",
        {"text": "+12055550123", "now": utc("2026-07-04T12:00:00-05:00")},
        "holiday",
        utc("2026-07-06T08:00:00-05:00"),
    ),
    ("called three times today", {"history": CALLED_OUT}, "frequency_cap", NOW + 4 * HOUR),
    (
        "said not interested last week",
        {"history": CallHistory(refusal_at=NOW - 7 * DAY)},
        "quiet_period",
        NOW + 23 * DAY,
    ),
    (
        "asked to be called later today",
        {"who": contact(callback_at=NOW + 3 * HOUR)},
        "quiet_period",
        NOW + 3 * HOUR,
    ),
    (
        "all dialing stopped",
        {"gates": Gates(dialing_stopped=True, campaign_running=False)},
        "dialing_stopped",
        NOW + timedelta(seconds=ASK_AGAIN_SECONDS),
    ),
    (
        "campaign paused",
        {"gates": Gates(campaign_running=False, customer_busy=True)},
        "campaign_not_running",
        NOW + timedelta(seconds=ASK_AGAIN_SECONDS),
    ),
    (
        "in another call",
        {"gates": Gates(customer_busy=True)},
        "customer_busy",
        NOW + timedelta(seconds=ASK_AGAIN_SECONDS),
    ),
    (
        "a gate closed in the last minute of the day",
        {"gates": Gates(customer_busy=True), "now": utc("2026-07-08T20:58:30-07:00")},
        "customer_busy",
        utc("2026-07-09T08:00:00-07:00"),
    ),
]


@pytest.mark.parametrize(
    ("question", "expected", "again"),
    [row[1:] for row in REASONS],
    ids=[row[0] for row in REASONS],
)
def test_the_reason_and_when_to_try_again(
    question: dict[str, Any], expected: str, again: datetime | None
) -> None:
    answer = ask(**question)

    assert reason(answer) == expected
    if isinstance(answer, Deny):
        assert answer.next_allowed_at == again


def test_of_several_reasons_the_first_in_order_is_given() -> None:
    who = contact(
        suppressed_at=YESTERDAY, national=LISTED, consents=(WRITTEN,), revoked_at=NOW - HOUR
    )
    question: dict[str, Any] = {
        "now": NIGHT,
        "history": replace(CALLED_OUT, refusal_at=YESTERDAY),
        "gates": Gates(dialing_stopped=True),
    }
    told = [reason(ask(who=who, **question))]
    who = replace(who, suppressed_at=None)
    told.append(reason(ask(who=who, **question)))
    who = replace(who, national=None)
    told.append(reason(ask(who=who, **question)))
    who = replace(who, revoked_at=None)
    told.append(reason(ask(who=who, **question)))
    question["now"] = NOW
    told.append(reason(ask(who=who, **question)))
    question["history"] = CallHistory(refusal_at=YESTERDAY)
    told.append(reason(ask(who=who, **question)))
    question["history"] = CallHistory()
    told.append(reason(ask(who=who, **question)))

    assert told == [
        "suppressed",
        "national_dnc",
        "consent_revoked",
        "outside_window",
        "frequency_cap",
        "quiet_period",
        "dialing_stopped",
    ]


# A number of each state, and its window on Wednesday 2026-07-08 where its own clock counts.
STATE_WINDOWS = [
    ("AL", "+12055550123", "America/Chicago", "08:00", "20:00"),
    ("CA", "+14155550123", "America/Los_Angeles", "08:00", "21:00"),
    ("CT", "+12035550123", "America/New_York", "09:00", "20:00"),
    ("FL", "+13055550123", "America/New_York", "08:00", "20:00"),
    ("KY", "+15025550123", "America/New_York", "10:00", "21:00"),
    ("LA", "+15045550123", "America/Chicago", "08:00", "20:00"),
    ("MA", "+16175550123", "America/New_York", "08:00", "20:00"),
    ("MD", "+14105550123", "America/New_York", "08:00", "20:00"),
    ("ME", "+12075550123", "America/New_York", "09:00", "17:00"),
    ("MI", "+13135550123", "America/New_York", "09:00", "21:00"),
    ("MN", "+16125550123", "America/Chicago", "09:00", "21:00"),
    ("MS", "+16015550123", "America/Chicago", "08:00", "20:00"),
    ("NM", "+15055550123", "America/Denver", "09:00", "21:00"),
    ("NV", "+17025550123", "America/Los_Angeles", "09:00", "20:00"),
    ("OK", "+14055550123", "America/Chicago", "08:00", "20:00"),
    ("PA", "+12153456789", "America/New_York", "08:00", "21:00"),
    ("RI", "+14015550123", "America/New_York", "09:00", "18:00"),
    ("SD, both zones", "+16055550123", "America/Denver", "09:00", "20:00"),
    ("TX", "+12145550123", "America/Chicago", "09:00", "21:00"),
    ("UT", "+18015550123", "America/Denver", "08:00", "21:00"),
    ("WA", "+12065550123", "America/Los_Angeles", "08:00", "20:00"),
    ("WY", "+13075550123", "America/Denver", "08:00", "20:00"),
    ("Navajo or not", "+19285550123", "America/Phoenix", "08:00", "20:00"),
    ("Ontario", "+14165550123", "America/Toronto", "09:00", "21:30"),
    ("United Kingdom", "+447400123456", "Europe/London", "08:00", "21:00"),
    ("toll-free: both coasts, default", "+18005551234", "America/New_York", "12:00", "20:00"),
]


@pytest.mark.parametrize(
    ("text", "zone", "opens", "closes"),
    [row[1:] for row in STATE_WINDOWS],
    ids=[row[0] for row in STATE_WINDOWS],
)
def test_a_state_is_called_from_its_opening_until_a_minute_before_its_close(
    text: str, zone: str, opens: str, closes: str
) -> None:
    day = date(2026, 7, 8)
    first = datetime.fromisoformat(f"{day}T{opens}").replace(tzinfo=ZoneInfo(zone))
    stop = datetime.fromisoformat(f"{day}T{closes}").replace(tzinfo=ZoneInfo(zone)) - timedelta(
        minutes=1
    )
    early = ask(text, now=first - timedelta(seconds=1))

    assert isinstance(early, Deny)
    assert (early.reason, early.next_allowed_at) == ("outside_window", first.astimezone(UTC))
    assert isinstance(ask(text, now=first), Allow)
    assert isinstance(ask(text, now=stop - timedelta(seconds=1)), Allow)
    assert reason(ask(text, now=stop)) == "outside_window"


def test_the_rules_of_area_code_and_address_both_apply() -> None:
    who = contact(state="KY", timezone="America/Los_Angeles")

    assert reason(ask(who=who, now=utc("2026-07-08T09:30:00-07:00"))) == "outside_window"
    assert reason(ask(who=who, now=utc("2026-07-08T10:00:00-07:00"))) == "allowed"


def test_the_customers_own_zone_decides_where_it_is_known() -> None:
    who = contact(timezone="America/New_York")

    assert reason(ask(who=who, now=utc("2026-07-08T20:58:59-04:00"))) == "allowed"
    assert reason(ask(who=who, now=utc("2026-07-08T20:59:00-04:00"))) == "outside_window"


def test_a_place_nobody_knows_is_not_called_where_no_fallback_is_set() -> None:
    answer = ask("+18005551234", under=rules(fallback_zones={}))

    assert isinstance(answer, Deny)
    assert (answer.reason, answer.next_allowed_at) == ("outside_window", None)
    assert answer.evidence["zones"] == []


def test_informational_calls_need_express_consent_alone() -> None:
    assert reason(ask(who=contact(purpose="informational", consents=(EXPRESS,)))) == "allowed"
    assert reason(ask(who=contact(purpose="informational", consents=()))) == "no_consent"


def test_a_rule_may_ask_for_written_consent_whatever_the_purpose() -> None:
    row = {
        "id": "us-ca-written",
        "jurisdiction": "US-CA",
        "consent": "express_written",
        "source": "made up",
        "confidence": "policy",
        "effective_from": date(2020, 1, 1),
    }
    stricter = rules(rule=[*parsed("dialing_rules.toml")["rule"], row])
    who = contact(purpose="informational", consents=(EXPRESS,))

    assert reason(ask(who=who, under=stricter)) == "no_consent"
    assert reason(ask("+12125550123", who, under=stricter)) == "allowed"


def test_a_number_the_rules_let_nobody_ring_is_an_error() -> None:
    with pytest.raises(BadNumberError, match="test range"):
        ask(under=rules(allow_test_numbers=False))
    with pytest.raises(BadNumberError, match="is in FR"):
        ask("+33142345678")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose": "fun"}, "purpose"),
        ({"timezone": "EST"}, "timezone"),
        ({"revoked_at": datetime.fromisoformat("2026-01-01")}, "revoked_at"),
        ({"callback_at": datetime.fromisoformat("2026-01-01")}, "callback_at"),
    ],
)
def test_a_contact_that_would_be_judged_wrongly_is_refused(
    changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadContactError) as refused:
        contact(**changed)

    assert refused.value.field == field
    assert str(refused.value) == f"{field} {refused.value.reason}"


@pytest.mark.parametrize("question", [row[1] for row in REASONS], ids=[r[0] for r in REASONS])
def test_evidence_is_json_and_holds_no_number_in_clear(question: dict[str, Any]) -> None:
    spoken = f"called from {CALIFORNIA}, that is (415) 555-0123"
    who = question.get("who", contact())
    told = tuple(replace(consent, source=spoken) for consent in who.consents)
    who = replace(who, consents=told, suppression_source=spoken)

    evidence = ask(**{**question, "who": who}).evidence
    text = json.dumps(evidence)

    assert json.loads(text) == evidence
    assert "5550123" not in text.replace("-", "").replace(" ", "")


# -- where the tables of holidays end --------------------------------------------------------


def test_where_nobody_knows_the_holidays_nobody_is_called_and_nobody_is_given_up() -> None:
    last = shipped().holidays_cover[1]
    for day in (last + timedelta(days=1), last + timedelta(days=3)):
        night = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)

        answer = ask("+12153456789", now=night)  # Pennsylvania

        assert isinstance(answer, Deny)
        assert answer.next_allowed_at == night + timedelta(days=1)


def test_a_day_that_is_known_is_waited_for_as_ever() -> None:
    thanksgiving = utc("2030-11-28T12:00:00-05:00")

    answer = ask("+12153456789", now=thanksgiving)

    assert isinstance(answer, Deny)
    assert answer.next_allowed_at == utc("2030-11-29T08:00:00-05:00")
