"""Answers of the API: JSON, and RFC 9457 problems for whatever cannot be answered."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProblemError(Exception):
    """A request that is answered with an RFC 9457 problem."""

    def __init__(self, status: int, title: str, detail: str, **extra: object) -> None:
        super().__init__(title)
        self.status = status
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        self.body |= extra


def problem(status: int, detail: str, **extra: object) -> ProblemError:
    """A problem whose title is the status's own phrase."""
    return ProblemError(status, HTTPStatus(status).phrase, detail, **extra)


def bad_field(field: str, rule: str) -> ProblemError:
    """A field of the request that breaks a rule."""
    return problem(400, f"{field} {rule}.", field=field)


def json_answer(told: Mapping[str, object], status: int = 200) -> Response[str]:
    """An answer that nobody may keep for others."""
    headers = {"Cache-Control": "no-store"}
    return Response(status, "application/json", json.dumps(told), headers=headers)


def problem_answer(error: ProblemError) -> dict[str, Any]:
    """A problem as API Gateway wants it."""
    headers = {"content-type": "application/problem+json"}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return {"statusCode": error.status, "headers": headers, "body": json.dumps(error.body)}
