"""What Vapi asks our door in the tests, and what comes back."""

from __future__ import annotations

from typing import Any

from contact_center.conversations.domain.resuming import EarlierCall
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    NOW_MS,
    FakeDoor,
    answer_of,
)

CUSTOMER = "+14155550123"
CALL = {"id": "call-2", "customer": {"number": CUSTOMER}}
WITHHELD = (
    "anonymous",
    "Restricted",
    "unknown",
    "unavailable",
    "private",
    "asserted-identity",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+256",
    "",
    " ",
)
CUT_OFF = EarlierCall(
    call_id="call-1",
    destination="billing",
    ended_reason="call.in-progress.error-vapifault-worker-died",
    ended_at_ms=NOW_MS - 120_000,
)


def ask(door: FakeDoor, kind: str, **fields: Any) -> Any:
    response = door.tell({"message": {"type": kind, "call": CALL} | fields})
    assert response.status == 200
    return answer_of(response)


def use(door: FakeDoor, name: str, arguments: object, tool_call_id: str | None = "t1") -> Any:
    call = {"name": name, "arguments": arguments}
    if tool_call_id is not None:
        call["id"] = tool_call_id
    (result,) = ask(door, "tool-calls", toolCallList=[call])["results"]
    return result


def remembering(*calls: EarlierCall) -> FakeDoor:
    return FakeDoor(memory=FakeCallMemory({CUSTOMER: list(calls)}))


def tool_call(name: str, **arguments: object) -> dict[str, object]:
    call = {"id": "t1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"toolCallList": [call]}
