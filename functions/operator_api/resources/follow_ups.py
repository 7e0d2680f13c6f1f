"""The routes of what customers left for people to do. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.services.follow_ups import attend_to, list_follow_ups
from contact_center.kernel.ports import BadCursorError
from operator_api.problems import bad_field, problem
from operator_api.requests import page_limit, query
from operator_api.routes import NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_list import Role
    from contact_center.conversations.services.follow_ups import FollowUpDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 2_048
TAG = "calls"

LIST = Operation(
    "listFollowUps",
    TAG,
    {OK: ("A page.", "conversations.FollowUpPage")},
    role="viewer",
    query=("limit", "cursor"),
    refuses=(400,),
)
ATTEND = Operation(
    "attendToFollowUp",
    TAG,
    {OK: ("Since when.", "conversations.Attended")},
    body=NOTHING,
    refuses=(404,),
)


def follow_up_routes(
    routes: Routes, desk: Callable[[], FollowUpDesk], role: Callable[[], Role | None]
) -> None:
    """Add them; `role` tells whose request it is."""

    @routes.on("GET", "/api/follow-ups", LIST)
    def waiting() -> Json:
        """What customers left for people to do and nobody has attended to, the oldest first."""
        limit, cursor = page_limit(routes.router), query(routes.router, "cursor")
        try:
            return list_follow_ups(desk(), limit, cursor, whole=role() == "operator")
        except BadCursorError:
            raise bad_field("cursor", "must be the nextCursor of a page of this list") from None

    @routes.on("POST", "/api/follow-ups/<follow_up_id>/attend", ATTEND)
    def attend(follow_up_id: str) -> Json:
        """Attend to one: it is listed no more.

        Asked again it says since when somebody does.
        """
        told = attend_to(desk(), follow_up_id) if len(follow_up_id) <= LONGEST_ID else None
        if told is None:
            raise problem(404, "Nothing of that id was left.")
        return told
