"""Visits merged: whatever is told late, twice or in another order, the same is known in the end.

Every field is a minimum or a maximum of times, a set, or what has come furthest in an order of its
own. Each is commutative, associative and idempotent, and so is `merged`. What somebody tells is
itself a visit, of which no more is known: `merged(known, told)` knows both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.visits.domain.legs import latest
from contact_center.visits.domain.supervision import merged_supervision
from contact_center.visits.domain.visit_parts import (
    Message,
    Outcome,
    Post,
    PostState,
    Stage,
    Told,
    Wish,
    visit_named,
    visit_of,
    wish_name,
)
from contact_center.visits.domain.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.visits.domain.legs import LegChanged


def merged(known: Visit, told: Visit) -> Visit:
    """What is known when this is told as well: equal to `known` when it brings nothing new.

    Raises ValueError: they are two visits.
    """
    if known.visit_id != told.visit_id:
        raise ValueError("two visits are not one")
    latest_stage = max(known, told, key=_stage_rank)
    answers = [(one.answer_ms, one.answer) for one in (known, told) if one.answer_ms is not None]
    answer_ms, answer = min(answers, default=(None, None))
    return Visit(
        visit_id=known.visit_id,
        caller=_either(known.caller, told.caller),
        called=_either(known.called, told.called),
        department=_either(known.department, told.department),
        began_ms=_least(known.began_ms, told.began_ms),
        ended_ms=_least(known.ended_ms, told.ended_ms),
        place_ms=_least(known.place_ms, told.place_ms),
        stage=latest_stage.stage,
        stage_ms=latest_stage.stage_ms,
        kept_ms=_least(known.kept_ms, told.kept_ms),
        legs=_both(known.legs, told.legs, lambda one, other: latest((one, other))),
        posts=_both(known.posts, told.posts, _further),
        endings=_both(known.endings, told.endings, min),
        recordings=known.recordings | told.recordings,
        messages=_both(known.messages, told.messages, _fuller),
        attended_ms=_greatest(known.attended_ms, told.attended_ms),
        heard=known.heard | told.heard,
        let_go_ms=_greatest(known.let_go_ms, told.let_go_ms),
        talked_ms=_least(known.talked_ms, told.talked_ms),
        wishes=_both(known.wishes, told.wishes, _later_wish),
        told=_both(known.told, told.told, _first_told),
        wait_said=min((one.wait_said for one in (known, told) if one.wait_said), default=None),
        supervised=_both(known.supervised, told.supervised, merged_supervision),
        resumed=_either(known.resumed, told.resumed),
        breaks_ms=_least(known.breaks_ms, told.breaks_ms),
        judged_ms=_least(known.judged_ms, told.judged_ms),
        answer_ms=answer_ms,
        answer=answer,
        call_token=_either(known.call_token, told.call_token),
    )


def leg_told(visit_id: str, told: LegChanged, arrived_ms: int) -> Visit:
    """What is told of a leg, and with it, if it is the caller's own, of the end of the visit."""
    ended = told.ended and visit_of(told.leg) == visit_id
    at_ms = arrived_ms if told.at_ms is None else told.at_ms
    return Visit(visit_id=visit_id, legs={told.leg: told}, ended_ms=at_ms if ended else None)


def post_told(name: str, post: Post) -> Visit:
    """What is told of a call that was ordered."""
    return Visit(visit_id=visit_named(name), posts={name: post})


def wish_told(post: str, number: int, wish: Wish) -> Visit:
    """What is told of whom a caller is to get."""
    return Visit(visit_id=visit_named(post), wishes={wish_name(post, number): wish})


def ending_told(visit_id: str, outcome: Outcome, cause: str) -> Visit:
    """What is told of what a visit came to; it counts once the caller has hung up."""
    return Visit(visit_id=visit_id, endings={outcome.value: cause})


def _stage_rank(visit: Visit) -> tuple[bool, int, int]:
    if visit.stage is None:
        return False, visit.stage_ms, 0
    return True, visit.stage_ms, list(Stage).index(visit.stage)


def _further(one: Post, other: Post) -> Post:
    told_why = [post for post in (one, other) if post.came_to is not None]
    why = max(told_why, key=lambda post: (post.reported, post.came_to or ""), default=one)
    return replace(
        max(one, other, key=_post_rank),
        call_id=_either(one.call_id, other.call_id),
        came_to=why.came_to,
        reported=why.reported,
        answer=_either(one.answer, other.answer),
        proof=_either(one.proof, other.proof),
        unheard_ms=_least(one.unheard_ms, other.unheard_ms),
        joined_ms=_least(one.joined_ms, other.joined_ms),
        late=min((told for told in (one.late, other.late) if told is not None), default=None),
        asks=min((told for told in (one.asks, other.asks) if told is not None), default=None),
        first_words_ms=max(one.first_words_ms, other.first_words_ms),
    )


def _post_rank(post: Post) -> tuple[object, ...]:
    return list(PostState).index(post.state), post.empty_looks, -post.at_ms, post.reason or ""


def _fuller(one: Message, other: Message) -> Message:
    return Message(
        at_ms=min(one.at_ms, other.at_ms),
        seconds=_greatest(one.seconds, other.seconds),
        text=_either(one.text, other.text),
    )


def _later_wish(one: Wish, other: Wish) -> Wish:
    return max(one, other, key=lambda wish: (wish.at_ms, wish.whose or ""))


def _first_told(one: Told, other: Told) -> Told:
    return min(one, other, key=lambda told: (told.at_ms, told.what))


def _both[T](
    known: Mapping[str, T], told: Mapping[str, T], join: Callable[[T, T], T]
) -> Mapping[str, T]:
    shared = {name: join(known[name], told[name]) for name in known.keys() & told.keys()}
    return {**known, **told, **shared}


def _either(one: str | None, other: str | None) -> str | None:
    return max((said for said in (one, other) if said is not None), default=None)


def _greatest(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _least(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)
