"""What an answer to a transaction means: refused, met another, or nobody knows."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from contact_center.aws import transactions
from contact_center.aws.transactions import Refusal, Write, transact
from contact_center.kernel.ports import ContentionError, StoreUnavailableError

WRITES = [Write("attempt", {"Put": {}}), Write("line", {"Update": {}})]
STANDS = {"pk": {"S": "ATTEMPT#a"}}


class StubClient:
    """Answers each transaction with the next of what it was given; the last goes on for ever."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.asked = 0

    def transact_write_items(self, **_request: Any) -> None:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer


def refused(code: str, *reasons: dict[str, Any]) -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code}}
    if reasons:
        response["CancellationReasons"] = list(reasons)
    return ClientError(cast("Any", response), "TransactWriteItems")


def cancelled(*codes: str) -> ClientError:
    return refused("TransactionCanceledException", *({"Code": code} for code in codes))


def written_by(client: StubClient) -> tuple[Refusal, ...]:
    return transact(cast("Any", client), WRITES)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


def test_what_is_written_is_written() -> None:
    client = StubClient(None)

    assert written_by(client) == ()
    assert client.asked == 1


def test_a_condition_that_did_not_hold_is_named_with_what_stands_there() -> None:
    lost = refused(
        "TransactionCanceledException",
        {"Code": "ConditionalCheckFailed", "Item": STANDS},
        {"Code": "None"},
    )
    client = StubClient(lost)

    assert written_by(client) == (Refusal("attempt", STANDS),)
    assert client.asked == 1


def test_who_meets_another_tries_again_a_few_times() -> None:
    client = StubClient(cancelled("TransactionConflict", "None"), None)
    assert written_by(client) == ()

    client = StubClient(cancelled("None", "TransactionConflict"))
    with pytest.raises(ContentionError):
        written_by(client)
    assert client.asked == 4


def test_a_condition_that_is_lost_beside_a_conflict_is_lost() -> None:
    client = StubClient(cancelled("TransactionConflict", "ConditionalCheckFailed"))

    assert written_by(client) == (Refusal("line", None),)


@pytest.mark.parametrize(
    "answer",
    [
        refused("TransactionInProgressException"),
        refused("ProvisionedThroughputExceededException"),
        refused("ThrottlingException"),
        refused("InternalServerError"),
        refused("ValidationException"),
        refused("IdempotentParameterMismatchException"),
        cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "None"),
        cancelled("ValidationError", "None"),
        cancelled("ItemCollectionSizeLimitExceeded", "None"),
        cancelled("TransactionConflict", "ThrottlingError"),
        cancelled("ConditionalCheckFailed", "ThrottlingError"),
        cancelled("ConditionalCheckFailed"),  # fewer reasons than writes
        refused("TransactionCanceledException"),  # and none at all
        ReadTimeoutError(endpoint_url="http://127.0.0.1"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
    ],
    ids=lambda error: str(getattr(error, "response", error))[:80],
)
def test_of_anything_else_nobody_knows_whether_it_was_written(answer: Exception) -> None:
    client = StubClient(answer)

    with pytest.raises(StoreUnavailableError):
        written_by(client)
    assert client.asked == 1
