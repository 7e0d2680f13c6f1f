"""What waits for a person: one of each kind is found, and goes when it is seen to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb.troubles import DynamoDBTroubles, name_of
from contact_center.campaigns.services.change_campaign import StopCampaigns
from contact_center.console.adapters import dynamodb_needs_index
from contact_center.console.domain.needs import NeedKind
from contact_center.console.services.live_parts import LOOKED_THROUGH_MS
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen, ToolCalled
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
from contact_center.forgetting.domain.forgetting import Forgetting, Reached, StoreState
from contact_center.forgetting.domain.stores import Store
from contact_center.kernel.path_ids import path_id
from contact_center.kernel.set_aside import NO_TROUBLES, STUMBLES, Thing, Trouble
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import Stage
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.domain.redaction_kinds import Redaction
from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
from contact_center.visits.domain.legs import MessageUnderstood
from contact_center.visits.domain.visit_parts import Message
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.left_messages import message_understood
from tests.contract.console.needing_items import NEEDING, failed_import
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.functional.campaigns.campaign_rig import WISH
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.lists.list_rig import list_environment
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tests.functional.operator_api.test_live import requests_to
from tests.functional.operator_api.test_openapi_answers import put_in_doubt, set_aside
from tests.unit.queue.queue_scene import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBER = "+12125550123"
LEG = f"CA{'1' * 32}"
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}
LONG_AGO_MS = 1_787_266_800_000


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    settings = dict(list_environment(account)) | queues_of(account)
    made = start_operator_api(account, monkeypatch, **settings)
    yield made
    made.close()


def needs(api: OperatorRig, **how: Any) -> list[dict[str, Any]]:
    status, told = api.ask("GET", "/api/needs", **how)
    assert status == 200, told
    assert told["complete"] is True
    found: list[dict[str, Any]] = told["needs"]
    assert all(one["advice"] for one in found)
    since = [one["since"] or "" for one in found]
    assert since == sorted(since)
    return found


def a_minute_later(api: OperatorRig) -> None:
    """What time alone has made is found in the machine's own lists, once a minute."""
    for part in api.app.PARTS.live().parts.known.values():
        part.at_ms = None if part.at_ms is None else part.at_ms - 2 * LOOKED_THROUGH_MS


def kinds(api: OperatorRig) -> set[str]:
    return {one["kind"] for one in needs(api)}


def attempt(api: OperatorRig, number: str = NUMBER) -> str:
    body = {"customer": {"phone": number}, "consent": AGREED}
    return str(api.ask("POST", "/trigger/outbound", body)[1]["attemptId"])


def test_nothing_waits_where_nothing_happened(api: OperatorRig) -> None:
    assert needs(api) == []


def test_a_dial_in_doubt_is_listed_until_somebody_says_whether_it_rang(api: OperatorRig) -> None:
    attempt_id = attempt(api)
    put_in_doubt(api, attempt_id)  # type: ignore[arg-type]
    [found] = needs(api)
    assert (found["kind"], found["id"], found["number"]) == ("dial_in_doubt", attempt_id, NUMBER)
    assert api.ask("POST", f"/api/attempts/{attempt_id}/resolve", {"rang": True})[0] == 200
    assert needs(api) == []


def test_an_attempt_that_was_set_aside_is_listed_until_it_is_taken_up(api: OperatorRig) -> None:
    attempt_id = attempt(api)
    ledger = api.ledger
    settled = replace(ledger.read(attempt_id), due_at_ms=None, trouble="KeyError at here.py:1")
    assert settled.set_aside
    set_aside(api, attempt_id)  # type: ignore[arg-type]
    assert kinds(api) == {"attempt_set_aside"}
    assert api.ask("POST", f"/api/attempts/{attempt_id}/take-up")[0] == 200
    assert needs(api) == []


def trouble(thing: Thing, of_id: str, failures: int = STUMBLES) -> Trouble:
    cause = "KeyError at here.py:1"
    return Trouble(
        thing=thing,
        of_id=of_id,
        failures=failures,
        cause=cause,
        since_ms=LONG_AGO_MS,
        last_ms=LONG_AGO_MS,
    )


