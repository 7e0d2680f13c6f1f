"""The route of callers' visits. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.items import UNREADABLE
from operator_api.problems import problem
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.reception.services.show_visit import VisitDesk
    from operator_api.routes import Routes

    type Desk = Callable[[], VisitDesk]
    type Json = dict[str, object]

LONGEST_ID = 64
TAG = "reception"

SHOW = Operation(
    "showVisit", TAG, {OK: ("The visit.", "reception.Visit")}, role="viewer", refuses=(404,)
)


def visit_routes(routes: Routes, desk: Desk) -> None:
    """Add it; `desk` is made when it is first asked for."""

    @routes.on("GET", "/api/visits/<visit_id>", SHOW)
    def visit(visit_id: str) -> Json:
        """One caller's whole stay: legs, calls, wait, who was asked, and what came of it.

        Ids of visits are in `GET /api/queue` and with the people who are asked.
        """
        shown = _shown(visit_id, desk()) if len(visit_id) <= LONGEST_ID else None
        if shown is None:
            raise problem(404, "There is no such visit.")
        return shown


def _shown(visit_id: str, desk: VisitDesk) -> Json | None:
    try:
        return desk.show(visit_id)
    except UNREADABLE:
        raise problem(503, "A newer release wrote this visit. Try again later.") from None
