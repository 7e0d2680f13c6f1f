"""What the API really answers is what its document says, for every answer that it promises."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallSeen,
    CustomerInterrupted,
    KeyPressed,
    Noticed,
    RecordingTold,
    SpeechChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.calls import CallGlance, ControlOutcome
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.people.domain.people import Held
from contact_center.people.services.change_person import offer_caller
from contact_center.people.services.leave_next import NextLeft
from contact_center.queue.domain.kept_places import PutOff
from contact_center.queue.services.change_entry import change_entry
from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import Stage
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.domain.supervision import Mode, ModeSince
from contact_center.visits.domain.visit_parts import Stage as VisitStage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell
from tests.fakes.clock import FakeClock
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.figures.test_figures_api import KEPT_DAYS, queues_of
from tests.functional.lists.list_rig import ListRig
from tests.functional.operator_api.openapi_document import (
    answer_faults,
    faults,
    operation_of,
    operations,
)
from tests.functional.operator_api.operator_rig import VIEWER
from tests.functional.operator_api.test_viewers import write_a_visit
from tests.unit.figures.test_count_calls import BEGAN_MS, facts_of_a_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBER = "+12125550123"
CUSTOMER = {"phone": NUMBER, "id": "cust-1"}
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}
BUSY, BUSY_TRIES = 503, 3  # "try again in a moment": what is tested here is what answers look like
LIST = "phone,name\n+12125550100,Ada\n+12125550101,Grace\nyesterday,Nobody\n"


@dataclass
class Described:
    """The API, every answer of which is held to the document."""

    rig: CampaignRig
    seen: set[tuple[str, int]] = field(default_factory=set)

    def ask(self, method: str, path: str, body: object = None, **how: Any) -> Any:
        """The body of an answer that is as described; requests are held to it as well."""
        for _ in range(BUSY_TRIES):
            status, told = self.rig.ask(method, path, body, **how)
            if status != BUSY:
                break
        assert answer_faults(method, path, status, told) == [], (method, path, status)
        if status < 300 and isinstance(body, dict):
            content = operation_of(method, path)["requestBody"]["content"]
            assert faults(content["application/json"]["schema"], body) == []
        self.seen.add((operation_of(method, path)["operationId"], status))
        return told


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Described]:
    named = {"TEST_CALL_NUMBERS": "+12125550126"}
    made = start_campaign_api(account, monkeypatch, **queues_of(account), **named)
    yield Described(made)
    dialing = made.app.PARTS.dialing()
    dialing.trigger.ledger.ledger._client.close()
    dialing.trigger.jobs._client.close()
    made.app.PARTS.figures().queues.close()
    made.close()


def test_every_answer_that_is_promised_was_given_and_is_as_described(
    api: Described, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = ListRig(api.rig.account, monkeypatch)
    worker = lists.start()
    look_at_calls(api)
    attend_to_what_was_left(api)
    replay_what_was_given_up(api)
    look_at_people(api)
    import_a_national_list(api, lambda: lists.work(worker))
    dial(api)
    run_a_campaign(api, lambda: lists.work(worker))
    let_a_number_rest(api)
    look_at_figures(api)
    log_in(api)
    steer_a_call(api)
    assert api.ask("GET", "/api/live", token=VIEWER)["failed"] == []
    assert api.ask("GET", "/api/needs", token=VIEWER)["complete"] is True
    look_after_colleagues(api, monkeypatch)
    what_a_call_has_caused(api)
    forget_somebody(api)
    assert api.ask("GET", "/api/audit")["entries"]
    lists.close()
    promised = {
        (operation["operationId"], int(status))
        for _, _, operation in operations()
        for status in operation["responses"]
        if int(status) < 300
    }
    assert promised - api.seen == set()


def forget_somebody(api: Described) -> None:
    begun = api.ask("POST", "/api/forget", {"phone": "+12125550100"})
    told = api.ask("GET", f"/api/forget/{begun['forgetId']}")
    assert told["state"] == "open"
    assert {one["state"] for one in told["stores"]} == {"open"}
    api.ask("POST", "/api/forget/again")


def look_after_colleagues(api: Described, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = api.rig.app.PARTS.people()
    path = "/api/people/ada"
    api.ask("PUT", path, {"state": "ready"})
    assert api.ask("POST", f"{path}/next")["reason"] == "nobody_waits"

    def offer_next(_: object, person_id: str) -> str:
        held = Held(offer_id="o-1", visit_id="v-1")
        offer_caller(desk.roster.people[person_id], held, 30, desk.people)
        return held.visit_id

    monkeypatch.setattr(NextLeft, "offer_next", offer_next)
    assert api.ask("POST", f"{path}/next")["visitId"] == "v-1"
    assert api.ask("POST", f"{path}/next")["reason"] == "ringing"
    assert api.ask("GET", path, token=VIEWER)["state"] == "ringing"
    assert api.ask("PUT", path, {"state": "away", "reason": "lunch"})["reason"] == "lunch"
    assert len(api.ask("GET", "/api/people", token=VIEWER)["people"]) == 2
    path = "/api/departments/sales/message"
    assert api.ask("GET", path, token=VIEWER)["text"] is None
    said = {"on": True, "text": "Many are calling.", "until": "2099-01-01T00:00:00Z"}
    assert api.ask("POST", path, said)["on"] is True
    call_somebody_back(api)
    listen_in(api, monkeypatch)
    visit_id = write_a_visit(api.rig.account)
    assert api.ask("GET", f"/api/visits/{visit_id}", token=VIEWER)["visitId"] == visit_id


def listen_in(api: Described, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = api.rig.app.PARTS.visits()
    everybody = desk.supervise.roster.people
    monkeypatch.setitem(everybody, "ben", replace(everybody["ben"], supervises=True))
    visit_id = f"v-CA{'6' * 32}"
    desk.visits.write(Visit(visit_id=visit_id, stage=VisitStage.ELSEWHERE), 0)
    talk = Offer(
        offer_id=f"{visit_id}.1",
        visit_id=visit_id,
        person_id="ada",
        asked_at_ms=BEGAN_MS,
        ring_seconds=20,
        brief_seconds=18,
        leg="CA1",
        ended=OfferOutcome.ANSWERED,
    )
    desk.offers.write(None, talk, None)
    path = f"/api/visits/{visit_id}/supervisions"
    assert api.ask("POST", path, {"personId": "ada"})["reason"] == "no_supervisor"
    asked = api.ask("POST", path, {"personId": "ben"})
    assert api.ask("PUT", f"{path}/{asked['number']}", {"mode": "barge"})["reason"]
    kept = desk.visits.read(visit_id)
    entered = frozenset({ModeSince(BEGAN_MS, Mode.LISTEN)})
    joined = replace(kept.visit.supervised["1"], entered=entered)
    tell(desk.visits, Visit(visit_id=visit_id, supervised={"1": joined}))
    assert api.ask("PUT", f"{path}/1", {"mode": "barge"})["mode"] == "listen"


def call_somebody_back(api: Described) -> None:
    asked = {"phone": "+12122345671", "department": "billing", "asked": "by e-mail"}
    kept = api.ask("POST", "/api/callbacks", asked)
    assert [one["id"] for one in api.ask("GET", "/api/callbacks")["callbacks"]] == [kept["id"]]
    api.ask("POST", f"/api/callbacks/{kept['id']}/now")  # it does not rest
    desk = api.rig.app.PARTS.callbacks()
    put_off = PutOff(until_ms=desk.queue.clock.now_ms() + 600_000, because="no_answer")
    change_entry(kept["id"], put_off, desk.queue)
    [again] = api.ask("POST", f"/api/callbacks/{kept['id']}/now")["callbacks"]
    assert again["state"] == "kept"
    assert api.ask("DELETE", f"/api/callbacks/{kept['id']}")["callbacks"] == []


def what_a_call_has_caused(api: Described) -> None:
    account, table = api.rig.account, api.rig.account.calls_table
    client = account.client("dynamodb")
    later_ms = BEGAN_MS + 5 * 86_400_000
    seen = CallSeen(call_id="caused", at_ms=later_ms, key="s", customer_number="+12125550188")
    calls = DynamoDBCalls(client, table, FakeClock(later_ms), KEPT_DAYS, lambda: "one")
    calls.commit(calls.read("caused"), merge_all("caused", [seen]), [seen], [], CallGlance())
    for name, of_call in (("told", "caused"), ("another", "of another call")):
        effect = Effect(name, "+12125550188", 0, EffectKind.CALL, "built_in", {}, BEGAN_MS, of_call)
        parts = [write.request for write in effect_writes(table, [effect], BEGAN_MS)]
        client.transact_write_items(TransactItems=parts)
    lines = DynamoDBEffects(client, table, KEPT_DAYS)
    assert [one["state"] for one in api.ask("GET", "/api/calls/caused/effects")["effects"]] == [
        "open"
    ]
    line = lines.read(LineName("+12125550188", "built_in"))
    assert line is not None
    run = replace(line.run, stage=Stage.DONE)
    assert lines.close(line, run, lines.effect(line), BEGAN_MS + 1_000)
    [done] = api.ask("GET", "/api/calls/caused/effects", token=VIEWER)["effects"]
    assert (done["id"], done["state"], done["closedAt"] is None) == ("told", "done", False)
    api.ask("GET", "/api/calls/nobody/effects")
    told = Effect("told", "+12125550188", 0, EffectKind.LEAD, "built_in", {"said": "yes"}, BEGAN_MS)
    BuiltInReceiver(client, table, FakeClock(later_ms), KEPT_DAYS).deliver(told)
    whose = {"phone": "+12125550188"}
    assert len(api.ask("POST", "/api/customers/story", whose)["happened"]) == 1
    assert len(api.ask("GET", "/api/calls/caused/story", token=VIEWER)["happened"]) == 1
    api.ask("GET", "/api/calls/nobody/story")


def look_at_calls(api: Described) -> None:
    api.ask("GET", "/health", token=None)
    assert "activeCalls" in api.ask("GET", "/health", token=VIEWER)
    api.rig.ask("GET", "/api/openapi.json", token=None)
    api.seen.add(("readOpenApi", 200))  # test_openapi.py compares it as a whole
    write_a_call(api.rig.account)
    page = api.ask("GET", "/api/calls", token=VIEWER, day="2026-08-20", limit="1")
    assert len(page["calls"]) == 1
    told = api.ask("GET", "/api/calls/c", token=VIEWER)
    assert len({moment["what"] for moment in told["timeline"]}) == 11
    api.ask("GET", "/api/calls/nobody", token=VIEWER)
    assert api.ask("GET", "/api/calls/c/recording")["bytes"] == 9
    api.ask("GET", "/api/calls/nobody/recording")
    api.ask("GET", "/api/calls/c/recording", token=VIEWER)
    api.ask("GET", "/api/calls", token=VIEWER, day="yesterday")


def write_a_call(account: Account) -> None:
    """A call with one of each thing that can be in a timeline."""
    at: dict[str, Any] = {"call_id": "c", "at_ms": BEGAN_MS}
    facts: list[Fact] = [
        *facts_of_a_call(),
        AssistantStarted(**at, key="a", assistant_name="router"),
        CustomerInterrupted(**at, key="i", turn_id="t1"),
        KeyPressed(**at, key="k", digits="1"),
        Noticed(**at, key="n", kind="stalled", detail="2 s"),
        SpeechChanged(**at, key="s", role="customer", started=True, turn=1),
        TransferReported(**at, key="t", to_assistant="billing", from_assistant="router"),
        ToolCalled(
            **at, key="tool", tool_call_id="1", name="routeToDepartment", department="sales"
        ),
        UtteranceHeard(
            **at, key="u", role="customer", text="hi", final=True, intent="sales", confidence=0.9
        ),
        RecordingTold(
            call_id="c", at_ms=now_ms(), key="recording", state="kept", size=9, media="audio/wav"
        ),
    ]
    account.client("s3").put_object(
        Bucket=account.reports_bucket, Key="recordings/c", Body=b"a quarter"
    )
    decision = Decision(
        call_id="c",
        number=1,
        kind=ActionKind.ROUTE,
        department="sales",
        turn=0,
        reason="final",
        decided_at_ms=BEGAN_MS,
        desire="go-sales:1",
    )
    client = account.client("dynamodb")
    store = DynamoDBCalls(
        client, account.calls_table, FakeClock(BEGAN_MS), KEPT_DAYS, lambda: "one"
    )
    glance = CallGlance(intent="sales", destination="sales", mode="normal")
    record = merge_all("c", facts)
    store.commit(store.read("c"), record, facts, [decision], glance, count_at_ms=BEGAN_MS)
    store.begin_action(decision, BEGAN_MS)
    store.finish_action(decision, ControlOutcome.SENT, BEGAN_MS)


def attend_to_what_was_left(api: Described) -> None:
    left = ToolCalled(
        call_id="left",
        at_ms=BEGAN_MS - 2 * 86_400_000,  # on a day whose figures nobody looks at
        key="tool:1",
        tool_call_id="1",
        name="takeMessage",
        arguments={"about": "a refund"},
        follow_up="message",
    )
    client = api.rig.account.client("dynamodb")
    table = api.rig.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(BEGAN_MS), 3_650, lambda: "one")
    store.commit(store.read("left"), merge_all("left", [left]), [left], [], CallGlance())
    [told] = api.ask("GET", "/api/follow-ups", limit="1")["followUps"]
    api.ask("GET", "/api/follow-ups", token=VIEWER)
    api.ask("GET", "/api/follow-ups", cursor="nowhere")
    for _ in range(2):
        api.ask("POST", f"/api/follow-ups/{told['id']}/attend")
    api.ask("POST", "/api/follow-ups/nobody/attend")
    api.ask("POST", f"/api/follow-ups/{told['id']}/attend", token=VIEWER)


def replay_what_was_given_up(api: Described) -> None:
    account = api.rig.account
    client, table = account.client("dynamodb"), account.calls_table
    lines = DynamoDBEffects(client, table, KEPT_DAYS)
    for name in ("one", "two", "three"):
        effect = Effect(name, NUMBER, 0, EffectKind.CALL, "built_in", {}, BEGAN_MS, "c")
        parts = [write.request for write in effect_writes(table, [effect], BEGAN_MS)]
        client.transact_write_items(TransactItems=parts)
    for _ in range(2):
        line = lines.read(LineName(NUMBER, "built_in"))
        assert line is not None
        run = replace(line.run, stage=Stage.DEAD, cause="validation")
        assert lines.close(line, run, lines.effect(line), BEGAN_MS)
    [shown] = api.ask("GET", "/api/effects")["effects"]
    assert (shown["number"], shown["behind"]) == (3, 0)
    assert len(api.ask("GET", "/api/effects", state="dead", token=VIEWER)["effects"]) == 2
    api.ask("GET", "/api/effects", cursor="nowhere")
    api.ask("POST", "/api/effects/one/replay")
    api.ask("POST", "/api/effects/one/replay")
    api.ask("POST", "/api/effects/one/replay", token=VIEWER)
    assert api.ask("POST", "/api/effects/replay", {"cause": "validation"})["replayed"] == 1
    api.ask("POST", "/api/effects/replay", {"cause": ""})


def look_at_people(api: Described) -> None:
    question = {"phone": NUMBER, "purpose": "marketing"}
    for _ in range(2):
        api.ask("POST", "/api/suppressions", {"phone": NUMBER, "source": "a letter"})
    assert api.ask("POST", "/api/contactability", question)["reason"] == "suppressed"
    api.ask("DELETE", "/api/suppressions", {"phone": NUMBER})
    for _ in range(2):
        api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    assert api.ask("POST", "/api/contactability", question)["allowed"] is True
    api.ask("DELETE", "/api/consents", {"phone": NUMBER})
    api.ask("POST", "/api/contactability", question)
    api.ask("POST", "/api/contactability", {"phone": NUMBER, "purpose": "fun"})
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED | {"at": "then"})
    api.ask("POST", "/api/suppressions", "x" * (1 << 20 | 1))
    api.ask("POST", "/api/suppressions", "phone", kind="text/plain")
    api.ask("DELETE", "/api/consents", {"phone": NUMBER}, token=VIEWER)
    api.ask("DELETE", "/api/consents", {"phone": NUMBER}, token=None)


def import_a_national_list(api: Described, work: Any) -> None:
    path, wish = "/api/national-list", {"country": "US", "asOf": "2026-07-01", "complete": False}
    assert api.ask("POST", path, wish | {"bytes": 100})["uploadUrl"]
    api.ask("POST", path, "2125550130\n", kind="text/plain", country="US")
    api.ask("POST", path, wish | {"country": "Utopia"})
    lists = {one["country"]: one for one in api.ask("GET", path, token=VIEWER)["lists"]}
    assert len(lists["US"]["importing"]) == 2
    whole = {"kind": "text/plain", "country": "US", "complete": "true"}
    api.ask("POST", path, "2125550131\n2125550132\n", asOf="2026-06-01", **whole)
    work()
    half = api.ask("POST", path, "2125550131\n", asOf="2026-07-01", **whole)["importId"]
    api.ask("POST", f"/api/imports/{half}/confirm")
    work()
    assert api.ask("GET", f"/api/imports/{half}", token=VIEWER)["wouldRemove"] == 1
    api.ask("POST", f"/api/imports/{half}/confirm")
    api.ask("POST", "/api/imports/nobody/confirm")


def dial(api: Described) -> None:
    api.ask("POST", "/api/dialing/stop")
    api.ask("POST", "/api/dialing/resume")
    refused = api.ask("POST", "/trigger/outbound", {"customer": CUSTOMER})
    assert refused["reason"] == "consent_revoked"
    api.ask("POST", "/trigger/outbound", {"customer": {"phone": "+1 900 555 0123"}})
    api.ask("POST", "/trigger/outbound", {"customer": CUSTOMER, "campaignId": "nobody"})
    other = CUSTOMER | {"phone": "+12125550124"}
    told = api.ask("POST", "/trigger/outbound", {"customer": other, "consent": AGREED})
    path = f"/api/attempts/{told['attemptId']}"
    api.ask("GET", path, token=VIEWER)
    api.ask("POST", f"{path}/resolve", {"rang": True})
    put_in_doubt(api.rig, told["attemptId"])
    api.ask("POST", f"{path}/resolve", {"rang": False})
    api.ask("POST", f"{path}/take-up")
    set_aside(api.rig, told["attemptId"])
    assert api.ask("POST", f"{path}/take-up")["setAside"] is False
    api.ask("POST", "/api/attempts/nobody/take-up")
    troubles = api.rig.app.PARTS.aside().troubles
    wish = troubles.read(Thing.WISH, "v-1")
    troubles.write(replace(wish, failures=STUMBLES, cause="KeyError at here.py:1"))
    [aside] = [one for one in api.ask("GET", "/api/needs")["needs"] if one["kind"] == "set_aside"]
    api.ask("POST", f"/api/needs/{aside['id']}/take-up")
    api.ask("POST", f"/api/needs/{aside['id']}/take-up")
    api.ask("DELETE", path)
    another = CUSTOMER | {"phone": "+12125550125"}
    told = api.ask("POST", "/trigger/outbound", {"customer": another, "consent": AGREED})
    cancelled = api.ask("DELETE", f"/api/attempts/{told['attemptId']}")
    assert cancelled["disposition"] == "cancelled"
    api.ask("GET", "/api/attempts/nobody")


def put_in_doubt(rig: CampaignRig, attempt_id: str) -> None:
    ledger = rig.app.PARTS.dialing().trigger.ledger.ledger
    doubtful = replace(
        ledger.read(attempt_id),
        state=AttemptState.DOUBTFUL,
        posts=1,
        slot_at_ms=BEGAN_MS,
        counts_at_ms=BEGAN_MS,
        due_at_ms=None,
    )
    client, table = rig.account.client("dynamodb"), rig.account.dialing_table
    client.put_item(TableName=table, Item=attempt_item(doubtful, 0))


def set_aside(rig: CampaignRig, attempt_id: str) -> None:
    ledger = rig.app.PARTS.dialing().trigger.ledger.ledger
    aside = replace(ledger.read(attempt_id), due_at_ms=None, trouble="KeyError at here.py:1")
    client, table = rig.account.client("dynamodb"), rig.account.dialing_table
    client.put_item(TableName=table, Item=attempt_item(aside, 0))


def run_a_campaign(api: Described, work: Any) -> None:
    wish = {"name": "spring", "purpose": "marketing", "assistant": "sales", "dailyCap": 200}
    wish |= {"retry": {"most_attempts": 4, "busy": {"most": 1}}, "spendCap": 9.5, "startAt": None}
    made = api.ask("POST", "/api/campaigns", wish, headers={"idempotency-key": "one"})
    api.ask("POST", "/api/campaigns", wish | {"name": "x"}, headers={"idempotency-key": "one"})
    api.ask("POST", "/api/campaigns", wish | {"colour": "red"})
    path = f"/api/campaigns/{made['id']}"
    add_contacts(api, path, work)
    api.ask("GET", "/api/campaigns", token=VIEWER)
    api.ask("GET", path, token=VIEWER)
    api.ask("GET", "/api/campaigns/nobody", token=VIEWER)
    test_call = api.ask("POST", f"{path}/test-call", {"phone": "+12125550126"})
    assert api.ask("GET", f"/api/attempts/{test_call['attemptId']}")["testOf"] == made["id"]
    for step in ("resume", "start", "pause", "resume", "cancel", "start"):
        api.ask("POST", f"{path}/{step}")
    api.ask("GET", f"{path}/progress", token=VIEWER)
    for of in ("preview", "results"):
        job = api.ask("POST", f"{path}/{of}")["jobId"]
        api.ask("GET", f"{path}/{of}", token=VIEWER, job=job)
        work()
        assert api.ask("GET", f"{path}/{of}", token=VIEWER, job=job)["state"] == "done"
        api.ask("GET", f"{path}/{of}", token=VIEWER, job="nobody")
    assert api.ask("GET", f"{path}/results")["state"] == "waiting"  # the POST's old name


def add_contacts(api: Described, path: str, work: Any) -> None:
    told = api.ask("POST", f"{path}/contacts", LIST, kind="text/csv", region="US")
    api.ask("GET", f"/api/imports/{told['importId']}", token=VIEWER)
    work()
    done = api.ask("GET", f"/api/imports/{told['importId']}", token=VIEWER)
    assert (done["state"], done["added"], done["bad"]) == ("done", 2, 1)
    assert api.ask("POST", f"{path}/contacts", {})["uploadUrl"]
    api.ask("POST", f"{path}/contacts", "phone\n", kind="text/csv", region="nowhere")
    api.ask("GET", "/api/imports/nobody", token=VIEWER)
    assert len(api.ask("GET", f"{path}/contacts", token=VIEWER)["contacts"]) == 2
    api.ask("DELETE", f"{path}/contacts", {"phones": ["+12125550100"]})
    api.ask("DELETE", f"{path}/contacts", {"phones": []})


def let_a_number_rest(api: Described) -> None:
    rest = "/api/caller-numbers/default/rest"
    assert api.ask("POST", rest, {"hours": 1})["reason"]
    api.ask("POST", rest, {"hours": 0})
    api.ask("GET", "/api/caller-numbers", token=VIEWER)
    assert api.ask("DELETE", rest)["restsUntil"] is None


def steer_a_call(api: Described) -> None:
    assert api.ask("POST", "/api/calls/c/actions", {"do": "mute", "idempotencyKey": "k"})["reason"]
    api.ask("POST", "/api/calls/nobody/actions", {"do": "mute", "idempotencyKey": "k"})
    at: dict[str, Any] = {"call_id": "now", "at_ms": api.rig.app.PARTS.desk.clock.now_ms()}
    seen = CallSeen(**at, key="s", control_url="https://phone.vapi.ai/now/control")
    client = api.rig.account.client("dynamodb")
    table = api.rig.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(at["at_ms"]), 90, lambda: "one")
    store.commit(store.read("now"), merge_all("now", [seen]), [seen], [], CallGlance())
    wish = {"do": "mute", "idempotencyKey": "k"}
    assert api.ask("POST", "/api/calls/now/actions", wish)["actionId"]
    days = {"from": "2026-08-20", "to": "2026-08-20"}
    assert len(api.ask("POST", "/api/calls/search", days, token=VIEWER)["calls"]) == 1
    api.ask("POST", "/api/calls/search", days | {"phone": NUMBER}, token=VIEWER)
    api.ask("POST", "/api/calls/search", days | {"to": "2027-08-20"})
    assert api.ask("GET", "/api/limits", token=VIEWER)["lines"]["of"] == 10
    told = api.ask("POST", "/api/calls/now/correction", {"department": "sales"})
    assert told["department"] == "sales"


def log_in(api: Described) -> None:
    assert api.ask("POST", "/console/login", {"token": VIEWER}, token=None)["role"] == "viewer"
    api.ask("POST", "/console/login", {"token": VIEWER + "x"}, token=None)
    assert api.ask("POST", "/console/logout", token=None) == {"loggedIn": False}
    assert api.ask("GET", "/console/session")["name"] == "operator"


def look_at_figures(api: Described) -> None:
    assert api.ask("GET", "/api/metrics", token=VIEWER, day="2026-08-20")["calls"]["counted"] == 1
    api.ask("GET", "/api/metrics", token=VIEWER, day="then")
    day = {"from": "2026-08-20", "to": "2026-08-20"}
    assert api.ask("GET", "/api/figures", token=VIEWER, **day)["buckets"] == []
    api.ask("GET", "/api/figures", token=VIEWER, by="year")
    assert len(api.ask("GET", "/api/queue", token=VIEWER)["queues"]) == 5
    assert api.ask("GET", "/api/audit", action="restCallerNumber", limit="100")["entries"]
    api.ask("GET", "/api/audit", token=VIEWER)
    api.ask("GET", "/api/audit", cursor="nowhere")


def test_an_answer_that_departs_from_the_document_is_noticed() -> None:
    """The check itself: it would see a new field, a missing one, and a status nobody promised."""
    good = {"status": "ok", "version": "1"}
    assert answer_faults("GET", "/health", 200, good) == []
    assert answer_faults("GET", "/health", 200, good | {"canary": 1})
    assert answer_faults("GET", "/health", 200, {"status": "ok"})
    assert answer_faults("GET", "/health", 418, good)
    assert answer_faults("GET", "/api/attempts/x", 404, {"title": "Not Found"})
    with pytest.raises(AssertionError):
        answer_faults("GET", "/nowhere", 200, good)
