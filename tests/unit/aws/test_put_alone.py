"""What an answer to one put on a condition means: refused, met another, or nobody knows."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError

from contact_center.aws.dynamodb import writes
from contact_center.aws.dynamodb.transactions import put_alone
from contact_center.aws.dynamodb.writes import Refusal, Write
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)

WRITE = Write("attempt", {"Put": {"TableName": "dialing", "Item": {"pk": {"S": "a"}}}})
STANDS = {"pk": {"S": "ATTEMPT#a"}}


class StubClient:
    """Answers each put with the next of what it was given; the last goes on for ever."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.puts: list[dict[str, Any]] = []

    def put_item(self, **request: Any) -> None:
        self.puts.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer


def refused(code: str, **more: Any) -> ClientError:
    return ClientError(cast("Any", {"Error": {"Code": code}} | more), "PutItem")


def put(client: StubClient) -> tuple[Refusal, ...]:
    return put_alone(cast("Any", client), WRITE)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


def test_it_is_the_put_that_a_transaction_would_hold() -> None:
    client = StubClient(None)
    assert put(client) == ()
    assert client.puts == [WRITE.request["Put"]]


def test_a_condition_that_did_not_hold_brings_what_stands_there() -> None:
    client = StubClient(refused("ConditionalCheckFailedException", Item=STANDS))
    assert put(client) == (Refusal("attempt", STANDS),)
    assert len(client.puts) == 1


def test_who_meets_a_transaction_tries_again_a_few_times() -> None:
    assert put(StubClient(refused("TransactionConflictException"), None)) == ()
    client = StubClient(refused("TransactionConflictException"))
    with pytest.raises(ContentionError):
        put(client)
    assert len(client.puts) == 4


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (refused("ValidationException"), StoreRefusedError),
        (ParamValidationError(report="a number where a text belongs"), StoreRefusedError),
        (refused("ThrottlingException"), StoreUnavailableError),
        (refused("InternalServerError"), StoreUnavailableError),
        (ReadTimeoutError(endpoint_url="http://127.0.0.1"), StoreUnavailableError),
    ],
)
def test_of_anything_else_it_is_said_whose_fault_it_is(
    answer: Exception, means: type[Exception]
) -> None:
    client = StubClient(answer)
    with pytest.raises(means):
        put(client)
    assert len(client.puts) == 1
