"""Telephone numbers: what may be dialled at all, and the bucket in which it is paced.

The numbering library is imported when the first number is parsed: a module that only names
the types stays cheap to load.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phonenumbers import PhoneNumber as LibraryNumber

NORTH_AMERICA = 1
TOLL_FREE = "toll_free"
TOLL_FREE_PREFIX = "+1-toll-free"  # the toll-free codes share one routing database, so one bucket

# What a spreadsheet or a person puts between digits. Letters are refused: they mean an
# extension, which a dial would drop, or a column that was read as a figure (4.15E+09).
_WRITTEN = re.compile(r"[+\uff0b]?[\d\s().\-/\u2010-\u2015\u00a0]+")
_LONGEST_TEXT = 40
NOT_A_TEXT = "must be a telephone number in text, such as +14155550123"

# Area code prefixes abroad differ in length up to six; longer ones would make buckets so fine
# that they pace nothing (dialing §2).
_LONGEST_PREFIX_DIGITS = 4

_MASKED_DIGITS = 4

# By the library's number types; every other type is refused with the reason below.
_CALLABLE_KINDS = {0: "fixed", 1: "mobile", 2: "fixed_or_mobile", 3: TOLL_FREE, 6: "voip"}
_REFUSED_KINDS = {
    4: "is a premium-rate number",
    5: "is a shared-cost number",
    7: "is a personal number, which can be anywhere at any price",
    8: "is a pager",
    9: "is a company-wide access number",
    10: "is a voicemail box",
}
_NOT_POSSIBLE = {
    2: "is too short (emergency and short numbers are never dialled)",
    3: "is too long",
    4: "lacks its area code",
    5: "has a wrong number of digits",
}
# Exchanges of an area code that reach no subscriber; the library calls them all valid.
_REFUSED_EXCHANGES = {
    "976": "is a premium-rate number",
    "950": "is a carrier's access number",
    "958": "is a carrier's test number",
    "959": "is a carrier's test number",
}
# Links of the time zone database to one clock: judging it once is enough.
_SAME_CLOCK = dict.fromkeys(
    ("Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey"), "Europe/London"
)
_DIRECTORY_ASSISTANCE = "5551212"
_TEST_LINES = re.compile(r"\d{3}55501\d\d")  # reserved for fiction and tests in every area code
_TEST_EXCHANGE = "415555"  # what telephony samples dial (dialing §2)


class BadNumberError(FieldError):
    """A text that is no number to dial. The message never holds the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number that can be dialled. Printing it shows it masked.

    Attributes:
        e164: `+` and up to 15 digits: the only form that is stored.
        country: ISO 3166 country of the numbering plan: "US", "PR", "GB".
        prefix: The bucket of the calls-per-second limit of an area.
        kind: fixed, mobile, fixed_or_mobile, voip or toll_free.
        area_code: The three digits of a geographic North American number, else None.
        listed_zones: IANA zones the numbering library lists for the number's exchange, or for
            the country where numbers tell no more; empty for toll-free numbers, which are
            nowhere, and "Etc/Unknown" where the library has none.
        test: Of a range reserved for tests and fiction: rings nowhere.
    """

    e164: str = field(repr=False)
    country: str
    prefix: str
    kind: str
    area_code: str | None
    listed_zones: tuple[str, ...]
    test: bool

    @property
    def north_american(self) -> bool:
        """Whether it is of the North American plan, +1."""
        return self.e164.startswith("+1")

    @property
    def masked(self) -> str:
        """What may be written anywhere: +1415•••0123."""
        return masked(self.e164)

    def __str__(self) -> str:
        return self.masked


def masked(e164: str) -> str:
    """An E.164 number with its middle hidden: country and area code, and the last four digits."""
    shown = 5 if e164.startswith("+1") else 3
    return f"{e164[:shown]}•••{e164[-_MASKED_DIGITS:]}"


def is_region(text: str) -> bool:
    """Whether it is an ISO country, in capitals, that numbers can be read for."""
    import phonenumbers  # noqa: PLC0415  80 ms, only for who parses numbers

    return text in phonenumbers.SUPPORTED_REGIONS


def region_of_calling_code(code: str) -> str | None:
    """The main country of a calling code, digits alone: "44" is GB; None when there is none."""
    import phonenumbers  # noqa: PLC0415  80 ms, only for who parses numbers

    region = phonenumbers.region_code_for_country_code(int(code)) if code else "ZZ"
    return region if is_region(region) else None


def calling_code(region: str) -> str:
    """The calling code of an ISO country, digits alone; "0" for one that has none."""
    import phonenumbers  # noqa: PLC0415  80 ms, only for who parses numbers

    return str(phonenumbers.country_code_for_region(region))


def parse_phone_number(
    text: object, default_region: str = "US", *, field: str = "phone"
) -> PhoneNumber:
    """Read a number as a person, a spreadsheet or a program wrote it.

    Args:
        text: The number, with or without its country code. Letters and extensions are refused.
        default_region: ISO country of a number written without a country code.
        field: What to call it in an error.

    Returns:
        The number. Test ranges are parsed too: whether they may be rung is for the rules.

    Raises:
        BadNumberError: It is no valid number, or of a class that is never dialled: premium,
            satellite, shared cost, personal, pager, access numbers, voicemail, unknown, short.
    """
    if not isinstance(text, str) or not text.strip():
        raise BadNumberError(field, NOT_A_TEXT)
    return _parsed(text, default_region, field)


# One event has the same number parsed by each who asks; a row of a list comes once.
@lru_cache(maxsize=256)
def _parsed(text: str, default_region: str, field: str) -> PhoneNumber:
    number = _read(text, default_region, field)
    return _callable(number, field)


def _read(text: str, default_region: str, field: str) -> LibraryNumber:
    import phonenumbers  # noqa: PLC0415  80 ms, only for who parses numbers

    written = text.strip()
    if len(written) > _LONGEST_TEXT or not _WRITTEN.fullmatch(written):
        raise BadNumberError(
            field, "must hold one number alone: digits and + ( ) . - /, no letters or extension"
        )
    try:
        number = phonenumbers.parse(written, default_region)
    except phonenumbers.NumberParseException as error:
        known = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        reason = "has no country code that exists" if known else "is not a telephone number"
        raise BadNumberError(field, reason) from None  # the library's text may hold the number
    wrong = _NOT_POSSIBLE.get(phonenumbers.is_possible_number_with_reason(number))
    if wrong is not None:
        raise BadNumberError(field, wrong)
    return number


def _callable(number: LibraryNumber, field: str) -> PhoneNumber:
    import phonenumbers  # noqa: PLC0415  as above

    national = phonenumbers.national_significant_number(number)
    country = phonenumbers.region_code_for_number(number)
    number_type = phonenumbers.number_type(number)
    kind = _CALLABLE_KINDS.get(number_type)
    _refuse_class(number, number_type, country, field)
    if number.country_code == NORTH_AMERICA:
        _refuse_north_american(national, str(kind), field)
    elif kind == TOLL_FREE:
        raise BadNumberError(field, "is a freephone number abroad, which cannot be reached")
    local = number.country_code == NORTH_AMERICA and kind != TOLL_FREE
    return PhoneNumber(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        country=str(country),
        prefix=_prefix(number, national, str(kind)),
        kind=str(kind),
        area_code=national[:3] if local else None,
        listed_zones=() if kind == TOLL_FREE else _zones(number, number_type),
        test=local and _is_test(national),
    )


def _refuse_class(number: LibraryNumber, number_type: int, country: str | None, field: str) -> None:
    if number_type in _REFUSED_KINDS:
        raise BadNumberError(field, _REFUSED_KINDS[number_type])
    if country == "001":  # +870, +881, +882, +883, +888, +979 and their like belong to no country
        raise BadNumberError(field, "is a satellite or international network number")
    if country is None or number_type not in _CALLABLE_KINDS:
        raise BadNumberError(field, f"is no number in use in country +{number.country_code}")


def _refuse_north_american(national: str, kind: str, field: str) -> None:
    exchange = national[3:6]
    if kind == "voip":  # the 600 codes of Canada
        raise BadNumberError(field, "is a satellite or special-service number")
    if kind == TOLL_FREE:
        return
    if exchange in _REFUSED_EXCHANGES:
        raise BadNumberError(field, _REFUSED_EXCHANGES[exchange])
    if exchange.endswith("11"):
        raise BadNumberError(field, "is in an exchange of emergency and service codes")
    if national.endswith(_DIRECTORY_ASSISTANCE):
        raise BadNumberError(field, "is directory assistance")


def _zones(number: LibraryNumber, number_type: int) -> tuple[str, ...]:
    import phonenumbers  # noqa: PLC0415  as above
    from phonenumbers import timezone  # noqa: PLC0415

    # Of what has no place the library asks for the country's zones; and it would find the type of
    # any number anew, a third of what a row of a list costs.
    placed = phonenumbers.is_number_type_geographical(number_type, number.country_code or 0)
    listed: Iterable[str] = (
        timezone.time_zones_for_geographical_number(number)
        if placed
        else timezone.time_zones_for_number(number)
    )
    return tuple(sorted({_SAME_CLOCK.get(zone, zone) for zone in listed}))


def _is_test(national: str) -> bool:
    return national.startswith(_TEST_EXCHANGE) or _TEST_LINES.fullmatch(national) is not None


def _prefix(number: LibraryNumber, national: str, kind: str) -> str:
    import phonenumbers  # noqa: PLC0415  as above

    if number.country_code == NORTH_AMERICA:
        return TOLL_FREE_PREFIX if kind == TOLL_FREE else f"+1{national[:3]}"
    digits = phonenumbers.length_of_geographical_area_code(
        number
    ) or phonenumbers.length_of_national_destination_code(number)
    return f"+{number.country_code}{national[: min(digits, _LONGEST_PREFIX_DIGITS)]}"
