"""The routes of callers who are called back. Wiring only.

Numbers stand in bodies, never in paths: paths are logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.instants import iso
from contact_center.kernel.ports import ContentionError
from operator_api.problems import problem
from operator_api.routes import CREATED, JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.reception.adapters.api_models import NewCallback
    from contact_center.reception.services.callbacks.callback_desk import (
        CallbackDesk,
        CallbackRefusedError,
    )
    from operator_api.routes import Routes

    type Desk = Callable[[], CallbackDesk]
    type Json = dict[str, object]

TAG = "reception"

LIST = Operation("listCallbacks", TAG, {OK: ("All.", "reception.Callbacks")}, role="viewer")
KEEP = Operation(
    "keepPlace",
    TAG,
    {CREATED: ("It is kept.", "reception.Callback")},
    reads="reception.NewCallback",
    body=JSON,
    refuses=(409, 503),
)
NOW = Operation(
    "callBackNow",
    TAG,
    {OK: ("All.", "reception.Callbacks")},
    body=NOTHING,
    refuses=(404, 409, 503),
)
GIVE_UP = Operation(
    "giveUpCallback",
    TAG,
    {OK: ("Those that are left.", "reception.Callbacks")},
    refuses=(404, 503),
)


def callback_routes(routes: Routes, desk: Desk) -> None:
    """Add them; `desk` is made when it is first asked for."""
    _kept_routes(routes, desk)
    _changing_routes(routes, desk)


def _kept_routes(routes: Routes, desk: Desk) -> None:
    @routes.on("GET", "/api/callbacks", LIST)
    def callbacks() -> Json:
        """Callers who are called when it is their turn, and those who could not be reached."""
        return desk().all()

    @routes.on("POST", "/api/callbacks", KEEP)
    def keep(asked: NewCallback) -> Json:
        """Keep a place in line for somebody, who is rung when it is his turn.

        Whether he may be called is judged now, and again when it rings.
        """
        from contact_center.reception.services.callbacks.callback_desk import (  # noqa: PLC0415  seldom asked
            CallbackRefusedError,
        )

        try:
            return desk().keep(asked.phone.e164, asked.department, asked.asked)
        except CallbackRefusedError as refused:
            raise _refused(refused) from None
        except ContentionError:
            raise problem(503, "Others are changing this. Try again in a moment.") from None


def _changing_routes(routes: Routes, desk: Desk) -> None:
    @routes.on("POST", "/api/callbacks/<callback_id>/now", NOW)
    def call_now(callback_id: str) -> Json:
        """Call somebody back who rests until later: as soon as it is his turn, if he may be called.

        Why not, and from when on, stands in a 409.
        """
        from contact_center.reception.services.callbacks.callback_desk import (  # noqa: PLC0415  seldom asked
            CallbackRefusedError,
            NoCallbackError,
        )

        try:
            desk().call_now(callback_id)
        except NoCallbackError:
            raise problem(404, "There is no such callback, or it does not rest.") from None
        except CallbackRefusedError as refused:
            raise _refused(refused) from None
        except ContentionError:
            raise problem(503, "Others are changing this. Try again in a moment.") from None
        return desk().all()

    @routes.on("DELETE", "/api/callbacks/<callback_id>", GIVE_UP)
    def give_up(callback_id: str) -> Json:
        """Call somebody no more, or note that somebody sees to a call that came to nothing."""
        from contact_center.reception.services.callbacks.callback_desk import (  # noqa: PLC0415  seldom asked
            NoCallbackError,
        )

        try:
            desk().give_up(callback_id)
        except NoCallbackError:
            raise problem(404, "There is no such callback, or it was made.") from None
        except ContentionError:
            raise problem(503, "Others are changing this. Try again in a moment.") from None
        return desk().all()


def _refused(refused: CallbackRefusedError) -> Exception:
    from contact_center.reception.services.callbacks.callback_desk import HELD  # noqa: PLC0415

    if refused.reason == HELD:
        return problem(409, "A place is kept for this number already.")
    said = f"This person may not be called: {refused.reason}."
    return problem(409, said, reason=refused.reason, nextAllowedAt=iso(refused.from_ms))
