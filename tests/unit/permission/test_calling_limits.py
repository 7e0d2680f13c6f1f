"""What lifts the national list, how often a person may be called, and when not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.permission.domain.contact_permission import (
    CallHistory,
    Contact,
)
from contact_center.permission.domain.contactability import (
    CALLBACK_HOURS,
    Deny,
)
from tests.unit.permission.dialing_examples import (
    CALIFORNIA,
    CLEAR,
    DAY,
    EXPRESS,
    HOUR,
    LISTED,
    NOW,
    ask,
    contact,
    parsed,
    reason,
    rules,
    utc,
)

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.permission.domain.national_listing import NationalListing

NATIONAL = [
    ("written consent lifts it", contact(national=LISTED), "allowed", "express_written"),
    (
        "spoken consent lifts it for information",
        contact(purpose="informational", consents=(EXPRESS,), national=LISTED),
        "allowed",
        "express",
    ),
    (
        "a purchase lifts it, and replaces no consent",
        contact(consents=(), national=LISTED, relationship_at=NOW - 500 * DAY),
        "no_consent",
        "relationship",
    ),
    (
        "a purchase long ago lifts nothing",
        contact(consents=(), national=LISTED, relationship_at=NOW - 600 * DAY),
        "national_dnc",
        None,
    ),
    (
        "an inquiry lifts it for three months",
        contact(consents=(), national=LISTED, inquiry_at=NOW - 80 * DAY),
        "no_consent",
        "inquiry",
    ),
    (
        "a purchase yet to come lifts nothing",
        contact(consents=(), national=LISTED, relationship_at=NOW + DAY),
        "national_dnc",
        None,
    ),
    ("not on it", contact(consents=(), national=CLEAR), "no_consent", None),
]


@pytest.mark.parametrize(
    ("who", "expected", "lifted_by"), [row[1:] for row in NATIONAL], ids=[r[0] for r in NATIONAL]
)
def test_what_lifts_the_national_list(who: Contact, expected: str, lifted_by: str | None) -> None:
    answer = ask(who=who)

    assert reason(answer) == expected
    assert answer.evidence["national_list"]["lifted_by"] == lifted_by


@pytest.mark.parametrize(
    ("national", "expected", "fresh"),
    [
        (None, "national_dnc", False),
        (CLEAR, "no_consent", True),
        (replace(CLEAR, imported_at=NOW - 31 * DAY), "no_consent", True),
        (replace(CLEAR, imported_at=NOW - 31 * DAY - HOUR), "national_dnc", False),
    ],
)
def test_where_the_list_is_required_an_old_import_proves_nothing(
    national: NationalListing | None, expected: str, *, fresh: bool
) -> None:
    lists = [{**row, "required": True} for row in parsed("dialing_rules.toml")["national_list"]]

    answer = ask(who=contact(consents=(), national=national), under=rules(national_list=lists))

    assert reason(answer) == expected
    assert answer.evidence["national_list"]["fresh"] is fresh


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ({}, NOW + HOUR),
        ({"national": replace(CLEAR, imported_at=NOW - 32 * DAY)}, NOW + HOUR),
        ({"national": LISTED}, None),
        ({"consents": ()}, None),
        ({"suppressed_at": NOW - DAY}, None),
    ],
)
def test_whoever_waits_for_a_newer_list_alone_is_put_off_and_not_given_up(
    said: dict[str, Any], again: datetime | None
) -> None:
    """The list of last month is not renewed for a day, and every contact was lost for good."""
    usa = parsed("dialing_rules.toml")["national_list"][0]
    lifted_by = {purpose: ["relationship"] for purpose in usa["lifted_by"]}
    binding = {**usa, "required": True, "lifted_by": lifted_by}

    answer = ask(who=contact(**said), under=rules(national_list=[binding]))

    assert isinstance(answer, Deny)
    assert answer.reason == ("suppressed" if "suppressed_at" in said else "national_dnc")
    assert answer.next_allowed_at == again


def test_a_country_without_a_national_list_has_none_to_ask() -> None:
    answer = ask(who=contact(national=LISTED, consents=()), under=rules(national_list=[]))

    assert reason(answer) == "no_consent"
    assert answer.evidence["national_list"] is None


@pytest.mark.parametrize(
    ("text", "hours_ago", "expected", "free_in"),
    [
        (CALIFORNIA, [1, 2], "allowed", None),
        (CALIFORNIA, [1, 2, 24], "allowed", None),
        (CALIFORNIA, [1, 2, 23], "frequency_cap", 1),
        (CALIFORNIA, [1, 18, 19, 20], "frequency_cap", 5),
        (CALIFORNIA, [30, 31, 32, 60, 61, 62, 167], "frequency_cap", 1),
        (CALIFORNIA, [30, 31, 32, 60, 61, 62, 168], "allowed", None),
        (CALIFORNIA, [-1, 2, 20], "frequency_cap", 4),
        ("+12075550123", [7], "frequency_cap", 1),  # Maine: one in eight hours
        ("+12075550123", [8], "allowed", None),
        ("+18005551234", [1, 23], "frequency_cap", 1),  # default: two a day
    ],
)
def test_caps_are_rolling(
    text: str, hours_ago: list[int], expected: str, free_in: int | None
) -> None:
    history = CallHistory(rung_at=tuple(NOW - hours * HOUR for hours in hours_ago))

    answer = ask(text, history=history, under=rules(), now=NOW)

    assert reason(answer) == expected
    if isinstance(answer, Deny) and free_in is not None:
        assert answer.next_allowed_at == NOW + free_in * HOUR


def test_a_cap_that_frees_at_night_waits_for_the_morning() -> None:
    history = CallHistory(rung_at=(NOW - HOUR, NOW - 2 * HOUR, NOW - 12 * HOUR))

    answer = ask(history=history)

    assert isinstance(answer, Deny)
    assert answer.reason == "frequency_cap"
    assert answer.next_allowed_at == utc("2026-07-09T08:00:00-07:00")  # free at 22:00 the evening


COLLECTOR = {"after_conversation_days": 7, "after_refusal_days": 30}


@pytest.mark.parametrize(
    ("who", "history", "expected", "again"),
    [
        ({}, {"conversation_at": NOW - DAY}, "quiet_period", NOW + 6 * DAY),
        ({}, {"conversation_at": NOW - 7 * DAY}, "allowed", None),
        ({"callback_at": NOW - HOUR}, {"conversation_at": NOW - DAY}, "allowed", None),
        ({"callback_at": NOW}, {"conversation_at": NOW - DAY}, "allowed", None),
        (
            {"callback_at": NOW + HOUR},
            {"conversation_at": NOW - DAY},
            "quiet_period",
            NOW + HOUR,
        ),
        (  # it was made: the conversation came after it
            {"callback_at": NOW - 2 * HOUR},
            {"conversation_at": NOW - HOUR},
            "quiet_period",
            NOW - HOUR + 7 * DAY,
        ),
        (  # nobody made it in time
            {"callback_at": NOW - CALLBACK_HOURS * HOUR},
            {"conversation_at": NOW - 3 * DAY},
            "quiet_period",
            NOW + 4 * DAY,
        ),
        (  # the conversation at the asked time was the callback
            {"callback_at": NOW - HOUR},
            {"conversation_at": NOW - HOUR},
            "quiet_period",
            NOW - HOUR + 7 * DAY,
        ),
        (
            {"callback_at": NOW - 2 * HOUR},
            {"refusal_at": NOW - HOUR},
            "quiet_period",
            NOW - HOUR + 30 * DAY,
        ),
    ],
)
def test_quiet_days_and_the_callback_that_replaces_them(
    who: dict[str, Any], history: dict[str, Any], expected: str, again: datetime | None
) -> None:
    answer = ask(who=contact(**who), history=CallHistory(**history), under=rules(quiet=COLLECTOR))

    assert reason(answer) == expected
    if isinstance(answer, Deny):
        assert answer.next_allowed_at == again


def test_who_buys_nothing_may_still_be_told_of_his_order() -> None:
    history = CallHistory(refusal_at=NOW - DAY)
    sold = ask(history=history)
    told = ask(who=contact(purpose="informational"), history=history)

    assert (reason(sold), reason(told)) == ("quiet_period", "allowed")


SATURDAY = utc("2026-07-11T23:00:00-07:00")
MONDAY = utc("2026-07-13T08:00:00-07:00")
TUESDAY = MONDAY + DAY


def six_days_a_week() -> list[dict[str, Any]]:
    """The shipped rows, with nobody called in the United States on Sundays."""
    rows: list[dict[str, Any]] = parsed("dialing_rules.toml")["rule"]
    [usa] = [row for row in rows if row["id"] == "us-hours"]
    weekdays = [day for day in usa["weekdays"] if day != "sun"]
    return [{**row, "weekdays": weekdays} if row is usa else row for row in rows]


@pytest.mark.parametrize(
    ("rung", "now", "expected"),
    [
        ((), SATURDAY + DAY, "outside_window"),
        ((), MONDAY, "allowed"),
        ((), MONDAY + 12 * HOUR, "allowed"),
        ((), TUESDAY, "quiet_period"),  # its day is over
        # Tries of it leave its day where it is; a cap that was used up before moves it on.
        ((MONDAY,) * 3, TUESDAY, "quiet_period"),
        ((TUESDAY - 7 * DAY + HOUR,) * 7, MONDAY + HOUR, "frequency_cap"),
        ((TUESDAY - 7 * DAY + HOUR,) * 7, TUESDAY + 2 * HOUR, "allowed"),
    ],
)
def test_a_callback_asked_for_while_nobody_may_be_called_has_its_day_when_one_may(
    rung: tuple[datetime, ...], now: datetime, expected: str
) -> None:
    history = CallHistory(conversation_at=SATURDAY - HOUR, rung_at=rung)

    answer = ask(
        who=contact(callback_at=SATURDAY),
        history=history,
        now=now,
        under=rules(quiet=COLLECTOR, rule=six_days_a_week()),
    )

    assert reason(answer) == expected


def test_a_callback_asked_for_at_night_is_made_in_the_morning() -> None:
    answer = ask(who=contact(callback_at=utc("2026-07-08T23:00:00-07:00")))

    assert isinstance(answer, Deny)
    assert answer.next_allowed_at == utc("2026-07-09T08:00:00-07:00")
