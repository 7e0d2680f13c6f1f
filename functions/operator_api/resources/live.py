"""The routes of what is live, and of what waits for a person. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.problems import bad_field, problem
from operator_api.requests import query
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 2_048
TAG = "console"

LIVE = Operation(
    "readLive",
    TAG,
    {OK: ("What is live.", "console.Live")},
    role="viewer",
    query=("call", "after"),
    refuses=(400,),
    polled=True,
)
NEEDS = Operation("listNeeds", TAG, {OK: ("All.", "console.Needs")}, role="viewer")
TAKE_UP = Operation(
    "takeUpNeed", TAG, {OK: ("It is tried again.", "console.TakenUp")}, refuses=(404,)
)


def live_routes(routes: Routes, parts: OperatorParts, asking: Asking) -> None:
    """Add them."""

    @routes.on("GET", "/api/live", LIVE)
    def live() -> Json:
        """Everything that the open page needs, and what is new of the open call.

        Asked each second while something lives. All who ask one process share a read of half a
        second at most; parts that change slowly take turns, and `asOf` says of when they are.
        """
        from contact_center.console.services.live_desk import LivePage  # noqa: PLC0415

        call_id, after = query(routes.router, "call"), query(routes.router, "after")
        if call_id is not None and len(call_id) > LONGEST_ID:
            raise bad_field("call", "must be the id of a call")
        if after is not None and call_id is None:
            raise bad_field("after", "goes with call")
        who = asking.who()
        page = LivePage("" if who is None else who.name, call_id, after)
        return parts.live().look(page) | {"version": parts.version}

    @routes.on("GET", "/api/needs", NEEDS)
    def needs() -> Json:
        """What waits for a person, the oldest first, with what to do about it."""
        from contact_center.console.services.show_live import need  # noqa: PLC0415

        found, complete = parts.live().needs()
        return {"needs": [need(one) for one in found], "complete": complete}

    @routes.on("POST", "/api/needs/<need_id>/take-up", TAKE_UP)
    def take_up(need_id: str) -> Json:
        """Let something go on that was set aside after ten failures (kind `set_aside`)."""
        found = parts.aside().take_up(need_id) if len(need_id) <= LONGEST_ID else None
        if found is None:
            raise problem(404, "Nothing of that name is set aside.")
        return {"id": need_id, "says": f"{found.thing} {found.cause}"}
