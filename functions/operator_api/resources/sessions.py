"""The routes of logging in. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from operator_api.asking import SESSION_COOKIE
from operator_api.problems import json_answer, problem
from operator_api.routes import JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import Response

    from contact_center.console.adapters.api_models import LogIn
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking
    from operator_api.routes import Routes

    type Json = dict[str, object]

TAG = "console"

LOG_IN = Operation(
    "logIn",
    TAG,
    {OK: ("Logged in, by a cookie.", "console.LoggedIn")},
    role=None,
    reads="console.LogIn",
    body=JSON,
    refuses=(401, 403, 429, 503),
)
LOG_OUT = Operation(
    "logOut",
    TAG,
    {OK: ("The session is over in this browser.", "console.LoggedOut")},
    role=None,
    body=NOTHING,
    refuses=(403,),
)
SHOW = Operation("showSession", TAG, {OK: ("Who is logged in.", "console.LoggedIn")}, role="viewer")


def session_routes(routes: Routes, parts: OperatorParts, asking: Asking) -> None:
    """Add them."""

    @routes.on("POST", "/console/login", LOG_IN)
    def log_in(asked: LogIn) -> Response[str]:
        """Log in with a token.

        Ten wrong ones a minute from one address, and no more is looked at. The cookie that is set
        stands for the token for twelve hours, or until it is turned; a request that carries it and
        is no GET needs `Sec-Fetch-Site: same-origin`, `X-Console: 1` and says that it is JSON.
        """
        from contact_center.console.services.log_in import (  # noqa: PLC0415
            ManyTriesError,
            WrongTokenError,
        )
        from contact_center.console.services.log_in import log_in as use_case  # noqa: PLC0415

        asking.must_not_come_from_elsewhere()
        try:
            logged_in = use_case(asked.token, asking.address, parts.sessions())
        except WrongTokenError:
            raise problem(401, "This is no valid token.") from None
        except ManyTriesError as error:
            raise problem(
                429, f"Too many wrong tokens. Try again in {error.wait_seconds} s."
            ) from None
        asking.came_in(logged_in.session)
        return _with_cookie(json_answer(_shown(parts, asking)), logged_in.value)

    @routes.on("POST", "/console/logout", LOG_OUT)
    def log_out() -> Response[str]:
        """Log out: the browser forgets the cookie."""
        return _with_cookie(json_answer({"loggedIn": False}), "")

    @routes.on("GET", "/console/session", SHOW)
    def session() -> Json:
        """Who is logged in, which version answers, and how the business stands."""
        return _shown(parts, asking)


def _shown(parts: OperatorParts, asking: Asking) -> Json:
    from contact_center.console.services.show_business import show_business  # noqa: PLC0415

    return asking.shown(parts.version) | {"business": show_business(parts.business())}


def _with_cookie(answer: Response[str], value: str) -> Response[str]:
    """An answer that sets the cookie, or takes it away; browsers set it on loopback as well."""
    from contact_center.console.domain.sessions import SESSION_SECONDS  # noqa: PLC0415

    answer.cookies = [
        Cookie(
            SESSION_COOKIE,
            value,
            path="/",
            secure=True,
            http_only=True,
            same_site=SameSite.STRICT_MODE,
            max_age=SESSION_SECONDS if value else 0,
        )
    ]
    return answer
