"""No time that Vapi tells is believed much beyond the moment it is told."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from contact_center.conversations.domain.calls import CallRecord, merge
from contact_center.conversations.services.follow_call import follow_call
from contact_center.vapi.calls.found_calls import found_call
from contact_center.vapi.webhooks.messages import facts_of, read_message
from contact_center.vapi.webhooks.reports import report_of
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, Scene

AHEAD_MS = 5 * 60_000
LATEST_MS = NOW_MS + AHEAD_MS
FAR = "2099-12-31T23:59:59Z"
FAR_MS = 4_102_444_799_000
TIMES = ("createdAt", "startedAt", "endedAt", "updatedAt")
KINDS: dict[str, dict[str, Any]] = {
    "assistant-request": {},
    "status-update": {"status": "ringing"},
    "transcript": {"role": "user", "transcriptType": "final", "transcript": "Hello."},
    "speech-update": {"role": "user", "status": "started"},
    "assistant.speechStarted": {},
    "user-interrupted": {},
    "tool-calls": {"toolCallList": [{"id": "t", "function": {"name": "endCall"}}]},
    "assistant.started": {"newAssistant": {"name": "sales"}},
    "transfer-update": {},
    "end-of-call-report": {"endedReason": "customer-ended-call"},
    "hang": {},
}


def message(kind: str, said: Any = FAR) -> dict[str, Any]:
    """A message all of whose times are the same."""
    call = {"id": "call-1", "name": f"{ATTEMPT}.1", "type": "outboundPhoneCall"}
    times = dict.fromkeys(TIMES, said)
    return {
        "message": {"type": kind, "timestamp": said, "call": call | times} | times | KINDS[kind]
    }


def instants(value: object) -> list[int]:
    """Every instant in what was read, whatever it is called."""
    if isinstance(value, dict):
        return [at for one in value.values() for at in instants(one)]
    if isinstance(value, list | tuple):
        return [at for one in value for at in instants(one)]
    return [value] if isinstance(value, int) and value > 10**11 else []


@pytest.mark.parametrize("said", [FAR, FAR_MS, FAR_MS / 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_no_fact_is_of_much_later_than_its_arrival(kind: str, said: Any) -> None:
    facts = facts_of(message(kind, said), NOW_MS)

    found = [at for fact in facts for at in instants(asdict(fact))]
    assert found
    assert max(found) == LATEST_MS


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_in_time_is_taken_at_its_word(kind: str) -> None:
    facts = facts_of(message(kind, NOW_MS - 9), NOW_MS)

    assert {at for fact in facts for at in instants(asdict(fact))} == {NOW_MS - 9}


def test_no_question_is_asked_much_later_than_it_arrives() -> None:
    body = json.dumps(message("tool-calls")).encode()
    question = read_message(body, NOW_MS).question

    assert question is not None
    assert question.at_ms == LATEST_MS


def test_the_same_message_is_the_same_fact_whenever_it_arrives() -> None:
    first = facts_of(message("transcript"), NOW_MS)
    again = facts_of(message("transcript"), NOW_MS + 5_000)

    assert first[0].key == again[0].key


def test_a_report_lies_under_a_day_that_has_come() -> None:
    read = report_of(message("end-of-call-report"), NOW_MS)

    assert read is not None
    assert read[1] == LATEST_MS


@pytest.mark.parametrize("said", [FAR, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_a_call_that_is_looked_up_is_of_no_time_beyond_now(said: str) -> None:
    found = found_call({"id": "c", "status": "ended"} | dict.fromkeys(TIMES, said), NOW_MS)

    late = LATEST_MS if said == FAR else None  # years that nobody counts with are no times
    assert (found.rang_at_ms, found.ended_at_ms) == (late, late)


def test_a_ring_dated_2099_does_not_blind_the_caps_of_a_person() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    earlier = ("earlier.1", NOW_MS - 86_400_000)
    known = scene.tables.customer(NUMBER)
    scene.tables.customers[NUMBER] = known.rang(*earlier)
    record = CallRecord(call_id="call-1")
    facts = facts_of(message("status-update"), scene.clock.now_ms())
    for fact in facts:
        record = merge(record, fact)

    follow_call(facts, record, scene.settle)

    rung = dict(scene.tables.customer(NUMBER).rung)
    assert rung[earlier[0]] == earlier[1]
    assert rung[f"{ATTEMPT}.1"] == scene.clock.now_ms() + AHEAD_MS