def test_what_failed_ten_times_is_listed_until_it_is_let_go_on(api: OperatorRig) -> None:
    book = DynamoDBTroubles(api.account.lean(), api.account.dialing_table)
    things = {
        Thing.OFFER: "v-1/v-1.1",
        Thing.ENTRY: "v-2",
        Thing.WISH: "v-3",
        Thing.BREAK: "v-5",
        Thing.LINE: "visit:v-4",
        Thing.PERSON: "ada",
        Thing.COUNT: "CALL#c-9",
        Thing.NOTICE: "attempt_doubtful",
    }
    for thing, of_id in things.items():
        book.write(trouble(thing, of_id))
    book.write(trouble(Thing.COUNT, "VISIT#v-9"))
    book.write(trouble(Thing.LINE, "call:c/1"))
    book.write(trouble(Thing.LINE, "call:c/2", STUMBLES - 1))
    found = needs(api)
    assert {one["kind"] for one in found} == {"set_aside"}
    assert {(one["says"], one["visitId"], one["callId"]) for one in found} == {
        ("break KeyError at here.py:1", "v-5", None),
        ("count KeyError at here.py:1", None, "c-9"),
        ("count KeyError at here.py:1", "v-9", None),
        ("entry KeyError at here.py:1", "v-2", None),
        ("line KeyError at here.py:1", None, path_id("c/1")),
        ("line KeyError at here.py:1", "v-4", None),
        ("notice KeyError at here.py:1", None, None),
        ("offer KeyError at here.py:1", "v-1", None),
        ("person KeyError at here.py:1", None, None),
        ("wish KeyError at here.py:1", "v-3", None),
    }
    for one in found:
        status, told = api.ask("POST", f"/api/needs/{one['id']}/take-up")
        assert (status, told) == (200, {"id": one["id"], "says": one["says"]})
        assert api.ask("POST", f"/api/needs/{one['id']}/take-up")[0] == 404
    assert needs(api) == []
    assert set(book.aside(Thing.LINE)) == set()
    nearly = name_of(trouble(Thing.LINE, "call:c/2"))
    assert api.ask("POST", f"/api/needs/{nearly}/take-up")[0] == 404  # it is tried still
    assert book.read(Thing.LINE, "call:c/2").failures == STUMBLES - 1


def test_only_an_operator_lets_something_go_on(api: OperatorRig) -> None:
    book = DynamoDBTroubles(api.account.lean(), api.account.dialing_table)
    book.write(trouble(Thing.WISH, "v-3"))
    [found] = needs(api)
    assert api.ask("POST", f"/api/needs/{found['id']}/take-up", token=VIEWER)[0] == 403
    assert [one["id"] for one in needs(api)] == [found["id"]]


def test_who_was_taken_out_of_the_line_comes_back_to_his_place(api: OperatorRig) -> None:
    account, clock = api.account, FakeClock(LONG_AGO_MS)
    lean, table = account.lean(), account.dialing_table
    queue = DynamoDBQueue(lean, table, LineWrites(table, CALLING_ACCOUNT), clock)
    waiting = QueueParts(
        queue=queue,
        rules=rules(),
        clock=clock,
        metrics=CountedMetrics(),
        hints=None,
        troubles=NO_TROUBLES,
    )
    for name in ("v-1", "v-2"):
        asked = WaitAsked(
            visit_id=name,
            department="sales",
            waits_for=WaitsFor.LINE,
            leg=f"CA-{name}",
            place_ms=LONG_AGO_MS,
        )
        enter_queue(asked, waiting)
    before = queue.read("v-1")
    head = next(one for one in queue.heads("sales", WaitsFor.LINE, 3) if one.visit_id == "v-1")
    queue.set_aside("v-1", head, WaitsFor.LINE)
    DynamoDBTroubles(lean, table).write(trouble(Thing.ENTRY, "v-1"))
    [found] = needs(api)
    assert api.ask("POST", f"/api/needs/{found['id']}/take-up")[0] == 200
    heads = queue.heads("sales", WaitsFor.LINE, 3)
    assert {one.visit_id for one in heads} == {"v-1", "v-2"}
    assert len(queue.boards(["sales"], WaitsFor.LINE)["sales"].places) == 2
    assert queue.read("v-1") == before
    assert set(queue.due(LONG_AGO_MS * 2, 10).visit_ids) == {"v-1", "v-2"}


def test_an_attempt_of_which_nothing_can_be_read_is_listed_once_it_failed_ten_times(
    api: OperatorRig,
) -> None:
    attempt_id = attempt(api)
    api.account.client("dynamodb").update_item(
        TableName=api.account.dialing_table,
        Key=attempt_key(attempt_id),
        UpdateExpression="SET #said = :broken",
        ExpressionAttributeNames={"#said": "said"},
        ExpressionAttributeValues={":broken": {"S": "{"}},
    )
    for _ in range(STUMBLES):
        assert needs(api) == []
        api.ledger.stumble(attempt_id, "KeyError at here.py:1", LONG_AGO_MS, DialTimings())
    [found] = needs(api)
    assert (found["kind"], found["id"]) == ("attempt_set_aside", attempt_id)


