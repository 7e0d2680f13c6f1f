"""A transfer or handoff that was accepted and comes to nothing, and a caller who asks again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.deciding.call_commands import (
    Command,
    Handoff,
    Say,
    Transfer,
)
from contact_center.understanding.domain.intents import Hearing
from tests.unit.conversations.histories import LEGAL_NUMBER, PERSON_NUMBER, POLICY, History
from tests.unit.conversations.test_swallowed_handoffs import BILL, SEEN, Router

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.domain.facts import Fact

PERSON = "let me talk to a person"
LAWYERS = "your lawyers, please"
WORDS = {
    PERSON: Hearing(intent="person", confidence=1.0, wants_person=True),
    LAWYERS: Hearing(intent="legal", confidence=1.0),
}
RING = Transfer(PERSON_NUMBER, POLICY.texts.person)
SORRY = Say(POLICY.texts.nobody_free)
LONG_MS = POLICY.transfer_heard_within_ms
RINGS_MS = POLICY.rings_ms


@dataclass
class Scene:
    """A caller and our router; the caller's time is the sender's, ours goes by `advance`."""

    router: Router = field(default_factory=lambda: Router(more_words=WORDS))
    call: History = field(default_factory=lambda: History().answered())

    def hears(self, *more: Fact) -> list[Command]:
        """What is sent because of all that was said since."""
        facts, self.call.facts = [*self.call.facts, *more], []
        return self.router.hears(*facts)

    def asks(self, words: str) -> list[Command]:
        self.call.says(words)
        return self.hears()

    def first(self, words: str = PERSON) -> Sequence[Command]:
        self.call.says(words)
        return self.hears(SEEN)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_person_who_never_came_is_rung_anew_once_an_asking(scene: Scene) -> None:
    assert scene.first() == [RING]
    for _ in range(3):
        scene.call.after(LONG_MS)
        assert scene.asks(PERSON) == [RING]
        scene.call.after(LONG_MS - 1)
        assert scene.asks(PERSON) == []
        assert scene.hears() == []
        scene.call.after(1)


@pytest.mark.parametrize("by", ["words", "tool", "key"])
def test_it_can_be_asked_for_in_every_way(scene: Scene, by: str) -> None:
    scene.first()
    scene.call.after(LONG_MS)
    match by:
        case "words":
            scene.call.says(PERSON)
        case "tool":
            scene.call.tool("person")
        case _:
            scene.call.presses("0")
    assert scene.hears() == [RING]


def test_what_the_tool_repeats_of_it_is_the_same_asking(scene: Scene) -> None:
    scene.first()
    scene.call.after(LONG_MS).says(PERSON).after(900).tool("person")
    assert scene.hears() == [RING]


def test_without_an_asking_it_is_said_that_nobody_came_and_only_once(scene: Scene) -> None:
    scene.first()
    assert scene.router.look_again_ms == (scene.router.clock.now_ms() + LONG_MS,)
    scene.router.clock.advance(LONG_MS - 1)
    assert scene.hears() == []
    scene.router.clock.advance(1)
    assert scene.hears() == [SORRY]
    scene.router.clock.advance(60_000)
    assert scene.hears() == []
    scene.call.after(60_000)
    assert scene.asks(PERSON) == [RING]


def test_a_telephone_that_is_said_to_ring_is_given_its_time(scene: Scene) -> None:
    scene.first()
    scene.call.after(4_000).status("forwarding")
    assert scene.hears() == []
    scene.router.clock.advance(60_000)
    assert scene.hears() == []
    scene.call.after(RINGS_MS - 1)
    assert scene.asks(PERSON) == []
    scene.call.after(1)
    assert scene.asks(PERSON) == [RING]


def test_a_call_that_comes_back_is_told_so_and_asked_again_at_once(scene: Scene) -> None:
    scene.first()
    scene.call.after(3_000).status("forwarding").after(4_000).status("in-progress", again=True)
    scene.router.clock.advance(LONG_MS)
    assert scene.hears() == [SORRY]
    scene.call.after(500)
    assert scene.asks(PERSON) == [RING]


def test_a_call_that_comes_back_twice_is_put_through_a_third_time(scene: Scene) -> None:
    scene.first()
    for _ in range(2):
        scene.call.after(1_000).status("forwarding", again=True)
        scene.call.after(2_000).status("in-progress", again=True).after(500)
        assert scene.asks(PERSON) == [RING]


def test_whoever_waits_in_vain_may_want_something_else(scene: Scene) -> None:
    scene.first()
    scene.call.after(LONG_MS - 1)
    assert scene.asks(BILL) == []
    scene.call.after(1)
    [handoff] = scene.asks(BILL)
    assert isinstance(handoff, Handoff)


def test_a_department_that_never_took_over_is_tried_anew(scene: Scene) -> None:
    [first] = scene.first(BILL)
    scene.call.after(LONG_MS - 1)
    assert scene.asks(BILL) == []
    scene.call.after(1)
    assert scene.asks(BILL) == [first]
    scene.call.after(900).assistant("billing").after(60_000)
    assert scene.asks(BILL) == []


def test_people_rung_instead_in_vain_do_not_bind_the_caller(scene: Scene) -> None:
    [handoff] = scene.first(BILL)
    scene.router.clock.advance(POLICY.heard_within_ms)
    assert scene.hears() == [RING]
    scene.call.after(LONG_MS)
    assert scene.asks(BILL) == [handoff]


def test_people_rung_instead_in_vain_are_spoken_of(scene: Scene) -> None:
    scene.first(BILL)
    scene.router.clock.advance(POLICY.heard_within_ms)
    assert scene.hears() == [RING]
    scene.router.clock.advance(LONG_MS)
    assert scene.hears() == [SORRY]
    scene.router.clock.advance(60_000)
    assert scene.hears() == []


def test_a_department_s_telephone_that_never_rang_is_followed_by_another(scene: Scene) -> None:
    [first] = scene.first(LAWYERS)
    assert first == Transfer(LEGAL_NUMBER, "I'll connect you with the legal team now.")
    scene.router.clock.advance(LONG_MS)
    assert scene.hears() == [RING]


def test_a_person_whom_interruptions_brought_in_vain_is_rung_at_the_first_asking(
    scene: Scene,
) -> None:
    scene.call.speech("assistant", 60_000)
    for _ in range(3):
        scene.call.after(4_000).barges_in()
    assert scene.hears(SEEN) == [RING]
    scene.call.after(LONG_MS).vague().after(LONG_MS)
    assert scene.hears() == []
    assert scene.asks(PERSON) == [RING]


def test_interruptions_are_no_asking(scene: Scene) -> None:
    assert scene.first() == [RING]
    scene.call.speech("assistant", 60_000)
    for _ in range(3):
        scene.call.after(LONG_MS).barges_in()
    assert scene.hears() == []


@pytest.mark.parametrize(
    "heard",
    [
        lambda call: call.status("forwarding"),
        lambda call: call.transferred(),
        lambda call: call.ends(),
    ],
)
def test_what_was_heard_of_is_not_said_to_have_failed(
    scene: Scene, heard: Callable[[History], object]
) -> None:
    scene.first()
    heard(scene.call.after(4_000))
    assert scene.hears() == []
    scene.router.clock.advance(60_000)
    assert scene.hears() == []


def test_news_that_comes_late_makes_no_second_move(scene: Scene) -> None:
    [handoff] = scene.first(BILL)
    late = History().after(3_000)
    late.at_ms = scene.call.at_ms + 3_000
    late.assistant("billing")
    scene.call.after(LONG_MS)
    assert scene.asks(BILL) == [handoff]
    assert scene.hears(*late.facts) == []
    scene.router.clock.advance(60_000)
    assert scene.hears() == []
