"""What a request carries, read strictly: body, type, page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from contact_center.aws.api_gateway import request_of
from contact_center.kernel.deep_json import cut
from operator_api.problems import bad_field, problem

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Router

    from contact_center.kernel.ports import RawRequest

LARGEST_BODY = 1 << 20
PAGE_LIMIT = 100
PAGE_DEFAULT = 50
LONGEST_NAME = 64
NUMBER = re.compile(r"[0-9]{1,4}")
JSON_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json")
CSV_TYPE = "text/csv"


def raw_request(router: Router) -> RawRequest:
    """The request with its body as the bytes that were sent. Raises ProblemError: 413."""
    request = request_of(router.current_event.raw_event)
    if len(request.body) > LARGEST_BODY:
        raise problem(413, f"A body has at most {LARGEST_BODY} bytes.")
    return request


def media_type(request: RawRequest) -> str:
    """What the request says its body is, without parameters; empty when it does not say."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_body(request: RawRequest) -> object:
    """The body, parsed.

    Raises:
        ProblemError: 415 when it says it is something else, 400 when it is no JSON.
    """
    kind = media_type(request)
    if kind and request.body and not JSON_TYPE.fullmatch(kind):
        raise problem(415, "The body must be application/json.")
    try:
        return shallow_json(request.body.decode())
    except ValueError:
        raise bad_field("body", "must be JSON") from None


def shallow_json(text: str) -> object:
    """The JSON of a request; nobody who walks it afterwards meets a depth he cannot bear.

    Raises:
        ValueError: It is no JSON.
        ProblemError: It is nested deeper than any request.
    """
    if cut(text) != text:
        raise bad_field("body", "must not be nested so deeply")
    parsed: object = json.loads(text)
    return parsed


def no_body(router: Router) -> None:
    """A request that says all by its path carries nothing, or {}. Raises ProblemError."""
    request = raw_request(router)
    if not request.body.strip():
        return
    said = json_body(request)
    if not isinstance(said, dict):
        raise bad_field("body", "must be empty or {}")
    for name in sorted(said):
        raise bad_field(str(name)[:LONGEST_NAME], "is not a field of this request")


def query(router: Router, name: str) -> str | None:
    """A parameter of the query, or None."""
    return (router.current_event.query_string_parameters or {}).get(name)


def page_limit(router: Router) -> int:
    """How many rows a page is to have. Raises ProblemError."""
    limit = query(router, "limit") or str(PAGE_DEFAULT)
    if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= PAGE_LIMIT:
        raise bad_field("limit", f"must be a whole number from 1 to {PAGE_LIMIT}")
    return int(limit)
