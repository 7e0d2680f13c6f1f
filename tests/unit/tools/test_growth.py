"""The plots of how work grows say what was counted, and nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.growth import Asked, picture
from tests.benchmarks.plot import HEIGHT, LEFT, TOP, WIDTH, Plot, row_of_plots

SVG = "{http://www.w3.org/2000/svg}"


def line_of(plot: Plot) -> list[tuple[float, float]]:
    """Where the points of a plot lie."""
    root = ET.fromstring(row_of_plots([plot]))  # noqa: S314  our own
    drawn = root.find(f"{SVG}polyline")
    assert drawn is not None
    return [
        (float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", drawn.attrib["points"])
    ]


def test_what_is_flat_lies_flat() -> None:
    assert line_of(Plot("requests", "contacts", [(1_000, 230), (10_000, 230), (100_000, 230)])) == [
        (LEFT, TOP + HEIGHT),
        (LEFT + WIDTH / 2, TOP + HEIGHT),
        (LEFT + WIDTH, TOP + HEIGHT),
    ]


def test_what_is_linear_climbs_as_the_dashed_line() -> None:
    plot = Plot("requests", "minutes", [(3, 90), (30, 900)])
    assert line_of(plot) == [(LEFT, TOP + HEIGHT), (LEFT + WIDTH, TOP)]
    assert f'd="M{LEFT}.0 {TOP + HEIGHT}.0L{LEFT + WIDTH}.0 {TOP}.0"' in row_of_plots([plot])


def test_what_grows_faster_than_that_is_seen_above_it() -> None:
    (_, _), (x, y) = line_of(Plot("requests", "minutes", [(3, 1), (30, 100)]))
    assert y == pytest.approx(TOP)
    assert x == pytest.approx(LEFT + WIDTH / 2)


def test_the_picture_tells_every_figure_and_is_the_same_for_the_same() -> None:
    found = [Asked(1, 12.5, 1.0, 1.0), Asked(100, 13.0, 1.0, 1.0)]
    drawn = picture(found, found, found)
    assert drawn == picture(found, found, found)
    assert [drawn.count(f">{said}<") for said in ("12.5", "13", "100", "minutes")] == [3, 3, 3, 1]
    assert not re.search(
        "a & b|<script", row_of_plots([Plot("a & b", "<script", [(1, 1), (2, 1)])])
    )
