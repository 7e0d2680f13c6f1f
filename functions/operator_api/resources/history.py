"""The routes of past calls, and of limits. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.problems import bad_field
from operator_api.routes import JSON, OK, Operation

if TYPE_CHECKING:
    from contact_center.console.adapters.api_models import CallSearch
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Json = dict[str, object]

TAG = "console"

SEARCH = Operation(
    "searchCalls",
    TAG,
    {OK: ("As far as was looked.", "console.FoundCalls")},
    role="viewer",
    reads="console.CallSearch",
    body=JSON,
    refuses=(403,),
)
LIMITS = Operation("readLimits", TAG, {OK: ("As things stand.", "console.Limits")}, role="viewer")


def history_routes(routes: Routes, parts: OperatorParts, asking: Asking) -> None:
    """Add them."""

    @routes.on("POST", "/api/calls/search", SEARCH)
    def search(asked: CallSearch) -> Json:
        """Look through the calls of some days, the newest first.

        A request looks at some hundred calls, by filters at some thousand, and says through when;
        with `nextCursor` it goes on. What has changed of a call since it was over a filter finds a
        minute or two later. Only an operator may ask for a number.
        """
        from contact_center.console.services.search_calls import search_calls  # noqa: PLC0415
        from contact_center.kernel.ports import BadCursorError  # noqa: PLC0415

        if asked.phone is not None:
            asking.require("operator")
        try:
            return search_calls(parts.search(), asked.wanted(), asked.limit, asked.cursor)
        except BadCursorError:
            raise bad_field("cursor", "must be the nextCursor of the same search") from None

    @routes.on("GET", "/api/limits", LIMITS)
    def limits() -> Json:
        """The worst second against what is allowed, and every line with its age and owner."""
        return parts.limits().limits()
