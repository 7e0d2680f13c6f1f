"""Whatever becomes of calls, and of who counts them: a search finds what a reading of all finds."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.figures.domain import day_book
from contact_center.figures.services import keep_day_book
from contact_center.figures.services.keep_day_book import (
    make_anew,
)
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.figures.services.roll_up_ports import Change
    from tests.fakes.figures import FakeFigures

from tests.unit.console.book_scene import DEPARTMENTS, MINUTE, REASONS, BookScene


@pytest.fixture(autouse=True)
def _small_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch.setattr)


def small(setattr_: Callable[[Any, str, int], None]) -> None:
    setattr_(day_book, "FULL", 3)
    setattr_(day_book, "OVERFULL", 5)
    setattr_(keep_day_book, "ENOUGH", 2)
    setattr_(keep_day_book, "MOST", 4)


class DyingBook:
    """CountBook of somebody who dies before he counts."""

    def __init__(self, figures: FakeFigures) -> None:
        self._figures = figures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._figures, name)

    def count(self, _: Sequence[Change]) -> bool:
        raise StoreUnavailableError


CALLS = st.integers(0, 9)
AGO = st.sampled_from([0, 0, 0, 3_000, 16 * MINUTE, 50 * MINUTE])
DEEDS = st.one_of(
    st.tuples(st.just("ring"), CALLS, AGO, st.sampled_from(["inbound", "outbound"])),
    st.tuples(
        st.just("end"),
        CALLS,
        st.sampled_from(REASONS),
        st.sampled_from([None, 0, 1_500, 40_000, 10 * MINUTE]),
    ),
    st.tuples(st.just("send"), CALLS, st.sampled_from(DEPARTMENTS)),
    st.tuples(st.just("correct"), CALLS),
    st.tuples(st.just("answer"), CALLS),
    st.tuples(st.just("forget"), CALLS),
    st.tuples(st.just("wait"), st.sampled_from([1, 2, 5, 16, 16, 61, 400])),
    st.tuples(
        st.sampled_from(["count", "count", "extend", "extend", "dies", "away", "anew", "lag"])
    ),
)
DURING = st.tuples(
    st.sampled_from(["before_write", "before_count"]), st.lists(DEEDS, min_size=1, max_size=4)
)


def done(scene: BookScene, deed: Sequence[Any]) -> None:
    name, *rest = deed
    match name:
        case "dies":
            with suppress(StoreUnavailableError):
                scene.count(DyingBook(scene.figures))
        case "anew":
            for day in (date(2026, 8, 20), date(2026, 8, 21)):
                make_anew(day, scene.parts)
        case "away":
            scene.book.before_write = partial(done, scene, ["fail"])
        case "fail":
            raise StoreUnavailableError
        case "before_write":
            scene.book.before_write = partial(all_done, scene, rest[0])
        case "before_count":
            scene.figures.before_count = partial(all_done, scene, rest[0])
        case _:
            getattr(scene, name)(*rest)


def all_done(scene: BookScene, deeds: Sequence[Sequence[Any]]) -> None:
    for deed in deeds:
        done(scene, deed)


@given(
    deeds=st.lists(st.one_of(DEEDS, DEEDS, DEEDS, DURING), min_size=8, max_size=60),
    limit=st.integers(1, 7),
)
@settings(max_examples=150, deadline=None)
def test_pages_are_what_a_reading_of_all_finds_once_each(
    deeds: list[tuple[Any, ...]], limit: int
) -> None:
    scene = BookScene()
    scene.extend()
    for deed in deeds:
        with suppress(StoreUnavailableError):
            done(scene, deed)
    scene.check(limit, settled=False)
    scene.settle()
    scene.check(limit, settled=True)
