"""The routes on figures: how the day went, and what waits at the moment. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from contact_center.kernel.instants import read_day
from contact_center.kernel.ports import QueueUnavailableError
from operator_api.problems import bad_field, json_answer, problem
from operator_api.requests import query

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.figures.services.read_figures import FigureDesk

    type Figures = Callable[[], FigureDesk]
    type Require = Callable[[Role], None]


def figure_routes(figures: Figures, require: Require) -> Router:
    """The routes.

    Args:
        figures: What they read from, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]

    @router.get("/api/metrics")
    def metrics() -> Response[str]:
        """The figures of a day."""
        require("viewer")
        day = query(router, "day")
        if day is not None and read_day(day) is None:
            raise bad_field("day", "must be a date as YYYY-MM-DD")
        return json_answer(figures().metrics(day))

    @router.get("/api/queue")
    def waiting() -> Response[str]:
        """What waits at the moment."""
        require("viewer")
        try:
            return json_answer(figures().queue())
        except QueueUnavailableError:
            raise problem(503, "A queue did not answer. Try again in a moment.") from None

    return router
