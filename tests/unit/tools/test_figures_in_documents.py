"""A figure in the documents names the command that makes it, and no two pages disagree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contact_center.records.domain.costs import AWS_CALL_MICROS
from local.demo.demo import CALLERS
from local.demo.house.play import CALLERS as HOUSE
from local.vapi.scripts.callers_format import load_callers
from tests.benchmarks.__main__ import PARTS

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

TAKES = re.compile(r"^## .*\((\w+) minutes?\)$", re.MULTILINE)
MINUTES = {"one": 1, "two": 2, "ten": 10}
PART = re.compile(r"make (?:build )?bench PART=([a-z]+)")
COST = re.compile(rf"^\|[^|]*\(`{PART.pattern}`\) \| ([\d.]+) \|$", re.MULTILINE)
MEASURED = re.compile(rf"^\|[^|]*\| ([\d.]+) \| `{PART.pattern}` \| [\d-]+ \|$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND = re.compile(r"`(?:make [a-z]|python -m )|^make [a-z]", re.MULTILINE)
FIGURE = re.compile(r"\d (?:ms|[µu]s|MB|KB|[%\u00d7])|USD")


def sections() -> list[tuple[str, str]]:
    """The sections of the page of figures, by their headings."""
    _, *parts = HEADING.split(PERFORMANCE)
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_what_the_readme_says_it_costs_is_what_was_measured() -> None:
    measured = {part: float(usd) for usd, part in MEASURED.findall(PERFORMANCE)}
    said = dict(COST.findall(README))

    assert said.keys() == measured.keys()
    for part, usd in said.items():
        digits = len(usd.partition(".")[2])
        assert usd == f"{measured[part]:.{digits}f}", part


def test_what_a_call_is_said_to_cost_at_aws_is_what_was_measured() -> None:
    measured = {part: float(usd) for usd, part in MEASURED.findall(PERFORMANCE)}
    micros = (measured["call"] + measured["after"]) * 1_000
    assert abs(AWS_CALL_MICROS - micros) <= 0.05 * micros
    said = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert f"a constant, {AWS_CALL_MICROS}, what" in said


@pytest.mark.parametrize(("heading", "text"), sections(), ids=[name for name, _ in sections()])
def test_a_section_with_figures_names_a_command(heading: str, text: str) -> None:
    assert COMMAND.search(text) or not FIGURE.search(text), heading


def test_so_many_callers_ring_in_the_demo_as_pages_say() -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for page in (README, tutorial):
        assert re.findall(r"(\d+) scripted callers", page) == [str(len([*CALLERS.glob("*.toml")]))]
    assert f"Beside them {len(load_callers(HOUSE))} callers ring" in README


def test_the_minutes_of_the_tutorial_add_up() -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    minutes = [
        MINUTES[word] for word in re.findall(r"^## .*\((\w+) minutes?\)", tutorial, re.MULTILINE)
    ]
    assert "Fifteen minutes: five without any account, ten with one" in tutorial
    assert (sum(minutes), sum(minutes[:-1])) == (15, 5)


def test_every_part_of_the_bench_that_a_page_names_is_there() -> None:
    named = {part for page in PAGES for part in PART.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert named <= set(PARTS)
