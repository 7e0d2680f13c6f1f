"""The header of a list of contacts: where its rows begin, and what each column is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.lists.domain.cells import first_number, said_by
from contact_center.lists.domain.column_names import Meaning
from contact_center.lists.domain.columns import (
    BadHeaderError,
    Columns,
    names_a_phone,
    understood,
)
from contact_center.lists.services.import_ports import BadLine
from contact_center.lists.services.list_header import Header, NoHeaderError, read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.lists.services.import_ports import Readable

NO_ROW = "is empty: there is no line that names the columns"
NO_NAMES = "begins with a contact: put a line above it that names the columns, such as phone,name"
_PHONE_DIGITS = 7


class BadListError(Exception):
    """A file that is no list of contacts.

    Attributes:
        bad: Where, and why.
    """

    def __init__(self, bad: BadLine) -> None:
        super().__init__(bad.reason)
        self.bad = bad


def read_contact_header(files: Readable, key: str) -> tuple[Header, Columns]:
    """What the beginning of a list says of the rest.

    Args:
        files: Where the list is.
        key: Its key.

    Raises:
        BadListError: It has no header, or one that cannot be worked with; the reason names the
            columns at fault.
    """
    try:
        header = read_header(files, key, names_a_phone)
    except NoHeaderError as error:
        raise BadListError(BadLine(error.line, "file", _no_header(error))) from None
    try:
        return header, understood(header.columns)
    except BadHeaderError as error:
        raise BadListError(BadLine(header.line, "file", error.reason)) from None


def row_within(columns: Columns, delimiter: str) -> Callable[[str], bool]:
    """Whether a line that stands within a quoted cell is a row of such a list by itself."""
    [phone] = columns.of(Meaning.PHONE)
    width = len(columns.columns)

    def is_row(line: str) -> bool:
        cells = line.rstrip("\r\n").split(delimiter)
        if len(cells) <= phone.place or (width > 1 and len(cells) * 2 <= width):
            return False
        return sum(one.isdigit() for one in cells[phone.place]) >= _PHONE_DIGITS

    return is_row


def _no_header(error: NoHeaderError) -> str:
    if error.wrong:
        return error.wrong
    if not error.cells:
        return NO_ROW
    if _holds_a_number(error.cells):
        return NO_NAMES
    try:
        understood(error.cells)
    except BadHeaderError as refused:
        return refused.reason
    return NO_ROW


def _holds_a_number(cells: Sequence[str]) -> bool:
    for cell in cells:
        try:
            parse_phone_number(first_number(said_by(cell))[0])
        except BadNumberError:
            continue
        return True
    return False
