"""What a cell of a row says, and what is wrong with it, so that an operator finds it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.lists.domain.cells import shape

if TYPE_CHECKING:
    from contact_center.lists.domain.columns import Column


class BadRowError(FieldError):
    """A row that is no contact. The message never holds what the cell says.

    Attributes:
        column: Where the cell at fault stands, or None.
        shape: What the cell looks like, with 9 for digits and a for letters.
    """

    def __init__(
        self, field: str, reason: str, column: Column | None = None, cell: str = ""
    ) -> None:
        super().__init__(field, reason)
        self.column = column
        self.shape = shape(cell)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that the assistant will not know of, and why."""

    column: Column
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says, and where it stands; `cell` is as it was written."""

    column: Column
    word: str
    cell: str

    def error(self, reason: str) -> BadRowError:
        """That the cell is wrong."""
        return BadRowError(str(self.column.meaning), reason, self.column, self.cell)
