"""The routes of what is done in calls, and said of them. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.problems import other_request, problem
from operator_api.routes import ACCEPTED, JSON, Operation

if TYPE_CHECKING:
    from contact_center.console.adapters.api_models import CallAction, CorrectionWish
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 2_048
TAG = "console"

ACT = Operation(
    "actOnCall",
    TAG,
    {ACCEPTED: ("It is done soon.", "console.ActionAccepted")},
    reads="console.CallAction",
    body=JSON,
    refuses=(404, 409, 422),
)
CORRECT = Operation(
    "correctCall",
    TAG,
    {ACCEPTED: ("It is written down soon.", "console.CorrectionTaken")},
    reads="console.CorrectionWish",
    body=JSON,
    refuses=(404,),
)


def action_routes(routes: Routes, parts: OperatorParts, asking: Asking) -> None:
    """Add them."""

    def by() -> str:
        who = asking.who()
        return "" if who is None else who.name

    @routes.on("POST", "/api/calls/<call_id>/actions", ACT)
    def act(asked: CallAction, call_id: str) -> Json:
        """Have something done in a call that is under way, once.

        409 with `call_over`, or with `not_possible` and why. What becomes of it stands in the
        call's decisions.
        """
        from contact_center.console.services import act_on_call as use_case  # noqa: PLC0415

        try:
            action_id = use_case.act_on_call(parts.actions(), _short(call_id), asked.wish(), by())
        except use_case.NoCallError:
            raise problem(404, "There is no such call.") from None
        except use_case.CallRefusedError as error:
            raise problem(409, error.why, reason=error.reason) from None
        except use_case.OtherActionError:
            raise other_request("idempotencyKey") from None
        return {"actionId": action_id}

    @routes.on("POST", "/api/calls/<call_id>/correction", CORRECT)
    def correct(asked: CorrectionWish, call_id: str) -> Json:
        """Say where this caller should have been sent, while the call lasts or afterwards."""
        from contact_center.console.services import act_on_call as use_case  # noqa: PLC0415

        try:
            use_case.correct_call(parts.actions(), _short(call_id), asked.department, by())
        except use_case.NoCallError:
            raise problem(404, "There is no such call.") from None
        return {"callId": call_id, "department": asked.department}


def _short(call_id: str) -> str:
    if len(call_id) > LONGEST_ID:
        raise problem(404, "There is no such call.")
    return call_id
