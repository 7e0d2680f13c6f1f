"""Hints as the queue carries them, and what is no hint."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.records.adapters.sqs_effect_hints import hint_text, read_hint
from contact_center.records.adapters.thread_lanes import LockedMetrics, OwnReceivers, ThreadLanes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.services.effect_hints import EffectHint, HintKind, hint_at, send_hint
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.effects import FakeEffectHints
from tests.unit.records.effect_scene import SaidReceiver

if TYPE_CHECKING:
    from contact_center.records.services.effect_ports import Receiver

LINE = EffectHint(HintKind.LINE, "crm", "+12125550143")
DRAIN = EffectHint(HintKind.DRAIN, "crm")
CARD = EffectHint(HintKind.CARD, "crm", "+12125550143", call_id="call-1")


@pytest.mark.parametrize("hint", [LINE, DRAIN, CARD])
def test_a_hint_is_read_as_it_was_sent(hint: EffectHint) -> None:
    assert read_hint({"body": hint_text(hint)}) == hint


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("{", "body"),
        ([], "version"),
        ({"version": 2, "kind": "drain", "receiver": "crm"}, "version"),
        ({"version": 1, "kind": "sing", "receiver": "crm"}, "kind"),
        ({"version": 1, "kind": "drain"}, "receiver"),
        ({"version": 1, "kind": "drain", "receiver": ""}, "receiver"),
        ({"version": 1, "kind": "line", "receiver": "crm"}, "customer"),
        ({"version": 1, "kind": "card", "receiver": "crm", "callId": "1"}, "customer"),
        ({"version": 1, "kind": "card", "receiver": "crm", "customer": "+1"}, "callId"),
        ({"version": 1, "kind": "line", "receiver": "crm", "customer": "x" * 257}, "customer"),
    ],
)
def test_what_is_no_hint_is_refused_by_its_field(said: object, field: str) -> None:
    body = said if isinstance(said, str) else json.dumps(said)
    with pytest.raises(BadMessageError) as refused:
        read_hint({"body": body})
    assert refused.value.field == field


def test_a_line_is_hinted_at_once_and_what_cannot_be_sent_is_counted() -> None:
    class Away(FakeEffectHints):
        def send(self, _: EffectHint) -> None:
            raise QueueUnavailableError

    hints, metrics = FakeEffectHints(), CountedMetrics()
    line = LineName("+12125550143", "crm")
    hint_at([line, line], hints, metrics)
    hint_at([line], None, metrics)
    assert hints.sent == [LINE]
    assert metrics.counted == []
    send_hint(LINE, Away(), metrics)
    assert metrics.of("effect_hint_unsent") == [{"kind": "line"}]


def test_lanes_do_all_of_it_several_at_once_each_with_a_receiver_of_its_own() -> None:
    together, seen, metrics = threading.Barrier(3), set[int](), CountedMetrics()
    receivers = OwnReceivers({"crm": SaidReceiver})
    locked = LockedMetrics(metrics)

    def work(_: int) -> None:
        together.wait(timeout=30)
        receiver: Receiver | None = receivers.of("crm")
        assert receiver is receivers.of("crm")
        seen.add(id(receiver))
        locked.count("done")
        together.wait(timeout=30)

    ThreadLanes(3).each([1, 2, 3], work)
    ThreadLanes(3).each([], work)

    assert len(seen) == len(metrics.counted) == 3
    assert receivers.of("nobody") is None
