"""A kept place that is due: it is called soon, a try is over, or what became of it is to be told.

Whatever a crash or a lost callback left is found here, by the index of what is due. Each deed may
be repeated: a leg that has ended ends no second time, and a visit is told the same.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER, holder_of
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass
from contact_center.queue.domain.kept_places import ComesDue, GivenBack, GivenUp, Settled
from contact_center.queue.domain.waiting import (
    CAME_TO_NOTHING,
    EntryState,
    LeftBecause,
    MovedUp,
)
from contact_center.queue.services.call_kept_place import (
    TOO_LATE,
    CallParts,
    call_kept_place,
    not_reached,
)
from contact_center.queue.services.change_entry import AlreadyKeptError, change_entry
from contact_center.visits.domain.legs import ENDS
from contact_center.visits.domain.visit_merge import ending_told, merged
from contact_center.visits.domain.visit_parts import Outcome, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.telephone_ports import Done, Gone
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.queue.domain.kept_places import KeptPlace
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.serve_next import Came
    from contact_center.visits.services.visit_ports import Visits

CLOCK_SLACK_MS = 2_000  # the provider tells when a leg began to a second, by its own clock
# A provider of whom nothing can be learned, or who ends no leg, holds a line no longer.
LONGEST_TRY_MS = 300_000
# Whoever comes in is somewhere within seconds; of who is not, nobody has told that he has gone.
UNDECIDED_MS = 300_000
UNHEARD = "unheard"  # the end of the try was never told

_OUTCOMES = {
    LeftBecause.CALLED_BACK: Outcome.CALLBACK_DONE,
    LeftBecause.RANG_AGAIN: Outcome.RESUMED_ELSEWHERE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookParts:
    """What looking after kept places works with.

    Attributes:
        release: Frees a person who is held for a try, by his id and the try's token.
    """

    calls: CallParts
    visits: Visits
    release: Callable[[str, str], None]


class KeptPlaceCalls:
    """KeptCalls: who calls those whose place in a queue for lines is kept, and looks after all."""

    def __init__(self, parts: LookParts) -> None:
        """Keep the parts."""
        self._parts = parts

    def call(self, entry: QueueEntry, served: QueueBoard) -> Came:
        """It is his turn; see KeptCalls."""
        return call_kept_place(entry, self._parts.calls, served)

    def look_at(self, entry: QueueEntry) -> None:
        """It is due; see KeptCalls."""
        look_at_kept_place(entry, self._parts)


def look_at_kept_place(entry: QueueEntry, parts: LookParts) -> None:
    """Do what is to be done about a kept place that is due.

    Raises ContentionError, StoreUnavailableError: to be looked at again.
    """
    kept, waiting = entry.kept, parts.calls.waiting
    if kept is None:
        return
    match entry.state:
        case EntryState.RESTING:
            change_entry(entry.visit_id, ComesDue(waiting.clock.now_ms()), waiting)
        case EntryState.KEPT:
            now_ms = waiting.clock.now_ms()
            late = GivenUp(why=LeftBecause.NOT_ALLOWED, at_ms=now_ms, because=TOO_LATE)
            change_entry(entry.visit_id, late, waiting)
        case EntryState.CALLING:
            _look_at_try(entry, kept, parts)
        case EntryState.LEFT:
            _settle(entry, kept, parts)
        case _:
            return


def _look_at_try(entry: QueueEntry, kept: KeptPlace, parts: LookParts) -> None:
    """Its end was not told in time: whatever still rings is ended, and the try with it."""
    now_ms = parts.calls.waiting.clock.now_ms()
    because = _ended(entry, kept, parts)
    if because is None and now_ms - (kept.rung_at_ms or 0) < LONGEST_TRY_MS:
        return  # looked at again at the next tick
    failed = not_reached(entry, because or UNHEARD, parts.calls.rules, now_ms)
    change_entry(entry.visit_id, failed, parts.calls.waiting)
    if entry.person_id is not None:
        parts.release(entry.person_id, entry.token or "")


def _ended(entry: QueueEntry, kept: KeptPlace, parts: LookParts) -> str | None:
    """How the leg of a try ended, if need be by us; None: nobody knows that it has."""
    telephone = parts.calls.telephone
    leg = kept.leg
    if leg is None:
        since_ms = (kept.rung_at_ms or kept.asked_at_ms) - CLOCK_SLACK_MS
        seen = telephone.find_legs(entry.number or "", parts.calls.caller_id, since_ms)
        if not seen.legs:
            return UNHEARD if seen.complete else None
        leg = seen.legs[0].leg
    with suppress(VoiceUnavailableError):
        found = telephone.find_leg(leg)
        if found is None or found.status in ENDS:
            return UNHEARD if found is None else found.status.value
    return UNHEARD if isinstance(telephone.hang_up(leg), Done | Gone) else None


def _settle(entry: QueueEntry, kept: KeptPlace, parts: LookParts) -> None:
    """Tell what became of a place that is over; a leg that nobody is for any more is ended."""
    because = entry.because
    nothing_rings = because is LeftBecause.CALLED_BACK or _leg_is_ended(entry, kept, parts)
    if kept.let_go is not None:
        parts.release(kept.let_go, kept.let_go_token or "")
    used_by = kept.used_by if because is LeftBecause.RANG_AGAIN else None
    if used_by is not None and not _stays_used(entry, kept, used_by, parts):
        return
    if nothing_rings:
        _tell_outcome(entry, kept, parts)


def _stays_used(entry: QueueEntry, kept: KeptPlace, used_by: str, parts: LookParts) -> bool:
    """Whether who rang again has something of his place.

    If he has not it is given back, and while that is not known it is looked at again.
    """
    now_ms = parts.calls.waiting.clock.now_ms()
    came = _visits_since(entry, kept, used_by, parts)
    for visit in came:  # where the last one has something, nothing else need be known
        if _is_undecided(visit, now_ms):
            return False
        if not _came_to_nothing(visit):
            if visit.visit_id != used_by and all(map(_came_to_nothing, came[1:])):
                _move_up(visit, entry, parts)
            return True
    # What may ring still is in nobody's way: he rests for longer, and its key does nothing.
    return not _is_given_back(entry, kept, used_by, parts.calls)


def _visits_since(
    entry: QueueEntry, kept: KeptPlace, used_by: str, parts: LookParts
) -> Sequence[Visit]:
    """The visit that used the place; before it the last one after it, if he came once more.

    That one had no place to be given any more; whether the place was used up only both tell.
    """
    used = parts.visits.read(used_by)
    found = [] if used is None else [used.visit]
    came = parts.calls.judge.circumstances(entry.number or "").customer.came or ""
    if not came.startswith(VISIT_HOLDER) or came == holder_of(used_by):
        return found
    last = parts.visits.read(came.removeprefix(VISIT_HOLDER))
    since_ms = kept.asked_at_ms if used is None else used.visit.began_ms or 0
    if last is None or (last.visit.began_ms or 0) <= since_ms:
        return found
    return [last.visit, *found]


def _move_up(later: Visit, entry: QueueEntry, parts: LookParts) -> None:
    """Who used his place for nothing, and rang once more before anybody knew, has it now.

    He stands in line as whoever came last; where he has something already he needs no place.
    """
    moved = MovedUp(entry.place_ms)
    before = parts.calls.waiting.queue.read(later.visit_id)
    if before is None or change_entry(later.visit_id, moved, parts.calls.waiting) == before:
        return
    parts.calls.waiting.metrics.count("place_moved_up")
    tell(parts.visits, Visit(visit_id=later.visit_id, place_ms=entry.place_ms))


def _is_given_back(entry: QueueEntry, kept: KeptPlace, used_by: str, calls: CallParts) -> bool:
    """Whether a place is its caller's again, whom a later visit brought nothing."""
    if kept.tries >= calls.rules.tries:
        return False
    calls.waiting.metrics.count("place_given_back")
    given_back = GivenBack(used_by, _rests_until_ms(kept, calls))
    with suppress(AlreadyKeptError):
        change_entry(entry.visit_id, given_back, calls.waiting)
        return True
    return False


