"""The routes that dial: a single call, its attempt, and the one switch. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.change_attempt import AttemptBusyError
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.dialing.services.set_aside import take_up
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.dialing.services.stop_dialing import resume_dialing, stop_dialing
from contact_center.triggers.services.test_call import ring_me_first
from contact_center.triggers.services.trigger_call import cancel_attempt, trigger_call
from operator_api.problems import problem
from operator_api.requests import short_body
from operator_api.routes import ACCEPTED, OK, SHORT_JSON, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.adapters.api_models import Resolution
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.triggers.adapters.api_models import TestCall, TriggerWish
    from contact_center.triggers.services.trigger_answers import TriggerAnswer
    from contact_center.wiring.operator_dialing import DialingDesk
    from operator_api.routes import Routes

    type Desk = Callable[[], DialingDesk]
    type Json = dict[str, Any]

LONGEST_ID = 64
BAD_REQUEST = 400
TAG, ATTEMPT, SWITCH = "dialing", "dialing.Attempt", "dialing.Switch"
QUEUED = {ACCEPTED: ("An attempt is queued, or was before.", "triggers.Accepted")}

TRIGGER = Operation(
    "triggerCall",
    TAG,
    QUEUED,
    reads="triggers.TriggerWish",
    body=SHORT_JSON,
    refuses=(404, 409, 422),
)
TEST_CALL = Operation(
    "testCall",
    "campaigns",
    QUEUED,
    reads="triggers.TestCall",
    body=SHORT_JSON,
    refuses=(404, 409, 422),
)
SHOW = Operation("showAttempt", TAG, {OK: ("The attempt.", ATTEMPT)}, role="viewer", refuses=(404,))
CANCEL = Operation("cancelAttempt", TAG, {OK: ("It is cancelled.", ATTEMPT)}, refuses=(404, 409))
RESOLVE = Operation(
    "resolveAttempt",
    TAG,
    {OK: ("It is settled.", ATTEMPT)},
    reads="dialing.Resolution",
    body=SHORT_JSON,
    refuses=(404, 409),
)
TAKE_UP = Operation(
    "takeUpAttempt",
    TAG,
    {OK: ("It is looked after again within a minute.", ATTEMPT)},
    refuses=(404, 409),
)
STOP = Operation(
    "stopDialing", TAG, {OK: ("Nothing rings any more 5 s after this answer.", SWITCH)}
)
RESUME = Operation("resumeDialing", TAG, {OK: ("Dialing goes on.", SWITCH)})


def dialing_routes(routes: Routes, desk: Desk) -> None:
    """Add them; `desk` makes what they work with when it is first asked for."""
    _trigger_routes(routes, desk)
    _attempt_routes(routes, desk)

    @routes.on("POST", "/api/dialing/stop", STOP)
    def stop() -> Json:
        """Stop every dial."""
        return {"stopped": stop_dialing(desk().switch).stopped}

    @routes.on("POST", "/api/dialing/resume", RESUME)
    def resume() -> Json:
        """Dial again."""
        return {"stopped": resume_dialing(desk().switch).stopped}


def _trigger_routes(routes: Routes, desk: Desk) -> None:
    @routes.on("POST", "/trigger/outbound", TRIGGER)
    def trigger(asked: TriggerWish) -> Json:
        """Wish for one call."""
        return _told(trigger_call(asked.trigger(), short_body(routes.router), desk().trigger))

    @routes.on("POST", "/api/campaigns/<campaign_id>/test-call", TEST_CALL)
    def test_call(asked: TestCall, campaign_id: str) -> Json:
        """Ring me first.

        Only a telephone that the setting TEST_CALL_NUMBERS names.
        """
        if len(campaign_id) > LONGEST_ID:
            raise problem(404, "There is no such campaign.")
        said, key = short_body(routes.router), asked.idempotency_key
        return _told(ring_me_first(campaign_id, asked.phone, key, said, desk().trigger))


def _attempt_routes(routes: Routes, desk: Desk) -> None:
    @routes.on("GET", "/api/attempts/<attempt_id>", SHOW)
    def attempt(attempt_id: str) -> Json:
        """One attempt."""
        return show_attempt(_known(attempt_id, desk()))

    @routes.on("DELETE", "/api/attempts/<attempt_id>", CANCEL)
    def cancel(attempt_id: str) -> Json:
        """Cancel a queued attempt."""
        _known(attempt_id, desk())
        after = _changed(lambda: cancel_attempt(attempt_id, desk().trigger.ledger))
        if after.reason != "cancelled":
            raise problem(409, f"An attempt that is {after.state} cannot be cancelled.")
        return show_attempt(after)

    @routes.on("POST", "/api/attempts/<attempt_id>/resolve", RESOLVE)
    def resolve(asked: Resolution, attempt_id: str) -> Json:
        """Say whether the telephone of a doubtful attempt rang."""
        before = _known(attempt_id, desk())
        if before.state is not AttemptState.DOUBTFUL:
            raise problem(409, f"Only a doubtful attempt is resolved; this one is {before.state}.")
        ledger = desk().trigger.ledger
        return show_attempt(
            _changed(lambda: resolve_attempt(attempt_id, rang=asked.rang, parts=ledger))
        )

    @routes.on("POST", "/api/attempts/<attempt_id>/take-up", TAKE_UP)
    def taken_up(attempt_id: str) -> Json:
        """Have an attempt that was set aside looked after again."""
        before = _known(attempt_id, desk())
        after = _changed(lambda: take_up(attempt_id, desk().trigger.ledger))
        if after.version == before.version:
            raise problem(
                409, f"Only an attempt that was set aside is taken up; this one is {after.state}."
            )
        return show_attempt(after)


def _told(answer: TriggerAnswer) -> Json:
    told = dict(answer.body)
    if answer.status == ACCEPTED:
        return told
    if answer.status == BAD_REQUEST:
        told["detail"] = f"{told['detail']}."
    detail = str(told.pop("detail", f"This person may not be called: {told.get('reason')}."))
    raise problem(answer.status, detail, **told)


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
