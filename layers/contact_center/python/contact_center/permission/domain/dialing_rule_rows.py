"""The rows of config/dialing_rules.toml: what each may hold, and how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.time_zones import is_jurisdiction, zone_names
from contact_center.permission.domain.call_memory import HISTORY_DAYS, LONGEST_HISTORY
from contact_center.permission.domain.calling_hours import Hours
from contact_center.permission.domain.consent import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from contact_center.kernel.rule_tables import TableRow

FILE = "dialing_rules.toml"
OWNER = "owner"
DEFAULT = "default"
PURPOSES = ("marketing", "informational")
CONFIDENCES = ("statute", "secondary", "disputed", "unverified", "policy")
EXEMPTIONS = (*KINDS, "relationship", "inquiry")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: what a jurisdiction demands, since when, and where that is written.

    Attributes:
        weekdays: Days (0 = Monday) this row's window is for; empty when it sets no hours.
        hours: The window on those days. Where a jurisdiction has rows with hours, a weekday
            that none of them names is closed.
        holiday_sets: Days on which the jurisdiction is closed altogether.
        cap_calls: No more calls than this to a person in any `cap_hours`, or None.
        consent: Consent of this kind is needed whatever the purpose, or None.
        effective_to: The last day it is in force, or None.
    """

    id: str
    jurisdiction: str
    source: str
    confidence: str
    effective_from: date
    effective_to: date | None = None
    weekdays: frozenset[int] = frozenset()
    hours: Hours | None = None
    holiday_sets: tuple[str, ...] = ()
    cap_calls: int | None = None
    cap_hours: int = 0
    consent: str | None = None

    def in_force(self, day: date) -> bool:
        """Whether it applies on a civil day."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalList:
    """A national do-not-call list and what lifts it.

    Attributes:
        country: Whose numbers it covers.
        max_age_days: An import older than this proves nothing.
        required: Without a fresh import nobody is called who is not exempt.
        lifted_by: By purpose: consent kinds, "relationship", "inquiry".
        relationship_days: How long after the last purchase a relationship lifts it.
        inquiry_days: How long after an inquiry that does.
    """

    country: str
    name: str
    source: str
    max_age_days: int
    required: bool
    lifted_by: Mapping[str, tuple[str, ...]]
    relationship_days: int
    inquiry_days: int


def read_rules(
    table: TableRow, holidays: Mapping[str, Mapping[date, str]]
) -> dict[str, tuple[Rule, ...]]:
    """The [[rule]] rows by jurisdiction, in their order; an id may not be used twice."""
    rules: dict[str, tuple[Rule, ...]] = {}
    ids: set[str] = set()
    for row in table.rows("rule"):
        rule = _read_rule(row, holidays)
        if rule.id in ids:
            raise row.error("id", "is the id of another rule too")
        ids.add(rule.id)
        rules[rule.jurisdiction] = (*rules.get(rule.jurisdiction, ()), rule)
        row.done()
    return rules


def _read_rule(row: TableRow, holidays: Mapping[str, Mapping[date, str]]) -> Rule:
    jurisdiction = row.text("jurisdiction")
    if jurisdiction not in (OWNER, DEFAULT) and not is_jurisdiction(jurisdiction):
        raise row.error("jurisdiction", f"must be {OWNER}, {DEFAULT} or written as US or US-TX is")
    hours = _read_hours(row)
    capped = row.has("cap_calls") or row.has("cap_hours")
    sets = row.texts("holiday_sets", holidays) if row.has("holiday_sets") else ()
    consent = row.text("consent", KINDS) if row.has("consent") else None
    if not (hours or capped or consent or sets):
        raise row.error("open", "the rule demands nothing: no hours, cap, holidays or consent")
    since = row.day("effective_from")
    until = row.day("effective_to") if row.has("effective_to") else None
    if until is not None and until < since:
        raise row.error("effective_to", "must not be before effective_from")
    return Rule(
        id=row.text("id"),
        jurisdiction=jurisdiction,
        source=row.text("source"),
        confidence=row.text("confidence", CONFIDENCES),
        effective_from=since,
        effective_to=until,
        weekdays=_read_weekdays(row) if hours else frozenset(),
        hours=hours,
        holiday_sets=sets,
        cap_calls=row.number("cap_calls", 1, LONGEST_HISTORY) if capped else None,
        cap_hours=row.number("cap_hours", 1, HISTORY_DAYS * 24) if capped else 0,
        consent=consent,
    )


def _read_hours(row: TableRow) -> Hours | None:
    if not (row.has("open") or row.has("close")):
        return None
    hours = Hours(row.minute_of_day("open"), row.minute_of_day("close"))
    if hours.open_minute >= hours.close_minute:
        raise row.error("close", "must be later than open: a window is of one day")
    return hours


def _read_weekdays(row: TableRow) -> frozenset[int]:
    return frozenset(_WEEKDAYS.index(name) for name in row.texts("weekdays", _WEEKDAYS))


def read_holidays(
    table: TableRow,
) -> tuple[dict[str, dict[date, str]], tuple[date, date]]:
    """The [[holiday]] rows by set, and the first and last day they cover."""
    covered = table.row("holidays_cover")
    cover = (covered.day("first"), covered.day("last"))
    covered.done()
    if cover[0] > cover[1]:
        raise covered.error("last", "must not be before first")
    holidays: dict[str, dict[date, str]] = {}
    for row in table.rows("holiday"):
        name = row.text("name")
        row.text("source")
        days = row.days("days")
        for holiday_set in row.texts("sets"):
            holidays.setdefault(holiday_set, {}).update(dict.fromkeys(days, name))
        row.done()
    return holidays, cover


def read_countries(table: TableRow, rules: Mapping[str, tuple[Rule, ...]]) -> dict[str, str]:
    """The table of countries: each must have hours, or its people could be called all night."""
    row = table.row("countries")
    countries = {}
    for country in row.names():
        jurisdiction = row.text(country)
        if not any(rule.hours for rule in rules.get(jurisdiction, ())):
            raise row.error(country, f"there is no rule with hours for {jurisdiction}")
        countries[country] = jurisdiction
    return countries


def read_fallback_zones(table: TableRow) -> dict[str, tuple[str, ...]]:
    """The zones, by country, of a number whose place is not known."""
    row = table.row("fallback_zones")
    return {country: zone_names(row, country) for country in row.names()}


def read_national_lists(table: TableRow) -> dict[str, NationalList]:
    """The [[national_list]] rows by country."""
    lists = {}
    for row in table.rows("national_list"):
        lifted = row.row("lifted_by")
        country = row.text("country")
        lists[country] = NationalList(
            country=country,
            name=row.text("name"),
            source=row.text("source"),
            max_age_days=row.number("max_age_days", 1),
            required=row.flag("required"),
            lifted_by={purpose: lifted.texts(purpose, EXEMPTIONS) for purpose in PURPOSES},
            relationship_days=row.number("relationship_days", 0),
            inquiry_days=row.number("inquiry_days", 0),
        )
        lifted.done()
        row.done()
    return lists
