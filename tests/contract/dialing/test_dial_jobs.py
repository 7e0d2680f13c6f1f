"""Jobs through the real queue, and what is no job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.dialing.adapters.sqs_dial_jobs import SqsDialJobs, job_text, read_job
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from tests.emulator import Account


def test_a_job_arrives_as_it_was_sent(account: Account) -> None:
    jobs = SqsDialJobs(account.client("sqs"), account.dial_jobs_queue)
    job = DialJob("a" * 32, 1_787_266_800_000, 1_787_266_790_001)
    jobs.send(job)
    [message] = account.client("sqs").receive_message(QueueUrl=account.dial_jobs_queue)["Messages"]
    assert read_job({"body": message["Body"]}) == job


@pytest.mark.parametrize("seconds", [60, 900, 100_000])
def test_a_job_is_shown_after_its_delay_and_none_is_longer_than_the_queue_allows(
    account: Account, seconds: int
) -> None:
    SqsDialJobs(account.client("sqs"), account.dial_jobs_queue).send(DialJob("a" * 32), seconds)
    received = account.client("sqs").receive_message(QueueUrl=account.dial_jobs_queue)
    assert "Messages" not in received


def test_a_queue_that_is_not_there_is_said_to_be(account: Account) -> None:
    jobs = SqsDialJobs(account.client("sqs"), f"{account.endpoint_url}/{account.number}/absent")
    with pytest.raises(QueueUnavailableError):
        jobs.send(DialJob("a" * 32))


INSTANTS = st.integers(0, 4_102_444_799_999)


@given(INSTANTS | st.none(), INSTANTS)
def test_every_job_is_read_back(slot_at_ms: int | None, sent_at_ms: int) -> None:
    job = DialJob("b" * 32, slot_at_ms, sent_at_ms)
    assert read_job({"body": job_text(job)}) == job


def test_a_job_of_a_release_that_counted_no_copies_is_the_first() -> None:
    said = {"version": 1, "attemptId": "b" * 32, "slotAtMs": None}
    assert read_job({"body": json.dumps(said)}) == DialJob("b" * 32, None, 0)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("{", "body"),
        ("[" * 100_000, "body"),
        ([], "version"),
        ({}, "version"),
        ({"version": 2, "attemptId": "a"}, "version"),
        ({"version": 1}, "attemptId"),
        ({"version": 1, "attemptId": ""}, "attemptId"),
        ({"version": 1, "attemptId": "a" * 65}, "attemptId"),
        ({"version": 1, "attemptId": "a", "slotAtMs": "soon"}, "slotAtMs"),
        ({"version": 1, "attemptId": "a", "slotAtMs": True}, "slotAtMs"),
        ({"version": 1, "attemptId": "a", "slotAtMs": -1}, "slotAtMs"),
        ({"version": 1, "attemptId": "a", "slotAtMs": 10**20}, "slotAtMs"),
        ({"version": 1, "attemptId": "a", "sentAtMs": None}, "sentAtMs"),
        ({"version": 1, "attemptId": "a", "sentAtMs": "now"}, "sentAtMs"),
        ({"version": 1, "attemptId": "a", "sentAtMs": True}, "sentAtMs"),
        ({"version": 1, "attemptId": "a", "sentAtMs": -1}, "sentAtMs"),
        ({"version": 1, "attemptId": "a", "sentAtMs": 10**20}, "sentAtMs"),
    ],
)
def test_what_is_no_job_names_the_field(said: object, field: str) -> None:
    body = said if isinstance(said, str) else json.dumps(said)
    with pytest.raises(BadMessageError) as refused:
        read_job({"body": body})
    assert refused.value.field == field
