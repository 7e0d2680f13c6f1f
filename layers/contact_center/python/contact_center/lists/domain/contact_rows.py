"""One row of an operator's list, read strictly: each mistake names its column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import ContactDetails
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import BadNumberError, PhoneNumber, parse_phone_number
from contact_center.kernel.time_zones import known_zone
from contact_center.permission.domain.consent import BadConsentError, Consent, consent_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contact_center.permission.domain.dialing_rules import DialingRules

PHONE = "phone"
CONSENT = ("consent_kind", "consent_at", "consent_source")
COLUMNS = (PHONE, "id", "name", "timezone", "zip", "state", *CONSENT)

LONGEST_CELL = 1000
LONGEST_ID = 128
LONGEST_NAME = 200
MOST_VARIABLES = 50
LONGEST_VARIABLES = 8_000

# A spreadsheet takes the leading zero off a ZIP of New England: 02139 becomes 2139.
_ZIP = re.compile(r"\d{5}(-?\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d")
_SHORT_ZIP = re.compile(r"\d{3,4}")
_ZIP_DIGITS = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadRowError(FieldError):
    """A row that is no contact. The message never holds what the cell says."""


def read_contact_row(
    cells: Mapping[str, str], rules: DialingRules, now: datetime, default_region: str = "US"
) -> ContactDetails:
    """Read one row.

    Args:
        cells: By column; empty cells count as absent. Columns that are not ours become
            variables.
        rules: They may let nobody ring a number: its country has no row, or it is a test one.
        now: Consent must be older; aware.
        default_region: ISO country of a number without a country code.

    Raises:
        BadRowError: A cell is wrong; the error names the column.
    """
    said = {name: _clean(name, cell) for name, cell in cells.items()}
    number = _number(said.get(PHONE, ""), rules, default_region)
    return ContactDetails(
        number=number.e164,
        prefix=number.prefix,
        given_id=_short(said, "id", LONGEST_ID),
        name=_short(said, "name", LONGEST_NAME),
        timezone=_timezone(said.get("timezone", "")),
        postal_code=_postal_code(said.get("zip", "")),
        state=_state(said.get("state", ""), number, rules),
        consent=_consent(said, now),
        variables=_variables(said),
    )


def _clean(name: str, cell: str) -> str:
    word = cell.strip()
    if len(word) > LONGEST_CELL:
        raise BadRowError(name, f"must have at most {LONGEST_CELL} characters")
    if _CONTROL.search(word):
        raise BadRowError(name, "holds a control character")
    return word


def _number(cell: str, rules: DialingRules, default_region: str) -> PhoneNumber:
    if not cell:
        raise BadRowError(PHONE, "is empty")
    try:
        number = parse_phone_number(cell, default_region)
        rules.check_number(number)
    except BadNumberError as error:
        raise BadRowError(error.field, error.reason) from None
    return number


def _short(said: Mapping[str, str], name: str, longest: int) -> str | None:
    word = said.get(name, "")
    if len(word) > longest:
        raise BadRowError(name, f"must have at most {longest} characters")
    return word or None


def _timezone(cell: str) -> str | None:
    if cell and not known_zone(cell):
        raise BadRowError("timezone", "must be an IANA zone such as America/Denver")
    return cell or None


def _postal_code(cell: str) -> str | None:
    word = cell.upper()
    if _SHORT_ZIP.fullmatch(word):
        word = word.zfill(_ZIP_DIGITS)
    if word and not _ZIP.fullmatch(word):
        raise BadRowError("zip", "must be a ZIP such as 02139 or a postal code such as K1A 0B1")
    return word or None


def _state(cell: str, number: PhoneNumber, rules: DialingRules) -> str | None:
    if cell and number.north_american and rules.areas.state(cell) is None:
        raise BadRowError("state", "must be a state or province in two letters, such as TX")
    return cell.upper() or None


def _consent(said: Mapping[str, str], now: datetime) -> Consent | None:
    stated = {name.removeprefix("consent_"): said.get(name, "") for name in CONSENT}
    if not any(stated.values()):
        return None
    try:
        return consent_from(stated, now)
    except BadConsentError as error:
        raise BadRowError(f"consent_{error.field}", error.reason) from None


def _variables(said: Mapping[str, str]) -> dict[str, str]:
    others = {name: cell for name, cell in said.items() if name not in COLUMNS and cell}
    if sum(len(name) + len(cell) for name, cell in others.items()) > LONGEST_VARIABLES:
        raise BadRowError("variables", f"must have at most {LONGEST_VARIABLES} characters in all")
    return others
