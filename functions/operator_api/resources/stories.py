"""The routes of customers' stories. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.path_ids import named_by
from operator_api.problems import problem
from operator_api.requests import page_limit, query
from operator_api.routes import JSON, OK, Operation

if TYPE_CHECKING:
    from contact_center.records.adapters.api_models import StoryWish
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_CALL_ID = 2_048  # as calls.py
PAGE = {OK: ("A page.", "records.StoryPage")}

OF_CUSTOMER = Operation("readStory", "people", PAGE, reads="records.StoryWish", body=JSON)
OF_CALL = Operation(
    "showCallStory",
    "calls",
    PAGE,
    role="viewer",
    query=("limit", "cursor"),
    refuses=(400, 404),
)


def story_routes(routes: Routes, parts: OperatorParts, asking: Asking) -> None:
    """Add them."""

    @routes.on("POST", "/api/customers/story", OF_CUSTOMER)
    def of_customer(asked: StoryWish) -> Json:
        """What happened with a customer: his calls, what he left, what was to do; newest first.

        As the built-in receiver was told it. It writes nothing; it is a POST because paths are
        logged and numbers are not to be.
        """
        from contact_center.records.services.read_story import show_story  # noqa: PLC0415

        return show_story(parts.stories(), asked.phone.e164, asked.limit, asked.cursor, whole=True)

    @routes.on("GET", "/api/calls/<call_id>/story", OF_CALL)
    def of_call(call_id: str) -> Json:
        """What happened with the customer of a call, this call among it; newest first.

        A viewer is told what kind of thing it was and how it went, and nothing that was said.
        """
        from contact_center.conversations.services.call_effects import customer_of  # noqa: PLC0415
        from contact_center.records.services.read_story import show_story  # noqa: PLC0415

        named = named_by(call_id) if len(call_id) <= LONGEST_CALL_ID else None
        record = None if named is None else parts.desk.history(named).record
        if record is None:
            raise problem(404, "There is no such call.")
        return show_story(
            parts.stories(),
            customer_of(record),
            page_limit(routes.router),
            query(routes.router, "cursor"),
            whole=asking.role() == "operator",
        )
