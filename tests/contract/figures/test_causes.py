"""What somebody is told of: one suite for the fake and the table; a topic that tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.figures.adapters.dynamodb_causes import DynamoDBCauses
from contact_center.figures.adapters.sns_topic import SnsTopic
from contact_center.figures.domain.notices import Notice, Standing
from contact_center.figures.services.give_notices import NotToldError
from tests.fakes.causes import FakeCauses

if TYPE_CHECKING:
    from contact_center.figures.services.give_notices import CauseBook
    from tests.emulator import Account

AT_MS = 1_787_266_800_000


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> CauseBook:
    if request.param == "fake":
        return FakeCauses()
    account = request.getfixturevalue("account")
    return DynamoDBCauses(account.client("dynamodb"), account.calls_table)


def test_whoever_counts_adds_up(book: CauseBook) -> None:
    assert book.standings() == []
    book.add({"clock_off": 2, "audit_lost": 1}, AT_MS)
    book.add({"clock_off": 3}, AT_MS + 1)
    assert book.standings() == [
        Standing(cause="audit_lost", total=1, last_ms=AT_MS),
        Standing(cause="clock_off", total=5, last_ms=AT_MS + 1),
    ]


def test_what_was_told_is_noted_once_on_what_was_read_whatever_was_counted_meanwhile(
    book: CauseBook,
) -> None:
    book.add({"clock_off": 2}, AT_MS)
    [read] = book.standings()
    book.add({"clock_off": 1}, AT_MS + 5)
    told = replace(read, told_total=2, told_hour=7, since_ms=AT_MS, since_total=0)
    assert book.write(read, told)
    assert not book.write(read, told)
    [now] = book.standings()
    assert now == replace(told, total=3, last_ms=AT_MS + 5, revision=1)
    assert book.write(now, replace(now, since_ms=None))
    assert book.standings() == [replace(now, since_ms=None, revision=2)]
    assert not book.write(now, told)  # somebody has noted something since


@pytest.mark.emulator
def test_a_topic_tells_its_subscribers(account: Account) -> None:
    sns, sqs = account.client("sns"), account.client("sqs")
    topic = sns.create_topic(Name="notices")["TopicArn"]
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    SnsTopic(lambda: sns, topic).tell(Notice("Over: x" + "y" * 200, "text"))
    [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2)["Messages"]
    told = json.loads(message["Body"])
    assert (len(told["Subject"]), told["Message"]) == (99, "text")


@pytest.mark.emulator
def test_a_topic_that_is_none_tells_nobody_and_says_so(account: Account) -> None:
    nowhere = f"arn:aws:sns:us-east-1:{account.number}:nowhere"
    with pytest.raises(NotToldError):
        SnsTopic(lambda: account.client("sns"), nowhere).tell(Notice("x", "y"))
