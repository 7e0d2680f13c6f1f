"""What is read of a list between two checkpoints: so many rows, or what a moment allows.

A row may cost little or much (an empty line, two hundred lines of an open quote), so a step is
bounded by the clock as well: work that is ended at any time has a checkpoint behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.lists.services.import_ports import ImportState

if TYPE_CHECKING:
    from contact_center.lists.services.contact_csv import Header, Row
    from contact_center.lists.services.import_ports import BadLine, ImportJob

ROWS_PER_STEP = 1_000
STEP_MS = 2_000
BAD_LINES_SHOWN = 100


@dataclass(slots=True, kw_only=True)
class ListStep:
    """What has been read since the last checkpoint.

    Attributes:
        begins: Byte of the list; `began_ms` of the machine clock.
        offset: Bytes of the list done, and `line` lines.
    """

    begins: int
    began_ms: int
    bad: list[BadLine] = field(default_factory=list)
    rows: int = 0
    offset: int = 0
    line: int = 0

    def reads(self, row: Row) -> bool:
        """Take a row in; whether it says anything."""
        self.offset, self.line = row.next_offset, row.next_line
        says = row.cells is None or any(cell.strip() for cell in row.cells)
        self.rows += says
        return says

    def is_full(self, now_ms: int) -> bool:
        """Whether it is time for a checkpoint."""
        return self.rows >= ROWS_PER_STEP or now_ms - self.began_ms >= STEP_MS

    def added_to(self, job: ImportJob) -> ImportJob:
        """The job, so much further."""
        return replace(
            job,
            offset=self.offset,
            line=self.line,
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
        encoding=header.encoding,
        delimiter=header.delimiter,
        columns=header.columns,
        size=size,
        offset=header.offset,
        line=header.line,
    )
