"""A canary in every field that comes in: no log line, metric, error or name of a key has it after.

One field at a time, so that the others lead it as far as such a message comes: through Vapi's door
and the router's reading, and through Twilio's door while a caller waits or talks.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.told import told_by
from tests.contract.twilio.twilio_signing import WEBHOOKS
from tests.fakes.fake_door import NOW_MS, FakeDoor
from tests.fuzz.changes import spots
from tests.fuzz.reception_house import CALLER_LEG, VISIT, House
from tests.fuzz.vapi_door import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.domain.facts import Fact

CANARY = "canary Ada of +12125550123"
# What a call, a tool's call or a turn is called by its sender: keys are made of these.
IDS = frozenset({"id", "toolCallId", "turnId"})
NAME_OF_A_TOOL = "name"  # Vapi wants its own name back


# What our events have no example of, beside the call of one.
OTHER_KINDS: dict[str, Any] = {
    "speech-update": {"role": "user", "status": "started", "turn": 2},
    "user-interrupted": {"turnId": "t-1"},
    "assistant.started": {"newAssistant": {"name": "billing"}},
    "transfer-update": {
        "toAssistant": {"name": "billing"},
        "fromAssistant": {"name": "router"},
        "destination": {"type": "number", "number": "+14155550100", "assistantName": "billing"},
    },
    "status-update": {"status": "ended", "endedReason": "hangup", "destination": {"number": "1"}},
    "handoff-destination-request": {"parameters": {"department": "billing", "intent": "sales"}},
    "transfer-destination-request": {"parameters": {"department": "billing"}},
    "user-said": {"text": "my bill is wrong", "role": "user"},
}


def of_every_kind() -> list[Any]:
    """Messages as they come, of each kind."""
    known = messages()
    whole = next(one["message"] for one in known if one["message"]["type"] == "transcript")
    return known + [{"message": whole | {"type": one} | of} for one, of in OTHER_KINDS.items()]


def planted() -> Iterator[tuple[str, Any]]:
    """Each message with a canary in one of its fields, and which."""
    for message in of_every_kind():
        for at in range(len(spots(message))):
            copy = json.loads(json.dumps(message))
            holder, place = spots(copy)[at]
            if not isinstance(holder[place], dict | list) and place not in IDS:
                holder[place] = CANARY
                yield str(place), copy


def facts_of(door: FakeDoor) -> Iterator[Fact]:
    """What the router reads of the messages that a door has sent on."""
    for sent, attributes in door.queue.messages:
        key = attributes.get("report_key")
        body = door.archive.get(key) if key else sent.encode()
        with suppress(BadMessageError):
            yield from told_by(body, NOW_MS, "once", may_call=lambda _: True).facts


def test_what_comes_from_vapi_is_in_no_log_metric_error_or_name_of_a_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried = 0
    for place, message in planted():
        door = FakeDoor()
        answer = door.post(json.dumps(message).encode())
        tried += 1
        if place != NAME_OF_A_TOOL:
            assert CANARY not in answer.body, place
        assert CANARY not in repr(door.metrics.counted), place
        for fact in facts_of(door):
            item = fact_item(fact, 0)
            assert CANARY not in item["pk"]["S"] + item["sk"]["S"], place
    told = capsys.readouterr()
    assert CANARY not in told.out + told.err
    assert tried > 150


@pytest.mark.parametrize("stage", ["waits", "talks"])
def test_what_comes_from_twilio_is_in_no_log_metric_error_or_name_of_a_key(
    stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = 0
    for path, form in webhooks():
        for name in form:
            house = House(stage)
            answer = house.send(path, list((form | {name: CANARY}).items()))
            tried += 1
            assert CANARY not in answer.body, (path, name)
            assert CANARY not in repr(house.metrics.counted), (path, name)
            keys = {*house.scene.visits.kept, *house.scene.queue.entries, *house.people.people}
            assert CANARY not in repr((keys, list(house.offers.offers))), (path, name)
    told = capsys.readouterr()
    assert CANARY not in told.out + told.err
    assert tried > 200


def webhooks() -> Iterator[tuple[str, dict[str, str]]]:
    """An address of each kind, and a form that is sent to such a one, of the caller's leg."""
    for path, sample in (
        ("/twilio/voice", "01-inbound-voice-url"),
        ("/twilio/queue/wait", "02-enqueue-wait-url"),
        ("/twilio/queue/result", "03-enqueue-action-leave"),
        ("/twilio/voice/number", "04-dial-action-busy"),
        ("/twilio/call-status", "05z-inbound-number-status-completed"),
        ("/twilio/people", "09-gather-digits"),
        ("/twilio/queue/keep", "09-gather-digits"),
        (f"/twilio/transfer/{VISIT}/key", "09-gather-digits"),
        (f"/twilio/transfer/{VISIT}/conference", "10-conference-participant-join"),
        ("/twilio/voice/recording", "12-recording-completed"),
    ):
        form = dict(parse_qsl(WEBHOOKS[sample]["body"], keep_blank_values=True))
        yield path, form | {"CallSid": CALLER_LEG}
