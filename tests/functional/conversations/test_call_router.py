"""Messages of the queue through the router's handler, on the emulator: what is stored and done."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.sqs_messages import queued_message
from contact_center.conversations.domain.facts import (
    Noticed,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.conversations.services.route_message import Reminder
from contact_center.vapi.webhooks.messages import facts_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import (
    AT_MS,
    CALL_ID,
    Rig,
    ended,
    kinds,
    start_router,
)
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

BILL = "I was charged twice on my last invoice and I want a refund"
BUY = "I would like to buy your product, what does a new plan cost"


def test_a_clear_wish_is_stored_decided_and_handed_over(rig: Rig) -> None:
    assert rig.deliver(rig.says(BILL)) == []
    history = rig.history()
    (said,) = (fact for fact in history.facts if isinstance(fact, UtteranceHeard))
    assert (said.text, said.intent, said.at_ms) == (BILL, "billing", AT_MS)
    assert [(one.number, one.kind, one.department) for one in history.decisions] == [
        (1, "route", "billing")
    ]
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["type"] == "handoff"
    destination = command["destination"]
    assert destination["assistant"]["name"] == "billing"  # whole: its name may be unknown there
    assert "assistantName" not in destination
    assert history.actions[1].outcome is ControlOutcome.SENT
    assert history.record is not None
    assert history.record.value("customer_number") == "+14155550123"
    assert (history.glance.intent, history.glance.destination) == ("billing", "billing")


def test_a_person_is_asked_for_and_called(rig: Rig) -> None:
    rig.deliver(rig.says("can I please talk to a real person"))
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["type"] == "transfer"
    assert command["destination"] == {"type": "number", "number": "+14155550177"}


def test_the_same_message_ten_times_has_one_effect(rig: Rig) -> None:
    rig.deliver(rig.says(BILL))
    once = rig.history()
    for _ in range(3):
        assert rig.deliver(*[rig.says(BILL)] * 3) == []
    assert rig.history() == once
    assert len(rig.vapi.asked_of(CALL_ID)) == 1


def test_a_tool_call_is_recorded_and_acted_on(rig: Rig) -> None:
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "routeToDepartment", "arguments": {"department": "sales"}},
    }
    rig.deliver(rig.message("tool-calls", toolCallList=[call]))
    (called,) = (fact for fact in rig.history().facts if isinstance(fact, ToolCalled))
    assert (called.tool_call_id, called.department) == ("call_1", "sales")
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["destination"]["assistant"]["name"] == "sales"


@pytest.mark.parametrize("named", ["<b>x</b>", "nobody; drop table", 7, None, ["sales"], {"a": 1}])
def test_a_department_that_a_model_made_up_moves_nobody(rig: Rig, named: Any) -> None:
    function = {"name": "routeToDepartment", "arguments": {"intent": named}}
    call = {"id": "call_1", "function": function}
    assert rig.deliver(rig.message("tool-calls", toolCallList=[call])) == []
    assert kinds(rig) == ["CallSeen", "ToolCalled"]
    assert rig.history().decisions == ()
    assert rig.vapi.asked_of(CALL_ID) == []


def test_speech_for_an_earlier_turn_is_not_spoken(rig: Rig) -> None:
    # The decision is committed while no control URL is known, the barge-in comes after it.
    vague = rig.says("it is about my account")
    del vague["message"]["call"]["monitor"]
    rig.deliver(vague)
    assert [one.kind for one in rig.history().decisions] == ["clarify"]
    rig.deliver(rig.message("user-interrupted", 900, turnId="t1"))
    assert rig.vapi.asked_of(CALL_ID) == []
    assert rig.history().actions[1].outcome is ControlOutcome.DROPPED


def test_a_question_waits_a_moment_for_the_model_and_is_then_asked_once(rig: Rig) -> None:
    rig.deliver(rig.says("it is about my account"))
    assert rig.vapi.asked_of(CALL_ID) == []
    reminders = rig.reminders()
    assert len(reminders) == 1
    assert rig.handle(*reminders, *reminders) == []
    assert [command["type"] for command in rig.vapi.asked_of(CALL_ID)] == ["say"]


def test_a_reminder_says_when_it_was_due_and_one_of_before_does_as_well(rig: Rig) -> None:
    rig.deliver(rig.says("it is about my account"))
    [reminder] = rig.reminders()
    told = queued_message(reminder)
    assert isinstance(told, Reminder)
    assert told.due_at_ms is not None
    [asked] = rig.history().decisions
    assert asked.decided_at_ms + 1_000 <= told.due_at_ms <= now_ms() + 1_000  # for it has come
    del reminder["messageAttributes"]["due_at_ms"]
    assert queued_message(reminder) == Reminder(call_id=CALL_ID)
    assert rig.handle(reminder) == []
    assert [command["type"] for command in rig.vapi.asked_of(CALL_ID)] == ["say"]


def test_a_question_that_the_model_made_needless_is_not_asked(rig: Rig) -> None:
    rig.deliver(rig.says("it is about my account"))
    function = {"name": "routeToDepartment", "arguments": {"department": "sales"}}
    call = {"id": "call_1", "function": function}
    rig.deliver(rig.message("tool-calls", 700, toolCallList=[call]))
    assert rig.handle(*rig.reminders()) == []
    assert [command["type"] for command in rig.vapi.asked_of(CALL_ID)] == ["handoff"]
    assert rig.history().actions[1].outcome is ControlOutcome.DROPPED


def test_what_waited_in_the_queue_is_answered_by_deeds_and_not_by_late_words(rig: Rig) -> None:
    long_ago = {"received_at_ms": str(AT_MS)}
    assert rig.deliver(rig.says("it is about my account"), **long_ago) == []
    assert rig.deliver(rig.says(BILL, 1000), **long_ago) == []
    history = rig.history()
    assert [one.kind for one in history.decisions] == ["clarify", "route"]
    assert history.actions[1].outcome is ControlOutcome.DROPPED
    assert history.actions[2].outcome is ControlOutcome.SENT
    assert [command["type"] for command in rig.vapi.asked_of(CALL_ID)] == ["handoff"]


@pytest.mark.parametrize(
    "url",
    [
        "https://vapi.ai.example.com/control",
        "http://169.254.169.254/latest/meta-data",
        "https://user@api.vapi.ai/control",
    ],
)
def test_a_forged_control_url_is_neither_kept_nor_called(rig: Rig, url: str) -> None:
    message = rig.says(BILL)
    message["message"]["call"]["monitor"]["controlUrl"] = url
    assert rig.deliver(message) == []
    history = rig.history()
    assert history.record is not None
    assert history.record.value("control_url") is None
    assert [one.kind for one in history.decisions] == ["route"]
    assert dict(history.actions) == {}


def test_another_port_of_this_machine_is_not_called(rig: Rig) -> None:
    with ControlServer() as other:
        message = rig.says(BILL)
        message["message"]["call"]["monitor"]["controlUrl"] = other.control_url(CALL_ID)
        assert rig.deliver(message) == []
        assert other.asked_of(CALL_ID) == []


def test_a_message_without_a_call_is_done_and_leaves_nothing(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    message = rig.says(BILL)
    del message["message"]["call"]
    assert rig.deliver(message) == []
    scanned = rig.account.client("dynamodb").scan(TableName=rig.account.calls_table)
    assert scanned["Count"] == 0
    assert '"message_without_call":1' in capsys.readouterr().out


def test_one_bad_message_comes_back_and_the_others_are_done(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "a caller's own words"
    bad: list[Any] = [
        "{not json",
        json.dumps({"message": {"type": "transcript", "call": {"id": [secret]}}}),
        json.dumps(rig.message("transcript", role="user", transcript={"text": secret})),
        "[]",
    ]
    records = [
        rig.record(rig.says(BILL)),
        *(rig.record(body) for body in bad),
        rig.record(rig.says(BUY), version="2"),
        rig.record(rig.says(BUY), source="elsewhere"),
        rig.record(rig.says(BUY), received_at_ms="yesterday"),
        rig.record({}, report_key="reports/raw/nowhere.json"),
        rig.record(CALL_ID, source="call_router", due_at_ms="soon"),
        rig.record(rig.message("hang", 7)),
    ]
    failed = rig.handle(*records)
    assert failed == [record["messageId"] for record in records[1:-1]]
    assert kinds(rig) == ["CallSeen", "Noticed", "UtteranceHeard"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    causes = [
        (line["message_id"], line["field"], line["rule"])
        for line in lines
        if line.get("level") == "ERROR"
    ]
    assert causes == [
        (failed[0], "", "must be valid JSON"),
        (failed[1], "message.call.id", "must be a string of at most 256 characters"),
        (failed[2], "message.transcript", "must be a string"),
        (failed[3], "", "must be a JSON object"),
        (failed[4], "version", "must be 1"),
        (failed[5], "source", "must be vapi, look_up, operator_api, visit, card or call_router"),
        (failed[6], "received_at_ms", "must be milliseconds since 1970"),
        (failed[7], "report_key", "must name a stored body"),
        (failed[8], "due_at_ms", "must be milliseconds since 1970"),
    ]
    assert secret not in json.dumps(lines)


def test_an_item_of_a_later_release_sends_the_message_to_the_dead_letters(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.account.client("dynamodb").put_item(
        TableName=rig.account.calls_table,
        Item={"pk": {"S": f"CALL#{CALL_ID}"}, "sk": {"S": "FACT#x"}, "version": {"N": "99"}},
    )
    assert len(rig.deliver(rig.says(BILL))) == 1
    assert '"field":"version","rule":"must be 1 to 1"' in capsys.readouterr().out


def test_a_failure_nobody_foresaw_costs_one_message_and_tells_no_values(
    rig: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("+14155550123 said something")

    classifier = rig.app.PARTS.router.record.classifier
    monkeypatch.setattr(type(classifier), "hear", break_down)
    failed = rig.deliver(rig.says(BILL), rig.message("hang", 7))
    assert len(failed) == 1
    assert kinds(rig) == ["CallSeen", "Noticed"]
    told = capsys.readouterr().out
    assert '"message":"message broken"' in told
    assert "14155550123" not in told


def test_a_model_on_bedrock_is_asked_only_when_an_owner_has_chosen_one(
    rig: Rig, account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rig.app.PARTS.router.record.slow_classifier is None
    chosen = start_router(account, vapi, monkeypatch, BEDROCK_MODEL_ID="some.model-v1:0")
    slow = chosen.app.PARTS.router.record.slow_classifier
    assert type(slow).__name__ == "BedrockIntents"
    assert slow.hear(BILL).intent == "billing"  # clear words never leave the machine
    chosen.close()


def test_a_message_is_not_begun_when_the_invocation_is_about_to_end(rig: Rig) -> None:
    record = rig.record(rig.says(BILL))
    assert rig.handle(record, remaining_ms=5_000) == [record["messageId"]]
    assert rig.history().version == 0


@pytest.fixture
def with_a_queue(
    account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    """A router where callers may wait for a line."""
    queue_url = account.reception_jobs_queue
    started = start_router(account, vapi, monkeypatch, RECEPTION_JOBS_QUEUE_URL=queue_url)
    yield started
    started.close()


def test_a_call_that_is_over_lets_the_next_caller_have_its_line(with_a_queue: Rig) -> None:
    rig = with_a_queue
    live = rig.message("status-update", status="in-progress")
    assert rig.deliver(live, rig.says(BILL, after_ms=1_000)) == []
    assert rig.hints() == []
    report = rig.message("end-of-call-report", 9000, endedReason="customer-ended-call")
    assert rig.deliver(report) == []
    assert rig.hints() == [ReceptionJob(JobKind.SERVE)]


def test_a_hint_that_cannot_be_sent_is_counted_and_nothing_else_is_lost(
    with_a_queue: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = with_a_queue
    queue = rig.account.client("sqs")
    queue.delete_queue(QueueUrl=rig.account.reception_jobs_queue)
    report = rig.message("end-of-call-report", endedReason="customer-ended-call")
    assert rig.deliver(report) == []
    assert ended(rig) is not None
    assert '"hint_unsent":1' in capsys.readouterr().out


def test_no_log_line_holds_a_number_a_name_a_word_or_a_url(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    message = rig.says(BILL)
    message["message"]["call"]["customer"]["name"] = "Ada Canary"
    rig.deliver(message, rig.message("end-of-call-report", 9000, endedReason="customer-ended-call"))
    told = capsys.readouterr().out
    assert told
    for canary in ("4155550123", "Canary", "charged", "/control"):
        assert canary not in told


def test_every_message_of_the_contract_leaves_the_facts_it_tells(rig: Rig, shared: Path) -> None:
    folder = shared / "contracts/vapi/samples"
    told: dict[str, set[str]] = {}
    for file in sorted([*folder.glob("*.json"), *(folder / "seed").glob("*.json")]):
        body = json.loads(file.read_text())
        if file.name == "_index.json" or file.name.endswith(".request.json"):
            continue
        for fact in facts_of(body, AT_MS):
            told.setdefault(fact.call_id, set()).add(fact.key)
        assert rig.deliver(body) == [], file.name
    assert told
    for call_id, keys in told.items():
        whole = {key for key in keys if ":partial:" not in key}  # those may say nothing sure
        assert whole <= {fact.key for fact in rig.history(call_id).facts} <= keys


def test_the_tutorials_messages_are_understood(rig: Rig) -> None:
    call = {"id": CALL_ID, "monitor": {"controlUrl": rig.vapi.control_url(CALL_ID)}}
    flat = {"type": "speech-update", "call": call, "status": "started", "speaker": "user"}
    split = {
        "message": {"type": "transcript", "role": "user", "transcriptType": "final", "text": BILL},
        "call": call,
    }
    assert rig.deliver(flat, split) == []
    assert kinds(rig) == ["CallSeen", "SpeechChanged", "UtteranceHeard"]
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["destination"]["assistant"]["name"] == "billing"


def test_two_routers_on_one_call_at_once_lose_nothing_and_repeat_nothing(
    account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers = [start_router(account, vapi, monkeypatch) for _ in range(2)]
    rig = routers[0]
    messages = [
        rig.message("status-update", status="in-progress"),
        rig.says(BILL, 1000),
        rig.message("hang", 1500),
        rig.message("user-interrupted", 2000, turnId="t1"),
        rig.says("no wait, I want to talk to a real person", 3000),
        rig.message("speech-update", 3500, status="started", role="user"),
    ]
    orders = [messages, list(reversed(messages))]
    threads = [
        threading.Thread(target=router.deliver_until_taken, args=order)
        for router, order in zip(routers, orders, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = rig.history()
    told = {fact.key for message in messages for fact in facts_of(message, AT_MS, may_call=bool)}
    assert {fact.key for fact in history.facts} == told
    assert [one.number for one in history.decisions] == list(range(1, len(history.decisions) + 1))
    outcomes = [mark.outcome for mark in history.actions.values()]
    assert len(outcomes) == len(history.decisions)
    assert len(rig.vapi.asked_of(CALL_ID)) == outcomes.count(ControlOutcome.SENT)
    assert history.glance.destination == "person"
    assert any(isinstance(fact, Noticed) for fact in history.facts)
    for router in routers:
        router.close()
