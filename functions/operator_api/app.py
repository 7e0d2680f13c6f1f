"""The operators' API: health, calls, and the routes of the other files here. Wiring only."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from contact_center.aws.operator_tokens import TokensUnavailableError
from contact_center.conversations.services.read_calls import active_calls, list_calls, show_call
from contact_center.kernel.instants import read_day
from contact_center.kernel.observability import log
from contact_center.kernel.ports import BadCursorError, StoreUnavailableError
from contact_center.wiring.operator_api import operator_parts
from operator_api.callers import caller_routes
from operator_api.campaigns import campaign_routes
from operator_api.dialing import dialing_routes
from operator_api.figures import figure_routes
from operator_api.lists import list_routes
from operator_api.national import national_routes
from operator_api.openapi import openapi_routes
from operator_api.permissions import permission_routes
from operator_api.problems import (
    REFUSALS,
    ProblemError,
    bad_field,
    json_answer,
    problem,
    problem_answer,
    problem_of,
)

if TYPE_CHECKING:
    from contact_center.aws.operator_tokens import Role

PARTS = operator_parts()

PAGE_LIMIT = 100
PAGE_DEFAULT = 50
PATH_LIMIT = 2_048
NUMBER = re.compile(r"[0-9]{1,4}")

app = APIGatewayHttpResolver()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    """Handle one HTTP API event (payload format 2.0)."""
    try:
        return app.resolve(event, context)
    except ProblemError as error:
        return problem_answer(error)
    except (TokensUnavailableError, StoreUnavailableError) as error:
        log("ERROR", "unavailable", error=type(error).__name__)
        return problem_answer(problem(503, "Try again in a moment."))
    except Exception as error:  # noqa: BLE001 - whatever broke: its kind in the log, no more
        log("ERROR", "request failed", error=type(error).__name__)
        return problem_answer(problem(500, "This cannot be answered."))


@app.get("/health")
def health() -> Response[str]:
    """Alive, and which version; the number of live calls for those who may know it."""
    told: dict[str, object] = {"status": "ok", "version": PARTS.version}
    # Whoever asks for life gets it; what is down besides only costs the figure.
    with suppress(TokensUnavailableError, StoreUnavailableError):
        if PARTS.health_shows_calls or _role() is not None:
            told["activeCalls"] = active_calls(PARTS.desk)
    return json_answer(told)


@app.get("/api/calls")
def calls() -> Response[str]:
    """The calls of a day, newest first, a page at a time."""
    _require("viewer")
    query = app.current_event.query_string_parameters or {}
    day = query.get("day")
    if day is not None and read_day(day) is None:
        raise bad_field("day", "must be a date as YYYY-MM-DD")
    limit = query.get("limit", str(PAGE_DEFAULT))
    if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= PAGE_LIMIT:
        raise bad_field("limit", f"must be a whole number from 1 to {PAGE_LIMIT}")
    try:
        return json_answer(list_calls(PARTS.desk, day, int(limit), query.get("cursor")))
    except BadCursorError:
        raise bad_field("cursor", "must be the nextCursor of a page of the same day") from None


@app.get("/api/calls/<call_id>")
def call(call_id: str) -> Response[str]:
    """One call with its timeline."""
    _require("viewer")
    shown = show_call(PARTS.desk, call_id) if len(call_id) <= PATH_LIMIT else None
    if shown is None:
        raise problem(404, "There is no such call.")
    return json_answer(shown)


@app.exception_handler(ProblemError)  # type: ignore[untyped-decorator]
def refused(error: ProblemError) -> Response[str]:
    """A problem a route has raised; without this the framework logs each as an error."""
    return _response(error)


@app.exception_handler(REFUSALS)  # type: ignore[untyped-decorator]
def refused_by_the_use_case(error: Exception) -> Response[str]:
    """A request that a use case has refused, told as the same kind of problem."""
    return _response(problem_of(error))


@app.not_found
def not_found(_: Exception) -> Response[str]:
    """No such path, or no such method on it."""
    raise problem(404, "There is no such resource.")


def _response(error: ProblemError) -> Response[str]:
    answer = problem_answer(error)
    headers = answer["headers"]
    return Response(error.status, headers.pop("content-type"), answer["body"], headers=headers)


def _role() -> Role | None:
    headers = {name.lower(): value for name, value in app.current_event.headers.items()}
    return PARTS.tokens.role_of(headers.get("authorization"))


def _require(least: Role) -> None:
    """The request must come from a viewer (an operator will do) or from an operator."""
    role = _role()
    if role is None:
        raise problem(401, "A valid bearer token is required.")
    if least == "operator" and role != "operator":
        raise problem(403, "An operator's token is required.")


app.include_router(dialing_routes(PARTS.dialing, _require))
app.include_router(permission_routes(PARTS.dialing, _require))
app.include_router(campaign_routes(PARTS.campaigns, _require))
app.include_router(list_routes(PARTS.campaigns, _require))
app.include_router(national_routes(PARTS.campaigns, _require))
app.include_router(caller_routes(PARTS.campaigns, _require))
app.include_router(figure_routes(PARTS.figures, _require))
app.include_router(openapi_routes())
