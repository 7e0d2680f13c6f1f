"""The official client makes queues, looks at who waits, and takes callers out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

HANGS_UP = Step(wait_for="queued", pause_ms=25_000, hang_up=True)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as made:
        made.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
        made.says("/wait", "<Pause length='10'/>")
        made.says("/taken", "<Say>Here we are.</Say><Pause length='60'/>")
        yield made


def code_of(problem: pytest.ExceptionInfo[TwilioRestException]) -> int:
    return int(problem.value.code or 0)


def test_a_queue_is_made_changed_listed_and_deleted(stage: Stage) -> None:
    queues = stage.client.queues
    made = queues.create(friendly_name="billing", max_size=7)
    assert (made.max_size, made.current_size, made.average_wait_time) == (7, 0, 0)
    assert queues(made.sid).fetch().friendly_name == "billing"
    assert queues(made.sid).update(friendly_name="accounts", max_size=9).max_size == 9
    assert [queue.friendly_name for queue in queues.list()] == ["accounts"]

    with pytest.raises(TwilioRestException) as problem:
        queues.create(friendly_name="accounts")
    assert code_of(problem) == 22003
    assert queues(made.sid).delete()
    with pytest.raises(TwilioRestException) as problem:
        queues(made.sid).fetch()
    assert code_of(problem) == 20404


def test_callers_wait_in_order_and_the_queue_says_how_long(stage: Stage) -> None:
    first = stage.comes_in()
    stage.twilio.advance(10)
    second = stage.comes_in()
    stage.twilio.advance(4)

    [queue] = stage.client.queues.list()
    assert (queue.friendly_name, queue.current_size) == ("support", 2)
    assert (queue.max_size, queue.average_wait_time) == (1000, 9)
    members = stage.client.queues(queue.sid).members
    assert [(one.call_sid, one.position, one.wait_time) for one in members.list()] == [
        (first, 1, 14),
        (second, 2, 4),
    ]
    assert members("Front").fetch().call_sid == first
    assert members(second).fetch().position == 2
    last = stage.door.at("/wait")[-1]
    told = ("QueuePosition", "CurrentQueueSize", "QueueTime", "MaxQueueSize", "QueueSid")
    assert [last[name] for name in told] == ["2", "2", "0", "1000", queue.sid]
    with pytest.raises(TwilioRestException) as problem:
        stage.client.queues(queue.sid).delete()
    assert code_of(problem) == 20409


def test_a_caller_is_taken_out_to_another_document(stage: Stage) -> None:
    first, second = stage.comes_in(), stage.comes_in()
    stage.twilio.advance(5)
    [queue] = stage.client.queues.list()
    members = stage.client.queues(queue.sid).members

    taken = members("Front").update(url=f"{stage.door.url}/taken", method="POST")
    assert taken.call_sid == first
    stage.twilio.advance(5)

    [hook] = stage.door.at("/taken")
    assert hook["CallSid"] == first
    [result] = stage.door.at("/result")
    assert (result["CallSid"], result["QueueResult"]) == (first, "redirected")
    assert (result["QueueTime"], result["QueueSid"]) == ("5", queue.sid)
    assert [one.call_sid for one in members.list()] == [second]
    with pytest.raises(TwilioRestException) as problem:
        members(first).update(url=f"{stage.door.url}/taken")
    assert code_of(problem) == 20404
    assert stage.client.calls(first).fetch().status == "in-progress"


def test_a_caller_who_hangs_up_leaves_the_queue(stage: Stage) -> None:
    caller = stage.comes_in(HANGS_UP)
    stage.twilio.advance(30)

    [queue] = stage.client.queues.list()
    assert queue.current_size == 0
    [result] = stage.door.at("/result")
    assert (result["QueueResult"], result["QueueTime"]) == ("hangup", "25")
    assert result["CallStatus"] == "completed"
    assert stage.client.calls(caller).fetch().status == "completed"
    assert len(stage.door.at("/wait")) == 3  # asked again whenever its ten seconds were over


def test_a_waiting_caller_who_is_redirected_leaves_the_queue(stage: Stage) -> None:
    caller = stage.comes_in()
    stage.twilio.advance(5)
    stage.client.calls(caller).update(url=f"{stage.door.url}/taken")
    stage.twilio.advance(5)

    assert [hook["QueueResult"] for hook in stage.door.at("/result")] == ["redirected"]
    assert [queue.current_size for queue in stage.client.queues.list()] == [0]
    assert stage.client.calls(caller).fetch().status == "in-progress"


def test_a_full_queue_takes_nobody(stage: Stage) -> None:
    stage.client.queues.create(friendly_name="support", max_size=1)
    stage.comes_in()
    late = stage.comes_in()
    stage.twilio.advance(1)

    [result] = stage.door.at("/result")
    assert (result["CallSid"], result["QueueResult"]) == (late, "queue-full")


def test_members_are_listed_page_by_page(stage: Stage) -> None:
    callers = [stage.comes_in() for _ in range(5)]
    stage.twilio.advance(1)
    [queue] = stage.client.queues.list()
    listed = stage.client.queues(queue.sid).members.list(page_size=2)
    assert [one.call_sid for one in listed] == callers
