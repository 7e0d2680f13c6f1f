"""A caller's visit is told how far the calls with assistants are that were ordered for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import was_cut_off
from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of
from contact_center.visits.domain.visit_merge import ending_told, merged, post_told
from contact_center.visits.domain.visit_parts import Outcome, Post, PostState, visit_named
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.messages import CallOfVisit
    from contact_center.kernel.ports import Clock
    from contact_center.visits.services.visit_ports import Visits


class CallsHeard:
    """VisitNews: what the assistants' provider tells of a visit's calls."""

    def __init__(self, visits: Visits, clock: Clock) -> None:
        """Keep where visits are."""
        self._visits = visits
        self._clock = clock

    def hear_of_call(self, call: CallOfVisit) -> None:
        """A call that was ordered for a visit is under way or over; see VisitNews."""
        visit_id = visit_named(call.post)
        came_to = call.reason if call.ended and call.talked else None
        post = Post(
            state=PostState.OVER if call.ended else PostState.PLACED,
            at_ms=self._clock.now_ms(),
            call_id=call.call_id,
            reason=call.reason,
            came_to=came_to,
            reported=call.reported and came_to is not None,
        )
        told = merged(post_told(call.post, post), Visit(visit_id=visit_id, resumed=call.resumes))
        if came_to is not None:
            told = merged(told, _came_to(visit_id, came_to))
        tell(self._visits, told)

    def met_ms(self, post: str) -> int | None:
        """When a person had the caller, whom this call brought there; see VisitNews."""
        kept = self._visits.read(visit_named(post))
        if kept is None or post != kept.visit.last_post:
            return None
        return kept.visit.met_ms


def _came_to(visit_id: str, reason: str) -> Visit:
    if was_cut_off(reason):
        return ending_told(visit_id, Outcome.ABANDONED_TALKING, reason)
    if disposition_of(reason, talked=True) is Disposition.COMPLETED:
        return ending_told(visit_id, Outcome.SERVED, reason)
    return Visit(visit_id=visit_id)
