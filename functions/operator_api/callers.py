"""The routes of our own numbers. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from operator_api.problems import json_answer
from operator_api.requests import json_body, no_body, raw_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.wiring.operator_api import CampaignDesks

    type Desks = Callable[[], CampaignDesks]
    type Require = Callable[[Role], None]


def caller_routes(desks: Desks, require: Require) -> Router:
    """The routes.

    Args:
        desks: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]

    @router.get("/api/caller-numbers")
    def numbers() -> Response[str]:
        """How our numbers fare, and which of them rest."""
        require("viewer")
        return json_answer(desks().callers.numbers())

    @router.post("/api/caller-numbers/<number>/rest")
    def rest(number: str) -> Response[str]:
        """Let a number rest."""
        require("operator")
        request = raw_request(router)
        values = json_body(request) if request.body.strip() else {}
        return json_answer(desks().callers.rest(number, values))

    @router.delete("/api/caller-numbers/<number>/rest")
    def end_rest(number: str) -> Response[str]:
        """Let a number call again."""
        require("operator")
        no_body(router)
        return json_answer(desks().callers.end_rest(number))

    return router
