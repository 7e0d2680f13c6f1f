"""docs/planted.md: each mistake can still be planted, and what holds it is there."""

from __future__ import annotations

import re

import pytest

from tests.planted.mistakes import ROOT, Mistake, mistakes
from tests.planted.page import PAGE, written
from tests.simulation.planted import BUGS

NAMED = re.compile(r"`(tests/[^`:]+)(?:::(\w+))?`")
KIND = re.compile(r"^\| ([a-z]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
DESIGN = re.compile(r"^\| (?:[SWBD]\d\d|W12)[^|]* \| ([^|]+) \|", re.MULTILINE)
MOST_SEEDS = 500

MISTAKES = mistakes()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_a_mistake_can_be_planted_in_the_code_as_it_is(mistake: Mistake) -> None:
    code = (ROOT / mistake.path).read_text(encoding="utf-8")

    assert code.count(mistake.was) == 1
    assert mistake.was != mistake.planted
    assert not mistake.also or mistake.also in BUGS


def test_the_page_lists_them_all() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == written(page), "write it: python -m tests.planted --page"
    assert {one.kind for one in MISTAKES} == set(KIND.findall(page.partition("## Mistakes")[0])) - {
        "kind"
    }


def test_every_test_that_the_page_names_is_there() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))

    assert len(named) > len(MISTAKES)
    for path, test in named:
        assert (ROOT / path).exists(), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"


def test_every_wrong_design_that_the_page_names_is_to_be_found_within_500_histories() -> None:
    rows = DESIGN.findall(PAGE.read_text(encoding="utf-8").partition("## In histories")[2])
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert len(named) >= 20
    assert [name for name in named if name not in BUGS] == []
    assert max(one.seeds for one in BUGS.values()) <= MOST_SEEDS
