"""GET /health, /api/calls and /api/calls/{id}. Wiring only; errors are RFC 9457 problems."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from contact_center.adapters.operator_tokens import TokensUnavailableError
from contact_center.observability import log
from contact_center.services.ports import BadCursorError, StoreUnavailableError
from contact_center.services.read_calls import active_calls, list_calls, show_call
from contact_center.wiring import operator_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = operator_parts()

PAGE_LIMIT = 100
PAGE_DEFAULT = 50
PATH_LIMIT = 256
DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
NUMBER = re.compile(r"[0-9]{1,4}")

app = APIGatewayHttpResolver()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    """Handle one HTTP API event (payload format 2.0)."""
    try:
        return app.resolve(event, context)
    except ProblemError as error:
        return _answer_of(error)
    except (TokensUnavailableError, StoreUnavailableError) as error:
        log("ERROR", "unavailable", error=type(error).__name__)
        return _answer_of(ProblemError(503, "Service Unavailable", "Try again in a moment."))
    except Exception as error:  # noqa: BLE001 - whatever broke: its kind in the log, no more
        log("ERROR", "request failed", error=type(error).__name__)
        return _answer_of(ProblemError(500, "Internal Server Error", "This cannot be answered."))


class ProblemError(Exception):
    """A request that is answered with an RFC 9457 problem."""

    def __init__(self, status: int, title: str, detail: str, **extra: str) -> None:
        super().__init__(title)
        self.status = status
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        self.body |= extra


@app.get("/health")
def health() -> Response[str]:
    """Alive, and which version; the number of live calls for those who may know it."""
    told: dict[str, object] = {"status": "ok", "version": PARTS.version}
    # Whoever asks for life gets it; what is down besides only costs the figure.
    with suppress(TokensUnavailableError, StoreUnavailableError):
        if PARTS.health_shows_calls or _role() is not None:
            told["activeCalls"] = active_calls(PARTS.desk)
    return _json(told)


@app.get("/api/calls")
def calls() -> Response[str]:
    """The calls of a day, newest first, a page at a time."""
    _require_role()
    query = app.current_event.query_string_parameters or {}
    day = query.get("day")
    if day is not None and not DAY.fullmatch(day):
        raise _bad("day", "must be a date as YYYY-MM-DD")
    limit = query.get("limit", str(PAGE_DEFAULT))
    if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= PAGE_LIMIT:
        raise _bad("limit", f"must be a whole number from 1 to {PAGE_LIMIT}")
    try:
        return _json(list_calls(PARTS.desk, day, int(limit), query.get("cursor")))
    except BadCursorError:
        raise _bad("cursor", "must be the nextCursor of a page of the same day") from None


@app.get("/api/calls/<call_id>")
def call(call_id: str) -> Response[str]:
    """One call with its timeline."""
    _require_role()
    shown = show_call(PARTS.desk, call_id) if len(call_id) <= PATH_LIMIT else None
    if shown is None:
        raise ProblemError(404, "Not Found", "There is no such call.")
    return _json(shown)


@app.not_found
def not_found(_: Exception) -> Response[str]:
    """No such path, or no such method on it."""
    raise ProblemError(404, "Not Found", "There is no such resource.")


def _role() -> str | None:
    headers = {name.lower(): value for name, value in app.current_event.headers.items()}
    return PARTS.tokens.role_of(headers.get("authorization"))


def _require_role() -> None:
    if _role() is None:
        raise ProblemError(401, "Unauthorized", "A valid bearer token is required.")


def _bad(field: str, rule: str) -> ProblemError:
    return ProblemError(400, "Bad Request", f"{field} {rule}.", field=field)


def _json(told: Mapping[str, object]) -> Response[str]:
    headers = {"Cache-Control": "no-store"}
    return Response(200, "application/json", json.dumps(told), headers=headers)


def _answer_of(error: ProblemError) -> dict[str, Any]:
    headers = {"content-type": "application/problem+json"}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return {"statusCode": error.status, "headers": headers, "body": json.dumps(error.body)}