def test_what_was_given_up_is_listed_until_it_is_replayed(api: OperatorRig) -> None:
    client, table = api.account.client("dynamodb"), api.account.calls_table
    lines = DynamoDBEffects(client, table, 90)
    effect = Effect("one", NUMBER, 0, EffectKind.CALL, "built_in", {}, LONG_AGO_MS, "c")
    parts = [write.request for write in effect_writes(table, [effect], LONG_AGO_MS)]
    client.transact_write_items(TransactItems=parts)
    line = lines.read(LineName(NUMBER, "built_in"))
    assert line is not None
    run = replace(line.run, stage=Stage.DEAD, cause="validation")
    assert lines.close(line, run, lines.effect(line), LONG_AGO_MS)
    [found] = needs(api)
    assert (found["kind"], found["says"], found["callId"]) == (
        "dead_effect",
        "built_in validation",
        "c",
    )
    assert api.ask("POST", "/api/effects/one/replay")[0] == 200
    assert needs(api) == []


def follow_ups(api: OperatorRig) -> list[dict[str, Any]]:
    status, told = api.ask("GET", "/api/follow-ups")
    assert status == 200
    return list(told["followUps"])


def test_what_a_caller_left_is_listed_until_somebody_attends_to_it(api: OperatorRig) -> None:
    left = ToolCalled(
        call_id="left",
        at_ms=LONG_AGO_MS,
        key="tool:1",
        tool_call_id="1",
        name="takeMessage",
        arguments={"about": "a refund"},
        follow_up="message",
    )
    seen = CallSeen(call_id="left", at_ms=LONG_AGO_MS, key="s", customer_number=NUMBER)
    client = api.account.client("dynamodb")
    store = DynamoDBCalls(
        client, api.account.calls_table, FakeClock(LONG_AGO_MS), 3_650, lambda: "one"
    )
    record = merge_all("left", [seen, left])
    store.commit(store.read("left"), record, [seen, left], [], CallGlance())
    [found] = needs(api)
    assert (found["kind"], found["says"], found["number"]) == ("follow_up", "message", NUMBER)
    assert "refund" not in json.dumps(found)
    [told] = follow_ups(api)
    assert told["doNotCall"] is False
    assert api.ask("POST", "/api/suppressions", {"phone": NUMBER, "source": "by mail"})[0] < 300
    [told] = follow_ups(api)
    assert told["doNotCall"] is True
    assert api.ask("POST", f"/api/follow-ups/{found['id']}/attend")[0] == 200
    assert needs(api) == []


def test_a_message_after_the_tone_is_listed_until_somebody_attends_to_it(api: OperatorRig) -> None:
    visits = DynamoDBVisits(
        api.account.lean(), api.account.calls_table, FakeClock(LONG_AGO_MS), 3_650, lambda: "one"
    )
    told = MessageUnderstood(leg=LEG, recording="RE1", text="It is Ada, +1 212 555 0199, a refund")
    left = Visit(
        visit_id=f"v-{LEG}",
        caller=NUMBER,
        department="billing",
        endings={"failed": "full", "voicemail": "message"},
        messages={"RE1": Message(at_ms=LONG_AGO_MS, seconds=9)},
    )
    visits.write(left, 0)
    message_understood(told, LONG_AGO_MS + 60_000, visits, Redaction())
    [found] = needs(api)
    assert (found["kind"], found["says"], found["number"]) == ("voicemail", "full", NUMBER)
    assert (found["visitId"], found["department"]) == (f"v-{LEG}", "billing")
    assert "refund" not in json.dumps(found)
    [said] = api.ask("GET", f"/api/visits/v-{LEG}")[1]["messages"]
    assert (said["recording"], said["seconds"]) == ("RE1", 9)
    assert said["text"].startswith("It is Ada,")
    assert "0199" not in said["text"]
    follow_ups = DynamoDBFollowUps(api.account.client("dynamodb"), api.account.calls_table)
    assert follow_ups.oldest_at_ms() == LONG_AGO_MS
    status, attended = api.ask("POST", f"/api/follow-ups/{found['id']}/attend")
    assert status == 200
    assert needs(api) == []
    assert follow_ups.oldest_at_ms() is None
    assert api.ask("POST", f"/api/follow-ups/{found['id']}/attend") == (200, attended)
    assert api.ask("GET", f"/api/visits/v-{LEG}")[1]["attendedAt"] == attended["attendedAt"]


