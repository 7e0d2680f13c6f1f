"""Whatever HubSpot answers is one of four things, and nothing of what it says of people is kept."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.crm.hubspot.answers import AbsentError, NotDoneError, TakenError, said_in
from contact_center.records.services.effect_ports import InDoubt, Later, Refused
from contact_center.web.outcomes import Answered, NotSent, Unknown

PERSON = "Ada Byron +14155550123"
WORDS = st.sampled_from([PERSON, "error", "VALIDATION_ERROR", "DAILY", "", "Existing ID: 7"])
NAMES = st.sampled_from(
    [
        *("status", "category", "message", "errors", "code", "subCategory", "context"),
        *("propertyName", "policyName", "id", "results", "correlationId"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-hubspot-ratelimit-interval-milliseconds"]),
    st.sampled_from(["", "7", "-1", "soon", "1e9", "99999999999", "２"]),  # noqa: RUF001
)
STATUSES = st.integers(200, 599)


@given(
    status=STATUSES,
    said=st.dictionaries(NAMES, VALUES, max_size=6) | VALUES,
    headers=HEADERS,
    wrote=st.booleans(),
)
def test_every_answer_has_a_meaning_without_a_person_in_it(
    *, status: int, said: Any, headers: dict[str, str], wrote: bool
) -> None:
    outcome = Answered(status, headers, json.dumps(said).encode())
    answer: object = None
    try:
        told = said_in(outcome, wrote=wrote)
    except NotDoneError as error:
        answer = error.answer
        shown = f"{error} {answer}"
    else:
        shown = ""
        assert status < 300
        assert isinstance(told, dict)
    assert "Ada" not in shown
    assert "4155550123" not in shown
    assert wrote or not isinstance(answer, InDoubt)


@given(status=STATUSES, body=st.binary(max_size=60), wrote=st.booleans())
def test_bytes_of_any_kind_break_nothing(*, status: int, body: bytes, wrote: bool) -> None:
    with suppress(NotDoneError):
        said_in(Answered(status, {}, body), wrote=wrote)


@pytest.mark.parametrize(
    ("outcome", "wrote", "expected"),
    [
        (NotSent("connection"), True, Later("connection")),
        (NotSent("connection"), False, Later("connection")),
        (Unknown("timeout"), True, InDoubt("timeout")),
        (Unknown("timeout"), False, Later("timeout")),
        (Answered(503, {}, b""), True, InDoubt("server_error")),
        (Answered(503, {}, b""), False, Later("server_error")),
    ],
)
def test_only_a_write_leaves_a_doubt(outcome: Any, wrote: Any, expected: object) -> None:
    with pytest.raises(NotDoneError) as caught:
        said_in(outcome, wrote=wrote)
    assert caught.value.answer == expected


def test_a_code_is_found_wherever_it_stands() -> None:
    inside = 'Property values were not valid: [{"isValid":false,"message":"Ada has it",'
    inside += '"error":"INVALID_EMAIL","name":"email"}]'
    with pytest.raises(NotDoneError) as caught:
        said_in(Answered(400, {}, json.dumps({"message": inside}).encode()), wrote=True)
    assert caught.value.answer == Refused("validation", "HTTP 400 INVALID_EMAIL email")


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (404, {}, AbsentError),
        (409, {"message": "Contact already exists. Existing ID: 7"}, TakenError),
        (409, {}, TakenError),
        (400, {"errors": [{"code": "CONFLICTING_UNIQUE_VALUE"}]}, TakenError),
    ],
)
def test_what_is_absent_or_taken_can_be_told(
    status: int, said: Any, kind: type[NotDoneError]
) -> None:
    with pytest.raises(kind) as caught:
        said_in(Answered(status, {}, json.dumps(said).encode()), wrote=True)
    if isinstance(caught.value, TakenError):
        expected = "7" if "Existing" in str(said) else None
        assert caught.value.existing_id == expected
