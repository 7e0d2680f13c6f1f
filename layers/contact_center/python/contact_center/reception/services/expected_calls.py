"""Calls that come in by themselves, for visits that wait for one: which are expected, and whose.

Whoever knows the proof is the far end of that caller's leg. The first call that names it is the
one; another with the same proof is none. A visit is with an assistant only once its call was taken
here: so it is known, when the leg comes back, whether there was a talk.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from contact_center.conversations.services.answer_caller import Rang
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import (
    CAME_TO_NOTHING,
    Post,
    PostState,
    Stage,
    visit_named,
)
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import TRIES

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.visits.services.visit_ports import Kept, Visits

UNSTORED = (ContentionError, StoreRefusedError, StoreUnavailableError)
MOST_REMEMBERED = 1_000


class ExpectedCalls:
    """What calls claim to be, held to what visits wait for."""

    def __init__(self, visits: Visits, clock: Clock, metrics: Metrics) -> None:
        """Keep where visits are."""
        self._visits = visits
        self._clock = clock
        self._metrics = metrics
        self._known: dict[str, str] = {}

    def take(self, claim: str | None, call_id: str | None) -> Rang | None:
        """The caller whose call this is, who talks with an assistant from now on.

        Args:
            claim: The name of the call, a point and its proof, as the call says them.
            call_id: The provider's id of it.

        Returns:
            None: no visit waits for it, or nobody can know that now. It is to be ended.
        """
        try:
            taken = self._take(claim, call_id)
        except UNSTORED:
            taken = "unreadable"
        if isinstance(taken, Rang):
            return taken
        self._metrics.count("sip_call_refused", reason=taken)
        return None

    def whose(self, claim: str, call_id: str) -> str | None:
        """The name of the visit's call that this one proves to be; None: of no visit's.

        Raises StoreUnavailableError: nobody can know that now.
        """
        post, _, proof = claim.rpartition(".")
        if self._known.get(call_id) == claim:
            return post
        wrong = _wrong(self._visits.read(visit_named(post)), post, proof, call_id)
        if wrong is not None:
            self._metrics.count("visit_claim_refused", reason=wrong)
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[call_id] = claim
        return post

    def _take(self, claim: str | None, call_id: str | None) -> Rang | str:
        """The caller, or why the call is refused."""
        if claim is None or call_id is None:
            return "unnamed"
        post, _, proof = claim.rpartition(".")
        kept = self._visits.read(visit_named(post))
        for _ in range(TRIES):
            if kept is None:
                return "unknown"
            wrong = _wrong(kept, post, proof, call_id) or _too_late(kept, post)
            if wrong is not None:
                return wrong
            stands = self._taken(kept, post, call_id)
            if stands is None:
                return _rang(kept.visit, post, call_id)
            kept = stands
        raise ContentionError

    def _taken(self, kept: Kept, post: str, call_id: str) -> Kept | None:
        """Write that the call is the visit's; None: it is, as far as can be known."""
        visit, now_ms = kept.visit, self._clock.now_ms()
        if visit.posts[post].call_id == call_id and visit.state is Stage.TALKING:
            return None  # asked again
        placed = post_told(post, Post(state=PostState.PLACED, at_ms=now_ms, call_id=call_id))
        talks = Visit(
            visit_id=visit.visit_id, stage=Stage.TALKING, stage_ms=now_ms, talked_ms=now_ms
        )
        try:
            return self._visits.write(merged(visit, merged(placed, talks)), kept.revision)
        except (StoreRefusedError, StoreUnavailableError):
            # He has proved who he is, and is on the line: he is not sent away for it.
            self._metrics.count("expected_call_unstored")
            return None


def _wrong(kept: Kept | None, post: str, proof: str, call_id: str) -> str | None:
    known = None if kept is None else kept.visit.posts.get(post)
    if known is None:
        return "unknown"
    if known.proof is None or not compare_digest(known.proof, proof):
        return "wrong_proof"
    if known.state in CAME_TO_NOTHING:
        return "not_awaited"
    return None if known.call_id in {None, call_id} else "another_call"


def _too_late(kept: Kept, post: str) -> str | None:
    over = kept.visit.ended_ms is not None or kept.visit.posts[post].state is PostState.OVER
    return "not_awaited" if over else None


def _rang(visit: Visit, post: str, call_id: str) -> Rang:
    return Rang(
        number=visit.caller,
        known_as=visit.visit_id,
        call_id=call_id,
        at_ms=visit.began_ms,
        before=visit.call_before(post),
        resumes=visit.resumed,
        nobody_came=bool(visit.wishes),
    )
