"""One of many that fails too often is set aside, whichever loop it stands in.

    failure ─► counted against it, tried with the next tick ─► ten: set aside, nobody tries it
                                                               └─► taken up by a person's word

Attempts and contacts count their failures in themselves (dialing/, campaigns/): what they are
follows from it. Everything else is counted here, beside the thing, so that a thing which nobody can
read or write is counted all the same. What the world is at fault for counts against nobody.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import cause_of
from contact_center.kernel.ports import PassingError, StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from contact_center.kernel.ports import Clock

STUMBLES = 10  # then it is set aside
# Ticks come each minute. What was in order for longer than this has not failed in a row.
IN_A_ROW_MS = 15 * 60 * 1000


class Thing(StrEnum):
    """What is looked after one by one."""

    OFFER = "offer"  # `<visit id>/<offer id>`
    PERSON = "person"
    ENTRY = "entry"  # a visit in a queue
    WISH = "wish"  # a visit whose caller is to get a person
    BREAK = "break"  # a visit of which nobody has seen whether its talk broke off
    LINE = "line"  # by who holds it
    COUNT = "count"  # a call or a visit that is to be counted, by its name in the table
    NOTICE = "notice"  # a cause that somebody is to be told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong with one thing, again and again.

    Attributes:
        of_id: The thing's own, among those of its kind.
        failures: In a row.
        cause: Kind and place of the last one, never its words.
        since_ms: When the first one was, ms since 1970.
        last_ms: When the last one was.
        version: How often this was written; 0: never.
    """

    thing: Thing
    of_id: str
    failures: int = 0
    cause: str = ""
    since_ms: int = 0
    last_ms: int = 0
    version: int = 0

    @property
    def is_aside(self) -> bool:
        """Whether nobody tries it any more."""
        return self.failures >= STUMBLES


class Troubles(Protocol):
    """Where failures of things are counted. Each raises StoreUnavailableError."""

    def read(self, thing: Thing, of_id: str) -> Trouble:
        """What is known of one thing, consistently; without failures: nothing."""
        ...

    def write(self, trouble: Trouble) -> None:
        """Put it as long as it is still as read; else nothing."""
        ...

    def aside(self, thing: Thing) -> Collection[str]:
        """Ids of those of a kind that are set aside; the index of them may lag a moment."""
        ...


class TroublesSeen(Protocol):
    """What is shown of it to people. Each raises StoreUnavailableError."""

    def by_name(self, name: str) -> Trouble | None:
        """One by the name under which it is shown."""
        ...

    def forget(self, trouble: Trouble) -> None:
        """It is tried again, as if nothing had failed. Told again it changes nothing."""
        ...


class NoTroubles:
    """Troubles where nothing is set aside: whoever loops over nothing."""

    def read(self, thing: Thing, of_id: str) -> Trouble:
        """Nothing is known."""
        return Trouble(thing=thing, of_id=of_id)

    def write(self, _trouble: Trouble) -> None:
        """Nothing is kept."""

    def aside(self, _thing: Thing) -> Collection[str]:
        """Nothing."""
        return ()


NO_TROUBLES = NoTroubles()


def failed_again(seen: Trouble, cause: str, now_ms: int) -> Trouble:
    """A thing's trouble after one more failure; after a long time without one it is the first."""
    in_a_row = seen.failures and now_ms - seen.last_ms <= IN_A_ROW_MS
    if not in_a_row and not seen.is_aside:
        seen = replace(seen, failures=0, since_ms=now_ms)
    return replace(seen, failures=seen.failures + 1, cause=cause, last_ms=now_ms)


class Watch(Protocol):
    """Where failures of one loop are counted."""

    @property
    def troubles(self) -> Troubles:
        """Where they are counted."""
        ...

    @property
    def clock(self) -> Clock:
        """The machine clock."""
        ...


def note_failure(
    thing: Thing, of_id: str, error: Exception, watch: Watch, *, at_once: bool = False
) -> bool:
    """Count a failure against the thing whose own it is. Never raises.

    Args:
        thing: Its kind.
        of_id: Its id.
        error: What broke it off; of it kind and place are kept, never its words.
        watch: Where.
        at_once: Nobody waits for ten of them: others stand behind it.

    Returns:
        Whether it is set aside.
    """
    with suppress(PassingError, StoreRefusedError):  # counted with the next failure
        after = failed_again(
            watch.troubles.read(thing, of_id), cause_of(error), watch.clock.now_ms()
        )
        if at_once:
            after = replace(after, failures=max(after.failures, STUMBLES))
        watch.troubles.write(after)
        return after.is_aside
    return at_once


def due_but_not_aside[T](
    find: Callable[[int], Sequence[T]],
    limit: int,
    thing: Thing,
    troubles: Troubles,
    of_id: Callable[[T], str],
) -> list[T]:
    """Those that are due and not set aside, in their order; those that are take nobody's place.

    Args:
        find: Finds so many that are due.
        limit: How many are looked after at once.
        thing: Their kind.
        troubles: Where it is known which are set aside; where that cannot be read, all are tried.
        of_id: The id of one.

    Raises:
        StoreUnavailableError: What is due cannot be read.
    """
    due = find(limit)
    aside = _aside(thing, troubles) if due else ()
    if aside and len(due) >= limit:
        due = find(limit + len(aside))
    return [one for one in due if of_id(one) not in aside]


def not_aside[T](
    found: Sequence[T], thing: Thing, troubles: Troubles, of_id: Callable[[T], str]
) -> list[T]:
    """Those of whom all are at hand that are not set aside, as `due_but_not_aside` has it."""
    aside = _aside(thing, troubles) if found else ()
    return [one for one in found if of_id(one) not in aside]


def _aside(thing: Thing, troubles: Troubles) -> Collection[str]:
    with suppress(PassingError):
        return troubles.aside(thing)
    return ()
