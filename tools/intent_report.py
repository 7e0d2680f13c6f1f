"""Figures of a classifier on labelled utterances, and how `make eval` prints them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

VAGUE = "unclear"


@dataclass(frozen=True, slots=True)
class RouteFigures:
    """One route.

    Attributes:
        rows: utterances of the route.
        acted: of them, sent anywhere.
        right: of them, sent where they belong.
        taken: utterances of all routes but unclear that were sent here.
    """

    rows: int
    acted: int
    right: int
    taken: int

    @property
    def precision(self) -> float:
        """Of what was sent here, the share that belongs here."""
        return _share(self.right, self.taken)

    @property
    def recall(self) -> float:
        """Of what belongs here, the share that was sent here."""
        return _share(self.right, self.rows)


class Figures:
    """Figures of one classifier on one file."""

    def __init__(self, truth: Sequence[str], answers: Sequence[str | None]) -> None:
        """Count.

        Args:
            truth: the route of each utterance; 'unclear' where none is right.
            answers: where each was sent; None is abstained.
        """
        self.pairs = Counter(zip(truth, answers, strict=True))
        names = sorted({route for route, _ in self.pairs} - {VAGUE})
        self.vague_rows = sum(n for (route, _), n in self.pairs.items() if route == VAGUE)
        self.vague_acted = self.vague_rows - self.pairs[VAGUE, None]
        self.routes = {name: self._route(name) for name in names}

    @property
    def rows(self) -> int:
        """All utterances, unclear ones too."""
        return self.pairs.total()

    def sent_to(self, name: str) -> int:
        """Utterances that were sent to a route, unclear ones too."""
        return sum(n for (_, sent), n in self.pairs.items() if sent == name)

    def _route(self, name: str) -> RouteFigures:
        rows = sum(n for (route, _), n in self.pairs.items() if route == name)
        taken = sum(n for (route, sent), n in self.pairs.items() if sent == name and route != VAGUE)
        return RouteFigures(rows, rows - self.pairs[name, None], self.pairs[name, name], taken)

    def macro(self) -> tuple[float, float]:
        """Mean over routes of: share acted on, share right of what was acted on."""
        routes = self.routes.values()
        acted = [_share(route.acted, route.rows) for route in routes]
        right = [_share(route.right, route.acted) for route in routes]
        return _share(sum(acted), len(routes)), _share(sum(right), len(routes))

    def overall(self) -> tuple[float, float]:
        """Over all utterances but unclear ones: share acted on, share right of those."""
        routes = self.routes.values()
        acted = sum(route.acted for route in routes)
        return (
            _share(acted, sum(route.rows for route in routes)),
            _share(sum(route.right for route in routes), acted),
        )

    def lines(self) -> list[str]:
        """The table of routes and the confusion table."""
        out = ["  route         rows  acted on  right of those  precision   recall"]
        for name, route in self.routes.items():
            shares = (
                _share(route.acted, route.rows),
                _share(route.right, route.acted),
                route.precision,
                route.recall,
            )
            acted, right, precision, recall = (f"{100 * share:.1f} %" for share in shares)
            out.append(
                f"  {name:<11} {route.rows:>6} {acted:>9} {right:>15} {precision:>10} {recall:>8}"
            )
        if self.vague_rows:
            kept = 1 - _share(self.vague_acted, self.vague_rows)
            out.append(
                f"  {VAGUE:<11} {self.vague_rows:>6} rows apart: "
                f"asked again, which is right, {100 * kept:.1f} %"
            )
        share_acted, share_right = self.overall()
        out.append(
            f"  abstained on {100 * (1 - share_acted):.1f} %; "
            f"right on what it acted on {100 * share_right:.1f} %"
        )
        return [*out, "", *self._confusion()]

    def _confusion(self) -> list[str]:
        truths = [*self.routes, *([VAGUE] if self.vague_rows else [])]
        sent_to = sorted({sent for _, sent in self.pairs if sent is not None} | set(self.routes))
        out = ["  is, sent to ->" + "".join(f"{name[:10]:>11}" for name in [*sent_to, "abstained"])]
        for truth in truths:
            cells = [self.pairs[truth, sent] for sent in [*sent_to, None]]
            out.append(f"  {truth:<14}" + "".join(f"{cell:>11}" for cell in cells))
        return out


def summary(name: str, figures: Figures) -> str:
    """One line of the table of peers."""
    (macro_acted, macro_right), (acted, right) = figures.macro(), figures.overall()
    cells = "".join(f"{100 * share:>8.1f} %" for share in (macro_acted, macro_right, acted, right))
    return f"  {name:<44}{cells}"


SUMMARY_HEAD = (
    f"  {'':<44}{'macro:':>9}{'':>11}{'all:':>8}\n"
    f"  {'':<44}{'acted on':>10}{'right':>10}{'acted on':>10}{'right':>10}"
)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
