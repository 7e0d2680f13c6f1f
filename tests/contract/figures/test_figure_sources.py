"""Where figures come from, on the emulator: the depth of queues, the count of open attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.dynamodb_attempt_count import DynamoDBAttemptCount
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.ledger_ports import OpenAttempts
from contact_center.figures.adapters.sqs_queue_depths import QueuePair, SqsQueueDepths
from contact_center.figures.services.figure_ports import QueueDepth
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

AT_MS = 1_787_266_800_000
NOBODY = dict.fromkeys(WaitsFor, 0)


@pytest.fixture
def queues(account: Account) -> Iterator[SqsQueueDepths]:
    client = account.client("sqs")
    dead = client.create_queue(QueueName="jobs-dead")["QueueUrl"]
    pair = QueuePair(name="dial-jobs", url=account.dial_jobs_queue, dead_url=dead)
    made = SqsQueueDepths(lambda: client, [pair])
    yield made
    made.close()


def test_a_queue_tells_what_waits_what_comes_later_and_what_is_at_work(
    account: Account, queues: SqsQueueDepths
) -> None:
    client, url = account.client("sqs"), account.dial_jobs_queue
    for delay in (0, 0, 0, 900):
        client.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    client.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
    client.send_message(
        QueueUrl=client.get_queue_url(QueueName="jobs-dead")["QueueUrl"], MessageBody="x"
    )

    assert queues.depths() == [
        QueueDepth(name="dial-jobs", waiting=2, delayed=1, in_flight=1, dead=1)
    ]


def test_looking_takes_no_message_out(account: Account, queues: SqsQueueDepths) -> None:
    client, url = account.client("sqs"), account.dial_jobs_queue
    client.send_message(QueueUrl=url, MessageBody="x")
    assert queues.depths() == queues.depths()
    [message] = client.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_a_queue_that_is_not_there_is_said_to_be(account: Account) -> None:
    absent = f"{account.endpoint_url}/{account.number}/absent"
    pair = QueuePair(name="dial-jobs", url=absent, dead_url=absent)
    with pytest.raises(QueueUnavailableError):
        SqsQueueDepths(lambda: account.client("sqs"), [pair]).depths()


def put_attempts(account: Account, count: int, due_at_ms: int | None, **said: Any) -> None:
    for number in range(count):
        request = DialRequest(
            attempt_id=attempt_id(str(due_at_ms), number, *map(str, said.values())),
            number="+12125550123",
            prefix="+1212",
            purpose="marketing",
            assistant="sales",
            created_at_ms=AT_MS,
            expires_at_ms=AT_MS,
        )
        account.client("dynamodb").put_item(
            TableName=account.dialing_table,
            Item=attempt_item(DialAttempt(request=request, due_at_ms=due_at_ms, **said), 0),
        )


def test_open_attempts_are_counted_with_the_longest_due(account: Account) -> None:
    put_attempts(account, 3, AT_MS - 5_000)
    put_attempts(account, 4, AT_MS + 5_000)
    put_attempts(account, 2, None)  # settled: not in the index
    count = DynamoDBAttemptCount(account.client("dynamodb"), account.dialing_table)
    assert count.count(AT_MS) == OpenAttempts(
        counted=7,
        overdue=3,
        oldest_due_at_ms=AT_MS - 5_000,
        complete=True,
        waiting=NOBODY | {WaitsFor.SLOT: 7},
    )
    assert count.count(AT_MS + 5_000).overdue == 7


def test_those_that_wait_are_counted_by_what_they_wait_for(account: Account) -> None:
    put_attempts(account, 3, AT_MS, reason="lines_taken")
    put_attempts(account, 2, AT_MS, reason="campaign_not_running")
    put_attempts(account, 1, AT_MS, reason="customer_busy")
    put_attempts(account, 4, AT_MS, state=AttemptState.PLACED)
    count = DynamoDBAttemptCount(account.client("dynamodb"), account.dialing_table)
    told = count.count(AT_MS)
    assert told.counted == 10
    assert told.waiting == NOBODY | {
        WaitsFor.LINE: 3,
        WaitsFor.PAUSE: 2,
        WaitsFor.CUSTOMER_BUSY: 1,
    }


def test_no_open_attempts_are_all_there_are(account: Account) -> None:
    count = DynamoDBAttemptCount(account.client("dynamodb"), account.dialing_table)
    assert count.count(AT_MS) == OpenAttempts(
        counted=0, overdue=0, oldest_due_at_ms=None, complete=True, waiting=NOBODY
    )


def test_beyond_the_bound_the_count_says_that_there_are_more(account: Account) -> None:
    put_attempts(account, 40, AT_MS)
    put_attempts(account, 8, AT_MS - 60_000)
    count = DynamoDBAttemptCount(account.client("dynamodb"), account.dialing_table, most_a_shard=2)
    told = count.count(AT_MS)
    assert told.counted <= 16
    assert told.complete is False
    assert told.oldest_due_at_ms == AT_MS - 60_000  # the longest due are counted first


def test_a_table_that_is_not_there_is_said_to_be(account: Account) -> None:
    with pytest.raises(StoreUnavailableError):
        DynamoDBAttemptCount(account.client("dynamodb"), "absent").count(AT_MS)
