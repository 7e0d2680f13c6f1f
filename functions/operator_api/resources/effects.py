"""The routes of what must happen elsewhere, and of trying it again. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.path_ids import named_by
from contact_center.records.services.effect_desk import (
    effects_of_call,
    list_dead,
    list_open,
    replay,
    replay_by_cause,
)
from operator_api.problems import bad_field, problem
from operator_api.requests import page_limit, query
from operator_api.routes import JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_list import Role
    from contact_center.conversations.services.read_calls import CallDesk
    from contact_center.records.adapters.api_models import ReplayWish
    from contact_center.records.services.effect_desk import EffectDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 64
LONGEST_CALL_ID = 2_048  # as calls.py
LONGEST_CAUSE = 64
TAG = "effects"
OPEN, DEAD = "open", "dead"

LIST = Operation(
    "listEffects",
    TAG,
    {OK: ("A page.", "records.EffectPage")},
    role="viewer",
    query=("state", "cause", "limit", "cursor"),
    refuses=(400,),
)
REPLAY_ALL = Operation(
    "replayEffects",
    TAG,
    {OK: ("What is tried again.", "records.Replayed")},
    reads="records.ReplayWish",
    body=JSON,
)
REPLAY = Operation(
    "replayEffect",
    TAG,
    {OK: ("It is tried again.", "records.Replayed")},
    body=NOTHING,
    refuses=(404,),
)


OF_CALL = Operation(
    "showCallEffects",
    TAG,
    {OK: ("All.", "records.EffectsOfCall")},
    role="viewer",
    refuses=(404,),
)


def effect_routes(
    routes: Routes,
    desk: Callable[[], EffectDesk],
    role: Callable[[], Role | None],
    calls: CallDesk,
) -> None:
    """Add them; `role` tells whose request it is, `calls` has the call that an effect is of."""
    _call_route(routes, desk, calls)

    @routes.on("GET", "/api/effects", LIST)
    def effects() -> Json:
        """What must happen elsewhere: what is open, or with `state=dead` what was given up.

        Of what is open the oldest effect of each customer and receiver is shown: the others wait
        behind it.
        """
        state, cause = _which(routes)
        limit, cursor = page_limit(routes.router), query(routes.router, "cursor")
        whole = role() == "operator"
        if state == DEAD:
            return list_dead(desk(), cause, limit, cursor, whole=whole)
        return list_open(desk(), limit, cursor, whole=whole)

    @routes.on("POST", "/api/effects/replay", REPLAY_ALL)
    def replay_all(wish: ReplayWish) -> Json:
        """Try all again that were given up for one cause.

        Each is looked up at its receiver before it is written, and goes behind what the customer's
        line holds.
        """
        return replay_by_cause(desk(), wish.cause)

    @routes.on("POST", "/api/effects/<effect_id>/replay", REPLAY)
    def replay_one(effect_id: str) -> Json:
        """Try one again that was given up."""
        told = replay(desk(), effect_id) if len(effect_id) <= LONGEST_ID else None
        if told is None:
            raise problem(404, "No effect of that id was given up.")
        return told


def _call_route(routes: Routes, desk: Callable[[], EffectDesk], calls: CallDesk) -> None:
    @routes.on("GET", "/api/calls/<call_id>/effects", OF_CALL)
    def of_call(call_id: str) -> Json:
        """What a call has caused elsewhere, and whether it was told there."""
        from contact_center.conversations.services.call_effects import customer_of  # noqa: PLC0415

        named = named_by(call_id) if len(call_id) <= LONGEST_CALL_ID else None
        record = None if named is None else calls.history(named).record
        if record is None:
            raise problem(404, "There is no such call.")
        return effects_of_call(desk(), customer_of(record), record.call_id)


def _which(routes: Routes) -> tuple[str, str | None]:
    """Which list is asked for, and of which cause. Raises ProblemError."""
    state, cause = query(routes.router, "state") or OPEN, query(routes.router, "cause")
    if state not in {OPEN, DEAD}:
        raise bad_field("state", "must be dead or open")
    if cause is not None and (state != DEAD or not 0 < len(cause) <= LONGEST_CAUSE):
        raise bad_field("cause", "must be one that a dead effect has, with state=dead")
    return state, cause
