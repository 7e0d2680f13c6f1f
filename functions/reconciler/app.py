"""Every minute: what a crash, a lost webhook or a lost job left open is brought to its end."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

from contact_center.conversations.services.follow_ups import count_overdue
from contact_center.conversations.services.look_after_calls import look_after_calls
from contact_center.dialing.services.reconcile_attempts import Reconciled, reconcile_attempts
from contact_center.figures.services.count_due import count_due
from contact_center.figures.services.give_notices import give_notices
from contact_center.kernel.failures import BrokenError, place_of
from contact_center.kernel.observability import log
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.services.change_person import free_overdue
from contact_center.reception.services.look_up_visits import look_up_visits
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.wiring.reconciler import reconciler_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.kernel.time_left import InTime

PARTS = reconciler_parts()
NOTHING = Reconciled(0, 0, 0)

# The provider of calls or of telephones at its limits, and the queue: what is begun with less time
# left might be cut off, and would be asked again.
LEAST_REMAINING_MS = 60_000
LONGEST_LOOKS_MS = 60_000  # then the next tick is due
LONGEST_COPY_MS = 210_000  # two requests that are cut off, and the last part on its way to S3


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(__: Mapping[str, Any], context: Context) -> dict[str, int]:
    """Handle one tick of the scheduler; what it says does not matter."""
    ends_at_ms, tick = PARTS.clock.now_ms() + context.get_remaining_time_in_millis(), _Tick()
    try:
        tick.do(lambda: send_hint(ReceptionJob(JobKind.TICK), PARTS.reception, PARTS.metrics), None)
        done = tick.do(lambda: reconcile_attempts(ends_at_ms, PARTS.reconcile), NOTHING)
        freed = done.lines_freed + tick.do(lambda: look_up_visits(PARTS.visits, _looks(context)), 0)
        tick.do(lambda: _tell_of_freed(freed), None)
        tick.do(lambda: count_overdue(PARTS.follow_ups), None)
        tick.do(lambda: free_overdue(PARTS.people), 0)
        tick.do(lambda: _look_after_calls(context), None)
        tick.do(lambda: _count(context), None)
        tick.do(lambda: _keep_day_book(context), None)
    finally:
        PARTS.metrics.flush()
    if done.failed:
        log("ERROR", "attempts could not be looked after", None, failed=done.failed)
    if tick.broken:
        raise BrokenError  # Lambda counts it
    return asdict(done)


class _Tick:
    """Each deed of a tick is done, whatever became of the one before it."""

    def __init__(self) -> None:
        self.broken = False

    def do[T](self, deed: Callable[[], T], otherwise: T) -> T:
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
            log("ERROR", "tick broken", None, error=type(error).__name__, place=place_of(error))
            self.broken = True
            return otherwise


def _tell_of_freed(lines: int) -> None:
    for _ in range(lines):
        PARTS.metrics.count("line_freed_by_asking")
    if lines:
        send_hint(ReceptionJob(JobKind.SERVE), PARTS.reception, PARTS.metrics)


def _count(context: Context) -> None:
    """The figures and who is told of what come late: nobody waits for them."""
    try:
        count_due(PARTS.figures, lambda: _has_time(context))
        if PARTS.notices is not None:
            give_notices(PARTS.notices)
    except StoreUnavailableError:
        PARTS.metrics.count("figures_left")


def _keep_day_book(context: Context) -> None:
    try:
        PARTS.day_book.look(lambda: _has_time(context))
    except StoreUnavailableError:
        PARTS.metrics.count("day_book_left")


def _has_time(context: Context) -> bool:
    return context.get_remaining_time_in_millis() >= LEAST_REMAINING_MS


def _looks(context: Context) -> InTime:
    """Whether there is time for one more look; what comes after has the rest of the tick."""
    until_ms = PARTS.clock.now_ms() + LONGEST_LOOKS_MS
    return lambda: _has_time(context) and PARTS.clock.now_ms() <= until_ms


def _look_after_calls(context: Context) -> None:
    def time_to_copy() -> bool:
        return context.get_remaining_time_in_millis() >= LONGEST_COPY_MS

    look_after_calls(replace(PARTS.calls, time_to_copy=time_to_copy), _looks(context))
