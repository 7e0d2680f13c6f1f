"""Where a customer may be: the states and time zones to reckon with, from the best evidence.

A number is not a location: mobile numbers move with people and area codes span zones. So the
answer is a set, and a call must be lawful in all of it (dialing §2).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.rule_tables import TableRow
from contact_center.kernel.state_names import code_of_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from contact_center.kernel.phone_numbers import PhoneNumber

FILE = "area_codes.toml"
UNKNOWN_ZONE = "Etc/Unknown"

# The library answers a number without a place with all of North America. More different
# offsets than this mean: unknown (dialing §2).
MOST_OFFSETS = 6

_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z]{2,3})?")
_AREA_CODE = re.compile(r"[2-9]\d\d")
_POSTAL_RANGE = re.compile(r"(\d{3})-(\d{3})")
_POSTAL_BEGINNING = re.compile(r"\d{3,5}|[A-Z]")
_LONGEST_POSTAL_BEGINNING = 5
# As people name their zone; "Mountain" is not among them, for Arizona has no summer time.
_SPOKEN = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns",
    "arizona": "America/Phoenix",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One or more area codes that share their states and zones.

    Attributes:
        zones: Every zone that somebody with such a number may live in.
        mostly: The one in which nearly all of them do; None: they do not, or it is the only one.
        library_errs: Zones that the numbering library lists and that are none of the code's.
    """

    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    mostly: str | None = None
    library_errs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCodes:
    """What area codes and postal codes tell of a place: config/area_codes.toml."""

    version: str
    by_code: Mapping[str, Area]
    by_postal: Mapping[str, tuple[str, ...]]
    zones_of: Mapping[str, tuple[str, ...]]
    mostly_of: Mapping[str, str]

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """Read the parsed file.

        Raises:
            RulesError: A row is wrong; the message names the file, the row and the field.
        """
        table = TableRow(FILE, values)
        by_code = _by_code(table.rows("area"))
        by_postal = _by_postal(table.rows("postal"))
        zones_of = _zones_of(by_code.values())
        mostly_of = _mostly_of(table.rows("state"), zones_of)
        version = table.text("version")
        table.done()
        return cls(
            version=version,
            by_code=by_code,
            by_postal=by_postal,
            zones_of=zones_of,
            mostly_of=mostly_of,
        )

    def state(self, text: str) -> str | None:
        """What a person's word for a state means: "TX", "us-tx", "Ontario"; else None."""
        word = code_of_state(text) or text.strip().upper()
        for jurisdiction in (word, f"US-{word}", f"CA-{word}"):
            if "-" in jurisdiction and jurisdiction in self.zones_of:
                return jurisdiction
        return None

    def postal(self, text: str) -> tuple[str, ...]:
        """The jurisdictions a ZIP or postal code lies in; empty when it tells none."""
        word = text.strip().upper()
        for length in range(_LONGEST_POSTAL_BEGINNING, 0, -1):
            found = self.by_postal.get(word[:length])
            if found is not None:
                return found
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a customer may be.

    Attributes:
        zones: Every zone to reckon with; empty means that nothing is known.
        zones_from: What told the zones: timezone, address, number or nothing.
        jurisdictions: States whose rules apply: of the address and of the area code, both.
        agreed: The zone in which a time can be agreed on: the only clock there is, or that of
            nearly all who may be meant; None: the customer has to be asked.
    """

    zones: tuple[str, ...]
    zones_from: str
    jurisdictions: tuple[str, ...]
    agreed: str | None = None

    @property
    def likeliest(self) -> ZoneInfo | None:
        """One zone, where a guess will do and calling hours hold besides; None: unknown."""
        zones = (self.agreed,) if self.agreed else self.zones
        return ZoneInfo(zones[0]) if zones else None


def whereabouts(  # noqa: PLR0913  the pieces of evidence, best first
    number: PhoneNumber,
    areas: AreaCodes,
    at: datetime,
    *,
    timezone: str | None = None,
    state: str | None = None,
    postal_code: str | None = None,
) -> Whereabouts:
    """Where a customer may be, from the best evidence there is.

    The customer's own zone beats the address, which beats the number. States are never
    replaced: the rules of the area code's and of the address's state both apply.

    Args:
        number: The number to be called.
        areas: The table of area codes.
        at: When; too many different offsets at this instant mean unknown.
        timezone: The customer's own IANA zone.
        state: The state of the address, as a person writes it.
        postal_code: ZIP or postal code of the address.

    Returns:
        Zones in the order of their names, states likewise.
    """
    area = areas.by_code.get(number.area_code or "")
    address = _address(number, areas, state, postal_code)
    jurisdictions = tuple(sorted({*address, *(area.jurisdictions if area else ())}))
    if timezone:
        zones, zones_from, mostly = {timezone}, "timezone", None
    elif address:
        zones = {zone for place in address for zone in areas.zones_of[place]}
        zones_from, mostly = "address", _mostly_at(address, area, areas)
    else:
        zones, zones_from = _zones_of_number(number, area), "number"
        mostly = area.mostly if area else None
    if UNKNOWN_ZONE in zones or not zones or _offsets(zones, at) > MOST_OFFSETS:
        zones, zones_from = set(), "nothing"
    return Whereabouts(
        zones=tuple(sorted(zones)),
        zones_from=zones_from,
        jurisdictions=jurisdictions,
        agreed=_agreed(zones, mostly, at),
    )


def known_zone(name: str) -> bool:
    """Whether a name is an IANA zone of a place, such as America/Denver.

    Fixed offsets and abbreviations are no places: "EST" has no summer time, though whoever
    writes it means a place that has.
    """
    if "/" not in name or name.startswith(("Etc/", "SystemV/")):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, a path that leaves, a folder
        return False
    return True


def zone_named(said: object) -> str | None:
    """The zone that a model or a webhook names, by its IANA name or as people in America do."""
    if not isinstance(said, str):
        return None
    word = " ".join(said.casefold().replace("standard", " ").replace("daylight", " ").split())
    name = _SPOKEN.get(word.removesuffix(" time").strip(), said.strip())
    return name if known_zone(name) else None


def zone_names(row: TableRow, name: str) -> tuple[str, ...]:
    """A field that lists zones, each of which must exist."""
    names = row.texts(name)
    for zone in names:
        if not known_zone(zone):
            raise row.error(name, f"{zone!r} is no time zone of a place")
    return names


def is_jurisdiction(text: str) -> bool:
    """Whether a text has the form of a country or a state: "US", "US-FL"."""
    return _JURISDICTION.fullmatch(text) is not None


def _address(
    number: PhoneNumber, areas: AreaCodes, state: str | None, postal_code: str | None
) -> set[str]:
    # Elsewhere the same letters and digits are other places: N1C is London and Ontario.
    if not number.north_american:
        return set()
    home = {areas.state(state or ""), *areas.postal(postal_code or "")}
    return {place for place in home if place is not None}


def _zones_of_number(number: PhoneNumber, area: Area | None) -> set[str]:
    # An area code that the table does not know may be split: nobody knows (facts §2).
    if number.area_code is not None and area is None:
        return set()
    if area is None:
        return set(number.listed_zones)
    return {*number.listed_zones, *area.zones} - set(area.library_errs)


def _mostly_at(address: set[str], area: Area | None, areas: AreaCodes) -> str | None:
    """Where in a state nearly all live: by an area code of that state, else by the state."""
    if len(address) > 1:
        return None
    [state] = address
    if area is None or state not in area.jurisdictions:
        return areas.mostly_of.get(state)
    return area.mostly or (area.zones[0] if len(area.zones) == 1 else None)


def _agreed(zones: set[str], mostly: str | None, at: datetime) -> str | None:
    """The zone of the only clock, or the one that is most people's; None: nobody can tell."""
    if mostly in zones:
        return mostly
    half_a_year_on = at + timedelta(days=182)
    one_clock = all(_offsets(zones, day) == 1 for day in (at, half_a_year_on))
    return min(zones) if one_clock else None


