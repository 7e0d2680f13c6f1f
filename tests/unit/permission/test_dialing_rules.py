"""The table of rules: read strictly, in force by the civil day, the strictest of all together."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.kernel.time_zones import whereabouts
from contact_center.permission.domain.calling_hours import Hours
from contact_center.permission.domain.contact_permission import Contact
from contact_center.permission.domain.dialing_rule_rows import CONFIDENCES
from contact_center.permission.domain.dialing_rules import DialingRules
from tests.unit.permission.dialing_examples import NOW, areas, number, parsed, rule, rules, shipped

MONDAY = date(2026, 7, 6)
SATURDAY, SUNDAY = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)

# State, Monday to Friday, Saturday, Sunday: the stricter reading where sources
# disagree, inside the federal 8 to 21.
STATES = [
    ("AL", "8-20", "8-20", None),
    ("CT", "9-20", "9-20", "9-20"),
    ("FL", "8-20", "8-20", "8-20"),
    ("IL", "9-21", "9-21", "9-21"),
    ("KY", "10-21", "10-21", "10-21"),
    ("LA", "8-20", "8-20", None),
    ("MA", "8-20", "8-20", "8-20"),
    ("MD", "8-20", "8-20", "8-20"),
    ("ME", "9-17", None, None),
    ("MI", "9-21", "9-21", "9-21"),
    ("MN", "9-21", "9-21", "9-21"),
    ("NE", "8-21", "8-21", "13-21"),
    ("NM", "9-21", "9-21", "9-21"),
    ("MS", "8-20", "8-20", None),
    ("NV", "9-20", "9-20", "9-20"),
    ("OK", "8-20", "8-20", "8-20"),
    ("PA", "8-21", "9-20", "13.5-21"),
    ("RI", "9-18", "10-17", None),
    ("SD", "9-21", None, None),
    ("TX", "9-21", "9-21", "12-21"),
    ("UT", "8-21", "9-20", None),
    ("WA", "8-20", "8-20", "8-20"),
    ("WY", "8-20", "8-20", "8-20"),
    ("CA", "8-21", "8-21", "8-21"),
    ("NY", "8-21", "8-21", "8-21"),
]


def hours(text: str | None) -> Hours | None:
    if text is None:
        return None
    opens, closes = text.split("-")
    return Hours(int(float(opens) * 60), int(float(closes) * 60))


@pytest.mark.parametrize(("state", "weekday", "saturday", "sunday"), STATES)
def test_the_windows_of_a_state(
    state: str, weekday: str, saturday: str | None, sunday: str | None
) -> None:
    under = ["US", f"US-{state}", "owner"]

    assert [shipped().day(under, MONDAY + timedelta(days=day)).hours for day in range(7)] == [
        *[hours(weekday)] * 5,
        hours(saturday),
        hours(sunday),
    ]


def test_every_state_with_a_row_is_held_to_the_table() -> None:
    rows = {name[3:] for name in shipped().by_jurisdiction if name.startswith("US-")}

    assert rows < {state for state, *_ in STATES}


@pytest.mark.parametrize(
    ("country", "weekday", "saturday", "sunday"),
    [("GB", "8-21", "9-20", None), ("CA", "9-21.5", "10-18", "10-18")],
)
def test_the_windows_of_a_country(
    country: str, weekday: str, saturday: str, sunday: str | None
) -> None:
    assert shipped().day([country], MONDAY).hours == hours(weekday)
    assert shipped().day([country], SATURDAY).hours == hours(saturday)
    assert shipped().day([country], SUNDAY).hours == hours(sunday)


def test_where_nothing_is_known_the_default_is_narrow() -> None:
    assert shipped().day(["US", "default"], MONDAY).hours == hours("9-20")
    assert shipped().day(["US", "default"], SUNDAY).hours is None


@pytest.mark.parametrize(
    ("state", "day", "holiday"),
    [
        ("AL", date(2026, 7, 3), "Independence Day"),  # the day it is observed
        ("AL", date(2026, 7, 4), "Independence Day"),
        ("LA", date(2026, 2, 17), "Mardi Gras"),
        ("LA", date(2027, 3, 26), "Good Friday"),
        ("PA", date(2028, 4, 14), "Good Friday"),
        ("RI", date(2026, 8, 10), "Victory Day"),
        ("UT", date(2028, 7, 24), "Pioneer Day"),
        ("MS", date(2027, 4, 26), "Confederate Memorial Day (Mississippi)"),
        ("PA", date(2026, 11, 26), "Thanksgiving Day"),
        ("AL", date(2026, 12, 25), "Christmas Day"),
        ("LA", date(2027, 1, 18), "Birthday of Martin Luther King, Jr."),
        ("RI", date(2028, 5, 29), "Memorial Day"),
        ("UT", date(2027, 6, 18), "Juneteenth"),
        ("UT", date(2026, 10, 12), "Columbus Day"),
    ],
)
def test_a_state_that_closes_on_holidays_is_closed(state: str, day: date, holiday: str) -> None:
    found = shipped().day(["US", f"US-{state}"], day)

    assert (found.hours, found.holiday) == (None, holiday)


def test_elsewhere_a_holiday_is_a_day_like_any_other() -> None:
    found = shipped().day(["US", "US-CA"], date(2026, 12, 25))

    assert (found.hours, found.holiday) == (hours("8-21"), None)


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_every_year_of_the_tables_has_all_its_federal_holidays(year: int) -> None:
    names = {name for day, name in shipped().holidays["us-federal"].items() if day.year == year}

    assert len(names - {"Inauguration Day"}) == 11


@pytest.mark.parametrize("day", [date(2023, 12, 29), date(2031, 1, 2)])
def test_beyond_the_holiday_tables_nobody_knows_so_nobody_is_called(day: date) -> None:
    assert shipped().day(["US", "US-AL"], day).hours is None
    assert "no holidays" in str(shipped().day(["US", "US-AL"], day).holiday)
    assert shipped().day(["US", "US-CA"], day).hours == hours("8-21")


def test_a_rule_is_in_force_from_its_first_day_to_its_last() -> None:
    old = {**rule("old", open="10:00"), "effective_to": date(2026, 7, 7)}
    new = {**rule("new", open="11:00"), "effective_from": date(2026, 7, 8)}
    table = rules(rule=[*parsed("dialing_rules.toml")["rule"], old, new])

    opened = [table.day(["US", "US-ZZ"], date(2026, 7, day)).hours for day in (7, 8)]

    assert opened == [Hours(600, 1200), Hours(660, 1200)]
    assert [r.id for r in table.in_force(["US-ZZ"], [date(2026, 7, 7)])] == ["old"]
    assert table.day(["US-ZZ"], date(1999, 12, 31)).hours is None  # no rule: nobody is called


def test_rules_that_do_not_meet_leave_no_window() -> None:
    early = rule("early", open="08:00", close="10:00")
    table = rules(rule=[*parsed("dialing_rules.toml")["rule"], early])

    assert table.day(["US-KY", "US-ZZ"], MONDAY).hours is None


def test_a_state_cannot_widen_the_window_of_its_country() -> None:
    wide = rule("wide", open="06:00", close="23:00")
    table = rules(rule=[*parsed("dialing_rules.toml")["rule"], wide])

    assert table.day(["US", "US-ZZ"], MONDAY).hours == hours("8-21")


@pytest.mark.parametrize(
    ("text", "contact", "expected"),
    [
        ("+14155550123", {}, ["US", "US-CA", "owner"]),
        ("+14155550123", {"state": "TX"}, ["US", "US-CA", "US-TX", "owner"]),
        ("+14155550123", {"postal_code": "M5V 3L9"}, ["CA", "CA-ON", "US", "US-CA", "owner"]),
        ("+17875551234", {}, ["US", "US-PR", "owner"]),
        ("+18005551234", {}, ["US", "default", "owner"]),
        ("+447400123456", {}, ["GB", "owner"]),
    ],
)
def test_the_rules_of_number_and_address_both_apply(
    text: str, contact: dict[str, str], expected: list[str]
) -> None:
    who = Contact(purpose="marketing", **contact)  # type: ignore[arg-type]
    place = whereabouts(number(text), areas(), NOW, state=who.state, postal_code=who.postal_code)

    assert list(shipped().jurisdictions(number(text), place)) == expected


def test_the_default_may_be_made_everybodys() -> None:
    place = whereabouts(number(), areas(), NOW)

    found = rules(default_applies_to="everyone").jurisdictions(number(), place)

    assert found == ("US", "US-CA", "default", "owner")


def test_a_country_without_a_row_is_not_dialled() -> None:
    with pytest.raises(BadNumberError, match="phone is in FR, a country without a row"):
        shipped().check_number(number("+33142345678"))


def test_test_numbers_are_dialled_only_where_the_rules_say_so() -> None:
    shipped().check_number(number("+14155550123"))
    assert parsed("dialing_rules.toml")["allow_test_numbers"] is False
    with pytest.raises(BadNumberError, match=r"customer\.phone is of a test range"):
        rules(allow_test_numbers=False).check_number(number("+14155550123"), "customer.phone")


def test_the_table_survives_json() -> None:
    values = json.loads(json.dumps(parsed("dialing_rules.toml"), default=str))

    assert DialingRules.from_dict(values, areas()) == rules(allow_test_numbers=False)


def test_every_shipped_rule_names_its_source_and_how_sure_it_is() -> None:
    all_rules = [r for found in shipped().by_jurisdiction.values() for r in found]

    assert all(r.source and r.confidence in CONFIDENCES for r in all_rules)
    assert len({r.id for r in all_rules}) == len(all_rules) > 30
    assert {"US", "GB", "CA"} <= shipped().by_jurisdiction.keys()


def test_a_rule_is_in_force_as_soon_as_its_day_has_begun_anywhere_they_may_be() -> None:
    """Around midnight of its first day it is one day in the east and another in the west."""
    first = date(2026, 12, 1)
    before, after = first - timedelta(days=1), first + timedelta(days=1)
    row = rule("new", effective_from=first, effective_to=first)
    known = rules(rule=[*parsed("dialing_rules.toml")["rule"], row])

    def in_force(*days: date) -> bool:
        return any(one.id == "new" for one in known.in_force(["US-ZZ"], days))

    assert in_force(before, first)
    assert in_force(first, after)
    assert in_force(first)
    assert not in_force(before)
    assert not in_force(after)
