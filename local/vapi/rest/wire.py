"""What comes and goes over HTTP, and how Vapi refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.vapi.calls.answers import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

OK, CREATED, FOUND = 200, 201, 302
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 400, 401, 403
NOT_FOUND, CONFLICT, TOO_MANY, UNAVAILABLE = 404, 409, 429, 503


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a body of None closes the connection without one."""

    status: int
    body: bytes | None
    media: str = "application/json"
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came over HTTP."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object = None


def json_answer(status: int, document: Any) -> Answer:  # noqa: ANN401 - any JSON
    """An answer in JSON."""
    return Answer(status, encode(document))


def error(status: int, message: str | list[str], name: str = "Bad Request") -> Answer:
    """An error body in the form of Vapi's framework."""
    return json_answer(status, {"message": message, "error": name, "statusCode": status})


def missing() -> Answer:
    """There is nothing of that name."""
    return error(NOT_FOUND, "Not Found", "Not Found")
