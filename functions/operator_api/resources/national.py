"""The routes of national do-not-call lists. Wiring only, as campaigns.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.requests import CSV_TYPE, queries, raw_request
from operator_api.routes import ACCEPTED, JSON, NOTHING, OK, Operation, read_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.lists.adapters.api_models import NationalListWish
    from contact_center.wiring.operator_dialing import CampaignDesks
    from operator_api.routes import Routes

    type Desks = Callable[[], CampaignDesks]
    type Json = dict[str, object]

TAG = "people"

ADD = Operation(
    "addNationalList",
    TAG,
    {
        ACCEPTED: (
            "An import is open; upload the list when there is a link.",
            "lists.ImportAccepted",
        )
    },
    reads="lists.NationalListWish",
    body=JSON,
    lists=(CSV_TYPE, "text/plain"),
    query=("country", "name", "asOf", "complete"),
)
LISTS = Operation(
    "listNationalLists", TAG, {OK: ("Those the rules know.", "lists.NationalLists")}, role="viewer"
)
CONFIRM = Operation(
    "confirmNationalList",
    TAG,
    {ACCEPTED: ("The import goes on.", "lists.Import")},
    body=NOTHING,
    refuses=(404, 409, 503),
)


def national_routes(routes: Routes, desks: Desks) -> None:
    """Add them; `desks` makes what they work with when it is first asked for."""

    @routes.on("POST", "/api/national-list", ADD)
    def add(asked: NationalListWish | None) -> Json:
        """Import a national do-not-call list.

        A list of at most 1 MB as the body, lines of numbers or CSV with a column `phone`, and what
        it is in the query; or JSON that says what it is, to be given a link to upload one to.
        `GET /api/imports/{id}` tells how far it is.
        """
        if asked is not None:
            return desks().national.offer_upload(asked.said(), asked.bytes)
        of_query: NationalListWish = read_as("lists.NationalListOfQuery", queries(routes.router))
        return desks().national.add(of_query.said(), raw_request(routes.router).body)

    @routes.on("POST", "/api/imports/<import_id>/confirm", CONFIRM)
    def confirm(import_id: str) -> Json:
        """Let a complete list take off as many numbers as its import says."""
        return desks().national.confirm(import_id)

    @routes.on("GET", "/api/national-list", LISTS)
    def lists() -> Json:
        """National lists, and how old what is known of each is."""
        return desks().national.lists()
