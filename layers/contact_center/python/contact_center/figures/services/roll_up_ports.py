"""What counting needs of the world: what is to be counted, what is, and the roll-ups."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contact_center.conversations.services.ports.calls import CallRow
    from contact_center.figures.domain.counts import Bucket, Counted
    from contact_center.visits.domain.visits import Visit


# Names of subjects in the table: keys.CALLS and keys.VISITS, to which a contract test holds these.
COUNTED_CALL, COUNTED_VISIT = "CALL#", "VISIT#"


class DueSubject(NamedTuple):
    """A call or a visit that is to be counted, by its name in the table, and since when."""

    name: str
    due_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A call or a visit, and what of it is counted.

    Attributes:
        name: In the table.
        call: What is known of the call, or None.
        visit: What is known of the visit, or None; without either it has expired.
        before: What is in the roll-ups of it.
        counts: How often it was counted.
        revision: Of the record.
        wanted: The revision that its mark names: if that is still the one, nothing was overlooked;
            a visit carries its mark itself.
        due: Whether it is marked to be counted.
        began_ms: Of a call: as the index of days has it.
    """

    name: str
    call: CallRow | None = None
    visit: Visit | None = None
    before: Counted | None = None
    counts: int = 0
    revision: int = 0
    wanted: int | None = None
    due: bool = True
    began_ms: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """That a subject is counted as `after` from now on; None: it is not."""

    subject: Subject
    after: Counted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """One roll-up.

    Attributes:
        of: The day, YYYY-MM-DD, or the hour, YYYY-MM-DDTHH; a day with `#length.` behind it: how
            many of its durations were how long, of all departments and campaigns.
        bucket: Its department and campaign; the hour of a day's is its first.
        revision: How often it was changed.
    """

    of: str
    bucket: Bucket
    counts: Mapping[str, int]
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Part of all there is, and by name what this release cannot read, with why."""

    subjects: Sequence[Subject]
    unreadable: Mapping[str, Exception] = field(default_factory=dict)


class CountBook(Protocol):
    """What is to be counted, and what is. Each method may raise StoreUnavailableError."""

    def due(self, now_ms: int, limit: int) -> Sequence[DueSubject]:
        """What is to be counted by now, the longest due first; from an index that may lag."""
        ...

    def read(self, names: Sequence[str]) -> Everything:
        """Subjects by their names, consistently."""
        ...

    def count(self, changes: Sequence[Change]) -> bool:
        """Count some: their marks and the roll-ups in one transaction.

        Returns:
            Whether it is written; if not, one of them has changed since it was read.

        Raises ContentionError, StoreRefusedError.
        """
        ...

    def put_off(self, subject: Subject, due_ms: int) -> None:
        """Count it later; one that has changed since it was read keeps its time."""
        ...


class RollUps(Protocol):
    """The roll-ups. Each method may raise StoreUnavailableError."""

    def hours(self, day: str) -> Sequence[RollUp]:
        """Those of the hours of a day, YYYY-MM-DD."""
        ...

    def days(self, first: str, last: str) -> Sequence[RollUp]:
        """Those of the days from one to another, each YYYY-MM-DD."""
        ...

    def waiting(self, limit: int) -> Everything:
        """Calls that are over and not counted as they are recorded, the longest due first."""
        ...

    def lengths(self, day: str) -> RollUp:
        """How many durations of a day were how long, by counters of `counts.LENGTHS`."""
        ...


class CountAudit(Protocol):
    """Everything that is kept, for whoever adds up again. Reads the whole table."""

    def everything(self) -> Iterator[Everything]:
        """All calls and visits that are kept, and what is counted of them, part by part."""
        ...

    def mark(self, subject: Subject, due_ms: int) -> None:
        """Have one counted anew."""
        ...

    def correct(self, roll_up: RollUp, counts: Mapping[str, int]) -> bool:
        """Put a roll-up right that is still as it was read; whether it was."""
        ...
