"""The routes of national do-not-call lists. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from operator_api.problems import json_answer
from operator_api.requests import CSV_TYPE, json_body, media_type, no_body, raw_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.wiring.operator_api import CampaignDesks

    type Desks = Callable[[], CampaignDesks]
    type Require = Callable[[Role], None]

ACCEPTED = 202
LIST_TYPES = frozenset({CSV_TYPE, "text/plain"})


def national_routes(desks: Desks, require: Require) -> Router:
    """The routes.

    Args:
        desks: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]

    @router.post("/api/national-list")
    def add() -> Response[str]:
        """Take a national list, or give out a link to upload one to."""
        require("operator")
        request = raw_request(router)
        if media_type(request) in LIST_TYPES:
            said = router.current_event.query_string_parameters or {}
            return json_answer(desks().national.add(said, request.body), ACCEPTED)
        return json_answer(desks().national.offer_upload(json_body(request)), ACCEPTED)

    @router.post("/api/imports/<import_id>/confirm")
    def confirm(import_id: str) -> Response[str]:
        """Let a complete list take off as many numbers as its import says."""
        require("operator")
        no_body(router)
        return json_answer(desks().national.confirm(import_id), ACCEPTED)

    @router.get("/api/national-list")
    def lists() -> Response[str]:
        """Which national lists there are, and how old what is known of each is."""
        require("viewer")
        return json_answer(desks().national.lists())

    return router
