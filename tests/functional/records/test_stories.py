"""What happened with a customer, as the built-in receiver was told it, read by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.system_clock import SystemClock
from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.domain.effects import Effect, EffectKind
from tests.fakes.clock import FakeClock
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

AT_MS = 1_787_266_800_000  # 2026-08-20T23:00:00Z
ADAS, BENS = "+12125550143", "+12125550144"
STORY = "/api/customers/story"
CALL = {"title": "Call, inbound", "started_at_ms": AT_MS, "body": "Ada wants a refund."}
LEAD = {"said": "Call me on +12125550143", "first_name": "Ada", "email": "ada@example.com"}


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    tell(made, "e1", EffectKind.CALL, CALL | {"achieved": "nothing", "attempt_id": "9f86d081"}, 0)
    tell(made, "e2", EffectKind.LEAD, LEAD, 60_000)
    task = {"title": "Meeting", "due_at_ms": AT_MS + 3_600_000}
    tell(made, "e3", EffectKind.TASK, task, 120_000)
    tell(made, "e9", EffectKind.LEAD, {"said": "I am Ben"}, 30_000, customer=BENS)
    yield made
    made.close()


def tell(  # noqa: PLR0913 - what effects differ by
    api: OperatorRig,
    name: str,
    kind: EffectKind,
    told: dict[str, Any],
    after_ms: int,
    *,
    customer: str = ADAS,
) -> None:
    effect = Effect(name, customer, 1, kind, "built_in", told, AT_MS + after_ms, "her-call")
    client = api.account.client("dynamodb")
    receiver = BuiltInReceiver(client, api.account.calls_table, SystemClock(), 90)
    receiver.deliver(effect)


def record(api: OperatorRig, call_id: str, number: str | None) -> None:
    seen = CallSeen(call_id=call_id, at_ms=AT_MS, key="s", customer_number=number)
    client, clock = api.account.client("dynamodb"), FakeClock(AT_MS)
    calls = DynamoDBCalls(client, api.account.calls_table, clock, 90, lambda: "one")
    calls.commit(calls.read(call_id), merge_all(call_id, [seen]), [seen], [], CallGlance())


def test_an_operator_reads_what_happened_the_newest_first(api: OperatorRig) -> None:
    status, told = api.ask("POST", STORY, {"phone": ADAS})
    assert (status, told["nextCursor"]) == (200, None)
    task, lead, call = told["happened"]
    assert [one["kind"] for one in told["happened"]] == ["task", "lead", "call"]
    assert (task["title"], task["text"]) == ("Meeting", None)
    assert task["details"] == [{"name": "due_at", "value": "2026-08-21T00:00:00.000Z"}]
    assert (lead["at"], lead["callId"]) == ("2026-08-20T23:01:00.000Z", "her-call")
    assert lead["text"] == LEAD["said"]
    assert {one["name"]: one["value"] for one in lead["details"]} == {
        "first_name": "Ada",
        "email": "ada@example.com",
    }
    assert (call["title"], call["text"]) == (CALL["title"], CALL["body"])
    assert call["details"] == [{"name": "achieved", "value": "nothing"}]


def test_it_is_read_page_by_page_and_no_cursor_holds_a_number(api: OperatorRig) -> None:
    kinds: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        told = api.ask("POST", STORY, {"phone": ADAS, "limit": 1} | cursor)[1]
        kinds += [one["kind"] for one in told["happened"]]
        cursor = {"cursor": told["nextCursor"]}
    assert kinds == ["task", "lead", "call"]
    first = api.ask("POST", STORY, {"phone": ADAS, "limit": 2})[1]
    his = api.ask("POST", STORY, {"phone": BENS, "cursor": first["nextCursor"]})[1]
    assert all("Ada" not in str(one) for one in his["happened"])  # another's cursor opens nothing
    assert api.ask("POST", STORY, {"phone": ADAS, "cursor": "no"})[0] == 400


def test_a_viewer_reads_it_of_a_call_and_nothing_that_was_said(api: OperatorRig) -> None:
    record(api, "her-call", ADAS)
    assert api.ask("POST", STORY, {"phone": ADAS}, token=VIEWER)[0] == 403
    path = "/api/calls/her-call/story"
    status, told = api.ask("GET", path, token=VIEWER)
    assert status == 200
    assert [one["kind"] for one in told["happened"]] == ["task", "lead", "call"]
    assert not any(one["title"] or one["text"] for one in told["happened"])
    assert [one["details"] for one in told["happened"]] == [
        [],
        [],
        [{"name": "achieved", "value": "nothing"}],
    ]
    whole = api.ask("GET", path)[1]
    assert whole == api.ask("POST", STORY, {"phone": ADAS})[1]
    page = api.ask("GET", path, token=VIEWER, limit="2")[1]
    rest = api.ask("GET", path, token=VIEWER, cursor=page["nextCursor"])[1]
    assert [one["kind"] for one in rest["happened"]] == ["call"]
    assert api.ask("GET", "/api/calls/nobodys/story")[0] == 404


def test_a_call_of_nobody_who_could_be_known_again_has_a_story_of_its_own(
    api: OperatorRig,
) -> None:
    record(api, "withheld", None)
    assert api.ask("GET", "/api/calls/withheld/story")[1] == {"happened": [], "nextCursor": None}


def test_who_was_shown_it_is_in_the_trail_and_the_number_is_not(api: OperatorRig) -> None:
    record(api, "her-call", ADAS)
    api.ask("POST", STORY, {"phone": ADAS})
    api.ask("GET", "/api/calls/her-call/story")
    api.ask("GET", "/api/calls/her-call/story", token=VIEWER)
    api.ask("POST", STORY, {"phone": ADAS}, token=VIEWER)
    trail = api.ask("GET", "/api/audit", customer=ADAS)[1]["entries"]
    assert sorted((one["action"], one["status"]) for one in trail) == [
        ("readStory", 200),
        ("readStory", 403),
    ]
    everything = api.ask("GET", "/api/audit")[1]["entries"]
    assert [one["onId"] for one in everything if one["action"] == "showCallStory"] == ["her-call"]
    assert ADAS[1:] not in str(everything)


def test_a_moment_beyond_every_calendar_keeps_nothing_from_being_shown(api: OperatorRig) -> None:
    tell(api, "e4", EffectKind.TASK, {"title": "Never", "due_at_ms": 10**18}, 10**17)
    told = api.ask("POST", STORY, {"phone": ADAS})[1]["happened"]
    assert [one["title"] for one in told][:2] == ["Never", "Meeting"]
