"""What an answer of HubSpot's means.

answer                                    to a write                    to a question
not sent                                  Later, connection             the same
no whole answer, 3xx, 408, 5xx            InDoubt: timeout, broken_off, Later, by the same names
                                          redirect, server_error …
2xx that is no JSON, or has no id         InDoubt, not_json, no_id      Later
2xx with an error inside                  InDoubt, error_inside         Later
207, of one write, with its error         as 400                        -
429                                       Later, rate or daily_limit    the same
423, 477                                  Later, locked or migration    the same
401                                       Later, key_refused            the same
403                                       Refused, no_permission        the same
400                                       Refused: validation, unknown_property, property_not_unique
409, or 400 for a value that is taken     TakenError                    -
404                                       AbsentError                   AbsentError
any other 4xx                             Refused, too_large or rejected

A validation rule of the owner's is a Refused: asking again would be answered the same. A key that
is not known says nothing of what was sent with it: all of it waits for the right one. Of what
HubSpot says, codes and names of properties are kept; its sentences hold values.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from contact_center.records.services.effect_ports import InDoubt, Later, Refused
from contact_center.web.outcomes import Answered, NotSent
from contact_center.web.retry_after import told_wait_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.web.outcomes import Outcome

type Json = dict[str, Any]
type Doubt = type[InDoubt | Later]

LOCKED_MS, WINDOW_MS, SECOND_MS, DAILY_MS = 2_000, 10_000, 1_000, 3_600_000
MIGRATION_IN_PROGRESS = 477
MOST_NAMED = 5
KEY_REFUSED, NO_PERMISSION = "key_refused", "no_permission"
UNKNOWN_PROPERTY, TAKEN_VALUE = "PROPERTY_DOESNT_EXIST", "CONFLICTING_UNIQUE_VALUE"
_CODE_IN_TEXT = re.compile(r'"error":\s*"([A-Z_]{1,64})"')
_NAME_IN_TEXT = re.compile(r'"name":\s*"([a-z0-9_]{1,100})"')
_CODE = re.compile(r"[A-Z_]{1,64}")
_NAME = re.compile(r"[a-z0-9_]{1,100}")
_EXISTING = re.compile(r"Existing ID: ?(\d{1,20})")
_NOT_UNIQUE = "by non-unique"


class NotDoneError(Exception):
    """Something that a delivery needs was not done; `answer` says what that means for it."""

    def __init__(self, answer: Refused | Later | InDoubt) -> None:
        super().__init__(answer.cause)
        self.answer = answer


class TakenError(NotDoneError):
    """A value that must be unique belongs to another record: `existing_id`, if that was said."""

    def __init__(self, existing_id: str | None) -> None:
        super().__init__(Refused("conflict", f"record {existing_id or 'unknown'} has it"))
        self.existing_id = existing_id


class AbsentError(NotDoneError):
    """There is no such record, property, or path."""

    def __init__(self) -> None:
        super().__init__(Refused("not_found", "HTTP 404"))


def said_in(outcome: Outcome, *, wrote: bool) -> Json:
    """What HubSpot told.

    Args:
        outcome: Of one request.
        wrote: Whether it would have changed something.

    Raises:
        NotDoneError: It told nothing of use, or refused.
    """
    doubt = InDoubt if wrote else Later
    if isinstance(outcome, NotSent):
        raise NotDoneError(Later(outcome.reason))
    if not isinstance(outcome, Answered):
        raise NotDoneError(doubt(outcome.reason))
    said = _json(outcome.body)
    if outcome.status >= HTTPStatus.BAD_REQUEST:
        raise _refused(outcome, said or {}, doubt)
    return _told(outcome, said, doubt)


def _told(answer: Answered, said: Json | None, doubt: Doubt) -> Json:
    """What an answer tells that is no refusal by its status. Raises NotDoneError."""
    status = answer.status
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise NotDoneError(doubt("redirect"))
    if status == HTTPStatus.NO_CONTENT:
        return {}
    if said is None:
        raise NotDoneError(doubt("not_json"))
    errors = said.get("errors")
    if status == HTTPStatus.MULTI_STATUS and isinstance(errors, list) and len(errors) == 1:
        raise _refusal(HTTPStatus.BAD_REQUEST, answer.headers, _as_object(errors[0]))
    if said.get("status") == "error" or errors:
        raise NotDoneError(doubt("error_inside"))
    return said


def _refused(answer: Answered, said: Json, doubt: Doubt) -> NotDoneError:
    status = answer.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return NotDoneError(doubt("server_error"))
    return _refusal(status, answer.headers, said)


def _refusal(status: int, headers: Mapping[str, str], said: Json) -> NotDoneError:
    """What a 4xx means."""
    later = _later(status, headers, said)
    if later is not None:
        return NotDoneError(later)
    if status == HTTPStatus.NOT_FOUND:
        return AbsentError()
    codes = set(_codes(said))
    if status == HTTPStatus.CONFLICT or TAKEN_VALUE in codes:
        existing = _EXISTING.search(str(said.get("message")))
        return TakenError(existing[1] if existing else None)
    return NotDoneError(Refused(_cause(status, codes, said), _detail(status, codes, said)))


def _later(status: int, headers: Mapping[str, str], said: Json) -> Later | None:
    """What a 4xx means that says nothing of what was sent; None: it does."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(headers, said)
    if status == HTTPStatus.LOCKED:
        return Later("locked", told_wait_ms(headers) or LOCKED_MS)
    if status == MIGRATION_IN_PROGRESS:
        return Later("migration", told_wait_ms(headers))
    return Later(KEY_REFUSED) if status == HTTPStatus.UNAUTHORIZED else None


