"""The routes of campaigns: create, look, start and stop. Wiring only.

What they work with is loaded when it is first asked for: most requests want calls or health.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from operator_api.problems import json_answer
from operator_api.requests import json_body, no_body, page_limit, query, raw_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.wiring.operator_api import CampaignDesks

    type Desks = Callable[[], CampaignDesks]
    type Require = Callable[[Role], None]

CREATED = 201


def campaign_routes(desks: Desks, require: Require) -> Router:
    """The routes.

    Args:
        desks: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]
    _collection_routes(router, desks, require)
    _campaign_routes(router, desks, require)
    return router


def _collection_routes(router: Router, desks: Desks, require: Require) -> None:
    @router.post("/api/campaigns")
    def create() -> Response[str]:
        """Create a campaign as a draft."""
        require("operator")
        request = raw_request(router)
        key = request.headers.get("idempotency-key")
        return json_answer(desks().campaigns.create(json_body(request), key), CREATED)

    @router.get("/api/campaigns")
    def page() -> Response[str]:
        """Campaigns, newest first, a page at a time."""
        require("viewer")
        return json_answer(desks().campaigns.page(page_limit(router), query(router, "cursor")))


def _campaign_routes(router: Router, desks: Desks, require: Require) -> None:
    @router.get("/api/campaigns/<campaign_id>")
    def show(campaign_id: str) -> Response[str]:
        """One campaign."""
        require("viewer")
        return json_answer(desks().campaigns.show(campaign_id))

    @router.get("/api/campaigns/<campaign_id>/progress")
    def progress(campaign_id: str) -> Response[str]:
        """How far it has come."""
        require("viewer")
        return json_answer(desks().campaigns.progress(campaign_id))

    @router.post("/api/campaigns/<campaign_id>/start")
    def start(campaign_id: str) -> Response[str]:
        """Start a draft, with assistant and policy as they are now."""
        return change(campaign_id, "start")

    @router.post("/api/campaigns/<campaign_id>/pause")
    def pause(campaign_id: str) -> Response[str]:
        """Pause it; nothing of it rings any more 5 s after the answer."""
        return change(campaign_id, "pause")

    @router.post("/api/campaigns/<campaign_id>/resume")
    def resume(campaign_id: str) -> Response[str]:
        """Let it run on."""
        return change(campaign_id, "resume")

    @router.post("/api/campaigns/<campaign_id>/cancel")
    def cancel(campaign_id: str) -> Response[str]:
        """End it for good."""
        return change(campaign_id, "cancel")

    def change(campaign_id: str, step: str) -> Response[str]:
        require("operator")
        no_body(router)
        return json_answer(desks().campaigns.change(campaign_id, step))
