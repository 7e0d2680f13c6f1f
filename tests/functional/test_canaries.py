"""A canary in every field that comes in: no log line, metric, error or name of a key has it after.

One field at a time, in place of what it says and behind it, so that it and the others lead as far
as such a message comes: through Vapi's door into the record, and through every address of Twilio's
door while a caller waits, keeps his place, is asked about or talks. What a request has besides its
body, its address and its headers, comes in as well.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import pytest

import contact_center
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import RawRequest
from contact_center.twilio.door import answer_twilio
from contact_center.vapi.webhooks.told import told_by
from tests.contract.twilio.twilio_signing import WEBHOOKS, webhook
from tests.fakes.call_store import FakeCallStore
from tests.fakes.fake_door import DEPARTMENTS, NOW_MS, FakeDoor, hmac_headers
from tests.fakes.fake_door import contact_center as shipped
from tests.fakes.intent_classifier import FakeClassifier
from tests.fuzz.changes import spots
from tests.fuzz.reception_house import ADA, CALLER_LEG, House
from tests.fuzz.twilio_door import ASKED_FOR, FITS, OF_A_RING, OTHERS, RING, STEPS
from tests.fuzz.vapi_door import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.domain.facts import Fact

DIGITS = "2125550987"  # where words would not be read: a number, keys
CANARY = f"canary Ada of +1{DIGITS}"
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
TWILIO = Path(contact_center.__file__).parent / "twilio"
# A field is one that is read where its name stands in the code.
READ = frozenset(
    re.findall(r'"([A-Z]\w+)"', "".join(file.read_text("utf-8") for file in TWILIO.rglob("*.py")))
)
# Which sample is sent to an address that ends so.
SAMPLES = {
    "/number": "04-dial-action-busy",
    "/offer": "04-dial-action-busy",
    "/after": "04-dial-action-busy",
    "/conference": "10-conference-participant-join",
    "/recording": "12-recording-completed",
    "/voice": "01-inbound-voice-url",
    "/wait": "02-enqueue-wait-url",
    "/result": "03-enqueue-action-leave",
    "/status": "05z-inbound-number-status-completed",
    "/call-status": "05z-inbound-number-status-completed",
}
EVERYWHERE = frozenset({"waits", "talks"})
# What is acted on at once, by the words alone.
SAID = (
    "My house is on fire, call 911.",
    "A person, please.",
    "Stop calling me.",
    "My card is 4111 1111 1111 1111.",
)
TOOLS: dict[str, dict[str, str]] = {
    "bookDemo": {"date": "2026-08-24", "time": "10:00", "name": "Ann", "email": "ann@example.com"},
    "saveLead": {"name": "Ann", "email": "ann@example.com", "need": "fifty seats"},
    "sendInformation": {"email": "ann@example.com", "topic": "prices"},
    "lookUpCustomer": {"phone": "+14155550111"},
    "callCustomerBack": {"when": "2026-08-24T10:00", "timezone": "America/New_York"},
    "stopCalling": {"reason": "wants no calls"},
    "routeToDepartment": {"department": "billing"},
}


def of_every_kind() -> list[Any]:
    """Messages as they come, of each kind."""
    known = messages()
    whole = next(one["message"] for one in known if one["message"]["type"] == "transcript")
    asked = next(one["message"] for one in known if one["message"]["type"] == "tool-calls")
    others = [whole | {"type": one} | of for one, of in OTHER_KINDS.items()]
    others += [whole | {"transcript": words} for words in SAID]
    others += [asked | called(name, given) for name, given in TOOLS.items()]
    return known + [{"message": one} for one in others]


def called(name: str, given: dict[str, str]) -> dict[str, Any]:
    """The part of a message in which a model calls a tool."""
    call = {
        "id": "tool-1",
        "type": "function",
        "function": {"name": name, "arguments": given},
    }
    return {"toolCallList": [call], "toolWithToolCallList": [], "toolCalls": [call]}


def planted() -> Iterator[tuple[str, Any]]:
    """Each message with a canary in one of its fields, or behind what it says, and which."""
    for message in of_every_kind():
        for at in range(len(spots(message))):
            for behind in (False, True):
                copy = json.loads(json.dumps(message))
                holder, place = spots(copy)[at]
                said = holder[place]
                if isinstance(said, dict | list) or place in IDS:
                    continue
                if behind and not isinstance(said, str):
                    continue
                holder[place] = f"{said} {CANARY}" if behind else CANARY
                yield str(place), copy


def facts_of(door: FakeDoor) -> list[Fact]:
    """What the router reads of the messages that a door has sent on."""
    found: list[Fact] = []
    for sent, attributes in door.queue.messages:
        key = attributes.get("report_key")
        body = door.archive.get(key) if key else sent.encode()
        with suppress(BadMessageError):
            found += told_by(body, NOW_MS, "once", may_call=lambda _: True).facts
    return found


def recorded(facts: list[Fact]) -> FakeCallStore:
    """A table in which they are written down, with what follows from them."""
    center, store = shipped(), FakeCallStore()
    parts = RecordParts(
        store=store,
        classifier=FakeClassifier(),
        clock=FakeDoor().clock,
        policy=center.policy,
        departments=DEPARTMENTS,
        questions=center.call_questions,
        call_receivers=("built-in", "webhook"),
        legs_priced=True,
    )
    for fact in facts:
        record_facts(fact.call_id, [fact], parts)
    return store


def test_what_comes_from_vapi_is_in_no_log_metric_error_or_name_of_a_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried = 0
    for place, message in planted():
        door = FakeDoor()
        answer = door.post(json.dumps(message).encode())
        tried += 1
        if place != NAME_OF_A_TOOL:
            assert CANARY not in answer.body, (place, answer.body)
        assert CANARY not in repr(door.metrics.counted), place
        facts = facts_of(door)
        for fact in facts:
            item = fact_item(fact, 0)
            assert CANARY not in item["pk"]["S"] + item["sk"]["S"], place
        store = recorded(facts)
        names = [*store.histories, *(one.effect_id for one in store.effects)]
        assert CANARY not in repr((names, store.to_count)), place
    told = capsys.readouterr()
    assert CANARY not in told.out + told.err
    assert tried > 700


def addresses(house: House, stage: str) -> Iterator[str]:
    """Those of what a caller is in the middle of; where he waits or talks those of all callers."""
    ring = RING.format(token=house.tokens()[0])
    steps = {**STEPS, ring: OF_A_RING}
    places = {ring if FITS[stage] == RING else FITS[stage]}
    if stage in EVERYWHERE:
        places |= {"voice", "people", *(one for one in STEPS if one.startswith("supervision/"))}
        yield from OTHERS
    for place in sorted(places):
        yield from (f"/twilio/{place}{step}" for step in steps[place])


def form_of(path: str, house: House) -> dict[str, str]:
    """What Twilio sends to an address: of the caller's leg, or of the one that was rung of it."""
    name = next((kind for step, kind in SAMPLES.items() if path.endswith(step)), "09-gather-digits")
    form = {field: said[0] for field, said in ASKED_FOR.items()} | {"Digits": "1", "Body": "STOP"}
    form |= dict(parse_qsl(WEBHOOKS[name]["body"], keep_blank_values=True))
    if any(one in path for one in ("/transfer/", "/supervision/", "/callback/")):
        return form | {"CallSid": house.legs()[-1], "To": ADA.address}
    return form | {"CallSid": CALLER_LEG}


