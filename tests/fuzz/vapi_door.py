"""Vapi's door and the router's reading, under messages that are wrong in a few places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.items import dumps
from contact_center.conversations.adapters.call_items import record_item, record_of
from contact_center.conversations.adapters.fact_items import fact_item, fact_of
from contact_center.conversations.domain.redacted_facts import redacted_fact
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.kernel.field_errors import BadMessageError
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.vapi.webhooks.told import told_by
from tests.fakes.call_store import FakeCallStore
from tests.fakes.fake_door import DEPARTMENTS, NOW_MS, FakeDoor, contact_center, hmac_headers
from tests.fakes.intent_classifier import FakeClassifier
from tests.fuzz.changes import changed

if TYPE_CHECKING:
    import random

    from contact_center.conversations.domain.facts import Fact

ROOT = Path(__file__).resolve().parents[2]
GOOD_STATUSES = frozenset({200, 400, 401, 413})


def messages() -> list[Any]:
    """What the events of this repository send to the door."""
    bodies = [
        json.loads(file.read_text(encoding="utf-8"))["body"]
        for file in sorted((ROOT / "events").glob("vapi-*.json"))
    ]
    return [json.loads(body) for body in bodies if _is_json(body)]


class VapiDoor:
    """One input after the other: into the door, out of the queue, into the record."""

    def __init__(self) -> None:
        """Read what to begin with, and the configuration that is shipped."""
        self._messages = messages()
        center = contact_center()
        self._parts = RecordParts(
            store=FakeCallStore(),
            classifier=FakeClassifier(),
            clock=FakeDoor().clock,
            policy=center.policy,
            departments=DEPARTMENTS,
            questions=center.call_questions,
            call_receivers=("built-in", "webhook"),
            legs_priced=True,
        )

    def try_one(self, chance: random.Random) -> str:
        """Send one input. Returns what came of it; raises what was wrong."""
        body = changed(chance.choice(self._messages), chance, self._messages)
        door = FakeDoor()
        headers = hmac_headers(body)
        if chance.random() < 0.02:
            headers[chance.choice(list(headers))] = chance.choice(["", "\u00e9", "0", "-1" * 9])
        answer = door.post(body, headers)
        assert answer.status in GOOD_STATUSES, answer.status
        assert answer.status != 200 or json.loads(answer.body) is not None
        for sent, attributes in door.queue.messages:
            key = attributes.get("report_key")
            self._route(door.archive.get(key) if key else sent.encode("utf-8", "surrogatepass"))
        return str(answer.status)

    def _route(self, body: bytes) -> None:
        try:
            told = told_by(body, NOW_MS, "once", may_call=lambda _: True)
        except BadMessageError:
            return
        for fact in told.facts:
            self._hold_to_its_item(fact)
        if told.facts:
            store = FakeCallStore()
            parts = RecordParts(**{**_fields(self._parts), "store": store})
            call_id = told.facts[0].call_id
            recorded = record_facts(call_id, told.facts, parts)
            item = record_item(recorded.record, store.read(call_id).glance, 0, 0)
            assert record_of(item) == recorded.record
            json.dumps(item).encode()
        json.dumps(told.report)

    @staticmethod
    def _hold_to_its_item(fact: Fact) -> None:
        kept = redacted_fact(fact, EVERYTHING, contact_center().policy, DEPARTMENTS)
        item = fact_item(kept, 0)
        assert fact_of(item) == kept
        dumps({"said": item["said"]["S"]}).encode()  # goes over the wire as UTF-8


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _fields(parts: RecordParts) -> dict[str, Any]:
    return {name: getattr(parts, name) for name in parts.__dataclass_fields__}