def _too_many(headers: Mapping[str, str], said: Json) -> Later:
    policy = str(said.get("policyName", ""))
    if policy == "DAILY":
        return Later("daily_limit", told_wait_ms(headers) or DAILY_MS)
    if policy == "SECONDLY":  # of the search, which is told no headers
        return Later("rate", told_wait_ms(headers) or SECOND_MS)
    window = headers.get("x-hubspot-ratelimit-interval-milliseconds", "")
    told = min(int(window), DAILY_MS) if re.fullmatch(r"[0-9]{1,9}", window) else WINDOW_MS
    return Later("rate", told_wait_ms(headers) or told)


def _cause(status: int, codes: set[str], said: Json) -> str:
    if status == HTTPStatus.FORBIDDEN:
        return NO_PERMISSION
    if status == HTTPStatus.CONTENT_TOO_LARGE:
        return "too_large"
    if status != HTTPStatus.BAD_REQUEST:
        return "rejected"
    if _NOT_UNIQUE in str(said.get("message")):
        return "property_not_unique"
    return "unknown_property" if UNKNOWN_PROPERTY in codes else "validation"


def _detail(status: int, codes: set[str], said: Json) -> str:
    words = [f"HTTP {status}", *sorted(codes)[:MOST_NAMED]]
    return " ".join([*words, *sorted(set(_names(said)))[:MOST_NAMED]])


def _codes(said: Json) -> Iterator[str]:
    """Every code in a refusal, wherever HubSpot put it: a field, a list, JSON in a sentence."""
    for one in [said, *_each(said.get("errors"))]:
        for field in ("category", "code", "subCategory"):
            if isinstance(one.get(field), str) and _CODE.fullmatch(one[field]):
                yield one[field]
        yield from _CODE_IN_TEXT.findall(str(one.get("message")))


def _names(said: Json) -> Iterator[str]:
    for one in [said, *_each(said.get("errors"))]:
        named = _as_object(one.get("context")).get("propertyName")
        for name in named if isinstance(named, list) else []:
            if isinstance(name, str) and _NAME.fullmatch(name):
                yield name
        yield from _NAME_IN_TEXT.findall(str(one.get("message")))


def _json(body: bytes) -> Json | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _as_object(said: object) -> Json:
    return said if isinstance(said, dict) else {}


def _each(said: object) -> list[Json]:
    return [_as_object(one) for one in said] if isinstance(said, list) else []
