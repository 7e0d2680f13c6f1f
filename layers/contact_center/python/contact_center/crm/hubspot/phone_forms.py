"""A telephone number in the forms in which HubSpot may hold it, and whether two are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import BadNumberError, calling_code, parse_phone_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

PHONE_PROPERTIES = ("phone", "mobilephone")
NO_REGION = "ZZ"  # the numbering library's word for: only with a country code


def filter_groups(e164: str) -> Sequence[dict[str, Any]]:
    """HubSpot's search for contacts of a number, in its at most five groups of filters.

    Its calculated properties hold national digits; an owner's spelling may be anything.
    """
    national, _ = _read(e164)
    calculated = "hs_searchable_calculated_{}_number".format
    filters = [
        (calculated("phone"), "EQ", national),
        (calculated("mobile"), "EQ", national),
        (calculated("phone"), "CONTAINS_TOKEN", f"*{national}"),
        *((name, "EQ", e164) for name in PHONE_PROPERTIES),
    ]
    return [
        {"filters": [{"propertyName": name, "operator": how, "value": value}]}
        for name, how, value in filters
    ]


def is_same(written: object, e164: str) -> bool:
    """Whether a number as an owner wrote it is this one.

    A number without a country code is read as one of the customer's own country. What cannot be
    read is nobody's, but for the same digits after a plus.
    """
    if not isinstance(written, str):
        return False
    try:
        return parse_phone_number(written, _read(e164)[1]).e164 == e164
    except BadNumberError:
        plain = "".join(each for each in written if each.isdigit() and each.isascii())
        return written.strip().startswith("+") and f"+{plain}" == e164


def _read(e164: str) -> tuple[str, str]:
    """A number's national digits, and its country."""
    try:
        number = parse_phone_number(e164)
    except BadNumberError:  # somebody who may call us from what we never dial
        return e164.removeprefix("+"), NO_REGION
    return number.e164.removeprefix(f"+{calling_code(number.country)}"), number.country
