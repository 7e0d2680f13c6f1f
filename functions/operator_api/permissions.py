"""The routes on what people permit: suppressions, consents, may we call now? Wiring only.

Numbers stand in bodies, never in paths: paths are logged.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Router

from contact_center.permission.services.suppress import PermissionBusyError
from contact_center.triggers.services.state_permission import (
    ask_contactability,
    end_consent,
    lift_suppression,
    state_consent,
    state_suppression,
)
from operator_api.problems import json_answer, problem
from operator_api.requests import json_body, raw_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_lambda_powertools.event_handler import Response

    from contact_center.aws.operator_tokens import Role
    from contact_center.triggers.services.state_permission import Stated
    from contact_center.wiring.operator_api import DialingDesk

    type Desk = Callable[[], DialingDesk]
    type Require = Callable[[Role], None]

CREATED, OK = 201, 200


def permission_routes(desk: Desk, require: Require) -> Router:
    """The routes.

    Args:
        desk: What they work with, made when it is first asked for.
        require: Raises ProblemError unless the request comes from that role.
    """
    router: Router = Router()  # type: ignore[no-untyped-call]
    _suppression_routes(router, desk, require)
    _consent_routes(router, desk, require)
    _contactability_route(router, desk, require)
    return router


def _suppression_routes(router: Router, desk: Desk, require: Require) -> None:
    @router.post("/api/suppressions")
    def put_on_the_list() -> Response[str]:
        """Do not call this number any more: 201, and 200 when it was said before."""
        require("operator")
        with _unless_busy():
            return _stated(state_suppression(_body(router), desk().statements))

    @router.delete("/api/suppressions")
    def take_off_the_list() -> Response[str]:
        """The number may be called again as far as this list goes; 200 whether or not it was on."""
        require("operator")
        with _unless_busy():
            return json_answer(lift_suppression(_body(router), desk().statements))


def _consent_routes(router: Router, desk: Desk, require: Require) -> None:
    @router.post("/api/consents")
    def record() -> Response[str]:
        """Somebody has agreed to be called: 201, and 200 when it was said before."""
        require("operator")
        with _unless_busy():
            return _stated(state_consent(_body(router), desk().statements))

    @router.delete("/api/consents")
    def revoke() -> Response[str]:
        """Whatever was agreed to until now is void; 200 whether or not there was anything."""
        require("operator")
        with _unless_busy():
            return json_answer(end_consent(_body(router), desk().statements))


def _contactability_route(router: Router, desk: Desk, require: Require) -> None:
    @router.post("/api/contactability")
    def ask() -> Response[str]:
        """May this number be called at this moment, and if not: why, and when?"""
        require("viewer")
        with _unless_busy():
            return json_answer(ask_contactability(_body(router), desk().statements))


def _stated(stated: Stated) -> Response[str]:
    return json_answer(stated.body, CREATED if stated.new else OK)


@contextmanager
def _unless_busy() -> Iterator[None]:
    try:
        yield
    except PermissionBusyError:
        raise problem(503, "Others are changing this person. Try again in a moment.") from None


def _body(router: Router) -> object:
    return json_body(raw_request(router))
