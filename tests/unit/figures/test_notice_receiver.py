"""The topic of notices as a receiver: what each answer of SNS means for the effect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from contact_center.figures.adapters.notice_receiver import NoticeReceiver
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused
from tests.crm_scene import effect

TOPIC = "arn:aws:sns:us-east-1:123456789012:notices"


def refusal(code: str, status: int = 400) -> ClientError:
    told: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "Publish")


@dataclass
class SaidTopic:
    """SNS: says what it is told to."""

    says: Exception | None = None
    published: list[dict[str, str]] = field(default_factory=list)

    def publish(self, **said: str) -> dict[str, str]:
        if self.says is not None:
            raise self.says
        self.published.append(said)
        return {"MessageId": "theirs"}


def test_it_is_published_with_its_words_and_no_subject_is_too_long() -> None:
    sns = SaidTopic()
    receiver = NoticeReceiver(lambda: sns, TOPIC)

    answer = receiver.deliver(effect(EffectKind.NOTICE, title="x" * 150, body="Call: c-1"))
    assert answer == Delivered("theirs")
    assert sns.published == [{"TopicArn": TOPIC, "Subject": "x" * 99, "Message": "Call: c-1"}]


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        (refusal("AuthorizationError", 403), Refused),
        (refusal("NotFound", 404), Refused),
        (refusal("InvalidParameter"), Refused),
        (refusal("Throttled", 429), Later),
        (refusal("InternalError", 500), InDoubt),
        (EndpointConnectionError(endpoint_url="https://sns"), Later),
        (ReadTimeoutError(endpoint_url="https://sns"), InDoubt),
    ],
)
def test_what_sns_says_is_what_becomes_of_it(says: Exception, answer: type) -> None:
    receiver = NoticeReceiver(lambda: SaidTopic(says), TOPIC)
    assert isinstance(receiver.deliver(effect(EffectKind.NOTICE)), answer)


def test_it_takes_notices_alone_and_those_that_say_something() -> None:
    sns = SaidTopic()
    receiver = NoticeReceiver(lambda: sns, TOPIC)
    said = [
        receiver.deliver(effect(EffectKind.CALL)),
        receiver.deliver(effect(EffectKind.NOTICE, body=None)),
    ]
    assert [one.cause for one in said if isinstance(one, Refused)] == ["wrong_kind", "malformed"]
    assert sns.published == []
