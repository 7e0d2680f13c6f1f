"""Fakes of what only sends, or only names, beside what they stand in for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.dialing.adapters.sqs_dial_jobs import SqsDialJobs, read_job
from contact_center.dialing.domain.call_scripts import read_script
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.adapters.sqs_list_jobs import SqsListJobs, read_list_jobs
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
from tests.fakes.call_scripts import FakePresentScripts
from tests.fakes.dialing_jobs import FakeDialJobs
from tests.fakes.open_lists import FakeListJobs

if TYPE_CHECKING:
    from tests.emulator import Account

DIAL = DialJob("a" * 32, 1_787_266_800_000)
LIST = ListJob(ListKind.IMPORT, "c1", "c1.i")


@pytest.mark.emulator
def test_a_dial_job_is_what_was_sent_by_either(account: Account) -> None:
    fake, sqs = FakeDialJobs(), account.client("sqs")
    for jobs in (SqsDialJobs(sqs, account.dial_jobs_queue), fake):
        jobs.send(DIAL, 0)
    [message] = sqs.receive_message(QueueUrl=account.dial_jobs_queue)["Messages"]

    assert [(read_job({"body": message["Body"]}), 0)] == fake.sent


@pytest.mark.emulator
def test_dial_jobs_go_ten_in_a_request_and_all_of_them_arrive(account: Account) -> None:
    fake, sqs = FakeDialJobs(), account.client("sqs")
    asked: list[str] = []
    sqs.meta.events.register("before-call.sqs", lambda model, **_: asked.append(model.name))
    jobs = [(DialJob(f"{place:032}", place), 0) for place in range(12)]
    for one in (SqsDialJobs(sqs, account.dial_jobs_queue), fake):
        assert one.send_all(jobs) == frozenset()
        assert one.send_all([]) == frozenset()
    assert asked == ["SendMessageBatch"] * 2
    arrived = []
    for _ in range(2):
        answer = sqs.receive_message(QueueUrl=account.dial_jobs_queue, MaxNumberOfMessages=10)
        arrived += [read_job({"body": one["Body"]}) for one in answer["Messages"]]
    assert sorted(arrived, key=lambda job: job.attempt_id) == [job for job, _ in jobs]
    assert fake.sent == jobs


@pytest.mark.emulator
def test_dial_jobs_that_were_not_taken_are_named(account: Account) -> None:
    absent = f"{account.endpoint_url}/{account.number}/absent"
    jobs = [(DialJob(f"{place:032}"), 100_000) for place in range(12)]
    lost = SqsDialJobs(account.client("sqs"), absent).send_all(jobs)
    assert lost == {job.attempt_id for job, _ in jobs}


class TakesTheFirst:
    """SQS on a bad day: of each request it takes one message."""

    def __init__(self) -> None:
        self.delays: list[int] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        del QueueUrl
        self.delays += [one["DelaySeconds"] for one in Entries]
        assert len({one["Id"] for one in Entries}) == len(Entries) <= 10
        left = [{"Id": one["Id"], "Code": "InternalError"} for one in Entries[1:]]
        return {"Successful": [{"Id": Entries[0]["Id"]}], "Failed": left}


def test_of_one_request_some_dial_jobs_may_be_in_and_some_not() -> None:
    queue: Any = TakesTheFirst()
    jobs = [(DialJob(f"{place:032}"), place * 100 - 50) for place in range(12)]
    lost = SqsDialJobs(queue, "queue").send_all(jobs)
    assert lost == {job.attempt_id for job, _ in jobs} - {f"{0:032}", f"{10:032}"}
    assert queue.delays == [0, 50, 150, 250, 350, 450, 550, 650, 750, 850, 900, 900]


@pytest.mark.emulator
def test_a_list_job_is_what_was_sent_by_either_and_a_queue_that_is_down_says_so(
    account: Account,
) -> None:
    fake, sqs = FakeListJobs(), account.client("sqs")
    for jobs in (SqsListJobs(sqs, account.list_jobs_queue), fake):
        jobs.send(LIST)
    [message] = sqs.receive_message(QueueUrl=account.list_jobs_queue)["Messages"]
    assert read_list_jobs({"body": message["Body"]}) == fake.sent

    absent = f"{account.endpoint_url}/{account.number}/absent"
    for down in (SqsListJobs(sqs, absent), FakeListJobs(down=True)):
        with pytest.raises(QueueUnavailableError):
            down.send(LIST)


def test_scripts_of_either_are_kept_and_read_back_and_a_stranger_has_none() -> None:
    for scripts in (ConfiguredScripts(load_contact_center()), FakePresentScripts()):
        assert "sales" in scripts.assistants
        assert read_script(scripts.snapshot("sales")) == scripts.find("sales")
        assert scripts.find("nobody") is None
        with pytest.raises(KeyError):
            scripts.snapshot("nobody")
