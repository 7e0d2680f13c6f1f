"""Imports, previews and exports: the jobs, and the files they read and write, as Protocols.

As in campaign_ports.py. Times are civil ms since 1970.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.campaigns.services.contact_moves import MOST_BYTES
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact


IMPORT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}")

# Whoever works on something says so at least every few seconds.
UNTOUCHED_MS = 120_000
PART_BYTES = 5 << 20  # the least that S3 takes for a part of a file that is not its last


class ImportState(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"  # for its file, or for its turn
    RUNNING = "running"
    UNCONFIRMED = "unconfirmed"  # would take off so many that an operator has to say so
    DONE = "done"
    FAILED = "failed"  # the file as a whole is no list


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that is no contact: where, which column, and why. Never what it says.

    Attributes:
        line: Of the file, from 1; 0: none.
        field: What was to be read.
        row: Of the sheet that the file is opened as, from 1; 0: none.
        column: Of the sheet, with its name: `C (Time Zone)`; empty: none.
        shape: What the cell looks like, with 9 for digits and a for letters.
    """

    line: int
    field: str
    reason: str
    row: int = 0
    column: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class ListWarning:
    """Something that fails no line and that an operator should know.

    Attributes:
        line: Of the file where it was met first, from 1.
        column: As in BadLine.
        rows: How many rows it is true of.
    """

    line: int
    column: str
    reason: str
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalSource:
    """Which national do-not-call list a file is.

    Attributes:
        country: ISO code of the country whose list it is.
        name: What whoever imports it calls it.
        as_of_ms: The time the list is of, civil ms since 1970.
        complete: Whether it is the whole list: who is not on it any more is taken off.
    """

    country: str
    name: str
    as_of_ms: int
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingOff:
    """How many numbers a complete national list takes off: counted before any is.

    Attributes:
        known: Numbers on the country's list before this one was read; None until counted.
        would: Numbers that only older lists have; None until counted.
        counted: What the count under way has come to, and `cursor` where it goes on.
        confirmed: Whether an operator has said that so many may go.
    """

    known: int | None = None
    would: int | None = None
    counted: int = 0
    cursor: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """One import and how far it has come: its checkpoint and its report in one.

    Attributes:
        import_id: `<campaign id>.<word>`.
        file_key: Where the list is.
        file_version: Of the file that is being read; empty before one has come.
        encoding: Of the file, once known; `delimiter` and `columns`, their names as they stand in
            it, likewise.
        size: Of the file in bytes; `offset` of them are done.
        line: Lines of the file done; `row` rows of the sheet.
        rows: Rows read, added those that became contacts; known those whose number was in the
            campaign before, or stood further up in the list; bad those that are no contact.
        do_not_call: Rows that say that somebody must not be called.
        warnings: What fails no line and should be known.
        first_bad: The first bad lines, for a glance; all of them are in the report.
        report_key: Where the report of the bad lines is, once written.
        reported: Files of bad lines that the report holds so far.
        error: Why it failed, and the field at fault.
        national: Which national do-not-call list it is, None for a campaign's contacts.
        removed: Numbers that a complete national list has no more.
        taking_off: How many those are to be.
        tries: How often it was begun since it last came further, and the `cause` that ended the
            last of them, as far as it could be noted.
        version: 0: not stored yet.
    """

    import_id: str
    campaign_id: str
    file_key: str
    created_at_ms: int
    state: ImportState = ImportState.WAITING
    region: str = "US"
    file_version: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[str, ...] = ()
    size: int = 0
    offset: int = 0
    line: int = 0
    row: int = 0
    rows: int = 0
    added: int = 0
    known: int = 0
    bad: int = 0
    do_not_call: int = 0
    warnings: tuple[ListWarning, ...] = ()
    first_bad: tuple[BadLine, ...] = ()
    report_key: str | None = None
    reported: int = 0
    error: BadLine | None = None
    national: NationalSource | None = None
    removed: int = 0
    taking_off: TakingOff = TakingOff()
    tries: int = 0
    cause: str = ""
    touched_at_ms: int = 0
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether something may still come of it."""
        return self.state not in {ImportState.DONE, ImportState.FAILED}

    @property
    def failed(self) -> bool:
        """Whether the list that came is none, or could not be read to its end."""
        return self.state is ImportState.FAILED and bool(self.file_version)

    @property
    def fault(self) -> str:
        """Why it failed, with the line; empty when it has not."""
        if self.error is None:
            return ""
        at = f"line {self.error.line}: " if self.error.line else ""
        return f"{at}{self.error.field} {self.error.reason}"

    @property
    def look_at_ms(self) -> int | None:
        """When somebody is to see whether it goes on; None while it cannot by itself."""
        if self.state not in {ImportState.WAITING, ImportState.RUNNING}:
            return None
        return max(self.touched_at_ms, self.created_at_ms) + UNTOUCHED_MS


class ImportMovedOnError(Exception):
    """Somebody else went on with this import; nothing was written."""


class ImportStore(Protocol):
    """Import jobs, and the contacts they make."""

    def create(self, job: ImportJob) -> bool:
        """Put a job, version 1, unless there is one of that id; False then."""
        ...

    def read(self, import_id: str) -> ImportJob | None:
        """The job, or None."""
        ...

    def of_campaign(self, campaign_id: str) -> Sequence[ImportJob]:
        """All imports of a campaign."""
        ...

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        """Put those contacts that are new, and the job's progress with them: all or nothing.

        A contact that is there already is left as it is.

        Args:
            job: As it shall be, with the version that was read; `added` and `known` as they
                were before.
            contacts: At most CONTACTS_PER_COMMIT and BYTES_PER_COMMIT, no two of the same id.

        Returns:
            The job as stored, `added` and `known` raised.

        Raises:
            ImportMovedOnError: The stored job has another version.
        """
        ...


# A transaction holds 100 items and 4 MB; the job and the figures are two of the items.
CONTACTS_PER_COMMIT = 97
BYTES_PER_COMMIT = MOST_BYTES


PREVIEW = "preview"
EXPORT = "export"


class JobState(StrEnum):
    """How far a preview or an export has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # was begun too often


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignJob:
    """A preview or an export.

    Attributes:
        kind: preview or export.
        cursor: Where it goes on after it was cut short.
        counts: What it found so far, by label; `examples` of each, as import and row of its sheet.
        upload: Of the file that is being written, once it is longer than a part; `parts` are
            those that are there, each with the store's word for it.
        result_key: Where the result lies, once done.
        error: Why it failed; `tries` and `cause` as in ImportJob.
        touched_at_ms: When somebody last worked on it.
        version: 0: not stored yet.
    """

    job_id: str
    campaign_id: str
    kind: str
    created_at_ms: int
    state: JobState = JobState.WAITING
    cursor: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    upload: str = ""
    parts: tuple[tuple[int, str], ...] = ()
    result_key: str | None = None
    error: str | None = None
    tries: int = 0
    cause: str = ""
    touched_at_ms: int = 0
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether something may still come of it."""
        return self.state not in {JobState.DONE, JobState.FAILED}

    @property
    def look_at_ms(self) -> int | None:
        """When somebody is to see whether it goes on; None once it is closed."""
        return max(self.touched_at_ms, self.created_at_ms) + UNTOUCHED_MS if self.open else None


class JobStore(Protocol):
    """Previews and exports."""

    def create(self, job: CampaignJob) -> bool:
        """Put a job, version 1, unless there is one of that id; False then."""
        ...

    def read(self, campaign_id: str, job_id: str) -> CampaignJob | None:
        """The job, or None."""
        ...

    def save(self, job: CampaignJob) -> CampaignJob | None:
        """Write it with the next version; None when the stored version is another."""
        ...


class FileChangedError(Exception):
    """A file is another than the one that was begun with."""


class UploadLostError(Exception):
    """The file that was being written is there, or nothing of it is any more."""


class Readable(Protocol):
    """Something files are read from."""

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most so many bytes from there; empty at the end."""
        ...


class FileStore(Protocol):
    """Lists that came in, reports and exports that go out: a private bucket."""

    def size(self, key: str) -> int | None:
        """Of a file in bytes; None when there is none."""
        ...

    def version(self, key: str) -> str:
        """A word for what a file holds now; empty when there is none."""
        ...

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        """At most so many bytes from there; empty at the end.

        Raises FileChangedError when a version is given and the file has another by now.
        """
        ...

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        """Write a file that fits into memory."""
        ...

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys that begin so, in order."""
        ...


class PartedFiles(FileStore, Protocol):
    """Files that are written over several invocations, and appear when they are complete."""

    def begin_upload(self, key: str) -> str:
        """Begin a file that is written over several invocations; a word for it."""
        ...

    def add_part(self, key: str, upload: str, number: int, part: bytes) -> str:
        """Write a part of at least PART_BYTES, the last one excepted; the store's word for it.

        Args:
            key: Of the file.
            upload: As `begin_upload` has returned it.
            number: From 1 to 10,000; parts are put together in their order. The same number
                again takes the place of what was there.
            part: Its bytes.

        Raises UploadLostError.
        """
        ...

    def complete_upload(self, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        """Put the parts together; the file appears. Raises UploadLostError."""
        ...
