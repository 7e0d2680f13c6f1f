"""What is asked to find what waits for a person. Each may raise StoreUnavailableError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.console.domain.needs import Need
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.kernel.set_aside import Trouble


@dataclass(frozen=True, slots=True)
class FoundNeeds:
    """What a source has found; `complete`: whether that is all."""

    needs: Sequence[Need]
    complete: bool = True


class NeedSource(Protocol):
    """Where some kinds of needs are found."""

    @property
    def name(self) -> str:
        """Of its own."""

    @property
    def requests(self) -> int:
        """How many requests it usually takes."""

    def find(self) -> FoundNeeds:
        """What it knows."""


@dataclass(frozen=True, slots=True)
class Aside:
    """One of many that was set aside, under the name by which it is taken up."""

    name: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class InDoubt:
    """What a person has to look at.

    Attributes:
        attempts: In doubt or set aside, the oldest first.
        aside: Whatever else was set aside, likewise.
        unreadable: Ids of attempts of which this release can read nothing.
        complete: Whether those are all.
    """

    attempts: Sequence[DialAttempt]
    aside: Sequence[Aside]
    unreadable: Sequence[str]
    complete: bool


class DoubtBook(Protocol):
    """What was set aside, and attempts in doubt."""

    def waiting(self, limit: int) -> InDoubt:
        """So many of them at most."""


@dataclass(frozen=True, slots=True)
class FailedImport:
    """A list that could not be taken in."""

    import_id: str
    campaign_id: str
    failed_at_ms: int


class FailedImports(Protocol):
    """Lists that could not be taken in."""

    def since(self, at_ms: int, limit: int) -> Sequence[FailedImport]:
        """Those that failed since then, the oldest first."""


class Unfinished(Protocol):
    """People who are to be forgotten and whom some store still holds."""

    def unfinished(self, limit: int) -> tuple[Sequence[Forgetting], bool]:
        """Those that are under way; and whether those are all that are looked after."""


class NeedMarks(Protocol):
    """The index of what waits for a person."""

    def mark(self, need: Need) -> None:
        """Put a thing into it that is still as it was found; one that is in it stays as it is."""


class Rests(Protocol):
    """Until when numbers of ours rest."""

    def rests(self, number_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
        """By number: until when it rests, civil ms since 1970, and why; in one request."""
