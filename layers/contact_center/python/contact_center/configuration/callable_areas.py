"""The area codes whose numbers can be called, as the numbering library and the rules have it.

Tools only: the door reads what is compiled (queue/domain/callable_numbers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import TOLL_FREE, BadNumberError, parse_phone_number

if TYPE_CHECKING:
    from contact_center.permission.domain.dialing_rules import DialingRules

_PLAIN = "2345678"  # an exchange and a line that nothing is special about
_FIRST, _LAST = 200, 999


def callable_areas(rules: DialingRules) -> list[str]:
    """Area codes of the North American plan in which a plain number may be called, in order."""
    return [
        str(code) for code in range(_FIRST, _LAST + 1) if _is_callable(f"+1{code}{_PLAIN}", rules)
    ]


def _is_callable(number: str, rules: DialingRules) -> bool:
    try:
        read = parse_phone_number(number)
        rules.check_number(read)
    except BadNumberError:
        return False
    return read.kind != TOLL_FREE
