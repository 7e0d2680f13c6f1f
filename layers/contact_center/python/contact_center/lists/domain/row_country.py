"""Which country a row speaks of: its country, the calling code before its number, or neither.

A number that is written without a country code belongs to the country the row names, and to no
other: read in another it is a stranger's. A row whose country is not that of its number may be
about somebody who has moved: then it has to say where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import calling_code, region_of_calling_code
from contact_center.lists.domain.countries import calling_code_of, region_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.lists.domain.row_cells import Said

_BRITISH_ISLES = frozenset({"GB", "GG", "JE", "IM"})  # one plan of numbers, one clock


class RowCountry:
    """What a row says of its country."""

    def __init__(self, code: Said | None, country: Said | None) -> None:
        """Read it.

        Args:
            code: What its column of calling codes says; lists put those under `country code` too.
            country: What its column of countries says.

        Raises:
            BadRowError: One of them is not understood.
        """
        if code is None and country is not None and calling_code_of(country.word) is not None:
            code, country = country, None
        self._code, self._country = code, country
        self._digits = None if code is None else calling_code_of(code.word)
        if code is not None and self._digits is None:
            raise code.error("must be a country's calling code, such as 1 or 44")
        self._home = None if country is None else region_of(country.word)
        if country is not None and self._home is None:
            raise country.error("must be a country, such as US or United States")

    def region(self, default: str) -> str:
        """In which country's form a number without a country code is written."""
        if self._digits is not None:
            main = region_of_calling_code(self._digits) or default
            home = self._home or main
            return home if calling_code(home) == self._digits else main
        return self._home or default

    def check(self, number: PhoneNumber, is_placed: Callable[[], bool]) -> None:
        """Refuse a number of another country than the row speaks of.

        Args:
            number: As it was read.
            is_placed: Whether the row says where the person is, whatever the country.

        Raises:
            BadRowError: The number is another country's, and nothing tells where the person is.
        """
        if self._code is not None and not number.e164.startswith(f"+{self._digits}"):
            raise self._code.error("is another country's calling code than the number's")
        if self._country is None or self._home is None or number.country == self._home:
            return
        if _share_a_clock(number.country, self._home) or is_placed():
            return
        raise self._country.error(
            "is another country than the number's: give the row a timezone, if it is right"
        )


def _share_a_clock(one: str, other: str) -> bool:
    return {one, other} <= _BRITISH_ISLES
