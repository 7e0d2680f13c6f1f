"""The routes that dial: a single call, its attempt, and the one switch. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler.api_gateway import Router

from contact_center.aws.items import UnreadableItemError
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.change_attempt import AttemptBusyError
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.dialing.services.stop_dialing import resume_dialing, stop_dialing
from contact_center.triggers.services.test_call import ring_me_first
from contact_center.triggers.services.trigger_call import cancel_attempt, trigger_call
from operator_api.problems import bad_field, json_answer, problem
from operator_api.requests import shallow_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.triggers.services.trigger_answers import TriggerAnswer
    from contact_center.wiring.operator_api import DialingDesk

    type Desk = Callable[[], DialingDesk]
    type Require = Callable[[Role], None]

LONGEST_BODY = 65_536
LONGEST_ID = 64
ACCEPTED = 202


def dialing_routes(desk: Desk, require: Require) -> Router:
    """The routes.

    Args:
        desk: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]
    _trigger_routes(router, desk, require)
    _attempt_routes(router, desk, require)
    _switch_routes(router, desk, require)
    return router


def _trigger_routes(router: Router, desk: Desk, require: Require) -> None:
    @router.post("/trigger/outbound")
    def trigger() -> Response[str]:
        """Wish for one call."""
        require("operator")
        return _told(trigger_call(_body(router), desk().trigger))

    @router.post("/api/campaigns/<campaign_id>/test-call")
    def test_call(campaign_id: str) -> Response[str]:
        """Ring the operator's own phone with what a contact of the campaign would hear."""
        require("operator")
        if len(campaign_id) > LONGEST_ID:
            raise problem(404, "There is no such campaign.")
        return _told(ring_me_first(campaign_id, _body(router), desk().trigger))


def _attempt_routes(router: Router, desk: Desk, require: Require) -> None:
    @router.get("/api/attempts/<attempt_id>")
    def attempt(attempt_id: str) -> Response[str]:
        """One attempt."""
        require("viewer")
        return json_answer(show_attempt(_known(attempt_id, desk())))

    @router.delete("/api/attempts/<attempt_id>")
    def cancel(attempt_id: str) -> Response[str]:
        """Cancel a queued attempt."""
        require("operator")
        _known(attempt_id, desk())
        after = _changed(lambda: cancel_attempt(attempt_id, desk().trigger.ledger))
        if after.reason != "cancelled":
            raise problem(409, f"An attempt that is {after.state} cannot be cancelled.")
        return json_answer(show_attempt(after))

    @router.post("/api/attempts/<attempt_id>/resolve")
    def resolve(attempt_id: str) -> Response[str]:
        """Say whether the phone of a doubtful attempt rang."""
        require("operator")
        body = _body(router)
        rang = body.get("rang") if isinstance(body, dict) else None
        if not isinstance(rang, bool):
            raise bad_field("rang", "must be true or false")
        before = _known(attempt_id, desk())
        if before.state is not AttemptState.DOUBTFUL:
            raise problem(409, f"Only a doubtful attempt is resolved; this one is {before.state}.")
        ledger = desk().trigger.ledger
        after = _changed(lambda: resolve_attempt(attempt_id, rang=rang, parts=ledger))
        return json_answer(show_attempt(after))


def _switch_routes(router: Router, desk: Desk, require: Require) -> None:
    @router.post("/api/dialing/stop")
    def stop() -> Response[str]:
        """Stop every dial; nothing rings any more 5 s after the answer."""
        require("operator")
        return json_answer({"stopped": stop_dialing(desk().switch).stopped})

    @router.post("/api/dialing/resume")
    def resume() -> Response[str]:
        """Dial again."""
        require("operator")
        return json_answer({"stopped": resume_dialing(desk().switch).stopped})


def _told(answer: TriggerAnswer) -> Response[str]:
    if answer.status == ACCEPTED:
        return json_answer(answer.body, ACCEPTED)
    told: dict[str, Any] = dict(answer.body)
    detail = str(told.pop("detail", f"This person may not be called: {told.get('reason')}."))
    raise problem(answer.status, detail, **told)


def _body(router: Router) -> object:
    event = router.current_event
    try:
        text = event.decoded_body
    except ValueError:  # bytes that are no text
        text = None
    if text is None or len(text) > LONGEST_BODY:
        raise bad_field("body", f"must be JSON of at most {LONGEST_BODY} characters")
    try:
        return shallow_json(text)
    except ValueError:
        raise bad_field("body", "must be JSON") from None


def _known(attempt_id: str, desk: DialingDesk) -> DialAttempt:
    found = None
    if len(attempt_id) <= LONGEST_ID:
        try:
            found = desk.trigger.ledger.ledger.read(attempt_id)
        except UnreadableItemError:
            raise problem(503, "A newer release wrote this attempt. Try again later.") from None
    if found is None:
        raise problem(404, "There is no such attempt.")
    return found


def _changed(change: Callable[[], DialAttempt | None]) -> DialAttempt:
    try:
        after = change()
    except AttemptBusyError:
        raise problem(503, "Others are changing this attempt. Try again in a moment.") from None
    if after is None:
        raise problem(404, "There is no such attempt.")
    return after
