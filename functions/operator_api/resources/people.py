"""The routes of people who take callers. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.routes import JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_list import Role
    from contact_center.people.adapters.api_models import PersonWish
    from contact_center.people.services.people_desk import PeopleDesk
    from operator_api.routes import Routes

    type Desk = Callable[[], PeopleDesk]
    type Json = dict[str, object]

TAG, PERSON = "reception", {OK: ("The person.", "people.Colleague")}

LIST = Operation("listPeople", TAG, {OK: ("All.", "people.Colleagues")}, role="viewer")
SHOW = Operation("showPerson", TAG, PERSON, role="viewer", refuses=(404,))
CHANGE = Operation(
    "changePerson", TAG, PERSON, reads="people.PersonWish", body=JSON, refuses=(404, 409)
)
NEXT = Operation(
    "offerNextCaller",
    TAG,
    {OK: ("The person, asked about the caller of `visitId`.", "people.Colleague")},
    body=NOTHING,
    refuses=(404, 409),
)


def people_routes(routes: Routes, desk: Desk, role: Callable[[], Role | None]) -> None:
    """Add them; `desk` is made when it is first asked for, `role` tells whose request it is."""

    @routes.on("GET", "/api/people", LIST)
    def people() -> Json:
        """Who takes callers, and what each does at the moment."""
        return desk().everybody(whole=role() == "operator")

    @routes.on("GET", "/api/people/<person_id>", SHOW)
    def person(person_id: str) -> Json:
        """One of them."""
        return desk().person(person_id, whole=role() == "operator")

    @routes.on("PUT", "/api/people/<person_id>", CHANGE)
    def change(asked: PersonWish, person_id: str) -> Json:
        """Log somebody in or out, or note that they are away.

        Departments and telephones stand in people.toml.
        """
        return desk().change(person_id, asked.wish())

    @routes.on("POST", "/api/people/<person_id>/next", NEXT)
    def offer_next(person_id: str) -> Json:
        """Offer somebody the next caller now: whoever waits the longest for a person of theirs.

        The person is taken for the caller at once and the telephone rings a moment later. Who
        still writes down after a talk is ready by that, whether somebody waits or not.
        """
        return desk().next_caller(person_id)
