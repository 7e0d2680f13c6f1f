"""The routes of calls. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.services.read_calls import list_calls, show_call
from contact_center.kernel.ports import BadCursorError
from operator_api.problems import bad_field, problem
from operator_api.requests import day_of, page_limit, query
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from contact_center.conversations.services.read_calls import CallDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 2_048  # of one that was spelled for a path
TAG = "calls"

LIST = Operation(
    "listCalls",
    TAG,
    {OK: ("A page.", "conversations.CallPage")},
    role="viewer",
    query=("day", "limit", "cursor"),
    refuses=(400,),
)
SHOW = Operation(
    "showCall",
    TAG,
    {OK: ("The call.", "conversations.CallWithTimeline")},
    role="viewer",
    refuses=(404,),
)


def call_routes(routes: Routes, desk: CallDesk) -> None:
    """Add them."""

    @routes.on("GET", "/api/calls", LIST)
    def calls() -> Json:
        """The calls of a day, newest first."""
        day, limit = day_of(routes.router), page_limit(routes.router)
        try:
            return list_calls(desk, day, limit, query(routes.router, "cursor"))
        except BadCursorError:
            raise bad_field("cursor", "must be the nextCursor of a page of the same day") from None

    @routes.on("GET", "/api/calls/<call_id>", SHOW)
    def call(call_id: str) -> Json:
        """One call with its timeline."""
        shown = show_call(desk, call_id) if len(call_id) <= LONGEST_ID else None
        if shown is None:
            raise problem(404, "There is no such call.")
        return shown
