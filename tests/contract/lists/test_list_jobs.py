"""Work on lists through the real queue, from us and from the bucket, and what is no work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.adapters.sqs_list_jobs import SqsListJobs, list_job_text, read_list_jobs
from contact_center.lists.services.list_ports import ListJob, ListKind

if TYPE_CHECKING:
    from tests.emulator import Account

JOB = ListJob(ListKind.IMPORT, "c1", "c1.i")
SAID = {"version": 1, "kind": "import", "campaignId": "c1", "jobId": "c1.i"}


def received(account: Account) -> list[dict[str, Any]]:
    answer = account.client("sqs").receive_message(
        QueueUrl=account.list_jobs_queue, MaxNumberOfMessages=10
    )
    return [{"body": one["Body"]} for one in answer.get("Messages", [])]


@pytest.mark.emulator
@pytest.mark.parametrize("kind", list(ListKind))
def test_work_arrives_as_it_was_sent(account: Account, kind: ListKind) -> None:
    job = ListJob(kind, "" if kind is ListKind.NATIONAL else "c1", "j1")
    SqsListJobs(account.client("sqs"), account.list_jobs_queue).send(job)
    [record] = received(account)
    assert read_list_jobs(record) == [job]


@pytest.mark.emulator
@pytest.mark.parametrize("seconds", [60, 100_000])
def test_work_is_shown_after_its_delay(account: Account, seconds: int) -> None:
    SqsListJobs(account.client("sqs"), account.list_jobs_queue).send(JOB, seconds)
    assert received(account) == []


@pytest.mark.emulator
def test_a_queue_that_is_not_there_is_said_to_be(account: Account) -> None:
    jobs = SqsListJobs(account.client("sqs"), f"{account.endpoint_url}/{account.number}/absent")
    with pytest.raises(QueueUnavailableError):
        jobs.send(JOB)


@pytest.mark.emulator
def test_the_bucket_tells_of_uploaded_lists_and_of_nothing_else(account: Account) -> None:
    account.announce_uploads()
    for key in ["imports/c1.i/list.csv", "imports/c1.i/inline.csv", "imports/c1.i/report.csv"]:
        account.client("s3").put_object(Bucket=account.reports_bucket, Key=key, Body=b"x")
    account.client("s3").put_object(Bucket=account.reports_bucket, Key="reports/list.csv", Body=b"")

    told = [read_list_jobs(record) for record in received(account)]
    assert [jobs for jobs in told if jobs] == [[JOB]]  # a bucket may try the queue first


def told_of(*keys: str) -> dict[str, Any]:
    return {"Records": [{"s3": {"object": {"key": key}}} for key in keys]}


def test_what_the_bucket_says_is_read_key_by_key() -> None:
    said = told_of("imports/c1.i/list.csv", "imports/c%31.k/list.csv", "imports/odd/list.csv")
    assert read_list_jobs({"body": json.dumps(said)}) == [
        JOB,
        ListJob(ListKind.IMPORT, "c1", "c1.k"),
    ]


def test_that_the_bucket_tries_the_queue_is_no_work() -> None:
    said = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "reports"}
    assert read_list_jobs({"body": json.dumps(said)}) == []


def test_every_kind_is_read_back() -> None:
    for kind in ListKind:
        job = ListJob(kind, "c1", "j1")
        assert read_list_jobs({"body": list_job_text(job)}) == [job]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("{", "body"),
        ("[" * 100_000, "body"),
        ([], "body"),
        ("7", "body"),
        ({}, "version"),
        (SAID | {"version": 2}, "version"),
        (SAID | {"kind": "feast"}, "kind"),
        (SAID | {"kind": ["import"]}, "kind"),
        (SAID | {"kind": None}, "kind"),
        (SAID | {"campaignId": 7}, "campaignId"),
        (SAID | {"campaignId": "c" * 201}, "campaignId"),
        (SAID | {"jobId": ""}, "jobId"),
        ({"Records": 7}, "Records"),
        ({"Records": [{}]}, "Records"),
        ({"Records": ["s3"]}, "Records"),
    ],
)
def test_what_is_no_work_names_the_field(said: object, field: str) -> None:
    body = said if isinstance(said, str) else json.dumps(said)
    with pytest.raises(BadMessageError) as refused:
        read_list_jobs({"body": body})
    assert refused.value.field == field
