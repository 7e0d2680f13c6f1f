"""The routes of contacts, imports, previews and results. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from operator_api.problems import bad_field, json_answer
from operator_api.requests import (
    CSV_TYPE,
    json_body,
    media_type,
    no_body,
    page_limit,
    query,
    raw_request,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.wiring.operator_api import CampaignDesks

    type Desks = Callable[[], CampaignDesks]
    type Require = Callable[[Role], None]

ACCEPTED = 202


def list_routes(desks: Desks, require: Require) -> Router:
    """The routes.

    Args:
        desks: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]
    _contact_routes(router, desks, require)
    _job_routes(router, desks, require)
    return router


def _contact_routes(router: Router, desks: Desks, require: Require) -> None:
    @router.post("/api/campaigns/<campaign_id>/contacts")
    def add(campaign_id: str) -> Response[str]:
        """Take a list of contacts, or give out a link to upload one to."""
        require("operator")
        request, region = raw_request(router), query(router, "region")
        if media_type(request) == CSV_TYPE:
            return json_answer(desks().lists.add(campaign_id, request.body, region), ACCEPTED)
        values = json_body(request) if request.body.strip() else {}
        return json_answer(desks().lists.offer_upload(campaign_id, values, region), ACCEPTED)

    @router.get("/api/campaigns/<campaign_id>/contacts")
    def page(campaign_id: str) -> Response[str]:
        """Contacts of a campaign, a page at a time."""
        require("viewer")
        limit, cursor = page_limit(router), query(router, "cursor")
        return json_answer(desks().lists.contacts(campaign_id, limit, cursor))

    @router.delete("/api/campaigns/<campaign_id>/contacts")
    def withdraw(campaign_id: str) -> Response[str]:
        """Take customers off the list; they stand in the body, for paths are logged."""
        require("operator")
        values = json_body(raw_request(router))
        return json_answer(desks().lists.withdraw(campaign_id, values))

    @router.get("/api/imports/<import_id>")
    def show_import(import_id: str) -> Response[str]:
        """An import and its report."""
        require("viewer")
        return json_answer(desks().lists.show_import(import_id))


def _job_routes(router: Router, desks: Desks, require: Require) -> None:
    @router.post("/api/campaigns/<campaign_id>/preview")
    def begin_preview(campaign_id: str) -> Response[str]:
        """Have counted who could be called."""
        require("operator")
        no_body(router)
        return json_answer(desks().lists.begin_preview(campaign_id), ACCEPTED)

    @router.get("/api/campaigns/<campaign_id>/preview")
    def preview(campaign_id: str) -> Response[str]:
        """What was counted."""
        require("viewer")
        job_id = query(router, "job")
        if job_id is None:
            raise bad_field("job", "must be the jobId of a preview")
        return json_answer(desks().lists.preview(campaign_id, job_id))

    @router.get("/api/campaigns/<campaign_id>/results")
    def results(campaign_id: str) -> Response[str]:
        """Have the results written, or fetch what was written."""
        require("viewer")
        job_id = query(router, "job")
        if job_id is None:
            return json_answer(desks().lists.begin_export(campaign_id), ACCEPTED)
        return json_answer(desks().lists.export(campaign_id, job_id))
