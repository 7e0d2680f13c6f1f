"""The routes of callers' visits, and of supervisors who join their talks. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.kernel.ports import ContentionError
from contact_center.people.domain.supervised_talks import WhyNot
from contact_center.visits.domain.supervision import Mode
from operator_api.problems import problem
from operator_api.routes import ACCEPTED, JSON, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.reception.adapters.api_models import NewMode, NewSupervision
    from contact_center.reception.services.show_visit import VisitDesk
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Desk = Callable[[], VisitDesk]
    type Json = dict[str, object]

LONGEST_ID = 64
LONGEST_NUMBER = 4
TAG = "reception"
SUPERVISED = ("It is asked for, and done in a moment.", "reception.Supervision")

SHOW = Operation(
    "showVisit", TAG, {OK: ("The visit.", "reception.Visit")}, role="viewer", refuses=(404,)
)
SUPERVISE = Operation(
    "superviseTalk",
    TAG,
    {ACCEPTED: SUPERVISED},
    reads="reception.NewSupervision",
    body=JSON,
    refuses=(404, 409, 503),
)
CHANGE = Operation(
    "changeSupervision",
    TAG,
    {ACCEPTED: SUPERVISED},
    reads="reception.NewMode",
    body=JSON,
    refuses=(404, 409, 503),
)
_WHY_NOT = {
    WhyNot.NO_SUPERVISOR: "This person may join no talks: see `supervises` in people.toml.",
    WhyNot.NO_TALK: "The caller talks with no person at the moment.",
    WhyNot.TAKES_CALLERS: "This person takes callers, or talks: log out or go away first.",
    WhyNot.TOO_MANY: "This visit was joined as often as can be.",
    WhyNot.NOT_THERE_YET: "The supervisor is not in the talk: everybody joins it listening.",
    WhyNot.OVER: "The supervisor is in the talk no more. Ask for a new ring.",
}


def visit_routes(routes: Routes, desk: Desk, asking: Asking) -> None:
    """Add them; `desk` is made when it is first asked for."""

    @routes.on("GET", "/api/visits/<visit_id>", SHOW)
    def visit(visit_id: str) -> Json:
        """One caller's whole stay: legs, calls, wait, who was asked, and what came of it.

        Ids of visits are in `GET /api/queue` and with the people who are asked.
        """
        shown = _shown(visit_id, desk()) if len(visit_id) <= LONGEST_ID else None
        if shown is None:
            raise problem(404, "There is no such visit.")
        return shown

    @routes.on("POST", "/api/visits/<visit_id>/supervisions", SUPERVISE)
    def supervise(asked: NewSupervision, visit_id: str) -> Json:
        """Let a supervisor's telephone ring, so that he may listen to a caller and a person.

        He is in once he has pressed 1, and is heard by nobody until he, or
        `PUT /api/visits/{id}/supervisions/{number}`, wants otherwise. Asked again while he is rung
        or in, nothing rings again. Who joined, when and how stands in the visit.
        """
        who = asking.known()
        by = "" if who is None else who.name
        return _supervised(lambda: desk().joins(visit_id, asked.person_id, by), visit_id)

    @routes.on("PUT", "/api/visits/<visit_id>/supervisions/<number>", CHANGE)
    def change(asked: NewMode, visit_id: str, number: str) -> Json:
        """Let a supervisor who is in the talk listen, whisper to the person, or speak to both."""
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            raise problem(404, "There is no such supervision.")
        mode = Mode(asked.mode)
        return _supervised(lambda: desk().changes(visit_id, int(number), mode), visit_id)


def _shown(visit_id: str, desk: VisitDesk) -> Json | None:
    try:
        return desk.show(visit_id)
    except UNREADABLE:
        raise problem(503, "A newer release wrote this visit. Try again later.") from None


def _supervised(do: Callable[[], Json], visit_id: str) -> Json:
    from contact_center.people.services.supervise_talk import (  # noqa: PLC0415  seldom asked
        NoVisitError,
        SupervisionError,
    )

    nothing = problem(404, "There is no such visit, or supervision of it.")
    if len(visit_id) > LONGEST_ID:
        raise nothing
    try:
        return do()
    except NoVisitError:
        raise nothing from None
    except SupervisionError as error:
        raise problem(409, _WHY_NOT[error.reason], reason=error.reason) from None
    except ContentionError:
        raise problem(503, "Others are changing this. Try again in a moment.") from None
    except UNREADABLE:
        raise problem(503, "A newer release wrote this visit. Try again later.") from None