def test_a_callback_is_listed_once_it_is_overdue(api: OperatorRig) -> None:
    wish = {"phone": "+12122345671", "department": "billing", "asked": "by e-mail"}
    status, kept = api.ask("POST", "/api/callbacks", wish)
    assert status == 201, kept
    assert needs(api) == []
    client, table = api.account.client("dynamodb"), api.account.dialing_table
    key = {"pk": {"S": f"ENTRY#{kept['id']}"}, "sk": {"S": "ENTRY"}}
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    said = json.loads(item["said"]["S"])
    said["kept"]["from_ms"] -= 10 * 3_600_000
    since = {"N": str(int(item["needs_since_ms"]["N"]) - 10 * 3_600_000)}
    changed = {"said": {"S": json.dumps(said)}, "needs_since_ms": since}
    client.put_item(TableName=table, Item=item | changed)
    [found] = needs(api)
    assert (found["kind"], found["department"]) == ("callback_overdue", "billing")
    assert api.ask("DELETE", f"/api/callbacks/{kept['id']}")[0] == 200
    assert needs(api) == []


def campaign(api: OperatorRig) -> str:
    status, made = api.ask("POST", "/api/campaigns", WISH)
    assert status == 201, made
    return str(made["id"])


def test_a_campaign_that_stopped_by_itself_is_listed_and_one_that_was_paused_is_not(
    api: OperatorRig,
) -> None:
    first, second = campaign(api), campaign(api)
    for one in (first, second):
        assert api.ask("POST", f"/api/campaigns/{one}/start")[0] == 200
    parts = api.app.PARTS.campaigns().campaigns.parts
    StopCampaigns(parts.campaigns, parts.ledger).stop(first, "assistant sales is gone")
    api.ask("POST", f"/api/campaigns/{second}/pause")
    [found] = needs(api)
    assert (found["kind"], found["campaignId"]) == ("campaign_stopped", first)
    assert found["says"] == "assistant sales is gone"
    api.ask("POST", f"/api/campaigns/{first}/cancel")
    assert needs(api) == []


def test_a_list_that_failed_is_listed_until_another_is_handed_in(api: OperatorRig) -> None:
    of = campaign(api)
    imports = api.app.PARTS.campaigns().lists.parts.imports
    at_ms = api.app.PARTS.desk.clock.now_ms() - 60_000
    known: dict[str, Any] = {"campaign_id": of, "file_key": "k", "file_version": "v"}
    job = ImportJob(import_id=f"{of}.one", created_at_ms=at_ms, state=ImportState.FAILED, **known)
    assert imports.create(job)
    [found] = needs(api)
    assert (found["kind"], found["id"], found["campaignId"]) == ("import_failed", f"{of}.one", of)
    later = replace(
        job, import_id=f"{of}.two", created_at_ms=at_ms + 1, state=ImportState.DONE, version=0
    )
    assert imports.create(later)
    assert needs(api) == []


def test_whoever_is_not_forgotten_after_a_day_is_listed_by_the_stores_that_hold_him(
    api: OperatorRig,
) -> None:
    now_ms = api.app.PARTS.desk.clock.now_ms()
    book = DynamoDBForgettings(api.account.client("dynamodb"), api.account.contacts_table)
    stores = {Store.CALLS: Reached(), Store.DIALING: Reached(state=StoreState.DONE, at_ms=1)}
    for name, hours in (("new", 23), ("old", 25)):
        asked_ms = now_ms - hours * 3_600_000
        one = Forgetting(
            forget_id=name,
            sealed="x",
            asked_ms=asked_ms,
            civil_ms=asked_ms,
            stores=stores,
            look_ms=now_ms,
        )
        assert book.write(one)
    [found] = needs(api)
    assert (found["kind"], found["id"], found["says"]) == (
        "forgetting_unfinished",
        "old",
        Store.CALLS.value,
    )
    old = book.read("old")
    assert old is not None
    done = {store: Reached(state=StoreState.DONE, at_ms=1) for store in stores}
    assert book.write(replace(old, stores=done))
    assert needs(api) == []


def test_a_number_that_rests_is_listed_while_it_does(api: OperatorRig) -> None:
    api.ask("POST", "/api/caller-numbers/default/rest", {"hours": 2})
    [found] = needs(api)
    assert (found["kind"], found["id"], found["says"]) == ("number_rests", "default", "operator")
    api.ask("DELETE", "/api/caller-numbers/default/rest")
    assert needs(api) == []