def odd_forms(form: dict[str, str]) -> Iterator[dict[str, str]]:
    """A form with a canary in or behind each field that is read, and in all others at once."""
    unread = form.keys() - READ
    yield form | dict.fromkeys(unread, CANARY)
    for name in sorted(form.keys() & READ):
        yield form | {name: CANARY}
        yield form | {name: f"{form[name]} {CANARY}"}
        yield form | {name: DIGITS if name == "Digits" else f"+1{DIGITS}"}


@pytest.mark.parametrize("stage", FITS)
def test_what_comes_from_twilio_is_in_no_log_metric_error_or_name_of_a_key(
    stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = House(stage)
    tried = 0
    for path in addresses(shown, stage):
        for form in odd_forms(form_of(path, shown)):
            house = House(stage)
            answer = house.send(path, list(form.items()))
            tried += 1
            assert CANARY not in answer.body, (path, form)
            nothing_told(house, (path, form))
    told = capsys.readouterr()
    assert DIGITS not in told.out + told.err
    assert tried > (600 if stage in EVERYWHERE else 60)


def nothing_told(house: House, where: object) -> None:
    """No metric and no name of a key has the canary."""
    assert DIGITS not in repr(house.metrics.counted), where
    keys = {*house.scene.visits.kept, *house.scene.queue.entries, *house.people.people}
    assert DIGITS not in repr((keys, list(house.offers.offers))), where


HEADERS = ("user-agent", "host", "x-timestamp", "x-signature", "authorization", "content-type")


def test_what_a_request_has_besides_its_body_is_told_neither(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of whoever knocks: nothing of it has to be signed."""
    body = json.dumps(messages()[0]).encode()
    door = FakeDoor()
    answers = [door.post(body, hmac_headers(body) | {name: CANARY}) for name in HEADERS]
    answers += [door.post(body, {}), door.post(body, path=f"/vapi/webhook/{CANARY}")]
    house = House("waits")
    form = list(form_of("/twilio/voice", house).items())
    for path in (f"/twilio/{CANARY}", f"/twilio/{quote(CANARY)}", f"/twilio/voice/{CANARY}"):
        answers.append(answer_twilio(webhook(path, form), house.door))
    for name in (*HEADERS, "x-twilio-signature"):
        signed = webhook("/twilio/voice", form)
        odd = RawRequest(
            "POST", signed.path, signed.host, {**signed.headers, name: CANARY}, signed.body
        )
        answers.append(answer_twilio(odd, house.door))
    assert [one.body for one in answers if CANARY in one.body] == []
    assert DIGITS not in repr(door.metrics.counted)
    nothing_told(house, "headers")
    told = capsys.readouterr()
    assert DIGITS not in told.out + told.err
