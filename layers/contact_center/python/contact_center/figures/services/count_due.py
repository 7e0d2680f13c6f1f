"""Count what has come to its end, or has changed since it was counted: once, whatever comes twice.

    due ─► read, with what of it is in the figures ─► the difference ─► one transaction:
             its mark, if it is still as read        roll-ups of hours and days

A transaction holds as many calls as it takes, so that a roll-up is written once for many of them.
What has changed meanwhile is left for the next tick; what is wrong with one stops no other, and
ten times in a row sets it aside.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from contact_center.figures.domain.counts import LENGTHS, difference
from contact_center.figures.domain.definitions import VISIT
from contact_center.figures.services.count_calls import WAYS, count_call
from contact_center.figures.services.count_visit import count_visit
from contact_center.figures.services.measure_seconds import dial_of, measure_seconds
from contact_center.figures.services.roll_up_ports import Change
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import place_of
from contact_center.kernel.observability import log
from contact_center.kernel.ports import PassingError, StoreUnavailableError
from contact_center.kernel.set_aside import NO_TROUBLES, Thing, due_but_not_aside, note_failure
from contact_center.visits.domain.visit_parts import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contact_center.figures.domain.counts import Counted
    from contact_center.figures.services.measure_seconds import DialBook
    from contact_center.figures.services.roll_up_ports import CountBook, Subject
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.set_aside import Troubles
    from contact_center.kernel.time_left import InTime
    from contact_center.people.domain.offers import Offer
    from contact_center.visits.domain.visits import Visit

TRANSFERRED = f"{VISIT}{Outcome.TRANSFERRED.value}"
VOICEMAIL = f"{VISIT}{Outcome.VOICEMAIL.value}"
MOST_AT_ONCE = 600  # of one tick: ten a second
AT_ONCE = 40  # of one read
MOST_WRITES = 90  # of the hundred that a transaction takes
LATER_MS = 300_000  # somebody is asked about the caller still, or something broke


@dataclass(frozen=True, slots=True, kw_only=True)
class CountParts:
    """What counting works with.

    Attributes:
        offers_of: Who was asked about the caller of a visit.
        troubles: Where it is counted that one of them cannot be counted.
        transferred: Told of a visit that a person had, before it is counted so: its call came to
            that. Raises QueueUnavailableError.
        late: Told of what is about to be counted, before it is: so that calls are found by what has
            become of them. Raises PassingError.
    """

    book: CountBook
    dials: DialBook
    offers_of: Callable[[str], Sequence[Offer]]
    clock: Clock
    metrics: Metrics
    troubles: Troubles = NO_TROUBLES
    transferred: Callable[[Visit], object] = lambda _: None
    late: Callable[[Sequence[Subject]], object] = lambda _: None


class NotYetError(Exception):
    """Somebody is being asked about the caller: what comes of it is counted with the visit."""


def count_due(parts: CountParts, in_time: InTime) -> int:
    """Count what is due.

    Args:
        parts: What it works with.
        in_time: Whether there is time for more.

    Returns:
        How many calls and visits were counted anew.

    Raises:
        StoreUnavailableError: The table did not answer; nothing is half counted.
    """
    find = partial(parts.book.due, parts.clock.now_ms())
    due = due_but_not_aside(find, MOST_AT_ONCE, Thing.COUNT, parts.troubles, attrgetter("name"))
    counted = 0
    for at in range(0, len(due), AT_ONCE):
        if not in_time():
            parts.metrics.count("figures_left")
            break
        names = list(dict.fromkeys(one.name for one in due[at : at + AT_ONCE]))
        found = parts.book.read(names)
        measure_seconds(_dials(found.subjects), parts.dials)
        for name, error in found.unreadable.items():
            _broken(name, error, parts)
        for together in _together(_changes(found.subjects, parts)):
            counted += _count(together, parts)
    for _ in range(counted):
        parts.metrics.count("figures_counted")
    return counted


def _dials(subjects: Sequence[Subject]) -> list[int]:
    """When dials began. Measured again, as more is known, a worst second is the same or worse."""
    records = [one.call.record for one in subjects if one.call is not None]
    return [dial.at_ms for record in records if (dial := dial_of(record)) is not None]


def counted_as(subject: Subject, offers_of: Callable[[str], Sequence[Offer]]) -> Counted | None:
    """What a call or a visit adds to the figures by now; None: nothing.

    What has expired stays as it is counted.

    Raises:
        NotYetError: That is known in a moment.
    """
    if subject.call is not None:
        record, glance, _ = subject.call.record, subject.call.glance, subject.call.decisions
        return count_call(record, glance) if record.ended else None
    if subject.visit is None:
        return subject.before
    offers = offers_of(subject.visit.visit_id)
    if any(offer.ended is None for offer in offers):
        raise NotYetError
    return count_visit(subject.visit, offers, subject.before)


def _changes(subjects: Sequence[Subject], parts: CountParts) -> Iterator[Change]:
    for subject in subjects:
        try:
            after = counted_as(subject, parts.offers_of)
            if subject.visit is not None:
                _tell_of_visit(subject.visit, subject.before, after, parts)
            yield Change(subject, after)
        except (NotYetError, PassingError):
            parts.book.put_off(subject, parts.clock.now_ms() + LATER_MS)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one stops no other
            _failed(subject, error, parts)


def _tell_of_visit(
    visit: Visit, before: Counted | None, after: Counted | None, parts: CountParts
) -> None:
    """What others are told of it is told before it is counted: twice rather than never."""
    if _is_news(TRANSFERRED, before, after):
        parts.transferred(visit)
    if _is_news(VOICEMAIL, before, after):
        parts.metrics.count("voicemail_left")


def _is_news(name: str, before: Counted | None, after: Counted | None) -> bool:
    counted = [one is not None and name in one.counts for one in (before, after)]
    return counted == [False, True]


def _together(changes: Iterator[Change]) -> Iterator[list[Change]]:
    """As many as a transaction takes."""
    batch: list[Change] = []
    writes: set[tuple[object, ...]] = set()
    for change in changes:
        more = set(_writes(change))
        if batch and len(writes | more) > MOST_WRITES:
            yield batch
            batch, writes = [], set()
        batch.append(change)
        writes |= more
    if batch:
        yield batch


def _writes(change: Change) -> Iterator[tuple[object, ...]]:
    """What is written for one: its marks, and roll-ups that others may change as well."""
    yield "mark", change.subject.name
    if change.subject.visit is not None:
        yield "visit", change.subject.name
    for bucket, counts in difference(change.subject.before, change.after).items():
        yield ("hour", *bucket)
        yield ("day", bucket.hour // 24, bucket.department, bucket.campaign)
        if any(name.startswith(LENGTHS) for name in counts):
            yield "lengths", bucket.hour // 24


def _count(changes: Sequence[Change], parts: CountParts) -> int:
    """Count them together; if one of them has changed, each alone."""
    try:
        parts.late([change.subject for change in changes])
        if parts.book.count(changes):
            _tell_of_new(changes, parts)
            return len(changes)
    except StoreUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        if len(changes) == 1:
            if not isinstance(error, PassingError):  # others are at its roll-ups: it is due still
                _failed(changes[0].subject, error, parts)
            return 0
    if len(changes) == 1:
        return 0  # it is due still
    return sum(_count([change], parts) for change in changes)


def _tell_of_new(changes: Sequence[Change], parts: CountParts) -> None:
    """Counters for the dashboard, of what was never counted before."""
    for change in changes:
        if change.after is None or change.subject.before is not None:
            continue
        counts = change.after.counts
        for way in WAYS:
            if f"calls.{way}" in counts:
                parts.metrics.count("call_over", way=way)
        if "contacts" in counts:
            came_to = next((one for one in ("contained", "abandoned") if one in counts), "other")
            parts.metrics.count("contact_over", came_to=came_to)


def _failed(subject: Subject, error: Exception, parts: CountParts) -> None:
    _broken(subject.name, error, parts)
    parts.book.put_off(subject, parts.clock.now_ms() + LATER_MS)


def _broken(name: str, error: Exception, parts: CountParts) -> None:
    kind, place = type(error).__name__, place_of(error)
    log("ERROR", "figures not counted", None, error=kind, place=place)
    parts.metrics.count("figures_failed")
    note_failure(Thing.COUNT, name, error, parts)
