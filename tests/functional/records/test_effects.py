"""From a call that is over to a customer's story, and what operators see and do of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.records.adapters.dynamodb_receivers import DynamoDBReceiverNotes
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_answers import Refused
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.domain.receiver_health import Health
from contact_center.records.services.effect_hints import EffectHint, HintKind
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import start_router
from tests.functional.operator_api.operator_rig import VIEWER, start_operator_api
from tests.functional.records.updater_rig import UpdaterRig, start_updater

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

CALLER = "+14155550123"
BUILT_IN = "built_in"
LINE = EffectHint(HintKind.LINE, BUILT_IN, CALLER)
NOW_MS = 1_787_266_800_000


@pytest.fixture
def updater(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[UpdaterRig]:
    made = start_updater(account, monkeypatch)
    yield made
    made.close()


def items(account: Account, customer: str = CALLER) -> list[dict[str, Any]]:
    return list(
        account.client("dynamodb").query(
            TableName=account.calls_table,
            ConsistentRead=True,
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues={":pk": {"S": f"CUSTOMER#{customer}"}},
        )["Items"]
    )


def kinds(account: Account, customer: str = CALLER) -> list[str]:
    return [one["sk"]["S"].partition("#")[0] for one in items(account, customer)]


def write(account: Account, *names: str, customer: str = CALLER) -> None:
    effects = [
        Effect(name, customer, 0, EffectKind.CALL, BUILT_IN, {"a": 1}, NOW_MS, "call-1")
        for name in names
    ]
    writes = effect_writes(account.calls_table, effects, NOW_MS)
    account.client("dynamodb").transact_write_items(TransactItems=[one.request for one in writes])


def test_a_call_that_is_over_is_told_once_however_often_its_report_comes(
    account: Account, monkeypatch: pytest.MonkeyPatch, updater: UpdaterRig
) -> None:
    with ControlServer() as vapi:
        environment = {"EFFECTS_QUEUE_URL": account.effects_queue}
        router = start_router(account, vapi, monkeypatch, **environment)
        report = router.message("end-of-call-report", 9_000, endedReason="customer-ended-call")
        assert router.deliver(router.says("I want a refund")) == []
        assert kinds(account) == []
        assert router.deliver(report, report) == []
        router.deliver(router.message("end-of-call-report", 9_500, endedReason="silence-timed-out"))
        router.close()

    assert kinds(account) == ["EFFECT", "EFFECTS"]
    [hint] = updater.queued()
    assert updater.handle(hint, hint) == []
    assert kinds(account) == ["EFFECT", "EFFECTS", "STORY"]
    assert updater.handle(hint) == []
    effect, line, story = items(account)
    assert effect["stage"] == {"S": "done"}
    assert line["line"] == {"L": []}
    told = json.loads(story["said"]["S"])
    assert (told["direction"], told["ended_reason"]) == ("inbound", "customer-ended-call")


def test_what_a_lost_hint_left_the_tick_finds(account: Account, updater: UpdaterRig) -> None:
    for number in range(30):
        write(account, f"a{number}", f"b{number}", customer=f"+141555501{number:02d}")

    assert updater.tick() == {"looked": 30}
    assert kinds(account, "+14155550129") == [
        "EFFECT",
        "EFFECT",
        "EFFECTS",
        "STORY",
        "STORY",
    ]
    assert updater.tick() == {"looked": 0}


def test_what_cannot_be_read_comes_back_alone_and_says_no_number(
    account: Account, updater: UpdaterRig, capsys: pytest.CaptureFixture[str]
) -> None:
    write(account, "a")
    assert updater.handle("{", '{"version":9}', LINE, '{"version":1,"kind":"line"}') == [
        "0",
        "1",
        "3",
    ]
    assert "STORY" in kinds(account)
    assert CALLER not in capsys.readouterr().out


def test_without_time_nothing_is_begun_and_the_rest_is_hinted_at(
    account: Account, updater: UpdaterRig
) -> None:
    write(account, "a")
    drain = EffectHint(HintKind.DRAIN, BUILT_IN)

    assert updater.handle(drain, remaining_ms=39_000) == []
    assert kinds(account) == ["EFFECT", "EFFECTS"]
    assert updater.handle(*updater.queued()) == []
    assert "STORY" in kinds(account)


def test_operators_see_what_is_open_and_dead_and_replay_it(
    account: Account, monkeypatch: pytest.MonkeyPatch, updater: UpdaterRig
) -> None:
    write(account, "a", "b")
    write(account, "c", customer="+14155550124")
    queue = {"EFFECTS_QUEUE_URL": account.effects_queue}
    api = start_operator_api(account, monkeypatch, **queue)
    _, told = api.ask("GET", "/api/effects", token=VIEWER)
    assert [(one["id"], one["customer"], one["behind"]) for one in told["effects"]] == [
        ("a", "+1415•••0123", 1),
        ("c", "+1415•••0124", 0),
    ]
    _, page = api.ask("GET", "/api/effects", limit="1")
    assert page["effects"][0]["customer"] == CALLER
    _, page = api.ask("GET", "/api/effects", limit="1", cursor=page["nextCursor"])
    assert [one["id"] for one in page["effects"]] == ["c"]

    receiver = updater.app.PARTS.effects.deliver.receiver(BUILT_IN)
    with monkeypatch.context() as patched:
        patched.setattr(receiver, "deliver", lambda _: Refused("validation"))
        assert updater.handle(LINE) == []
    _, told = api.ask("GET", "/api/effects", state="dead", cause="validation", token=VIEWER)
    assert {one["id"] for one in told["effects"]} == {"a", "b"}
    assert told["effects"][0]["customer"] == "+1415•••0123"
    assert api.ask("GET", "/api/effects", state="dead", cause="gone")[1]["effects"] == []

    for token, status in ((VIEWER, 403), (None, 401)):
        assert api.ask("POST", "/api/effects/a/replay", token=token)[0] == status
        assert api.ask("POST", "/api/effects/replay", {"cause": "x"}, token=token)[0] == status
    assert api.ask("POST", "/api/effects/a/replay")[1] == {"replayed": 1, "more": False}
    assert api.ask("POST", "/api/effects/a/replay")[0] == 404
    assert api.ask("POST", "/api/effects/replay", {"cause": "validation"})[1] == {
        "replayed": 1,
        "more": False,
    }
    for query in ({"state": "x"}, {"cause": "x"}, {"cursor": "x"}, {"limit": "0"}):
        assert api.ask("GET", "/api/effects", **query)[0] == 400
    api.close()
    updater.tick()
    assert kinds(account).count("STORY") == 2


def test_who_replays_has_a_receiver_asked_again_that_wanted_nothing_more(
    account: Account, monkeypatch: pytest.MonkeyPatch, updater: UpdaterRig
) -> None:
    write(account, "a")
    receiver = updater.app.PARTS.effects.deliver.receiver(BUILT_IN)
    with monkeypatch.context() as patched:
        patched.setattr(receiver, "deliver", lambda _: Refused("validation"))
        assert updater.handle(LINE) == []
    notes = DynamoDBReceiverNotes(account.client("dynamodb"), account.calls_table)
    assert notes.change(BUILT_IN, notes.read(BUILT_IN), Health(off=True))
    api = start_operator_api(account, monkeypatch, EFFECTS_QUEUE_URL=account.effects_queue)

    assert api.ask("POST", "/api/effects/a/replay")[1] == {"replayed": 1, "more": False}
    api.close()
    assert not notes.read(BUILT_IN).health.off
