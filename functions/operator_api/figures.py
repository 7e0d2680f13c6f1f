"""The routes on figures: how the day went, and what waits at the moment. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import QueueUnavailableError
from operator_api.problems import problem
from operator_api.requests import day_of
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.figures.services.read_figures import FigureDesk
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
QUEUE = Operation("readQueue", TAG, {OK: ("Depths.", "figures.Queue")}, role="viewer")


def figure_routes(routes: Routes, figures: Figures) -> None:
    """Add them; `figures` makes what they read from when it is first asked for."""

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