def _by_code(rows: Iterable[TableRow]) -> dict[str, Area]:
    by_code: dict[str, Area] = {}
    for row in rows:
        area = _area(row)
        for code in row.texts("codes"):
            if not _AREA_CODE.fullmatch(code) or code in by_code:
                raise row.error("codes", f"{code} is no area code, or named before")
            by_code[code] = area
        row.done()
    return by_code


def _by_postal(rows: Iterable[TableRow]) -> dict[str, tuple[str, ...]]:
    by_postal: dict[str, tuple[str, ...]] = {}
    for row in rows:
        jurisdictions = _jurisdictions(row)
        for beginning in _beginnings(row):
            if beginning in by_postal:
                raise row.error("begins", f"{beginning} is named before")
            by_postal[beginning] = jurisdictions
        row.done()
    return by_postal


def _mostly_of(rows: Iterable[TableRow], zones_of: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    mostly_of: dict[str, str] = {}
    for row in rows:
        zone = row.text("mostly")
        for state in _jurisdictions(row):
            if zone not in zones_of.get(state, ()) or state in mostly_of:
                raise row.error("mostly", f"{zone} is no zone of {state}, or named before")
            mostly_of[state] = zone
        row.done()
    return mostly_of


def _area(row: TableRow) -> Area:
    zones = zone_names(row, "zones")
    mostly = row.text("mostly") if row.has("mostly") else None
    if mostly is not None and mostly not in zones:
        raise row.error("mostly", f"{mostly} is none of its zones")
    errs = row.texts("library_errs") if row.has("library_errs") else ()
    if set(errs) & set(zones):
        raise row.error("library_errs", "must not name a zone of the code")
    return Area(jurisdictions=_jurisdictions(row), zones=zones, mostly=mostly, library_errs=errs)


def _offsets(zones: set[str], at: datetime) -> int:
    return len({at.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones})


def _jurisdictions(row: TableRow) -> tuple[str, ...]:
    names = row.texts("jurisdictions")
    for name in names:
        if not is_jurisdiction(name):
            raise row.error("jurisdictions", f"{name!r} is not written as US-TX is")
    return names


def _beginnings(row: TableRow) -> list[str]:
    beginnings: list[str] = []
    for text in row.texts("begins"):
        between = _POSTAL_RANGE.fullmatch(text)
        if between:
            first, last = int(between[1]), int(between[2])
            beginnings += [f"{figure:03d}" for figure in range(first, last + 1)]
        elif _POSTAL_BEGINNING.fullmatch(text):
            beginnings.append(text)
        else:
            raise row.error("begins", f"{text!r} is no beginning of a postal code")
    return beginnings


def _zones_of(areas: Iterable[Area]) -> dict[str, tuple[str, ...]]:
    zones: dict[str, set[str]] = {}
    for area in areas:
        for jurisdiction in area.jurisdictions:
            zones.setdefault(jurisdiction, set()).update(area.zones)
    return {jurisdiction: tuple(sorted(found)) for jurisdiction, found in zones.items()}
