"""One notice a cause and hour, with a count, and one when it is over."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contact_center.figures.domain.notices import CAUSES
from contact_center.figures.services.give_notices import NoticeParts, give_notices
from contact_center.kernel.observability import Noting, StdoutMetrics
from contact_center.kernel.ports import StoreRefusedError
from tests.fakes.causes import FakeBoard, FakeCauses
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.troubles import FakeTroubles

HOUR_BEGINS = 1_787_266_800_000
MINUTE = 60_000
CAUSE, OTHER = "attempt_doubtful", "effect_given_up"


@dataclass
class Scene:
    clock: FakeClock = field(default_factory=lambda: FakeClock(HOUR_BEGINS))
    book: FakeCauses = field(default_factory=FakeCauses)
    board: FakeBoard = field(default_factory=FakeBoard)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    troubles: FakeTroubles = field(default_factory=FakeTroubles)

    def __post_init__(self) -> None:
        self.parts = NoticeParts(
            book=self.book,
            board=self.board,
            clock=self.clock,
            metrics=self.metrics,
            troubles=self.troubles,
        )

    def count(self, times: int = 1, cause: str = CAUSE) -> None:
        self.book.add({cause: times}, self.clock.now_ms())

    def tick(self, minutes: int = 1) -> list[str]:
        """The subjects of what is told by the ticks of so many minutes."""
        before = len(self.board.told)
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            give_notices(self.parts)
        return [one.subject for one in self.board.told[before:]]


BEGUN = "Nobody can find out whether a phone rang"
OVER = "Over: nobody can find out whether a phone rang"


def test_it_is_told_at_once_and_once_an_hour_with_how_many_since() -> None:
    scene = Scene()
    scene.count(3)
    assert scene.tick() == [f"{BEGUN} (3 times)"]
    scene.count()
    assert scene.tick(58) == []
    scene.count(4)
    assert scene.tick() == [f"{BEGUN} (5 times)"]
    assert scene.tick(58) == []


def test_what_has_been_quiet_for_an_hour_is_over_and_that_is_told_once() -> None:
    scene = Scene()
    scene.count(2)
    scene.tick()
    assert scene.tick(58) == []
    assert scene.tick(2) == [OVER]
    assert "counted 2 times" in scene.board.told[-1].text
    assert scene.tick(300) == []


def test_what_begins_again_in_the_hour_in_which_it_was_told_waits_for_the_next() -> None:
    scene = Scene()
    scene.tick(55)
    scene.count()
    assert len(scene.tick(2)) == 1
    scene.tick(3)  # the next hour has begun
    scene.count()
    assert scene.tick() == [f"{BEGUN} (once)"]
    assert scene.tick(61) == [OVER]


def test_causes_are_told_apart_and_who_is_no_cause_is_told_to_nobody() -> None:
    scene = Scene()
    for cause in (CAUSE, OTHER, "of_a_later_release"):
        scene.count(cause=cause)
    assert len(scene.tick()) == 2


def test_whoever_cannot_be_reached_is_told_later() -> None:
    scene = Scene()
    scene.board.away = True
    scene.count(2)
    assert scene.tick(3) == []
    assert len(scene.metrics.of("notice_not_told")) == 3
    scene.board.away = False
    scene.count()
    assert scene.tick() == [f"{BEGUN} (3 times)"]


def test_a_cause_that_cannot_be_noted_keeps_no_other_from_being_told() -> None:
    scene = Scene()
    scene.count()
    scene.count(cause=OTHER)
    write = scene.book.write

    def broken(before: Any, after: Any) -> bool:
        if before.cause == CAUSE:
            raise StoreRefusedError
        return write(before, after)

    scene.book.write = broken  # type: ignore[method-assign]
    assert len(scene.tick()) == 1
    assert scene.metrics.of("notice_not_told") == [{}]


def test_of_two_ticks_at_once_one_tells() -> None:
    scene = Scene()
    scene.count()
    scene.book.before_write = lambda: give_notices(scene.parts)
    give_notices(scene.parts)
    assert len(scene.board.told) == 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=500))
def test_at_most_one_an_hour_and_all_that_was_counted_is_told(counted: list[int]) -> None:
    scene = Scene()
    begun: Counter[int] = Counter()
    for times in [*counted, *[0] * 125]:
        if times:
            scene.count(times)
        for subject in scene.tick():
            begun[scene.clock.now_ms() // (60 * MINUTE)] += not subject.startswith("Over")
    assert max(begun.values(), default=0) <= 1
    told = [one.subject for one in scene.board.told]
    numbers = [re.search(r"\((once|(\d+) times)\)", one) for one in told]
    assert sum(int(one[2] or 1) for one in numbers if one) == sum(counted)
    if sum(counted):
        assert told[-1] == OVER


def test_a_subject_is_one_that_sns_takes() -> None:
    for cause in CAUSES.values():
        assert len(f"{cause.says} (1000000 times)") < 100
        assert cause.says.isascii()


# -- who counts --------------------------------------------------------------------------------


def test_what_somebody_is_told_of_is_noted_with_the_counters_of_an_event() -> None:
    noted: list[dict[str, int]] = []
    out = io.StringIO()
    noting = Noting(frozenset({CAUSE}), lambda counts: noted.append(dict(counts)))
    metrics = StdoutMetrics("Reconciler", FakeClock(HOUR_BEGINS), out, noting)
    for name in (CAUSE, CAUSE, "line_freed"):
        metrics.count(name)
    metrics.count(CAUSE, kind="other")
    metrics.flush()
    metrics.count("line_freed")
    metrics.flush()
    assert noted == [{CAUSE: 3}]
    assert len(out.getvalue().splitlines()) == 3


def test_what_cannot_be_noted_is_counted_and_the_counters_are_written() -> None:
    def broken(_: object) -> None:
        raise ConnectionError

    out = io.StringIO()
    metrics = StdoutMetrics(
        "Reconciler", FakeClock(HOUR_BEGINS), out, Noting(frozenset({CAUSE}), broken)
    )
    metrics.count(CAUSE)
    metrics.flush()
    [line] = map(json.loads, out.getvalue().splitlines())
    assert (line[CAUSE], line["notice_lost"]) == (1, 1)
