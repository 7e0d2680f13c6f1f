"""Whether a row of a list, however it is written, holds a person's number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_BETWEEN = r"[\s().\-/\u2010-\u2015\u00a0]{0,6}"  # `) - ` is four


def row_of(e164: str) -> Callable[[str], bool]:
    """A test of rows for one number: with and without its country, in any usual grouping."""
    import phonenumbers  # noqa: PLC0415  80 ms, only when somebody is forgotten

    number = phonenumbers.parse(e164)
    own = _BETWEEN.join(phonenumbers.national_significant_number(number))
    code = _BETWEEN.join(str(number.country_code))
    pattern = re.compile(
        rf"(?<![0-9])(?:(?:00|011)?{_BETWEEN}{code}{_BETWEEN})?(?:0{_BETWEEN})?{own}(?![0-9])"
    )
    return lambda row: pattern.search(row) is not None
