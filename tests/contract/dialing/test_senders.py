"""Fakes of what only sends, or only names, beside what they stand in for."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
