"""Tell somebody what was counted: at the tick, once a cause and hour, and when it is over.

What was told is written first, on what was read: of two ticks one tells. Who cannot be reached is
told by a later tick, and the other causes are told all the same. A cause of which it breaks ten
times in a row, by a fault of ours, is set aside.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from contact_center.figures.domain.notices import CAUSES, judged
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError, StoreUnavailableError
from contact_center.kernel.set_aside import NO_TROUBLES, Thing, not_aside, note_failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.figures.domain.notices import Notice, Standing
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.set_aside import Troubles


class NotToldError(PassingError):
    """Nobody knows whether whoever is to be told was reached."""


class CauseBook(Protocol):
    """How it stands with each cause. Each method may raise StoreUnavailableError."""

    def add(self, counts: Mapping[str, int], at_ms: int) -> None:
        """Add to the totals of some causes."""
        ...

    def standings(self) -> Sequence[Standing]:
        """Every cause that was ever counted; one query."""
        ...

    def write(self, before: Standing, after: Standing) -> bool:
        """Note what was told, on what was read; False: somebody else has noted something since."""
        ...


class NoticeBoard(Protocol):
    """Where notices go."""

    def tell(self, notice: Notice) -> None:
        """Tell it. Raises NotToldError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeParts:
    """What giving notices works with."""

    book: CauseBook
    board: NoticeBoard
    clock: Clock
    metrics: Metrics
    troubles: Troubles = NO_TROUBLES


def give_notices(parts: NoticeParts) -> int:
    """Tell what is to be told now.

    Returns:
        How many notices were given. What is wrong with one cause stops no other.

    Raises:
        StoreUnavailableError: The table did not answer.
    """
    given = 0
    for standing in parts.book.standings():
        if standing.cause not in CAUSES:
            continue  # another release's
        try:
            given += _give(standing, parts)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            if _is_aside(standing, parts):
                continue
            parts.metrics.count("notice_not_told")
            log_broken("notice_not_told", error)
            note_failure(Thing.NOTICE, standing.cause, error, parts)
    return given


def _is_aside(standing: Standing, parts: NoticeParts) -> bool:
    return not not_aside([standing], Thing.NOTICE, parts.troubles, attrgetter("cause"))


def _give(standing: Standing, parts: NoticeParts) -> bool:
    after, notice = judged(standing, parts.clock.now_ms())
    if notice is None or _is_aside(standing, parts) or not parts.book.write(standing, after):
        return False
    try:
        parts.board.tell(notice)
    except Exception as error:  # whatever it was, he was not told
        parts.book.write(replace(after, revision=standing.revision + 1), standing)
        if not isinstance(error, NotToldError):
            raise
        parts.metrics.count("notice_not_told")
        return False
    parts.metrics.count("notice_told", cause=standing.cause)
    return True
