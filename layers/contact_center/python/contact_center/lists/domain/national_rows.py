"""One row of a national do-not-call list: a number, and whether it comes onto the list or off it.

A change list of the registry of the USA says so behind the number: `212,5556101,D,2026-11-20`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.lists.domain.cells import first_number, said_by
from contact_center.lists.domain.column_names import Meaning, squashed
from contact_center.lists.domain.columns import Column, phone_column

if TYPE_CHECKING:
    from collections.abc import Sequence

# The registry of the USA writes a number as area code and rest, in two cells.
AREA_DIGITS, LOCAL_DIGITS = 3, 7

_CHANGES = frozenset(
    [
        "change",
        "changetype",
        "changecode",
        "changeflag",
        "action",
        "actioncode",
        "transaction",
        "transactiontype",
        "transactioncode",
        "adddelete",
        "addordelete",
        "addremove",
        "adddeleteflag",
        "recordtype",
        "operation",
        "updatetype",
        "status",
        "type",
        "flag",
    ]
)
_OFF = frozenset(
    ["d", "del", "delete", "deleted", "deletion", "r", "remove", "removed", "removal", "off"]
)
_AREAS = frozenset({"areacode", "area", "npa"})


class NationalReader:
    """Reads the rows of one national list."""

    def __init__(self, headings: Sequence[str]) -> None:
        """Find the columns.

        Args:
            headings: Of the list; none: it is numbers, or area codes and numbers, alone.

        Raises:
            BadHeaderError: It names several columns for the number.
        """
        self._headings = headings
        names = [squashed(heading) for heading in headings]
        self._phone = phone_column(headings) if headings else None
        self._area = next((at for at, name in enumerate(names) if name in _AREAS), None)
        self._change = next((at for at, name in enumerate(names) if name in _CHANGES), None)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each column is taken for."""
        meanings = {
            self._change: Meaning.CHANGE,
            self._area: Meaning.AREA_CODE,
            self._phone: Meaning.PHONE,
        }
        return tuple(
            Column(place=at, heading=heading, meaning=meanings.get(at, Meaning.NOTHING))
            for at, heading in enumerate(self._headings)
        )

    def number(self, cells: Sequence[str]) -> str:
        """The number as it is written; empty when the row has none."""
        said = [said_by(cell) for cell in cells]
        if self._phone is None:
            return "".join(said[:2]) if _in_two_cells(said) else _written(_at(said, 0))
        local = _written(_at(said, self._phone))
        area = "" if self._area is None else _written(_at(said, self._area))
        digits = "".join(one for one in local if one.isdigit())
        return f"{area}{digits}" if area and len(digits) == LOCAL_DIGITS else local

    def takes_off(self, cells: Sequence[str]) -> bool:
        """Whether the row takes its number off the list; whatever is no such word lists it."""
        said = [said_by(cell) for cell in cells]
        place = self._change
        if self._phone is None:
            place = 2 if _in_two_cells(said) else 1
        return place is not None and _at(said, place).lower() in _OFF


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _written(word: str) -> str:
    return first_number(word)[0]


def _in_two_cells(said: Sequence[str]) -> bool:
    two = said[:2]
    in_two = [len(cell) for cell in two] == [AREA_DIGITS, LOCAL_DIGITS]
    return in_two and all(cell.isdigit() for cell in two)
