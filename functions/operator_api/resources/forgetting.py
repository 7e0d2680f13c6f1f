"""The routes of forgetting a person. Wiring only.

The number stands in the body: paths are logged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.ports import QueueUnavailableError, SecretUnavailableError
from operator_api.problems import problem
from operator_api.routes import ACCEPTED, JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.forgetting.adapters.api_models import ForgetWish
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

TAG = "people"
FORGET_ID = re.compile("[0-9a-f]{32}")

FORGET = Operation(
    "forget",
    TAG,
    {ACCEPTED: ("Nobody calls it any more; the stores are asked.", "forgetting.Begun")},
    reads="forgetting.ForgetWish",
    body=JSON,
)
SHOW = Operation(
    "showForgetting",
    TAG,
    {OK: ("What was reached, and what was not.", "forgetting.Certificate")},
    refuses=(404,),
)
AGAIN = Operation(
    "forgetAgain",
    TAG,
    {ACCEPTED: ("It begins.", "forgetting.BegunAgain")},
    body=NOTHING,
)


def forget_routes(routes: Routes, desk: Callable[[], ForgetDesk]) -> None:
    """Add them; `desk` is made when it is first asked for."""

    @routes.on("POST", "/api/forget", FORGET)
    def forget(wish: ForgetWish) -> Json:
        """Forget a person: in every store, for good.

        Asked for again it begins again, and reaches what has come since. Nobody calls the number
        from now on, until `DELETE /api/suppressions` lifts it.
        """
        from contact_center.forgetting.services.forget_desk import (  # noqa: PLC0415
            begin_forgetting,
        )

        try:
            return begin_forgetting(wish.phone, desk())
        except SecretUnavailableError:
            raise problem(503, "Nothing can be forgotten now. Try again later.") from None

    @routes.on("POST", "/api/forget/again", AGAIN)
    def forget_again() -> Json:
        """Forget everybody again who was forgotten lately: after a table was restored."""
        from contact_center.forgetting.services.forget_person import (  # noqa: PLC0415
            AGAIN as EVERYBODY,
        )

        try:
            desk().hint(EVERYBODY)
        except QueueUnavailableError:
            raise problem(503, "Try again in a moment.") from None
        return {"accepted": True}

    @routes.on("GET", "/api/forget/<forget_id>", SHOW)
    def show(forget_id: str) -> Json:
        """What each store has let go of, what it cannot, and until when backups hold the person."""
        from contact_center.forgetting.services.forget_desk import (  # noqa: PLC0415
            show_forgetting,
        )

        told = show_forgetting(forget_id, desk()) if FORGET_ID.fullmatch(forget_id) else None
        if told is None:
            raise problem(404, "Nobody of that id was to be forgotten.")
        return told
