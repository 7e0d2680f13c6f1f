"""What a request carries, read strictly: body, type, page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from contact_center.aws.api_gateway import request_of
from contact_center.kernel.deep_json import cut
from contact_center.kernel.instants import read_day
from operator_api.problems import bad_field, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_lambda_powertools.event_handler.api_gateway import Router

    from contact_center.kernel.ports import RawRequest

LARGEST_BODY = 1 << 20
LONGEST_SHORT_BODY = 65_536
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


def json_body(request: RawRequest, others: Sequence[str] = ()) -> object:
    """The body, parsed.

    Args:
        request: With its body.
        others: What else the body of this request may be, beside JSON.

    Raises:
        ProblemError: 415 when it says it is something else, 400 when it is no JSON.
    """
    kind = media_type(request)
    if kind and request.body and not JSON_TYPE.fullmatch(kind):
        said = "The body must be application/json."
        if others:
            kinds = " or ".join([*others, "application/json"])
            said = f"The body must be {kinds}, and its Content-Type has to say which it is."
        raise problem(415, said)
    return _parsed(request.body)


def short_body(router: Router) -> object:
    """A body that is small by nature, parsed, whatever it says it is. Raises ProblemError."""
    try:
        text = router.current_event.decoded_body
    except ValueError:  # bytes that are no text
        text = None
    if text is None or len(text) > LONGEST_SHORT_BODY:
        raise bad_field("body", f"must be JSON of at most {LONGEST_SHORT_BODY} characters")
    return _parsed(text)


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


def queries(router: Router) -> dict[str, str]:
    """The parameters of the query."""
    return router.current_event.query_string_parameters or {}


def query(router: Router, name: str) -> str | None:
    """A parameter of the query, or None."""
    return queries(router).get(name)


def header(router: Router, name: str) -> str | None:
    """A header, or None."""
    return request_of(router.current_event.raw_event).headers.get(name.lower())


def day_of(router: Router) -> str | None:
    """The day that is asked about, or None. Raises ProblemError."""
    day = query(router, "day")
    if day is not None and read_day(day) is None:
        raise bad_field("day", "must be a date as YYYY-MM-DD")
    return day


def page_limit(router: Router) -> int:
    """How many rows a page is to have. Raises ProblemError."""
    limit = query(router, "limit")
    if limit is None:
        return PAGE_DEFAULT
    if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= PAGE_LIMIT:
        raise bad_field("limit", f"must be a whole number from 1 to {PAGE_LIMIT}")
    return int(limit)


def _parsed(body: str | bytes) -> object:
    """The JSON of a request; nobody who walks it afterwards meets a depth he cannot bear."""
    try:
        text = body if isinstance(body, str) else body.decode()
        too_deep = cut(text) != text
        parsed: object = None if too_deep else json.loads(text)
    except ValueError:
        raise bad_field("body", "must be JSON") from None
    if too_deep:
        raise bad_field("body", "must not be nested so deeply")
    return parsed
