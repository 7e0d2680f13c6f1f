"""Where a customer may be: every zone to reckon with, and the states whose rules apply."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import timezone

from contact_center.kernel.rule_tables import RulesError
from contact_center.kernel.time_zones import AreaCodes, known_zone, whereabouts
from tests.unit.permission.dialing_examples import NOW, areas, number, parsed

if TYPE_CHECKING:
    from contact_center.kernel.phone_numbers import PhoneNumber

PACIFIC, MOUNTAIN, CENTRAL, EASTERN = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
)
# The administrator's letters as offsets in winter, in hours.
LETTERS = {"N": -3.5, "A": -4, "E": -5, "C": -6, "M": -7, "P": -8, "AK": -9, "H": -10, "S": -11}
LETTERS |= {"CH": 10}
LETTER = re.compile(r"AK|CH|[A-Z]")
# Where the table names more than the administrator: decision 19 says why of each.
WIDER = {
    *("236", "250", "257", "604", "672", "778", "273", "367", "418", "581", "709", "879"),
    *("306", "474", "639", "867", "907", "930", "986"),
}
WINTER_AND_SUMMER = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "zones", "states"),
    [
        ("+14155550123", [PACIFIC], ["US-CA"]),
        ("+12195550123", [CENTRAL, EASTERN], ["US-IN"]),
        ("+18505550123", [CENTRAL, EASTERN], ["US-FL"]),
        ("+14485550123", [CENTRAL, EASTERN], ["US-FL"]),
        ("+14235550123", [CENTRAL, EASTERN], ["US-TN"]),
        ("+14585550123", [MOUNTAIN, PACIFIC], ["US-OR"]),
        ("+12085550123", ["America/Boise", MOUNTAIN, PACIFIC], ["US-ID"]),
        ("+19285550123", [MOUNTAIN, "America/Phoenix"], ["US-AZ"]),
        ("+19155550123", [CENTRAL, MOUNTAIN], ["US-TX"]),
        ("+16895550123", [EASTERN], ["US-FL"]),
        ("+12505550123", ["America/Edmonton", "America/Vancouver"], ["CA-BC"]),
        ("+17875551234", ["America/Puerto_Rico"], ["US-PR"]),
        ("+19025550123", ["America/Halifax"], ["CA-NS", "CA-PE"]),
        ("+447400123456", ["Europe/London"], []),
        ("+18005551234", [], []),
    ],
)
def test_an_area_code_that_spans_zones_names_them_all(
    text: str, zones: list[str], states: list[str]
) -> None:
    place = whereabouts(number(text), areas(), NOW)

    assert list(place.zones) == zones
    assert list(place.jurisdictions) == states
    assert place.zones_from == ("number" if zones else "nothing")


def test_the_customers_own_zone_beats_address_and_number() -> None:
    place = whereabouts(
        number("+14155550123"), areas(), NOW, timezone=EASTERN, state="TX", postal_code="60601"
    )

    assert (place.zones, place.zones_from) == ((EASTERN,), "timezone")
    assert place.jurisdictions == ("US-CA", "US-IL", "US-TX")


@pytest.mark.parametrize("state", ["TX", " tx ", "US-TX"])
def test_an_address_beats_the_number_and_has_all_zones_of_its_state(state: str) -> None:
    place = whereabouts(number("+14155550123"), areas(), NOW, state=state)

    assert (place.zones, place.zones_from) == ((CENTRAL, MOUNTAIN), "address")
    assert place.jurisdictions == ("US-CA", "US-TX")


@pytest.mark.parametrize(
    ("postal_code", "states"),
    [
        ("94105", ["US-CA"]),
        ("02139-4307", ["US-MA"]),
        ("06390", ["US-NY"]),
        ("06510", ["US-CT"]),
        ("96799", ["US-AS"]),
        ("96910", ["US-GU", "US-MP"]),
        ("m5v 3l9", ["CA-ON"]),
        ("09012", []),
        ("", []),
        ("?", []),
    ],
)
def test_a_postal_code_tells_the_state(postal_code: str, states: list[str]) -> None:
    assert list(areas().postal(postal_code)) == states


@pytest.mark.parametrize(
    ("code", "agreed"),
    [
        ("212", EASTERN),
        ("604", "America/Vancouver"),
        ("778", "America/Vancouver"),
        ("418", "America/Toronto"),
        ("775", PACIFIC),
        ("541", PACIFIC),
        ("423", EASTERN),
        ("907", "America/Anchorage"),
        ("219", CENTRAL),
        ("709", "America/St_Johns"),
        ("306", "America/Regina"),
        ("931", CENTRAL),
        ("689", EASTERN),
        ("250", None),
        ("208", None),
        ("850", None),
        ("928", None),
        ("701", None),
        ("867", None),
    ],
)
@pytest.mark.parametrize("at", WINTER_AND_SUMMER)
def test_a_time_is_agreed_on_where_nearly_all_of_a_code_live_or_nowhere(
    code: str, agreed: str | None, at: datetime
) -> None:
    assert whereabouts(number(f"+1{code}5550123"), areas(), at).agreed == agreed


def test_zones_whose_clocks_are_the_same_are_as_good_as_one() -> None:
    both = {"jurisdictions": ["US-ID"], "codes": ["208"], "zones": ["America/Boise", MOUNTAIN]}
    part = {**both, "zones": [MOUNTAIN, "America/Phoenix"]}
    for at in WINTER_AND_SUMMER:  # in winter Phoenix has Denver's time, until March
        same, apart = (
            whereabouts(boise(), AreaCodes.from_dict({"version": "1", "area": [row]}), at)
            for row in (both, part)
        )
        assert same.agreed == "America/Boise"
        assert apart.agreed is None


def boise() -> PhoneNumber:
    return replace(number("+12085550123"), listed_zones=())


@pytest.mark.parametrize(
    ("code", "address", "agreed"),
    [
        ("604", {"timezone": MOUNTAIN}, MOUNTAIN),
        ("212", {"state": "OR"}, PACIFIC),
        ("212", {"state": "TX"}, CENTRAL),
        ("915", {"state": "TX"}, MOUNTAIN),
        ("214", {"state": "TX"}, CENTRAL),
        ("212", {"state": "FL"}, None),
        ("305", {"state": "FL"}, EASTERN),
        ("850", {"state": "FL"}, None),
        ("212", {"state": "TN"}, None),
        ("212", {"postal_code": "94105"}, PACIFIC),
        ("212", {"state": "OR", "postal_code": "60601"}, None),
        ("212", {"state": "IN", "postal_code": "60601"}, None),
    ],
)
def test_an_address_tells_where_a_time_is_agreed_on(
    code: str, address: dict[str, str], agreed: str | None
) -> None:
    assert whereabouts(number(f"+1{code}5550123"), areas(), NOW, **address).agreed == agreed


def test_a_zone_that_the_library_lists_by_mistake_is_not_reckoned_with() -> None:
    orlando = number("+16895550123")
    assert CENTRAL in orlando.listed_zones  # else the row needs its exception no longer
    assert whereabouts(orlando, areas(), NOW).zones == (EASTERN,)


def test_whoever_may_be_anywhere_has_to_be_asked() -> None:
    assert whereabouts(number("+79161234567"), areas(), NOW).agreed is None
    assert whereabouts(number("+447400123456"), areas(), NOW).agreed == "Europe/London"


def test_a_word_that_is_no_state_tells_nothing() -> None:
    assert areas().state("Texas, I think") is None
    assert areas().state("US") is None
    place = whereabouts(number("+14155550123"), areas(), NOW, state="??", postal_code="00000")
    assert (place.zones, place.zones_from) == ((PACIFIC,), "number")


def test_british_postal_codes_are_not_taken_for_canadian_ones() -> None:
    place = whereabouts(number("+447400123456"), areas(), NOW, state="ON", postal_code="N1C 4AG")

    assert (place.zones, place.jurisdictions) == (("Europe/London",), ())


def test_an_area_code_the_table_does_not_know_is_nowhere() -> None:
    unknown = AreaCodes.from_dict({"version": "1", "area": []})

    place = whereabouts(number("+14155550123"), unknown, NOW)

    assert (place.zones, place.zones_from) == ((), "nothing")


def test_too_many_offsets_mean_that_nobody_knows() -> None:
    # Russian mobile numbers are listed with the whole of Russia.
    place = whereabouts(number("+79161234567"), areas(), NOW)

    assert (place.zones, place.zones_from) == ((), "nothing")


def test_a_number_the_library_has_no_zone_for_is_nowhere() -> None:
    listed = replace(number("+447400123456"), listed_zones=("Etc/Unknown",))

    assert whereabouts(listed, areas(), NOW).zones == ()


@pytest.mark.parametrize("name", ["America/Denver", "Europe/London", "US/Eastern"])
def test_a_place_is_a_zone(name: str) -> None:
    assert known_zone(name)


@pytest.mark.parametrize(
    "name",
    ["EST", "", "Etc/GMT+5", "America/Nowhere", "../etc/passwd", "America/", "/etc/passwd", "a/\0"],
)
def test_an_abbreviation_an_offset_or_a_path_is_no_zone(name: str) -> None:
    assert not known_zone(name)


def test_every_area_code_of_the_library_is_in_the_table() -> None:
    for code in range(200, 1000):
        example = phonenumbers.parse(f"+1{code}2345678")
        kind = phonenumbers.number_type(example)
        region = phonenumbers.region_code_for_number(example)
        if kind != phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE or region == "DO":
            continue
        area = areas().by_code[str(code)]
        listed = set(timezone.time_zones_for_geographical_number(example))
        assert listed <= {*area.zones, *area.library_errs}
        home = "CA" if region == "CA" else "US"
        assert all(name.startswith(f"{home}-") for name in area.jurisdictions)


def test_the_table_reckons_with_every_zone_that_the_administrator_names() -> None:
    wider = set()
    for letters, codes in nanpa()["zones"].items():
        for code in codes.split():
            theirs = {LETTERS[letter] for letter in LETTER.findall(letters)}
            ours = offsets(areas().by_code[code].zones, WINTER_AND_SUMMER[0])
            assert theirs <= ours, code
            wider |= {code} if theirs < ours else set()
    assert wider == WIDER


def test_codes_that_share_their_territory_share_their_zones() -> None:
    for complex_ in nanpa()["overlays"].split():
        codes = complex_.split("/")
        of = {(areas().by_code[code].jurisdictions, areas().by_code[code].zones) for code in codes}
        assert len(of) == 1, complex_


def test_the_table_reckons_with_every_zone_of_the_shared_one(shared: Path) -> None:
    table: dict[str, Any] = json.loads((shared / "dialing" / "npa_zones.json").read_text())["npa"]
    compared = 0
    for code, row in table.items():
        if not row["candidates"]:
            continue
        ours = areas().by_code[code]
        if ours.library_errs:  # the shared table is the library's, in the same mistake
            continue
        for at in WINTER_AND_SUMMER:
            assert offsets(row["candidates"], at) <= offsets(ours.zones, at), code
        assert all(name.startswith(row["region"]) for name in ours.jurisdictions)
        compared += 1
    assert compared > 400


def test_all_states_have_zones_and_postal_codes() -> None:
    states = {name for name in areas().zones_of if name.startswith("US-")}
    told = {name for found in areas().by_postal.values() for name in found}

    assert len(states) == 50 + 1 + 5  # states, the District, the territories
    assert states <= told


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"codes": ["99"]}, "codes: 99 is no area code"),
        ({"codes": ["646", "212"]}, "codes: 212 is no area code, or named before"),
        ({"zones": ["America/Nowhere"]}, "zones: 'America/Nowhere' is no time zone"),
        ({"jurisdictions": ["Texas"]}, "jurisdictions: 'Texas' is not written as US-TX is"),
        ({"zone": "America/Denver"}, "zone: is not a field"),
        ({"mostly": "America/Denver"}, "mostly: America/Denver is none of its zones"),
        ({"library_errs": [EASTERN]}, "library_errs: must not name a zone of the code"),
    ],
)
def test_a_wrong_row_of_area_codes_is_named(row: dict[str, Any], message: str) -> None:
    first = {"jurisdictions": ["US-NY"], "codes": ["212"], "zones": [EASTERN]}
    second = {**first, "codes": ["646"], **row}

    with pytest.raises(RulesError, match=f"^area_codes.toml: area 2: {message}"):
        AreaCodes.from_dict({"version": "1", "area": [first, second]})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"jurisdictions": ["US-NY"], "mostly": PACIFIC}], "state 1: mostly: .* is no zone of"),
        ([{"jurisdictions": ["US-TX"], "mostly": EASTERN}], "state 1: mostly: .* is no zone of"),
        ([{"jurisdictions": ["US-NY"], "mostly": EASTERN}] * 2, "state 2: .* or named before"),
    ],
)
def test_a_wrong_row_of_states_is_named(rows: list[dict[str, Any]], message: str) -> None:
    area = {"jurisdictions": ["US-NY"], "codes": ["212"], "zones": [EASTERN]}
    with pytest.raises(RulesError, match=f"^area_codes.toml: {message}"):
        AreaCodes.from_dict({"version": "1", "area": [area], "state": rows})


@pytest.mark.parametrize(
    ("begins", "message"),
    [
        (["12"], "postal 1: begins: '12' is no beginning"),
        (["100", "100-101"], "postal 1: begins: 100 is named before"),
    ],
)
def test_a_wrong_row_of_postal_codes_is_named(begins: list[str], message: str) -> None:
    postal = [{"jurisdictions": ["US-NY"], "begins": begins}]

    with pytest.raises(RulesError, match=message):
        AreaCodes.from_dict({"version": "1", "postal": postal})


def test_the_file_says_where_its_data_come_from() -> None:
    assert parsed("area_codes.toml")["version"] == areas().version


def nanpa() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("nanpa.toml").read_text(encoding="utf-8"))


def offsets(zones: object, at: datetime) -> set[float]:
    assert isinstance(zones, (list, tuple))
    found = [at.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones]
    return {offset.total_seconds() / 3600 for offset in found if offset is not None}
