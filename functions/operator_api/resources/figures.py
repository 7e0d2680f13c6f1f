"""The routes on figures: how the day went, and what waits at the moment. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import QueueUnavailableError
from operator_api.problems import problem
from operator_api.requests import day_of, queries
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.figures.services.show_figures import RollUpDesk
    from operator_api.routes import Routes

    type Figures = Callable[[], FigureDesk]
    type Json = dict[str, object]

TAG = "figures"

METRICS = Operation(
    "readMetrics",
    TAG,
    {OK: ("Figures.", "figures.Metrics")},
    role="viewer",
    query=("day",),
    refuses=(400,),
)
FIGURES = Operation(
    "readFigures",
    TAG,
    {OK: ("Figures.", "figures.FiguresOfDays")},
    role="viewer",
    query=("from", "to", "by", "group"),
    refuses=(400,),
    polled=True,
)
QUEUE = Operation("readQueue", TAG, {OK: ("Depths.", "figures.Queue")}, role="viewer")


def figure_routes(routes: Routes, figures: Figures, roll_ups: Callable[[], RollUpDesk]) -> None:
    """Add them; `figures` and `roll_ups` make what they read from when it is first asked for."""

    @routes.on("GET", "/api/figures", FIGURES)
    def of_days() -> Json:
        """The figures of some days, by the hour or the day, by department or campaign.

        What is over is counted a minute or two later, once, and changes when more is known of it:
        what it cost is known after a day. Numerators and denominators may be added up.
        """
        return roll_ups().figures(queries(routes.router))

    @routes.on("GET", "/api/metrics", METRICS)
    def metrics() -> Json:
        """The figures of a day; queues and dialing as they stand."""
        return _told(lambda: figures().metrics(day_of(routes.router)))

    @routes.on("GET", "/api/queue", QUEUE)
    def waiting() -> Json:
        """What waits at the moment."""
        return _told(lambda: figures().queue())


def _told(read: Callable[[], Json]) -> Json:
    try:
        return read()
    except QueueUnavailableError:
        raise problem(503, "A queue did not answer. Try again in a moment.") from None
