"""The area codes whose numbers can be called, as the numbering library and the rules have it.

An area in which only some exchanges exist is left out. Tools only: the door reads what is compiled
(queue/domain/callable_numbers.py).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import TOLL_FREE, BadNumberError, parse_phone_number

if TYPE_CHECKING:
    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.permission.domain.dialing_rules import DialingRules

# Exchanges of each hundred that nothing is special about: in some areas not all are in use.
_EXCHANGES = range(201, 1000, 47)
_FIRST, _LAST = 200, 999


def callable_areas(rules: DialingRules) -> list[str]:
    """Area codes of the North American plan in which any plain number may be called, in order."""
    codes = range(_FIRST, _LAST + 1)
    return [str(code) for code in codes if _is_callable(_numbers_of(code), rules)]


@cache  # whatever the rules are: reading thousands of numbers is nearly all of compiling
def _numbers_of(code: int) -> tuple[PhoneNumber, ...]:
    """One number of each exchange; () where one of them is no plain number."""
    try:
        read = [parse_phone_number(f"+1{code}{exchange}5678") for exchange in _EXCHANGES]
    except BadNumberError:
        return ()
    return () if any(number.kind == TOLL_FREE for number in read) else tuple(read)


def _is_callable(numbers: tuple[PhoneNumber, ...], rules: DialingRules) -> bool:
    try:
        for number in numbers:
            rules.check_number(number)
    except BadNumberError:
        return False
    return bool(numbers)
