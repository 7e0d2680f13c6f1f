"""/api/people through the handler, on the emulator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.people.domain.people import (
    MISSED_OFFERS,
    Happening,
    Held,
    PersonEvent,
)
from contact_center.people.services.change_person import change_person, offer_caller
from tests.functional.operator_api.operator_rig import (
    OPERATOR,
    VIEWER,
    OperatorRig,
    start_operator_api,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ADA = "/api/people/ada"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def offered(api: OperatorRig, number: int) -> Held:
    desk = api.app.PARTS.people()
    held = Held(offer_id=f"o-{number}", visit_id=f"v-{number}")
    offer_caller(desk.roster.people["ada"], held, 30, desk.people)
    return held


def told(api: OperatorRig, event: PersonEvent, held: Held) -> None:
    change_person("ada", Happening(event=event, offer_id=held.offer_id), people(api))


def people(api: OperatorRig) -> Any:
    return api.app.PARTS.people().people


def test_who_takes_callers_is_seen_logs_in_and_goes_away(api: OperatorRig) -> None:
    status, listed = api.ask("GET", "/api/people")
    assert status == 200
    assert [(one["id"], one["state"], one["since"]) for one in listed["people"]] == [
        ("ada", "off", None),
        ("ben", "off", None),
    ]
    assert api.ask("PUT", ADA, {"state": "ready"})[1]["state"] == "ready"
    assert api.ask("PUT", ADA, {"state": "away", "reason": " lunch "})[1]["reason"] == "lunch"
    status, one = api.ask("GET", ADA)
    assert (status, one["state"], one["reason"]) == (200, "away", "lunch")
    assert one["number"] == "+14155550120"
    assert api.ask("PUT", ADA, {"state": "ready"})[1]["reason"] is None
    assert api.ask("PUT", ADA, {"state": "off"})[1]["state"] == "off"
    assert api.ask("GET", "/api/people/ben")[1]["state"] == "off"


def test_a_talk_is_seen_and_who_logs_out_meanwhile_is_off_after_it(api: OperatorRig) -> None:
    api.ask("PUT", ADA, {"state": "ready"})
    held = offered(api, 1)
    told(api, PersonEvent.ACCEPTED, held)
    leaving = api.ask("PUT", ADA, {"state": "off"})[1]
    assert (leaving["state"], leaving["afterwards"], leaving["visitId"]) == ("busy", "off", "v-1")
    told(api, PersonEvent.BRIDGED_END, held)
    assert api.ask("GET", ADA)[1]["state"] == "off"


def test_two_missed_offers_are_noticed(
    api: OperatorRig, capsys: pytest.CaptureFixture[str]
) -> None:
    api.ask("PUT", ADA, {"state": "ready"})
    for number in (1, 2):
        told(api, PersonEvent.MISSED, offered(api, number))
    away = api.ask("GET", ADA)[1]
    assert (away["state"], away["reason"]) == ("away", MISSED_OFFERS)
    assert '"person_set_away":1' in capsys.readouterr().out


def test_the_next_caller_is_refused_with_its_reason(api: OperatorRig) -> None:
    status, refused = api.ask("POST", f"{ADA}/next")
    assert (status, refused["reason"]) == (409, "off")
    api.ask("PUT", ADA, {"state": "ready"})
    status, refused = api.ask("POST", f"{ADA}/next")
    assert (status, refused["reason"]) == (409, "nobody_waits")
    offered(api, 1)
    status, refused = api.ask("POST", f"{ADA}/next")
    assert (status, refused["reason"]) == (409, "ringing")
    assert refused["detail"] == "A person who is ringing cannot take the next caller."


def test_who_may_ask_and_what_a_viewer_is_told(api: OperatorRig) -> None:
    for method, path, body in (
        ("PUT", ADA, {"state": "ready"}),
        ("POST", f"{ADA}/next", None),
    ):
        assert api.ask(method, path, body, token=VIEWER)[0] == 403
        assert api.ask(method, path, body, token=None)[0] == 401
    assert api.ask("GET", "/api/people", token=None)[0] == 401
    seen = api.ask("GET", "/api/people", token=VIEWER)[1]["people"]
    assert [one["number"] for one in seen] == ["+1415•••0120", "+1415•••0121"]
    assert api.ask("GET", ADA, token=VIEWER)[1]["number"] == "+1415•••0120"


def test_an_address_of_sip_is_for_operators(api: OperatorRig) -> None:
    roster = api.app.PARTS.people().roster
    roster.people["ada"] = replace(roster.people["ada"], address="sip:ada@example.com")
    for token, address in ((OPERATOR, "sip:ada@example.com"), (VIEWER, None)):
        listed = api.ask("GET", "/api/people", token=token)[1]["people"][0]
        shown = api.ask("GET", ADA, token=token)[1]
        assert [one["sipAddress"] for one in (listed, shown)] == [address] * 2
        assert listed["number"] is None


def test_what_was_refused_has_changed_nothing(api: OperatorRig) -> None:
    api.ask("PUT", ADA, {"state": "ready"})
    for body in ({"state": "away"}, {"state": "ringing"}, {"state": "off", "reason": "x"}):
        assert api.ask("PUT", ADA, body)[0] == 400
    assert api.ask("GET", ADA)[1]["state"] == "ready"


def test_one_that_a_later_release_wrote_is_named_and_hides_no_other(api: OperatorRig) -> None:
    api.ask("PUT", ADA, {"state": "ready"})
    api.account.client("dynamodb").update_item(
        TableName=api.account.dialing_table,
        Key={"pk": {"S": "COLLEAGUE#ada"}, "sk": {"S": "COLLEAGUE"}},
        UpdateExpression="SET #version = :next",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":next": {"N": "2"}},
    )
    listed = api.ask("GET", "/api/people")[1]
    assert ([one["id"] for one in listed["people"]], listed["unreadable"]) == (["ben"], ["ada"])
