"""Vapi's own campaigns ask before each call, and in doubt nobody is dialled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.fake_door import (
    FakeDoor,
    answer_of,
)
from tests.unit.conversations.vapi_questions import (
    CUSTOMER,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.messages import Question


CONTACT = {"id": "9a32ab38-4f18-4767-bf41-6326f290ebd4", "number": CUSTOMER}


def predial(door: FakeDoor, contact: object = CONTACT) -> Any:
    body = {"message": {"type": "campaign.predial", "campaignId": "c", "contact": contact}}
    return answer_of(door.tell(body))


@pytest.mark.parametrize("eligible", [True, False])
def test_a_campaign_of_vapis_asks_before_each_call(*, eligible: bool) -> None:
    asked: list[str | None] = []

    def may_dial(question: Question) -> bool:
        asked.extend([question.customer_number, question.contact_id, question.campaign_id])
        return eligible

    door = FakeDoor(may_dial=may_dial)

    assert predial(door) == {"eligible": eligible}
    assert asked == [CUSTOMER, CONTACT["id"], "c"]
    assert door.queue.messages == []


def test_a_campaign_is_refused_when_nobody_can_say_whether_it_may_call() -> None:
    def may_dial(_: Question) -> bool:
        raise ValueError("the rules cannot be read")

    door = FakeDoor(may_dial=may_dial)

    assert predial(door) == {"eligible": False}
    assert door.metrics.of("answer_failed") == [{"type": "campaign.predial"}]
    assert predial(FakeDoor(broken_config=True)) == {"eligible": False}


@pytest.mark.parametrize("contact", [None, "nonsense", [], {}, {"number": 14155550123}])
def test_a_contact_without_a_number_is_asked_about_as_such(contact: object) -> None:
    asked: list[str | None] = []

    def may_dial(question: Question) -> bool:
        asked.append(question.customer_number)
        return False

    assert predial(FakeDoor(may_dial=may_dial), contact) == {"eligible": False}
    assert asked == [None]
