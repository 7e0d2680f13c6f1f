"""Plays Lambda's SQS event source mappings: receive, invoke, delete what succeeded.

It asks as our functions do: a client of botocore takes three milliseconds of a processor for each
message, which half of a busy system's own time went into (decision 0141).
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection, AwsRefusedError, AwsUnavailableError
from contact_center.aws.signer import Credentials
from contact_center.kernel.system_clock import SystemClock
from local.cloud.emulator import ACCOUNT, REGION, credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.cloud.handler_pool import Outcome
    from local.cloud.template_reader import QueueMapping

WAIT_SECONDS = 20  # SQS's own bound: a queue with nothing in it is asked three times a minute
KEPT_WAIT_SECONDS = 1  # a stop that keeps the state may have to wait for one receive
WINDOW_WAIT_SECONDS = 1  # a batching window is over soon
RECEIVE_LIMIT = 10  # SQS's own bound on one receive
RETRY_SECONDS = 0.5
ANSWERS_SECONDS = 25.0  # a busy machine's emulator, which may have been told to wait


class QueuePoller:
    """Moves messages of one queue through one function, in `threads` batches at a time."""

    def __init__(
        self,
        mapping: QueueMapping,
        queue_url: str,
        connect: Callable[[], AwsConnection],
        invoke: Callable[[str, bytes], Outcome],
        threads: int,
    ) -> None:
        self._mapping = mapping
        self._queue_url = queue_url
        self._arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue_url.rpartition('/')[2]}"
        self._connect = connect
        self._invoke = invoke
        self._wait_seconds = WAIT_SECONDS
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._working = 0
        self._threads = [
            threading.Thread(target=self._run, name=f"{mapping.queue}-{number}", daemon=True)
            for number in range(min(threads, mapping.maximum_concurrency or threads))
        ]

    def start(self, *, kept: bool = False) -> None:
        """Begin to poll.

        Args:
            kept: What the emulator holds is to be there after a stop: it ends in order then, after
                what it was asked for.
        """
        if kept:
            self._wait_seconds = KEPT_WAIT_SECONDS
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no further batch; `finish` waits for those under way."""
        self._stopping.set()

    def finish(self, seconds: float) -> None:
        """Wait for the batches under way, at most this long."""
        with self._changed:
            self._changed.wait_for(lambda: self._working == 0, seconds)

    def join(self, seconds: float) -> None:
        """Wait for the threads to end, at most this long in all; after the queue has gone."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        with closing(self._connect()) as sqs:
            while not self._stopping.is_set():
                try:
                    self._take_batch(sqs)
                except (AwsRefusedError, AwsUnavailableError):
                    # The emulator is stopping or was reset; messages stay in the queue either way.
                    self._stopping.wait(RETRY_SECONDS)

    def _take_batch(self, sqs: AwsConnection) -> None:
        batch = self._receive(sqs)
        if not batch or self._stopping.is_set():
            return
        self._count_working(1)
        try:
            self._work(batch, sqs)
        finally:
            self._count_working(-1)

    def _count_working(self, change: int) -> None:
        with self._changed:
            self._working += change
            self._changed.notify_all()

    def _receive(self, sqs: AwsConnection) -> list[dict[str, Any]]:
        """One batch: what is there, or, with a batching window, what comes in that time."""
        batch = self._receive_some(sqs, self._mapping.batch_size, self._wait_seconds)
        deadline = time.monotonic() + self._mapping.window_seconds
        while batch and len(batch) < self._mapping.batch_size and not self._stopping.is_set():
            if time.monotonic() >= deadline:
                break
            wanted = self._mapping.batch_size - len(batch)
            batch += self._receive_some(sqs, wanted, WINDOW_WAIT_SECONDS)
        return batch

    def _receive_some(
        self, sqs: AwsConnection, wanted: int, wait_seconds: int
    ) -> list[dict[str, Any]]:
        received = self._ask(
            sqs,
            "ReceiveMessage",
            MaxNumberOfMessages=min(wanted, RECEIVE_LIMIT),
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(received.get("Messages", []))

    def _work(self, batch: Sequence[dict[str, Any]], sqs: AwsConnection) -> None:
        event = {"Records": [self._record(message) for message in batch]}
        outcome = self._invoke(self._mapping.function, json.dumps(event).encode())
        failed = failures(batch, outcome, reports_failures=self._mapping.reports_failures)
        done = [message for message in batch if message["MessageId"] not in failed]
        for start in range(0, len(done), RECEIVE_LIMIT):
            self._ask(
                sqs,
                "DeleteMessageBatch",
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(done[start : start + RECEIVE_LIMIT])
                ],
            )

    def _ask(self, sqs: AwsConnection, operation: str, **said: object) -> dict[str, Any]:
        body = json.dumps({"QueueUrl": self._queue_url, **said}).encode()
        return sqs.call(f"AmazonSQS.{operation}", body, "application/x-amz-json-1.0")

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: _attribute(value)
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": REGION,
        }


def connection_to_queues(
    endpoint_url: str, kind: Callable[..., AwsConnection] = AwsConnection
) -> AwsConnection:
    """A connection to the emulator's SQS, in the account of our functions; for one thread.

    Args:
        endpoint_url: Of the emulator.
        kind: What is made: another one where TLS is checked by a certificate of its own.
    """
    own = credentials()
    signs = Credentials(
        own["AWS_ACCESS_KEY_ID"], own["AWS_SECRET_ACCESS_KEY"], own["AWS_SESSION_TOKEN"]
    )
    seconds = WAIT_SECONDS + ANSWERS_SECONDS
    return kind(
        "sqs", REGION, signs, SystemClock(), endpoint_url=endpoint_url, read_seconds=seconds
    )


def failures(
    batch: Sequence[dict[str, Any]], outcome: Outcome, *, reports_failures: bool
) -> set[str]:
    """Message ids that stay in the queue, by Lambda's rules for partial batch responses.

    An error, an answer in the wrong shape, an empty or unknown identifier: the whole batch fails.
    """
    everything = {str(message["MessageId"]) for message in batch}
    if outcome.failed:
        return everything
    if not reports_failures:
        return set()
    try:
        answer = json.loads(outcome.payload)
        if answer is None or answer.get("batchItemFailures") is None:
            return set()
        named = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
    except (AttributeError, KeyError, TypeError, ValueError):
        return everything
    return named if named.issubset(everything) else everything


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"dataType": value["DataType"]}
    if "StringValue" in value:
        shown["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shown["binaryValue"] = value["BinaryValue"]
    return shown | {"stringListValues": [], "binaryListValues": []}
