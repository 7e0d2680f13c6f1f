"""Wherever a process dies, nobody is left ringing, alone or taken."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.kernel.ports import ContentionError, PassingError, StoreUnavailableError
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import (
    PersonState,
    PersonStateError,
)
from contact_center.people.services.tell_offer import (
    LOOK_AGAIN_MS,
)
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.legs import LegStatus
from tests.unit.people.offer_stage import (
    CALLER_LEG,
    FIRST,
    VISIT,
    Died,
    Stage,
    dies,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def dying(stage: Stage, at: int) -> Callable[[], int]:
    """Let the process die directly before or after one of its requests, the `at`th."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == at:
                raise Died
            answer = ask(*args, **named)
            done += 1
            if done == at:
                raise Died
            return answer

        return asked

    for thing, names in (
        (stage.book, ("read", "of_visit", "write")),
        (stage.people, ("read", "write")),
        (stage, ("offer_ended",)),
        (
            stage.telephone,
            ("ring", "redirect", "hang_up", "cancel", "find_leg", "find_legs", "in_room"),
        ),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def if_it_rings(happens: Callable[[Stage], object]) -> Callable[[Stage], object]:
    """What a person does, whose telephone has to ring for it."""
    return lambda stage: happens(stage) if stage.telephone.rung else None


STORIES: dict[str, list[Callable[[Stage], object]]] = {
    "taken": [
        lambda s: s.ask(),
        if_it_rings(lambda s: s.answers()),
        if_it_rings(lambda s: s.presses("1")),
        if_it_rings(lambda s: s.comes_in("CA-person-1")),
        lambda s: s.comes_in(CALLER_LEG) if s.telephone.sent else None,
    ],
    "declined": [
        lambda s: s.ask(),
        if_it_rings(lambda s: s.answers()),
        if_it_rings(lambda s: s.presses("2")),
    ],
    "caller left": [
        lambda s: s.ask(),
        if_it_rings(lambda s: s.answers()),
        lambda s: s.caller_hangs_up(),
    ],
    "unknown": [
        lambda s: s.telephone.answers.update(ring=Unknown("timeout")),
        lambda s: s.ask(),
        lambda s: s.caller_hangs_up(),
    ],
}


def play(stage: Stage, story: str) -> None:
    for happens in STORIES[story]:
        for _ in range(3):  # whoever tells us tells again when we do not answer
            try:
                happens(stage)
                break
            except (Died, PassingError, ContentionError):
                continue
            except (PersonStateError, StoreUnavailableError):
                break


@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_process_dies_nobody_is_left_ringing_alone_or_taken(story: str) -> None:
    whole = Stage()
    count = dying(whole, -1)
    play(whole, story)
    assert count() > 10

    for at in range(1, count() + 1):
        stage = Stage()
        dying(stage, at)
        play(stage, story)
        for _ in range(6):
            stage.later(LOOK_AGAIN_MS)

        assert len(stage.telephone.rung) <= 1, at
        offer = stage.book.read(VISIT, FIRST)
        if offer is None:  # died before anything was kept
            assert stage.state() is PersonState.READY, at
            continue
        assert offer.ended is not None, at
        if offer.ended is OfferOutcome.ANSWERED:
            assert stage.state() is PersonState.BUSY, at
            assert (FIRST, OfferOutcome.ANSWERED) in stage.ends, at
            continue
        assert stage.state() in {PersonState.READY, PersonState.AWAY}, at
        assert [leg for leg in stage.telephone.live() if leg != CALLER_LEG] == [], at
        moved = [steps[0] for _, steps in stage.telephone.sent]
        brought_back = not moved or isinstance(moved[-1], GoTo)
        assert brought_back or CALLER_LEG not in stage.telephone.live(), at


def test_the_visit_knows_who_was_answered_though_two_died_who_were_to_tell_it() -> None:
    for at in range(1, 100):
        stage = Stage()
        stage.ask()
        stage.answers()
        stage.presses("1")
        stage.comes_in("CA-person-1")
        first = pytest.MonkeyPatch()
        first.setattr(stage, "offer_ended", dies)
        with pytest.raises(Died):
            stage.comes_in(CALLER_LEG)
        first.undo()
        stage.telephone.legs["CA-person-1"] = LegStatus.COMPLETED  # and nobody is told
        counted = dying(stage, at)
        with suppress(Died):
            stage.later(LOOK_AGAIN_MS)
        for _ in range(3):
            stage.later(LOOK_AGAIN_MS)
        if counted() < at:
            break  # it died nowhere
        assert stage.ends == [(FIRST, OfferOutcome.ANSWERED)], at
        assert stage.state() is not PersonState.BUSY, at
    assert 10 < at < 99
