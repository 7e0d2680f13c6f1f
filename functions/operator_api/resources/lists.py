"""The routes of contacts, imports, previews and results. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.problems import bad_field, json_answer
from operator_api.requests import CSV_TYPE, page_limit, query, raw_request
from operator_api.routes import ACCEPTED, JSON, NOTHING, OK, OPTIONAL_JSON, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.event_handler import Response

    from contact_center.lists.adapters.api_models import UploadWish, Withdrawal
    from contact_center.wiring.operator_dialing import CampaignDesks
    from operator_api.routes import Routes

    type Desks = Callable[[], CampaignDesks]
    type Json = Mapping[str, object]

TAG, JOBS_TAG = "contacts", "campaigns"

ADD = Operation(
    "addContacts",
    TAG,
    {
        ACCEPTED: (
            "An import is open; upload the list when there is a link.",
            "lists.ImportAccepted",
        )
    },
    reads="lists.UploadWish",
    body=OPTIONAL_JSON,
    lists=(CSV_TYPE,),
    query=("region",),
    refuses=(404, 409),
)
PAGE = Operation(
    "listContacts",
    TAG,
    {OK: ("A page.", "lists.ContactPage")},
    role="viewer",
    query=("limit", "cursor"),
    refuses=(400, 404),
)
WITHDRAW = Operation(
    "withdrawContacts",
    TAG,
    {OK: ("What became of each.", "lists.Withdrawn")},
    reads="lists.Withdrawal",
    body=JSON,
    refuses=(404,),
)
SHOW_IMPORT = Operation(
    "showImport", TAG, {OK: ("The import.", "lists.Import")}, role="viewer", refuses=(404,)
)
BEGIN_PREVIEW = Operation(
    "beginPreview",
    JOBS_TAG,
    {ACCEPTED: ("It is being counted.", "lists.JobAccepted")},
    body=NOTHING,
    refuses=(404,),
)
PREVIEW = Operation(
    "showPreview",
    JOBS_TAG,
    {OK: ("The preview.", "lists.Preview")},
    role="viewer",
    query=("job",),
    needs=("job",),
    refuses=(400, 404),
)
BEGIN_EXPORT = Operation(
    "beginExport",
    JOBS_TAG,
    {ACCEPTED: ("They are being written.", "lists.Results")},
    body=NOTHING,
    refuses=(404,),
)
RESULTS = Operation(
    "exportResults",
    JOBS_TAG,
    {
        OK: ("How far it is; a link for an operator once it is done.", "lists.Results"),
        ACCEPTED: ("Without `job`, and for an operator alone: as the POST.", "lists.Results"),
    },
    role="viewer",
    query=("job",),
    refuses=(403, 404),
)


def list_routes(routes: Routes, desks: Desks) -> None:
    """Add them; `desks` makes what they work with when it is first asked for."""
    _contact_routes(routes, desks)
    _job_routes(routes, desks)


def _contact_routes(routes: Routes, desks: Desks) -> None:
    @routes.on("POST", "/api/campaigns/<campaign_id>/contacts", ADD)
    def add(asked: UploadWish | None, campaign_id: str) -> Json:
        """Import contacts.

        A CSV list of at most 1 MB as the body; or JSON, or nothing, to be given a link to upload
        one to. Columns are understood as people name them: a telephone number is required; names,
        an id, time zone, ZIP, state, country, calling code, consent (`consent_kind`, `consent_at`,
        `consent_source`) and do-not-call marks are known, others become variables of the
        assistant. `columns` says what each is taken for. A list with a column that seems to be a
        place, a country, consent or a do-not-call mark and is not understood is refused.
        """
        region = query(routes.router, "region")
        if asked is None:
            return desks().lists.add(campaign_id, raw_request(routes.router).body, region)
        return desks().lists.offer_upload(campaign_id, asked.bytes, region)

    @routes.on("GET", "/api/campaigns/<campaign_id>/contacts", PAGE)
    def page(campaign_id: str) -> Json:
        """Contacts of a campaign."""
        limit, cursor = page_limit(routes.router), query(routes.router, "cursor")
        return desks().lists.contacts(campaign_id, limit, cursor)

    @routes.on("DELETE", "/api/campaigns/<campaign_id>/contacts", WITHDRAW)
    def withdraw(asked: Withdrawal, campaign_id: str) -> Json:
        """Take people off the list."""
        return desks().lists.withdraw(campaign_id, [one.e164 for one in asked.phones])

    @routes.on("GET", "/api/imports/<import_id>", SHOW_IMPORT)
    def show_import(import_id: str) -> Json:
        """An import and its report."""
        return desks().lists.show_import(import_id)


def _job_routes(routes: Routes, desks: Desks) -> None:
    @routes.on("POST", "/api/campaigns/<campaign_id>/preview", BEGIN_PREVIEW)
    def begin_preview(campaign_id: str) -> Json:
        """Have counted who could be called."""
        return desks().lists.begin_preview(campaign_id)

    @routes.on("GET", "/api/campaigns/<campaign_id>/preview", PREVIEW)
    def preview(campaign_id: str) -> Json:
        """What was counted."""
        job_id = query(routes.router, "job")
        if job_id is None:
            raise bad_field("job", "must be the jobId of a preview")
        return desks().lists.preview(campaign_id, job_id)

    @routes.on("POST", "/api/campaigns/<campaign_id>/results", BEGIN_EXPORT)
    def begin_export(campaign_id: str) -> Json:
        """Have the results written, a CSV with a row a contact and whole numbers."""
        return desks().lists.begin_export(campaign_id)

    @routes.on("GET", "/api/campaigns/<campaign_id>/results", RESULTS)
    def results(campaign_id: str) -> Json | Response[str]:
        """Fetch the results.

        With the `job` that the POST gave out. Without one it is the POST under its old name, for
        programs written before there was one: it takes an operator as well.
        """
        job_id = query(routes.router, "job")
        if job_id is None:
            routes.require("operator")
            return json_answer(desks().lists.begin_export(campaign_id), ACCEPTED)
        return desks().lists.export(campaign_id, job_id)
