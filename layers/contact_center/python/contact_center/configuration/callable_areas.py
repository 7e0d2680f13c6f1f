"""The area codes whose numbers can be called, as the numbering library and the rules have it.

An area in which only some exchanges exist is left out. Tools only: the door reads what is compiled
(queue/domain/callable_numbers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import TOLL_FREE, BadNumberError, parse_phone_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.permission.domain.dialing_rules import DialingRules

# Exchanges of each hundred that nothing is special about: in some areas not all are in use.
_EXCHANGES = range(201, 1000, 47)
_FIRST, _LAST = 200, 999


def callable_areas(rules: DialingRules) -> list[str]:
    """Area codes of the North American plan in which any plain number may be called, in order."""
    codes = range(_FIRST, _LAST + 1)
    return [str(code) for code in codes if all(_numbers_of(code, rules))]


def _numbers_of(code: int, rules: DialingRules) -> Iterator[bool]:
    for exchange in _EXCHANGES:
        yield _is_callable(f"+1{code}{exchange}5678", rules)


def _is_callable(number: str, rules: DialingRules) -> bool:
    try:
        read = parse_phone_number(number)
        rules.check_number(read)
    except BadNumberError:
        return False
    return read.kind != TOLL_FREE
