"""The routes of what callers of a department hear first. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.kernel.field_errors import FieldError
from operator_api.problems import problem
from operator_api.routes import JSON, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.visits.adapters.api_models import MessageWish
    from contact_center.visits.services.department_messages import MessageDesk
    from operator_api.routes import Routes

    type Desk = Callable[[], MessageDesk]
    type Json = dict[str, object]

TAG, MESSAGE = "reception", {OK: ("The message.", "visits.DepartmentMessage")}
PATH = "/api/departments/<department_id>/message"

SHOW = Operation("showMessage", TAG, MESSAGE, role="viewer", refuses=(404,))
TURN = Operation("turnMessage", TAG, MESSAGE, reads="visits.MessageWish", body=JSON, refuses=(404,))


def message_routes(routes: Routes, desk: Desk) -> None:
    """Add them; `desk` is made when it is first asked for."""

    @routes.on("GET", PATH, SHOW)
    def message(department_id: str) -> Json:
        """What callers of a department hear first."""
        return _read(lambda: desk().show(department_id))

    @routes.on("POST", PATH, TURN)
    def turn(asked: MessageWish, department_id: str) -> Json:
        """Turn a department's message on or off, as while very many call.

        Callers hear it once, when they are admitted or begin to wait: within ten seconds after
        this answer.
        """
        wish = asked.wish()
        return _read(lambda: desk().turn(department_id, wish))


def _read(told: Callable[[], Json]) -> Json:
    try:
        return told()
    except FieldError:
        raise
    except UNREADABLE:
        raise problem(503, "A newer release wrote the messages. Try again later.") from None
