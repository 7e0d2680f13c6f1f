"""What an answer to a transaction means: refused, met another, or nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError
from contact_center.aws.dynamodb import writes
from contact_center.aws.dynamodb.item_writes import put_seen
from contact_center.aws.dynamodb.lean import transact_lean
from contact_center.aws.dynamodb.transactions import (
    MOST_BYTES,
    MOST_ITEMS,
    in_parts,
    put_alone,
    transact,
)
from contact_center.aws.dynamodb.writes import Refusal, Write
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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


class StubConnection:
    """The same answers, as the door's own connection tells them."""

    def __init__(self, *answers: Exception | None) -> None:
        self.client = StubClient(*answers)

    def call(self, *_request: Any) -> dict[str, Any]:
        try:
            self.client.transact_write_items()
        except ClientError as error:
            response: dict[str, Any] = dict(error.response)
            raise AwsRefusedError(400, response["Error"]["Code"], response) from None
        except ParamValidationError:
            raise AwsRefusedError(400, "ValidationException", {}) from None
        except BotoCoreError:
            raise AwsUnavailableError from None
        return {}


def refused(code: str, *reasons: dict[str, Any]) -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code}}
    if reasons:
        response["CancellationReasons"] = list(reasons)
    return ClientError(cast("Any", response), "TransactWriteItems")


def cancelled(*codes: str) -> ClientError:
    return refused("TransactionCanceledException", *({"Code": code} for code in codes))


def written_by(client: StubClient) -> tuple[Refusal, ...]:
    """By boto3 and by the door's connection, which must come to the same."""
    lean = StubConnection(*client.answers)
    before = client.asked
    found = _came_to(lambda: transact(cast("Any", client), WRITES))
    assert _came_to(lambda: transact_lean(cast("Any", lean), WRITES)) == found
    assert lean.client.asked == client.asked - before
    if isinstance(found, type):
        raise found
    return found


def _came_to(write: Callable[[], tuple[Refusal, ...]]) -> tuple[Refusal, ...] | type[Exception]:
    try:
        return write()
    except Exception as error:  # noqa: BLE001  held against the other's
        return type(error)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


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
        refused("IdempotentParameterMismatchException"),
        cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "None"),
        cancelled("ItemCollectionSizeLimitExceeded", "None"),
        cancelled("TransactionConflict", "ThrottlingError"),
        cancelled("ConditionalCheckFailed", "ThrottlingError"),
        cancelled("ValidationError", "ThrottlingError"),
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


@pytest.mark.parametrize(
    "answer",
    [
        refused("ValidationException"),
        cancelled("ValidationError", "None"),
        cancelled("ConditionalCheckFailed", "ValidationError"),
        ParamValidationError(report="a number where a text belongs"),
    ],
    ids=lambda error: str(getattr(error, "response", error))[:80],
)
def test_what_the_table_never_takes_is_the_item_s_own_fault(answer: Exception) -> None:
    client = StubClient(answer)

    with pytest.raises(StoreRefusedError):
        written_by(client)
    assert client.asked == 1


class RefusingTable:
    """Answers each put with one error."""

    class exceptions:  # noqa: N801 - as boto3 spells it
        class ConditionalCheckFailedException(Exception):  # noqa: N818 - likewise
            pass

    def __init__(self, answer: Exception) -> None:
        self.answer = answer

    def put_item(self, **_request: Any) -> None:
        raise self.answer


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (refused("ValidationException"), StoreRefusedError),
        (refused("ThrottlingException"), StoreUnavailableError),
        (refused("ResourceNotFoundException"), StoreUnavailableError),
        (ReadTimeoutError(endpoint_url="http://127.0.0.1"), StoreUnavailableError),
    ],
    ids=["refused", "throttled", "no table", "silent"],
)
def test_one_item_that_is_refused_is_told_from_a_table_that_is_away(
    answer: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        put_seen(cast("Any", RefusingTable(answer)), "table", STANDS, 0)


def put(size: int) -> Write:
    return Write("attempt", {"Put": {"TableName": "t", "Item": {"said": {"S": "x" * size}}}})


@pytest.mark.parametrize(
    ("writes", "parts"),
    [
        ([], []),
        ([put(10)] * (MOST_ITEMS + 1), [MOST_ITEMS, 1]),
        ([put(MOST_BYTES // 3)] * 5, [2, 2, 1]),  # the attribute's name is reckoned as well
        ([put(MOST_BYTES), put(1)], [1, 1]),
    ],
    ids=["none", "many", "large", "one alone"],
)
def test_what_need_not_go_together_goes_in_parts_that_a_transaction_takes(
    writes: list[Write], parts: list[int]
) -> None:
    found = in_parts(writes)

    assert list(map(len, found)) == parts
    assert [one for part in found for one in part] == writes


class PutClient(StubClient):
    """The same, of a put."""

    def put_item(self, **_request: Any) -> None:
        self.transact_write_items()


def put_by(client: PutClient) -> tuple[Refusal, ...]:
    return put_alone(cast("Any", client), put(1))


def test_a_put_that_meets_a_transaction_is_tried_again_a_few_times() -> None:
    client = PutClient(refused("TransactionConflictException"), None)
    assert put_by(client) == ()
    assert client.asked == 2
    client = PutClient(refused("TransactionConflictException"))
    with pytest.raises(ContentionError):
        put_by(client)
    assert client.asked == 4


def test_a_put_whose_condition_did_not_hold_says_what_stands_there() -> None:
    lost = refused("ConditionalCheckFailedException")
    lost.response["Item"] = STANDS  # type: ignore[typeddict-unknown-key]
    client = PutClient(lost)
    assert put_by(client) == (Refusal("attempt", STANDS),)
    assert client.asked == 1


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (refused("ValidationException"), StoreRefusedError),
        (refused("InternalServerError"), StoreUnavailableError),
        (ReadTimeoutError(endpoint_url="x"), StoreUnavailableError),
    ],
)
def test_whatever_else_is_answered_to_a_put_is_no_refusal(
    answer: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        put_by(PutClient(answer))
