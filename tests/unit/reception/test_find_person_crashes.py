"""Wherever a process dies while a caller is to get a person, he is told or taken once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.ports import PassingError
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.services.tell_offer import tell_due_offers
from contact_center.visits.domain.visit_parts import Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.unit.people.offer_stage import Died
from tests.unit.reception.people_floor import (
    BENNO,
    NO_QUEUE,
    OTHER_WISHES,
    POST,
    VISIT,
    Floor,
    busy,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def dying(floor: Floor, at: int) -> Callable[[], int]:
    """Let the process die directly before or after one of its requests, the `at`th."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            for step in ("before", "after"):
                done += 1
                if done == at:
                    raise Died
                if step == "before":
                    answer = ask(*args, **named)
            return answer

        return asked

    for thing, names in (
        (floor.visits, ("read", "write")),
        (floor.offers, ("read", "of_visit", "write")),
        (floor.people, ("read", "read_many", "write")),
        (
            floor.telephone,
            ("ring", "redirect", "cancel", "hang_up", "find_leg", "find_legs", "in_room"),
        ),
        (floor.queue, ("read", "boards", "commit")),
        (floor.control, ("send",)),
        (floor.jobs, ("send",)),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def if_rung(number: int, happens: Callable[[Floor, str], None]) -> Callable[[Floor], None]:
    leg = f"CA-person-{number}"
    return lambda floor: happens(floor, leg) if leg in floor.telephone.rung else None


def declines(floor: Floor, leg: str) -> None:
    floor.presses("2", leg)


STORIES: dict[str, list[Callable[[Floor], None]]] = {
    "nobody takes him": [
        lambda floor: floor.wants(),
        if_rung(1, declines),
        if_rung(2, declines),
    ],
    "the second takes him": [
        lambda floor: floor.wants(),
        if_rung(1, declines),
        if_rung(2, lambda floor, leg: floor.presses("1", leg)),
    ],
    "never mind": [lambda floor: floor.wants(), lambda floor: floor.wants(None, 2)],
    "he hangs up": [lambda floor: floor.wants(), lambda floor: floor.hangs_up()],
}


def play(floor: Floor, story: str) -> None:
    """Whoever tells us tells again when we do not answer; time passes, and hints come again."""
    for happens in STORIES[story]:
        for _ in range(3):
            try:
                happens(floor)
                break
            except (Died, PassingError):
                continue
    for _ in range(8):
        floor.clock.advance(30_000)
        try:
            tell_due_offers(floor.parts.offers)
            floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))  # a tick: look_after_wishes.py
            floor.work()
        except (Died, PassingError):
            continue


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_wherever_a_process_dies_as_he_is_to_wait_no_old_place_outlives_another_wish(
    whose: str | None,
) -> None:
    """One dies as he is to wait, his wish changes before the next; one dies with that as well."""
    ends: set[bool] = set()
    at = 0
    while True:
        at += 1
        floor = Floor()
        busy(floor)
        floor.wants()
        counted = dying(floor, at)
        with suppress(Died):
            floor.wants(number=2)
        floor.jobs.sent.clear()  # delivered to the end, or after what he says next
        with suppress(Died):
            floor.wants(whose, number=3)
        for _ in range(2):
            floor.jobs.sent[:] = [ReceptionJob(JobKind.ASK, VISIT)]
            with suppress(Died):
                floor.work()
        if counted() < at:
            break
        entry, visit = floor.queue.entries.get(VISIT), floor.visits.kept[VISIT].visit
        in_line = entry is not None and entry.in_queue
        assert in_line is (visit.state is Stage.WAITING), at
        ends.add(in_line)
        floor.log_in(BENNO)
        offered = floor.next_callers.offer_to_all()
        assert offered == in_line, at
    assert at > 30
    assert ends == {True, False}


@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_process_dies_he_is_taken_or_told_at_most_once(story: str) -> None:
    whole = Floor(ladder=NO_QUEUE)
    whole.log_in()
    count = dying(whole, -1)
    play(whole, story)
    assert count() > 20

    for at in range(1, count() + 1):
        floor = Floor(ladder=NO_QUEUE)
        floor.log_in()
        dying(floor, at)
        play(floor, story)
        visit = floor.visits.kept[VISIT].visit

        assert len(set(floor.said)) == len(floor.said), at
        assert len(floor.answers_said) <= 1, at
        outcomes = floor.outcomes()
        assert outcomes.count(OfferOutcome.ANSWERED) <= 1, at
        assert None not in outcomes, at
        assert floor.ringing == [] or floor.telephone.sent, at
        asked = [offer.person_id for offer in floor.offers.of_visit(VISIT) if offer.leg]
        assert len(asked) == len(set(asked)), at  # nobody's telephone rings twice for one wish
        if story == "nobody takes him":
            answered = set(visit.told) & set(visit.wishes)
            assert answered == {f"{POST}.1"}, at  # and so it was said, or its sayer died
        if story in {"never mind", "he hangs up"}:
            assert floor.said == [], at
