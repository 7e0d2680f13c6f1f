"""The rules of who may be called when, as data: config/dialing_rules.toml.

A rule names a jurisdiction and one thing it demands: hours, a cap, or a kind of consent. All
rules in force of all jurisdictions a customer may belong to apply together, so the strictest
wins without being computed. Three jurisdictions are no places: `owner` always applies, on top
of the law; `default` applies where the state is not known; a country's own rows apply to all
its states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.kernel.rule_tables import MINUTES_PER_DAY, TableRow
from contact_center.permission.domain.call_memory import MOST_QUIET_DAYS
from contact_center.permission.domain.calling_hours import Hours
from contact_center.permission.domain.dialing_rule_rows import (
    DEFAULT,
    FILE,
    OWNER,
    NationalList,
    Rule,
    read_countries,
    read_fallback_zones,
    read_holidays,
    read_national_lists,
    read_rules,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.kernel.time_zones import AreaCodes, Whereabouts

_UNKNOWN_STATE = "unknown_state"
_EVERYONE = "everyone"


class Day(NamedTuple):
    """A civil day under the rules: its window (None: closed) and the holiday that closes it."""

    hours: Hours | None
    holiday: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingRules:
    """All rules, read strictly. Meaning and sources: config/dialing_rules.toml.

    Attributes:
        version: The owner's word for this state of the rules; kept as evidence.
        countries: Whose numbers are dialled at all, and whose rules hold for them.
        allow_test_numbers: Whether numbers of test ranges may be rung.
        default_for_everyone: Whether `default` rows apply to known states too.
        fallback_zones: By country: zones for a number whose place is not known.
        holidays: By set: day and name.
        holidays_cover: The first and last day of the holiday tables; outside of them every
            jurisdiction that closes on holidays is closed, because nobody knows.
        areas: What area codes and postal codes tell.
    """

    version: str
    countries: Mapping[str, str]
    allow_test_numbers: bool
    default_for_everyone: bool
    fallback_zones: Mapping[str, tuple[str, ...]]
    quiet_days_after_conversation: int
    quiet_days_after_refusal: int
    national_lists: Mapping[str, NationalList]
    holidays: Mapping[str, Mapping[date, str]]
    holidays_cover: tuple[date, date]
    by_jurisdiction: Mapping[str, tuple[Rule, ...]]
    areas: AreaCodes

    @classmethod
    def from_dict(cls, values: object, areas: AreaCodes) -> Self:
        """Read the parsed file, from TOML or from its JSON.

        Args:
            values: The whole of dialing_rules.toml.
            areas: The whole of area_codes.toml, read.

        Raises:
            RulesError: A row is wrong; the message names the file, the row and the field.
        """
        table = TableRow(FILE, values)
        holidays, cover = read_holidays(table)
        rules = read_rules(table, holidays)
        quiet, most = table.row("quiet"), MOST_QUIET_DAYS
        everyone = table.text("default_applies_to", (_UNKNOWN_STATE, _EVERYONE)) == _EVERYONE
        read = cls(
            version=table.text("version"),
            countries=read_countries(table, rules),
            allow_test_numbers=table.flag("allow_test_numbers"),
            default_for_everyone=everyone,
            fallback_zones=read_fallback_zones(table),
            quiet_days_after_conversation=quiet.number(
                "after_conversation_days", 0, MOST_QUIET_DAYS
            ),
            quiet_days_after_refusal=quiet.number("after_refusal_days", 0, most),
            national_lists=read_national_lists(table),
            holidays=holidays,
            holidays_cover=cover,
            by_jurisdiction=rules,
            areas=areas,
        )
        quiet.done()
        table.done()
        return read

    def check_number(self, number: PhoneNumber, field: str = "phone") -> None:
        """Refuse a number that these rules let nobody dial, whatever the hour.

        Raises:
            BadNumberError: Its country is not in the rules, or it is a test number and the
                rules allow none.
        """
        if number.country not in self.countries:
            raise BadNumberError(
                field, f"is in {number.country}, a country without a row in {FILE}"
            )
        if number.test and not self.allow_test_numbers:
            raise BadNumberError(
                field, f"is of a test range (allow_test_numbers in {FILE} is false)"
            )

    def jurisdictions(self, number: PhoneNumber, place: Whereabouts) -> tuple[str, ...]:
        """Everything whose rules apply to a call, in the order of their names."""
        country = self.countries[number.country]
        found = {OWNER, country, *place.jurisdictions}
        found |= {jurisdiction.partition("-")[0] for jurisdiction in place.jurisdictions}
        unknown = number.north_american and not place.jurisdictions
        if unknown or self.default_for_everyone:
            found.add(DEFAULT)
        return tuple(sorted(found))

    def in_force(self, jurisdictions: Iterable[str], days: Iterable[date]) -> tuple[Rule, ...]:
        """The rules of these jurisdictions in force on any of these civil days."""
        dates = set(days)
        return tuple(
            rule
            for jurisdiction in jurisdictions
            for rule in self.by_jurisdiction.get(jurisdiction, ())
            if any(rule.in_force(day) for day in dates)
        )

    def day(self, jurisdictions: Iterable[str], day: date) -> Day:
        """What all rules in force together make of a civil day."""
        opens, closes, holiday, any_hours = 0, MINUTES_PER_DAY, None, False
        for jurisdiction in jurisdictions:
            rows = [r for r in self.by_jurisdiction.get(jurisdiction, ()) if r.in_force(day)]
            windows = [r for r in rows if r.hours is not None]
            todays = [r.hours for r in windows if r.hours and day.weekday() in r.weekdays]
            any_hours = any_hours or bool(windows)
            holiday = holiday or self._holiday(rows, day)
            if windows and not todays:
                closes = 0
            for hours in todays:
                opens, closes = max(opens, hours.open_minute), min(closes, hours.close_minute)
        if holiday or not any_hours or opens >= closes:
            return Day(None, holiday)
        return Day(Hours(opens, closes), None)

    def _holiday(self, rules: Iterable[Rule], day: date) -> str | None:
        first, last = self.holidays_cover
        for rule in rules:
            for name in rule.holiday_sets:
                if not first <= day <= last:
                    return f"{FILE} knows no holidays on this day"
                if day in self.holidays[name]:
                    return self.holidays[name][day]
        return None
