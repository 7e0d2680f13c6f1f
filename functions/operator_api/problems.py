"""Answers of the API: JSON, and RFC 9457 problems for whatever cannot be answered."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from contact_center.campaigns.domain.campaigns import WrongStateError
from contact_center.campaigns.services.campaign_errors import (
    CampaignBusyError,
    FailedListError,
    LargeListError,
    NoCampaignError,
    NoListError,
    NothingToConfirmError,
    OtherRequestError,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.ports import BadCursorError
from contact_center.people.domain.people import (
    NOBODY_WAITS,
    NobodyWaitsError,
    NoPersonError,
    PersonEvent,
    PersonStateError,
)
from contact_center.permission.services.suppress import PermissionBusyError
from contact_center.visits.services.department_messages import NoDepartmentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEY = "Idempotency-Key"  # a header


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


def other_request(field: str) -> ProblemError:
    """An idempotency key, in that field or header, that came before with something else."""
    return problem(422, "The idempotency key stands for another request.", field=field)


def _wrong_state(error: WrongStateError) -> ProblemError:
    said = f"A campaign that is {error.state} cannot {error.event}."
    return problem(409, said, state=error.state.value)


def _large_list(error: LargeListError) -> ProblemError:
    said = f"A list that comes with a request has at most {error.most_bytes} bytes."
    return problem(413, f"{said} Ask for an upload link: the same request without the list.")


def _failed_list(error: FailedListError) -> ProblemError:
    said = f"Its list {error.import_id} failed: {error.fault}. Import it mended, then start."
    return problem(409, said, importId=error.import_id)


def _nothing_to_confirm(error: NothingToConfirmError) -> ProblemError:
    said = f"An import that is {error.state} does not ask to be confirmed."
    return problem(409, said)


_WISHED = {
    PersonEvent.GO_AWAY: "go away; log in first",
    PersonEvent.NEXT_WANTED: "take the next caller",
    PersonEvent.OFFERED: "be offered a caller",
}


def _person_state(error: PersonStateError) -> ProblemError:
    said = f"A person who is {error.state} cannot {_WISHED.get(error.event, error.event)}."
    return problem(409, said, reason=error.state.value)


# What the use cases refuse a request with, and how whoever asked is told.
_REFUSALS: dict[type[Exception], Callable[[Any], ProblemError]] = {
    BadCursorError: lambda _: bad_field("cursor", "must be the nextCursor of the same list"),
    CampaignBusyError: lambda _: problem(503, "Others are changing this. Try again in a moment."),
    FailedListError: _failed_list,
    FieldError: lambda error: bad_field(error.field, error.reason),
    LargeListError: _large_list,
    NoCampaignError: lambda _: problem(404, "There is no such campaign."),
    PermissionBusyError: lambda _: problem(
        503, "Others are changing this person. Try again in a moment."
    ),
    NoDepartmentError: lambda _: problem(404, "There is no department of that key."),
    NoPersonError: lambda _: problem(404, "There is nobody of that key in people.toml."),
    NobodyWaitsError: lambda _: problem(
        409, "Nobody waits whom this person could take.", reason=NOBODY_WAITS
    ),
    NoListError: lambda _: problem(404, "There is no such import, preview or export."),
    NothingToConfirmError: _nothing_to_confirm,
    OtherRequestError: lambda _: other_request(KEY),
    PersonStateError: _person_state,
    WrongStateError: _wrong_state,
}
REFUSALS = tuple(_REFUSALS)


def problem_of(error: Exception) -> ProblemError:
    """The problem that one of REFUSALS, or of a kind of it, is to whoever asked."""
    kind = next(one for one in type(error).__mro__ if one in _REFUSALS)
    return _REFUSALS[kind](error)


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
