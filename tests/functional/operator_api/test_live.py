"""What is live, in one answer: complete, small, cheap to ask for, and each customer noted once."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.console.services.live_ports import Looking
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import CallSeen, StatusChanged, UtteranceHeard
from contact_center.conversations.services.ports.calls import CallGlance, ControlOutcome, LiveGlance
from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.services.change_person import change_person
from tests.fakes.clock import FakeClock
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.lists.list_rig import list_environment
from tests.functional.operator_api.openapi_document import held
from tests.functional.operator_api.operator_rig import OPERATOR, VIEWER, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.console.services.live_desk import LiveDesk
    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account
    from tests.functional.operator_api.operator_rig import OperatorRig

pytestmark = pytest.mark.emulator

NUMBER = "+1415555{:04d}"
PARTS = ("queue", "need")


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    settings = dict(list_environment(account)) | queues_of(account)
    made = start_operator_api(account, monkeypatch, **settings)
    yield made
    made.close()


def ask(rig: OperatorRig, token: str = OPERATOR, **sent: str) -> tuple[dict[str, Any], Any]:
    """The answer as it is sent, and what it says."""
    query = {name: sent.pop(name) for name in ("call", "after") if name in sent}
    event = {
        "version": "2.0",
        "routeKey": "GET /api/live",
        "rawPath": "/api/live",
        "rawQueryString": "",
        "queryStringParameters": query,
        "headers": {"authorization": f"Bearer {token}"}
        | {name.replace("_", "-"): said for name, said in sent.items()},
        "requestContext": {"http": {"method": "GET", "path": "/api/live"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = rig.app.lambda_handler(event, None)
    body = answer["body"]
    if answer.get("isBase64Encoded"):
        body = gzip.decompress(base64.b64decode(body)).decode()
    told = json.loads(body or "null")
    if told is not None:
        held("GET", "/api/live", answer["statusCode"], told)
    return answer, told


def now_ms(rig: OperatorRig) -> int:
    return int(rig.app.PARTS.desk.clock.now_ms())


def store(rig: OperatorRig) -> DynamoDBCalls:
    account = rig.account
    client, clock = account.client("dynamodb"), rig.app.PARTS.desk.clock
    return DynamoDBCalls(client, account.calls_table, clock, 90, lambda: "one")


def write(
    rig: OperatorRig,
    call_id: str,
    *facts: Fact,
    decisions: tuple[Decision, ...] = (),
    live: LiveGlance | None = None,
) -> None:
    calls = store(rig)
    history = calls.read(call_id)
    record = merge_all(call_id, [*history.facts, *facts])
    glance = CallGlance(
        intent="billing",
        destination="billing",
        mode="normal",
        live=None if record.ended else live or LiveGlance(),
    )
    calls.commit(history, record, facts, decisions, glance)


def begin(rig: OperatorRig, call_id: str, number: str, **seen: Any) -> None:
    at: dict[str, Any] = {"call_id": call_id, "at_ms": now_ms(rig)}
    known = {"direction": "inbound", "customer_number": number, "control_url": "https://x.vapi.ai"}
    write(
        rig,
        call_id,
        CallSeen(**at, key="seen", created_at_ms=at["at_ms"], **known | seen),
        StatusChanged(**at, key="in-progress", status="in-progress"),
        live=LiveGlance(confidence=0.87, location="billing", words="my bill", words_by="customer"),
    )


def said(rig: OperatorRig, call_id: str, text: str, key: str, *, final: bool = True) -> None:
    fact = UtteranceHeard(
        call_id=call_id, at_ms=now_ms(rig), key=key, role="customer", text=text, final=final
    )
    write(rig, call_id, fact)


def age(rig: OperatorRig, ms: int = 600) -> None:
    """Let what a process has read grow old."""
    for part in rig.app.PARTS.live().parts.known.values():
        part.tried_ms -= ms
        part.at_ms = None if part.at_ms is None else part.at_ms - ms
    opened = rig.app.PARTS.live()._opened
    opened |= {name: (call, at_ms - ms) for name, (call, at_ms) in opened.items()}


def requests_to(rig: OperatorRig) -> list[str]:
    """Watch what the page's desk asks of the tables from now on."""
    asked: list[str] = []
    desk: LiveDesk = rig.app.PARTS.live()
    connection = desk.parts.tables._connection  # type: ignore[attr-defined]
    call = connection.call

    def watched(target: str, *rest: Any) -> Any:
        asked.append(target.rpartition(".")[2])
        return call(target, *rest)

    connection.call = watched
    client = rig.app.PARTS.follow_ups().follow_ups._client  # the same for all
    client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    return asked


