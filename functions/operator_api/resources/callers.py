"""The routes of our own numbers. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.routes import NOTHING, OK, OPTIONAL_JSON, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.campaigns.adapters.api_models import RestWish
    from contact_center.wiring.operator_dialing import CampaignDesks
    from operator_api.routes import Routes

    type Desks = Callable[[], CampaignDesks]
    type Json = dict[str, object]

TAG, NUMBER = "campaigns", {OK: ("The number.", "campaigns.CallerNumber")}

LIST = Operation(
    "listCallerNumbers",
    TAG,
    {OK: ("Those of the latest campaigns, and the default one.", "campaigns.CallerNumbers")},
    role="viewer",
)
REST = Operation(
    "restCallerNumber",
    TAG,
    NUMBER,
    reads="campaigns.RestWish",
    body=OPTIONAL_JSON,
    refuses=(404,),
)
END_REST = Operation("endRestOfCallerNumber", TAG, NUMBER, body=NOTHING, refuses=(404,))


def caller_routes(routes: Routes, desks: Desks) -> None:
    """Add them."""

    @routes.on("GET", "/api/caller-numbers", LIST)
    def numbers() -> Json:
        """How our numbers fare, and which of them rest."""
        return desks().callers.numbers()

    @routes.on("POST", "/api/caller-numbers/<number>/rest", REST)
    def rest(asked: RestWish, number: str) -> Json:
        """Let a number rest."""
        return desks().callers.rest(number, asked.hours)

    @routes.on("DELETE", "/api/caller-numbers/<number>/rest", END_REST)
    def end_rest(number: str) -> Json:
        """Let a number call again.

        What it went through before is forgiven.
        """
        return desks().callers.end_rest(number)
