"""A row of small plots as SVG: how often something was asked for, by how much there is of it.

Both axes are logarithmic, so what is flat lies flat and what is linear climbs as the dashed line.
The same figures make the same file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, GAP = 250, 190, 30
LEFT, TOP = 46, 34
INK, LINE, FAINT = "#333333", "#0b6bcb", "#9a9a9a"


@dataclass(frozen=True, slots=True)
class Plot:
    """One of them.

    Attributes:
        title: What is asked for.
        along: What there is more and more of.
        points: (so much of it, so often asked for), both above 0, the least first.
    """

    title: str
    along: str
    points: Sequence[tuple[float, float]]


def row_of_plots(plots: Sequence[Plot]) -> str:
    """The plots beside each other, as the text of an SVG file."""
    width = LEFT + len(plots) * (WIDTH + GAP + LEFT)
    height = TOP + HEIGHT + 56
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
        ),
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, plot in enumerate(plots):
        parts += _drawn(plot, LEFT + number * (WIDTH + GAP + LEFT))
    return "\n".join([*parts, "</svg>", ""])


def _drawn(plot: Plot, left: float) -> list[str]:
    xs, ys = ([math.log10(each) for each in axis] for axis in zip(*plot.points, strict=True))
    # As many decades up as along, so that linear is the diagonal.
    first_x, first_y = xs[0], min(ys)
    decades = max(xs[-1] - first_x, max(ys) - first_y, 1e-9)

    def at(x: float, y: float) -> tuple[float, float]:
        across = left + (x - first_x) / decades * WIDTH
        return round(across, 1), round(TOP + HEIGHT - (y - first_y) / decades * HEIGHT, 1)

    dots = [at(x, y) for x, y in zip(xs, ys, strict=True)]
    begins, ends = at(xs[0], ys[0]), at(first_x + decades, ys[0] + decades)
    bottom = TOP + HEIGHT
    parts = [
        _text(left, TOP - 16, plot.title, "start"),
        f'<path d="M{left} {TOP}V{bottom}H{left + WIDTH}" fill="none" stroke="{INK}"/>',
        (
            f'<path d="M{begins[0]} {begins[1]}L{ends[0]} {max(ends[1], TOP)}" fill="none" '
            f'stroke="{FAINT}" stroke-dasharray="4 4"/>'
        ),
        (
            f'<polyline points="{" ".join(f"{x},{y}" for x, y in dots)}" fill="none" '
            f'stroke="{LINE}" stroke-width="2"/>'
        ),
        _text(left + WIDTH / 2, bottom + 36, plot.along, "middle"),
    ]
    for (x, y), (much, often) in zip(dots, plot.points, strict=True):
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{LINE}"/>')
        parts.append(_text(x, y - 8, f"{often:,.4g}", "middle"))
        parts.append(_text(x, bottom + 16, f"{much:,.0f}", "middle"))
    return parts


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{INK}" text-anchor="{anchor}">{escape(said)}</text>'
