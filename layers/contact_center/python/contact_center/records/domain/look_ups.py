"""What nobody has told of a call by now, and when it is asked for.

    the call is over, no report          15 minutes after the last news, and after an hour
    its report, but no answers in it     1 minute after the end, and after ten
    a leg of the telephone               its price after 15 minutes, an hour and a day
    a recording                          it is copied after 1 minute, 10, an hour, a day: until
                                         it is there; what fails is tried for three days

What was asked is known by name and asked once; a price is the last word after the last time. All
of it follows from what the record knows, so whatever comes meanwhile, late or twice, only takes
questions away.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MINUTE_MS = 60_000
ANSWERS_AFTER_MS = (MINUTE_MS, 10 * MINUTE_MS)
REPORT_AFTER_MS = (15 * MINUTE_MS, 60 * MINUTE_MS)
PRICE_AFTER_MS = (15 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS)
RECORDING_AFTER_MS = (MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS)
RECORDING_UNTIL_MS = 3 * 24 * 60 * MINUTE_MS  # then it is lost, whatever stood in the way

# Longer than any process that asks lives, so nobody asks beside it; and what was sent by it has
# been recorded by then, or is in trouble.
CLAIM_MS = 6 * MINUTE_MS
FIRST_PAUSE_MS = MINUTE_MS
LONGEST_PAUSE_MS = 60 * MINUTE_MS
MOST_TRIES = 10
MOST_COPIES = 90  # of a recording: an hour apart, they fill the three days


class Wanted(StrEnum):
    """What is looked up."""

    REPORT = "report"
    ANSWERS = "answers"
    PRICE = "price"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class LookUp:
    """One question.

    Attributes:
        step: Its name within the call: what was asked under it is not asked again.
        leg: Whose price is wanted, or None.
        last: Whether nothing more is asked of the kind.
    """

    wanted: Wanted
    step: str
    due_ms: int
    last: bool
    leg: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a call, as far as it decides what is asked.

    Attributes:
        news_ms: When it was heard of last; None: never.
        ended_ms: When it ended; None: nobody has told.
        reported: Whether its report has come.
        answered: Whether the questions about it were answered.
        talked: Whether there was somebody who can have said anything.
        legs: Whose prices are to be had, in a fixed order.
        to_copy: Whether its provider recorded it, and nobody has said what became of our copy.
        asked: Names of the steps that were made.
    """

    news_ms: int | None
    ended_ms: int | None = None
    reported: bool = False
    answered: bool = False
    talked: bool = False
    legs: tuple[str, ...] = ()
    to_copy: bool = False
    asked: Collection[str] = field(default_factory=frozenset)


def look_ups(known: Known) -> tuple[LookUp, ...]:
    """Everything that is still to be asked, the next of each kind; the first due comes first."""
    return tuple(sorted(_each(known), key=lambda one: (one.due_ms, one.step)))


def due_ms(known: Known) -> int | None:
    """When something is to be asked; None: nothing ever."""
    return min((one.due_ms for one in look_ups(known)), default=None)


def is_new_due(stored_ms: int | None, wanted_ms: int | None) -> bool:
    """Whether a due time is to be written.

    One that has moved on is not, for each word of a call would write it: whoever finds the call
    due too early moves it.
    """
    if stored_ms is None or wanted_ms is None:
        return stored_ms != wanted_ms
    return wanted_ms < stored_ms


def most_tries(wanted: Wanted) -> int:
    """How often in a row a question may fail before it is set aside."""
    return MOST_COPIES if wanted is Wanted.RECORDING else MOST_TRIES


def pause_ms(tries: int) -> int:
    """How long to wait after so many failures in a row: doubled each time, up to an hour."""
    return min(FIRST_PAUSE_MS << max(tries - 1, 0), LONGEST_PAUSE_MS)


def _each(known: Known) -> Iterator[LookUp]:
    if not known.reported:
        since_ms = known.news_ms
        yield from _next(Wanted.REPORT, since_ms, REPORT_AFTER_MS, known)
    elif known.talked and not known.answered:
        yield from _next(Wanted.ANSWERS, known.ended_ms, ANSWERS_AFTER_MS, known)
    if known.to_copy:
        yield from _next(Wanted.RECORDING, known.ended_ms, RECORDING_AFTER_MS, known)
    if known.ended_ms is not None:
        for leg in known.legs:
            yield from _next(Wanted.PRICE, known.ended_ms, PRICE_AFTER_MS, known, leg)


def _next(
    wanted: Wanted,
    since_ms: int | None,
    after_ms: tuple[int, ...],
    known: Known,
    leg: str | None = None,
) -> Iterator[LookUp]:
    if since_ms is None:
        return
    whose = f"{wanted}:{leg}" if leg else wanted.value
    for number, pause in enumerate(after_ms, start=1):
        step = f"{whose}:{number}"
        if step not in known.asked:
            yield LookUp(wanted, step, since_ms + pause, number == len(after_ms), leg)
            return