def test_a_call_is_shown_with_what_was_said_and_thought(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1), campaign_id="spring")
    begin(rig, "over", NUMBER.format(2))
    write(rig, "over", StatusChanged(call_id="over", at_ms=now_ms(rig), key="e", status="ended"))
    _, told = ask(rig)
    [row] = told["calls"]
    assert row["number"] == NUMBER.format(1)
    shown = {name: row[name] for name in ("id", "with", "state", "words", "wordsBy", "intent")}
    assert shown == {
        "id": "c-1",
        "with": "billing",
        "state": "talking",
        "words": "my bill",
        "wordsBy": "customer",
        "intent": "billing",
    }
    assert (row["confidence"], row["campaignId"], row["flags"]) == (0.87, "spring", [])
    figures = told["figures"]
    assert (figures["calls"], figures["complete"], figures["needs"]) == (1, True, 0)
    assert figures["lines"] == {"inUse": 0, "of": 10, "keptForInbound": 2}
    assert figures["people"] == {"off": 2}
    assert told["waiting"] == []
    assert "vapi.ai" not in json.dumps(told)


def test_a_viewer_is_shown_no_whole_number(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    _, told = ask(rig, VIEWER)
    assert told["calls"][0]["number"] == "+1415•••0001"


def test_what_is_new_of_the_open_call_and_nothing_twice(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    said(rig, "c-1", "my bill", "u1", final=False)
    _, told = ask(rig, call="c-1")
    first = told["call"]
    assert [one["what"] for one in first["moments"]] == ["StatusChanged", "UtteranceHeard"]
    said(rig, "c-1", "my bill is wrong", "u2")
    age(rig, 2_000)
    _, told = ask(rig, call="c-1", after=first["cursor"])
    [moment] = told["call"]["moments"]
    assert (moment["text"], moment["final"]) == ("my bill is wrong", True)
    age(rig, 2_000)
    asked = requests_to(rig)
    _, again = ask(rig, call="c-1", after=told["call"]["cursor"])
    assert (again["call"]["moments"], again["call"]["over"]) == ([], False)
    assert len(asked) <= 3


def test_what_was_noted_by_itself_is_news_and_old_notes_are_none(rig: OperatorRig) -> None:
    """As the router writes words from which nothing follows: the fact first, then the record."""
    begin(rig, "c-1", NUMBER.format(1))
    note(rig, "c-1", "long ago", ago_ms=10_000)
    _, told = ask(rig, call="c-1")
    first = told["call"]
    assert {one.get("text") for one in first["moments"]} == {None, "long ago"}
    note(rig, "c-1", "just now")
    age(rig, 2_000)
    _, told = ask(rig, call="c-1", after=first["cursor"])
    assert [one["text"] for one in told["call"]["moments"]] == ["just now"]


def note(rig: OperatorRig, call_id: str, text: str, ago_ms: int = 0) -> None:
    at_ms = now_ms(rig) - ago_ms
    fact = UtteranceHeard(
        call_id=call_id, at_ms=at_ms, key=text, role="customer", text=text, final=True
    )
    table, client = rig.account.calls_table, rig.account.client("dynamodb")
    calls = DynamoDBCalls(client, table, FakeClock(at_ms), 90, lambda: "one")
    calls.note([fact])
    history = calls.read(call_id)
    glance = replace(history.glance, live=LiveGlance(words=text))
    calls.keep(history, merge_all(call_id, history.facts), glance)


def test_what_became_of_a_decision_is_news_although_no_fact_came(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    decision = Decision(
        call_id="c-1",
        number=1,
        kind=ActionKind.ROUTE,
        department="billing",
        turn=0,
        reason="final",
        decided_at_ms=now_ms(rig),
        desire="go-billing:1",
    )
    fact = UtteranceHeard(
        call_id="c-1", at_ms=now_ms(rig), key="u", role="customer", text="billing", final=True
    )
    write(rig, "c-1", fact, decisions=(decision,))
    _, told = ask(rig, call="c-1")
    [shown] = [one for one in told["call"]["moments"] if one["what"] == "Decision"]
    assert shown["outcome"] == "pending"
    store(rig).begin_action(decision, now_ms(rig))
    store(rig).finish_action(decision, ControlOutcome.SENT, now_ms(rig))
    age(rig, 2_000)
    _, told = ask(rig, call="c-1", after=told["call"]["cursor"])
    [later] = told["call"]["moments"]
    assert (later["outcome"], later["key"]) == ("sent", shown["key"])


def test_the_end_of_the_open_call_is_told_and_then_nothing_is_asked(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    _, told = ask(rig, call="c-1")
    write(rig, "c-1", StatusChanged(call_id="c-1", at_ms=now_ms(rig), key="e", status="ended"))
    age(rig, 2_000)
    _, told = ask(rig, call="c-1", after=told["call"]["cursor"])
    assert told["calls"] == []
    assert told["call"]["over"] is True
    age(rig, 2_000)
    asked = requests_to(rig)
    _, told = ask(rig, call="c-1", after=told["call"]["cursor"])
    assert told["call"]["over"] is True
    assert "Query" in asked
    assert len(asked) <= 3


def test_while_nobody_is_on_the_line_the_last_call_of_the_day_is_told(rig: OperatorRig) -> None:
    assert ask(rig)[1]["lastCall"] == {"id": None, "at": None, "called": None}
    begin(rig, "c-1", NUMBER.format(1), called_number="+14155550100")
    age(rig, 2_000)
    assert ask(rig)[1]["lastCall"] is None

    write(rig, "c-1", StatusChanged(call_id="c-1", at_ms=now_ms(rig), key="e", status="ended"))
    age(rig, 2_000)
    last = ask(rig)[1]["lastCall"]  # not the answer of before the call

    assert (last["id"], last["called"]) == ("c-1", "+14155550100")
    age(rig, 1_000)
    assert ask(rig, VIEWER)[1]["lastCall"]["called"] == "+1415•••0100"


def test_a_call_that_was_ordered_for_a_visit_names_it(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1), visit_post="v-CA1.2")
    begin(rig, "c-2", NUMBER.format(2))

    shown = [rig.ask("GET", f"/api/calls/{one}")[1] for one in ("c-1", "c-2")]

    assert [one["visitId"] for one in shown] == ["v-CA1", None]


def test_a_call_nobody_knows_is_none_and_a_cursor_nobody_gave_out_is_refused(
    rig: OperatorRig,
) -> None:
    assert ask(rig, call="nobody")[1]["call"] is None
    for query in ({"call": "c", "after": "x"}, {"after": "1.1.q"}, {"call": "x" * 3_000}):
        answer, told = ask(rig, **query)
        assert answer["statusCode"] == 400, told


def test_thirty_calls_are_small_and_three_requests_however_often_one_asks(
    rig: OperatorRig,
) -> None:
    for number in range(30):
        begin(rig, f"0198f3a2-0000-7000-8000-{number:012d}", NUMBER.format(number))
    answer, told = ask(rig, accept_encoding="gzip, br")
    assert len(told["calls"]) == 30
    assert answer["headers"]["content-encoding"] == "gzip"
    assert len(base64.b64decode(answer["body"])) <= 2_048
    asked = requests_to(rig)
    desk: LiveDesk = rig.app.PARTS.live()
    for turn in range(12):
        age(rig)
        if turn % 4 == 0:  # ten seconds later
            desk._looked.clear()
        asked.clear()
        ask(rig, accept_encoding="gzip")
        assert 1 <= len(asked) <= 3, asked
    asked.clear()
    ask(rig)  # within half a second
    assert "Query" not in asked


def test_parts_take_turns_and_none_is_forgotten(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    ask(rig, call="c-1")
    desk: LiveDesk = rig.app.PARTS.live()
    age(rig, 120_000)
    tried = {name: part.tried_ms for name, part in desk.parts.known.items()}
    after = None
    for turn in range(25):
        said(rig, "c-1", f"word {turn}", f"u{turn}")
        age(rig, 1_000)
        _, told = ask(rig, call="c-1", **({} if after is None else {"after": after}))
        after = told["call"]["cursor"]
    waits = {name for name in tried if name.startswith("queue")}  # nobody does
    assert {
        name for name, part in desk.parts.known.items() if part.tried_ms <= tried[name] - 1_000
    } <= waits
    assert told["failed"] == []


def test_nothing_new_is_304_of_a_few_bytes_and_a_word_is_not(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    first, _ = ask(rig)
    etag = first["headers"]["etag"]
    age(rig)
    again, told = ask(rig, if_none_match=etag)
    assert (again["statusCode"], told) == (304, None)
    assert sum(len(name) + len(value) + 4 for name, value in again["headers"].items()) < 250
    assert ask(rig, VIEWER, if_none_match=etag)[0]["statusCode"] == 200  # is shown otherwise
    write(
        rig,
        "c-1",
        UtteranceHeard(
            call_id="c-1", at_ms=now_ms(rig), key="u", role="customer", text="hi", final=True
        ),
        live=LiveGlance(words="hi", words_by="customer"),
    )
    age(rig)
    assert ask(rig, if_none_match=etag)[0]["statusCode"] == 200


def test_who_else_looks_and_at_what(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    assert ask(rig, VIEWER, call="c-1")[1]["others"] == []
    ask(rig)  # whoever comes is noted before anything else is read anew
    age(rig, 2_000)
    assert ask(rig)[1]["others"] == [{"name": "viewer", "callId": "c-1"}]
    desk: LiveDesk = rig.app.PARTS.live()
    desk.parts.tables.look(desk.parts.known["surroundings"].value.looking[0])
    age(rig, 2_000)
    assert ask(rig, VIEWER)[1]["others"] == [{"name": "operator", "callId": None}]


def test_whose_page_asked_a_minute_ago_has_gone(rig: OperatorRig) -> None:
    ask(rig)
    desk: LiveDesk = rig.app.PARTS.live()
    now_ms = rig.app.PARTS.desk.clock.now_ms()
    here = [{"name": "viewer", "callId": None}]
    for asked_ms, others in ((now_ms - 60_000, []), (now_ms, here)):
        desk.parts.tables.look(Looking("viewer", asked_ms, None))
        age(rig, 2_000)
        assert ask(rig)[1]["others"] == others


def test_others_see_within_two_polls_into_which_call_somebody_looks(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    ask(rig, VIEWER)
    ask(rig)
    age(rig, 1_600)  # whatever falls due each second is due
    _, told = ask(rig, VIEWER, call="c-1")
    for _ in range(2):
        age(rig, 1_600)
        said(rig, "c-1", "and another word", f"u{rig.app.PARTS.desk.clock.now_ms()}")
        _, told = ask(rig, VIEWER, call="c-1", after=told["call"]["cursor"])
        assert "call" in told, told
    age(rig, 2_000)
    assert ask(rig)[1]["others"] == [{"name": "viewer", "callId": "c-1"}]


def test_what_people_do_is_seen_within_two_seconds(rig: OperatorRig) -> None:
    ask(rig)
    people = rig.app.PARTS.people()
    change_person("ada", Happening(event=PersonEvent.LOG_IN), people.people.unhinted)
    age(rig, 2_000)
    _, told = ask(rig)
    assert {one["id"]: one["state"] for one in told["people"]}["ada"] == "ready"


def test_an_operator_who_looks_all_day_is_noted_once_for_each_customer(rig: OperatorRig) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    for _ in range(4):
        age(rig)
        ask(rig)
        ask(rig, VIEWER)
    begin(rig, "c-2", NUMBER.format(2))
    age(rig)
    ask(rig)
    entries = rig.ask("GET", "/api/audit")[1]["entries"]
    told = [(one["who"], one["customers"]) for one in entries if one["action"] == "readLive"]
    assert told == [("operator", 1), ("operator", 1)]


def test_a_part_that_cannot_be_read_is_named_and_takes_no_other_away(
    rig: OperatorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(rig, "c-1", NUMBER.format(1))
    ask(rig)
    desk: LiveDesk = rig.app.PARTS.live()

    def broken() -> None:
        raise ValueError

    age(rig, 2_000)
    monkeypatch.setattr(desk.parts.known["surroundings"], "read", broken)
    _, told = ask(rig)
    assert told["failed"] == ["people"]
    assert len(told["calls"]) == 1
    assert told["figures"]["people"] == {"off": 2}  # as it was
