"""The work on lists that nobody waits for: its jobs, its queue, its links, as Protocols.

A message is a hint, as on the queue of dials: what is stored of an import, a preview or an
export says what is left to do, and what nobody has touched for a while is sent again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


class ListKind(StrEnum):
    """What is to be done."""

    IMPORT = "import"
    PREVIEW = "preview"
    EXPORT = "export"
    NATIONAL = "national"  # a national do-not-call list
    FORGET = "forget"  # a person, in lists among all else


@dataclass(frozen=True, slots=True)
class ListJob:
    """One piece of work.

    Attributes:
        campaign_id: Empty when it belongs to no campaign.
        job_id: Of the import (`<campaign id>.<word>`), the preview, the export, or of who is to be
            forgotten.
    """

    kind: ListKind
    campaign_id: str
    job_id: str


class ListJobs(Protocol):
    """The queue of that work."""

    def send(self, job: ListJob, delay_seconds: int = 0) -> None:
        """Append one job. Raises QueueUnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class OpenList:
    """Work that is not done.

    Attributes:
        due_at_ms: When somebody is to look at it, civil ms since 1970.
        place: Where the store keeps it; the store's own business.
    """

    job: ListJob
    due_at_ms: int
    place: tuple[str, str]


class OpenLists(Protocol):
    """What is not done yet, by when it is to be looked at; never a scan."""

    def overdue(self, now_ms: int, limit: int) -> Sequence[OpenList]:
        """What nobody has touched in time, the longest due first. From an index: it may lag.

        Raises StoreUnavailableError.
        """
        ...

    def postpone(self, found: OpenList, until_ms: int) -> bool:
        """Have it looked at later; False when it has moved on since it was found.

        Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that lets its bearer do one thing until it expires (machine ms since 1970)."""

    url: str
    expires_at_ms: int


class FileLinks(Protocol):
    """Links to files in the private bucket, for those who hold no key to it."""

    def upload(self, key: str, size: int | None) -> Link:
        """To PUT a file, of exactly `size` bytes when that is given."""
        ...

    def download(self, key: str, name: str) -> Link:
        """To GET a file; a browser saves it under `name`."""
        ...
