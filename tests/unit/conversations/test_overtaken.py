"""A refused commit of a call: overtaken by another router, or anything else that DynamoDB says."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.services.ports.calls import (
    CallGlance,
    CallHistory,
    HistoryMovedOnError,
)
from tests.fakes.clock import FakeClock
from tests.unit.aws.test_transactions import StubClient, cancelled, refused

LOST, MET = "ConditionalCheckFailed", "TransactionConflict"


def commit(answer: Exception) -> None:
    client = cast("Any", StubClient(answer))
    store = DynamoDBCalls(client, "calls", FakeClock(1), 30, lambda: "token")
    call = CallRecord(call_id="call-1")
    store.commit(CallHistory(None, (), (), 0), call, (), (), CallGlance())


@pytest.mark.parametrize(
    "answer",
    [
        cancelled(LOST, "None"),
        cancelled("None", MET),
        cancelled(LOST, MET),
        refused("TransactionInProgressException"),
    ],
)
def test_whoever_was_overtaken_reads_again(answer: Exception) -> None:
    with pytest.raises(HistoryMovedOnError):
        commit(answer)


@pytest.mark.parametrize(
    "answer",
    [
        cancelled("ThrottlingError", "None"),
        cancelled(LOST, "ThrottlingError"),
        cancelled(MET, "ProvisionedThroughputExceeded"),
        cancelled("ValidationError", LOST),
        cancelled("None", "None"),
        refused("ThrottlingException"),
        refused("InternalServerError"),
    ],
)
def test_of_what_is_no_race_the_message_comes_again_later(answer: Exception) -> None:
    with pytest.raises(ClientError):
        commit(answer)
