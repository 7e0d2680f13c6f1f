"""Follow a caller after his first ring: what his leg does next, and what is told of it.

Nothing here is counted twice, whatever is told twice: a visit is a merge, and a line is freed once.

    the assistant lets go ──never there──────────────────► waits for the next one
         │ after a talk
         ▼
    why is told? ──not yet──► a second's pause, and asked again, for two seconds
         │ it broke off, or he waits for a colleague ─────► waits: whoever had him goes on with him
         └─ it was over ─────────────────────────────────► goodbye
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import LONGEST, SILENCE
from contact_center.dialing.services.hold_visit_lines import leave_line
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services.connect_caller import (
    is_to_get_a_person,
    wait_unless_sent_for,
)
from contact_center.reception.services.leave_visit import UNSTORED, leave_all
from contact_center.visits.domain.courtesies import STILL_HERE
from contact_center.visits.domain.instructions import GoTo, Pause
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_merge import ending_told, leg_told, merged
from contact_center.visits.domain.visit_parts import Message, Outcome, Stage, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.legs import DialEnded, LegChanged, MessageLeft

# An assistant that is gone sooner than this was never there: nobody said goodbye to anybody.
SHORTEST_TALK_MS = 3_000
OTHER_NUMBER = "other_number"
NOT_THERE = "assistant_not_there"
BROKE_OFF = "talk_broke_off"
# For so long it is waited for why an assistant let go, which is told a moment after that.
TOLD_WITHIN_MS = 2_000
# Who comes back after the pause is here still. Of who was led to a person in this moment it may be
# told that his assistant has let go of him, and he follows no document of ours from there.
HERE_STILL_MS = 900
MOST_BREAKS = 3
# Ends of a call that say nothing of what its caller wants.
UNDECIDED = frozenset({SILENCE, LONGEST})


def hear_of_leg(told: LegChanged, arrived_ms: int, reception: Reception) -> bool:
    """Take note of a status of a caller's leg, and of its end: what he held is freed.

    Returns:
        Whether it belongs to a visit.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be told again.
    """
    visit_id = visit_of(told.leg)
    visit = tell(reception.visits, leg_told(visit_id, told, arrived_ms))
    if visit is None:
        reception.metrics.count("leg_without_visit")
        if told.ended:  # a ring that is told after its end takes no line
            leave_line(visit_id, None, reception.lines)
        return False
    if visit.ended_ms is not None:
        leave_all(visit, reception)
    return True


def assistant_let_go(leg: str, reception: Reception, *, here: bool = True) -> str:
    """The document for a caller whose assistant has let go of him: goodbye, or another way on.

    Args:
        leg: The caller's.
        reception: What it works with.
        here: Whether he follows our documents; else he may have been led to a person, and what is
            asked for is told of him, however late.

    Raises as `hear_of_leg` does.
    """
    visit_id, now_ms = visit_of(leg), reception.clock.now_ms()
    kept = reception.visits.read(visit_id)
    if kept is None:
        reception.metrics.count("leg_without_visit")
        return reception.document(reception.courtesies.goodbye())
    visit = kept.visit
    if visit.has_assistant:
        visit = tell(reception.visits, Visit(visit_id=visit_id, let_go_ms=now_ms), kept) or visit
    why = NOT_THERE
    if had_a_talk(visit, now_ms):
        came_to = _came_to(visit)
        goes_on = _goes_on(visit, came_to)
        least_ms = TOLD_WITHIN_MS if came_to is None else HERE_STILL_MS if goes_on else 0
        if now_ms - (visit.let_go_ms or 0) < least_ms or (least_ms and not here):
            return reception.document([Pause(1), GoTo(STILL_HERE)])
        if not goes_on:
            if not here and _has_a_place(visit, reception):
                return reception.document([Pause(1), GoTo(STILL_HERE)])
            return said_goodbye(visit, reception)
        why = BROKE_OFF
    reception.metrics.count(BROKE_OFF if why == BROKE_OFF else NOT_THERE)
    # Told again, he waits or is elsewhere already: since when does not change.
    since_ms = now_ms if visit.state is Stage.TALKING else visit.stage_ms
    return wait_unless_sent_for(visit, why, since_ms, reception)


def _came_to(visit: Visit) -> str | None:
    """Why his last talk ended, in the provider's word; None: it is not told yet."""
    last = visit.posts.get(visit.last_post or "")
    return None if last is None else last.came_to


def _goes_on(visit: Visit, came_to: str | None) -> bool:
    """Whether a caller whose talk is over gets another assistant: nobody wanted it to be over.

    Who waits for a colleague says nothing, and is not sent away because of that. Whose talks break
    off again and again is not kept on the line for ever.
    """
    from contact_center.conversations.domain.resuming import (  # noqa: PLC0415
        was_cut_off,  # no first ring waits for it
    )

    broke = [post for post in visit.posts.values() if was_cut_off(post.came_to)]
    if came_to is not None and was_cut_off(came_to):
        return len(broke) < MOST_BREAKS
    return visit.wanted is not None and (came_to is None or came_to in UNDECIDED)


def had_a_talk(visit: Visit, now_ms: int) -> bool:
    """Whether a caller was with an assistant until now, who had the time for a word.

    That time begins when he has heard what was said to him before: an assistant who is not there
    then was never there.
    """
    last = visit.posts.get(visit.last_post or "")
    since_ms = visit.stage_ms + (0 if last is None else last.first_words_ms)
    return visit.state is Stage.TALKING and now_ms - since_ms >= SHORTEST_TALK_MS


def _has_a_place(visit: Visit, reception: Reception) -> bool:
    """Whether he may have been led to a line for a person, out of the talk that is over by that."""
    with suppress(*UNSTORED):
        return bool(visit.wishes) and is_to_get_a_person(visit.visit_id, reception)
    return False


def said_goodbye(visit: Visit, reception: Reception) -> str:
    """The document for who has had his talk: goodbye, and he stands in no line.

    Whoever died between giving him a place and moving him there has left him one: somebody would
    be rung about a caller who is about to hang up.
    """
    if visit.wishes:
        with suppress(*UNSTORED):  # his end takes him out of it
            leave_queue(visit.visit_id, reception.queue)
    return reception.document(reception.courtesies.goodbye())


def number_ended(told: DialEnded, reception: Reception) -> Sequence[Instruction]:
    """What a caller gets after another number was rung for him."""
    bridged = told.how is LegStatus.COMPLETED if told.bridged is None else told.bridged
    outcome = Outcome.TRANSFERRED if bridged else Outcome.FAILED
    cause = OTHER_NUMBER if bridged else told.how.value
    tell(reception.visits, ending_told(visit_of(told.leg), outcome, cause))
    courtesies = reception.courtesies
    return courtesies.goodbye() if bridged else courtesies.nobody_answered()


def message_left(told: MessageLeft, reception: Reception) -> Sequence[Instruction]:
    """What a caller gets after the tone, whether he has left a message or not."""
    if told.recording is None or not told.seconds:
        return reception.courtesies.goodbye()
    visit_id = visit_of(told.leg)
    message = Message(at_ms=reception.clock.now_ms(), seconds=told.seconds)
    left = Visit(
        visit_id=visit_id,
        recordings=frozenset({told.recording}),
        messages={told.recording: message},
    )
    tell(reception.visits, merged(left, ending_told(visit_id, Outcome.VOICEMAIL, "message")))
    return reception.courtesies.message_taken()
