"""What is read of a list between two checkpoints: so many rows, or what a moment allows.

A row may cost little or much (an empty line, two hundred lines of an open quote), so a step is
bounded by the clock as well: work that is ended at any time has a checkpoint behind it.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.lists.services.contact_csv import Place
from contact_center.lists.services.import_ports import ImportState, ListWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import BadLine, ImportJob
    from contact_center.lists.services.list_header import Header

ROWS_PER_STEP = 1_000
STEP_MS = 2_000
BAD_LINES_SHOWN = 100
WARNINGS_SHOWN = 50
GUESSED = (
    "is no UTF-8 and was read as Windows-1252: see whether names are right, or save the list as"
    " CSV UTF-8"
)
ABOVE = "stands above the line that names the columns: left out"


@dataclass(slots=True, kw_only=True)
class ListStep:
    """What has been read since the last checkpoint.

    Attributes:
        begins: Byte of the list; `began_ms` of the machine clock.
        offset: Bytes of the list done, and `line` lines, and `row` rows of the sheet.
        warnings: By column and reason.
    """

    begins: int
    began_ms: int
    bad: list[BadLine] = field(default_factory=list)
    rows: int = 0
    offset: int = 0
    line: int = 0
    row: int = 0
    warnings: dict[tuple[str, str], ListWarning] = field(default_factory=dict)

    def reads(self, row: Row) -> bool:
        """Take a row in; whether it says anything."""
        self.offset, self.line, self.row = row.next_offset, row.next_line, row.row
        says = row.cells is None or any(cell.strip() for cell in row.cells)
        self.rows += says
        if says and row.guessed:
            self.warn(row.line, "", GUESSED)
        return says

    def warn(self, line: int, column: str, reason: str) -> None:
        """Take down something that fails no line."""
        known = self.warnings.get((column, reason))
        rows = 1 if known is None else known.rows + 1
        self.warnings[column, reason] = ListWarning(
            line if known is None else known.line, column, reason, rows
        )

    def is_full(self, now_ms: int) -> bool:
        """Whether it is time for a checkpoint."""
        return self.rows >= ROWS_PER_STEP or now_ms - self.began_ms >= STEP_MS

    def added_to(self, job: ImportJob) -> ImportJob:
        """The job, so much further."""
        return replace(
            job,
            offset=self.offset,
            line=self.line,
            row=self.row,
            warnings=_together(job.warnings, self.warnings.values()),
            rows=job.rows + self.rows,
            bad=job.bad + len(self.bad),
            first_bad=(*job.first_bad, *self.bad)[:BAD_LINES_SHOWN],
        )


def begun_with(job: ImportJob, header: Header, version: str, size: int) -> ImportJob:
    """An import whose file has come and has been looked into.

    Args:
        job: As stored.
        header: What the beginning of the file says of the rest.
        version: Of the file that is read from now on.
        size: Of it, in bytes.
    """
    return replace(
        job,
        state=ImportState.RUNNING,
        file_version=version,
        encoding=header.place.encoding,
        delimiter=header.place.delimiter,
        columns=header.columns,
        size=size,
        offset=header.place.offset,
        line=header.place.line,
        row=header.place.row,
        warnings=(ListWarning(1, "", ABOVE, header.above),) if header.above else (),
    )


def place_of(job: ImportJob) -> Place:
    """Where to go on in its file."""
    return Place(
        encoding=job.encoding,
        delimiter=job.delimiter,
        offset=job.offset,
        line=job.line,
        row=job.row,
    )


def _together(known: Iterable[ListWarning], more: Iterable[ListWarning]) -> tuple[ListWarning, ...]:
    by_reason: dict[tuple[str, str], ListWarning] = {}
    for one in (*known, *more):
        same = by_reason.get((one.column, one.reason))
        rows = one.rows if same is None else same.rows + one.rows
        by_reason[one.column, one.reason] = replace(same or one, rows=rows)
    return tuple(by_reason.values())[:WARNINGS_SHOWN]