def test_a_line_is_lost_when_it_is_held_for_longer_than_any_call_lasts(api: OperatorRig) -> None:
    lines = api.app.PARTS.figures().lines
    now_ms = api.app.PARTS.desk.clock.now_ms()
    assert lines.admit("call:new", now_ms)
    assert lines.admit("call:old", now_ms - 24 * 3_600_000)
    assert kinds(api) == {"line_lost"}
    lines.leave("call:old", now_ms)
    assert needs(api) == []
    assert lines.admit("call:older", now_ms - 24 * 3_600_000)
    assert needs(api) == []
    a_minute_later(api)
    [found] = needs(api)
    assert found["kind"] == "line_lost"


def test_a_viewer_is_shown_what_waits_without_a_whole_number(api: OperatorRig) -> None:
    put_in_doubt(api, attempt(api))  # type: ignore[arg-type]
    [found] = needs(api, token="view-" + "b" * 40)
    assert found["number"] == "+1212•••0123"


def test_the_strip_counts_what_the_page_lists(api: OperatorRig) -> None:
    put_in_doubt(api, attempt(api))  # type: ignore[arg-type]
    api.ask("POST", "/api/caller-numbers/default/rest", {"hours": 2})
    told = api.ask("GET", "/api/live")[1]
    found = needs(api)
    assert told["figures"]["needs"] == told["needs"]["count"] == len(found) == 2
    assert told["needs"]["urgent"] == sum(one["urgent"] for one in found) == 1


def write_every_kind(account: Account) -> None:
    for kind, write in NEEDING.items():
        if kind != NeedKind.IMPORT_FAILED:  # of those of a week ago nobody thinks any more
            write(account)
    failed_import(account, now_ms() - 60_000)


def test_three_requests_read_all_that_waits_and_nothing_else(api: OperatorRig) -> None:
    for number in range(5):
        campaign(api)
        api.app.PARTS.figures().lines.admit(f"call:{number}", LONG_AGO_MS * 2)
    write_every_kind(api.account)
    needs(api)  # the first one loads what it runs on, and is in the audit trail
    asked, items = requests_to(api), items_to(api)
    found = needs(api)
    assert asked == ["Query"] * 3
    assert len(items) == len(found)
    assert {one["kind"] for one in found} == set(NEEDING)


def test_many_of_one_kind_hide_no_other(api: OperatorRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb_needs_index, "MOST", 1)
    write_every_kind(api.account)
    status, told = api.ask("GET", "/api/needs")
    assert (status, told["complete"]) == (200, False)
    assert {one["kind"] for one in told["needs"]} == set(NEEDING)
    assert len(told["needs"]) == len(NEEDING)


def items_to(api: OperatorRig) -> list[dict[str, Any]]:
    """Watch what comes back of the tables from now on."""
    connection = api.app.PARTS.live().parts.tables._connection
    call, items = connection.call, []

    def watched(target: str, *rest: Any) -> Any:
        answer = call(target, *rest)
        items.extend(answer.get("Items", ()))
        return answer

    connection.call = watched
    return items


def test_what_the_release_before_wrote_is_listed_by_a_process_that_begins(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_every_kind(account)
    client = account.client("dynamodb")
    for table in (account.calls_table, account.dialing_table, account.contacts_table):
        for item in client.scan(TableName=table, ConsistentRead=True)["Items"]:
            old = {
                name: value
                for name, value in item.items()
                if name not in {"needs", "needs_since_ms", "number"}
                or (name == "number" and not item["sk"]["S"].startswith("FACT#"))
            }
            client.put_item(TableName=table, Item=old)
    settings = dict(list_environment(account)) | queues_of(account)
    begun = start_operator_api(account, monkeypatch, **settings)
    assert {one["kind"] for one in needs(begun)} == set(NEEDING)
    assert {one["number"] for one in needs(begun) if one["kind"] == "follow_up"} == {NUMBER}
    begun.close()


def test_whoever_watches_has_what_time_alone_makes_marked_within_half_a_minute(
    api: OperatorRig,
) -> None:
    assert needs(api) == []
    lines = api.app.PARTS.figures().lines
    assert lines.admit("call:old", now_ms() - 24 * 3_600_000)
    part = api.app.PARTS.live().parts.known["need lost_lines"]
    part.tried_ms -= part.every_ms
    for _ in range(2):  # it is found with one poll and marked with the next
        api.ask("GET", "/api/live")
    assert api.app.PARTS.live().parts.unmarked == []  # whoever asks for the page would do it too
    assert kinds(api) == {"line_lost"}
