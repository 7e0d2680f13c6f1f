"""What operators are shown of one call."""

from __future__ import annotations

from typing import Any, cast

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import Fact, Noticed, StatusChanged, ToolCalled
from contact_center.conversations.services.ports.calls import CallHistory
from contact_center.conversations.services.read_calls import CallDesk, show_call
from tests.fakes.clock import FakeClock

CALL = "call-1"


def test_what_no_commit_has_written_yet_is_in_the_timeline_at_its_time() -> None:
    rings: Fact = StatusChanged(call_id=CALL, at_ms=1, key="s:1", status="ringing")
    stalls: Fact = Noticed(call_id=CALL, at_ms=3, key="n:3", kind="stall")
    asked: Fact = ToolCalled(call_id=CALL, at_ms=2, key="t:2", tool_call_id="t", name="send")
    record = merge_all(CALL, [rings, stalls])
    history = CallHistory(record, [rings, stalls], (), 1, unrecorded=[asked])
    desk = CallDesk(history=lambda _: history, calls=cast("Any", None), clock=FakeClock(9))

    shown = cast("Any", show_call(desk, CALL))

    assert [one["what"] for one in shown["timeline"]] == ["StatusChanged", "ToolCalled", "Noticed"]