def _tell_outcome(entry: QueueEntry, kept: KeptPlace, parts: LookParts) -> None:
    waiting, because = parts.calls.waiting, entry.because
    outcome = _OUTCOMES.get(because, Outcome.CALLBACK_FAILED) if because else None
    if outcome is not None:
        cause = kept.because if outcome is Outcome.CALLBACK_FAILED else str(because)
        told = ending_told(entry.visit_id, outcome, cause or str(because))
        kept_then = Visit(visit_id=entry.visit_id, kept_ms=kept.asked_at_ms)
        tell(parts.visits, merged(told, kept_then))
        waiting.metrics.count("callback_over", outcome=outcome.value)
        if because in CAME_TO_NOTHING:
            waiting.metrics.count("callback_failed")
    change_entry(entry.visit_id, Settled(), waiting)


def _rests_until_ms(kept: KeptPlace, calls: CallParts) -> int | None:
    """Until when nobody rings him who was rung before he rang himself; None: nobody has to rest."""
    if kept.rung_at_ms is None or not kept.tries:
        return None
    until_ms = kept.rung_at_ms + calls.rules.ring_seconds * 1_000 + calls.rules.apart_ms
    return until_ms if until_ms > calls.waiting.clock.now_ms() else None


def _leg_is_ended(entry: QueueEntry, kept: KeptPlace, parts: LookParts) -> bool:
    now_ms = parts.calls.waiting.clock.now_ms()
    long_ago = now_ms - (kept.rung_at_ms or 0) >= LONGEST_TRY_MS
    return long_ago or _ended(entry, kept, parts) is not None


def _is_undecided(visit: Visit, now_ms: int) -> bool:
    """Whether he may get something yet, or it may be told yet that an assistant had him."""
    if not _got_nowhere(visit):
        return False
    if visit.ended_ms is None:
        return now_ms - (visit.began_ms or 0) < UNDECIDED_MS
    return _report_is_due(visit) and now_ms - visit.ended_ms < UNDECIDED_MS


def _came_to_nothing(visit: Visit) -> bool:
    failed = visit.ended_ms is not None and Outcome.FAILED.value in visit.endings
    return failed or _got_nowhere(visit)


def _got_nowhere(visit: Visit) -> bool:
    """Whether nothing is told of him but that he came.

    Whoever took his call may not have been able to write it: he is with an assistant all the same,
    and what the talk came to is told.
    """
    return visit.stage in {None, Stage.CAME} and not visit.endings


def _report_is_due(visit: Visit) -> bool:
    """Whether he had a call, of which its report tells yet if an assistant had him.

    A call by SIP is over once his own leg says so, before its report comes.
    """
    had = [post for post in visit.posts.values() if post.call_id is not None]
    return any(post.proof is not None or post.state is not PostState.OVER for post in had)
