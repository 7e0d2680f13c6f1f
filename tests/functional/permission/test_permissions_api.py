"""What operators say of one person, through the handler: do not call, agreed, may we call now?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.adapters.customer_items import customer_item
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.services.ledger_ports import (
    Change,
    ConditionLostError,
    CustomerChange,
    StillAsJudged,
    TakeLine,
)
from contact_center.triggers.services.state_permission import EVIDENCE_SHOWN
from tests.functional.dialing.dialing_rig import NIGHT, NUMBER, OPEN_HOURS, now_ms
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tests.log_lines import but_instants

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}
STANDING = AGREED | {"at": "2026-06-01T14:00:00.000Z", "stands": True}
ROUTES = [
    ("POST", "/api/suppressions"),
    ("DELETE", "/api/suppressions"),
    ("POST", "/api/consents"),
    ("DELETE", "/api/consents"),
]


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def may_we_call(api: OperatorRig, purpose: str = "marketing", **said: str) -> Any:
    status, told = api.ask(
        "POST", "/api/contactability", {"phone": NUMBER, "purpose": purpose} | said
    )
    assert status == 200
    return told


# -- suppressions ----------------------------------------------------------------------------


def test_a_number_is_suppressed_once_and_the_first_word_stands(api: OperatorRig) -> None:
    status, told = api.ask(
        "POST", "/api/suppressions", {"phone": "(212) 555-0123", "source": "letter of 8 July"}
    )
    assert status == 201
    assert (told["phone"], told["suppressed"], told["source"]) == (NUMBER, True, "letter of 8 July")
    assert told["suppressedAt"].startswith("2026-07-08T17:0")
    assert told["suppressedAt"].endswith("Z")
    again = api.ask("POST", "/api/suppressions", {"phone": NUMBER, "source": "another"})
    assert again == (200, told)


def test_without_a_source_it_was_an_operator(api: OperatorRig) -> None:
    assert api.ask("POST", "/api/suppressions", {"phone": NUMBER})[1]["source"] == "operator"


def test_lifting_a_suppression_lifts_it_and_lifting_nothing_is_no_mistake(api: OperatorRig) -> None:
    off = {"phone": NUMBER, "suppressed": False, "suppressedAt": None, "source": None}
    assert api.ask("DELETE", "/api/suppressions", {"phone": NUMBER}) == (200, off)
    api.ask("POST", "/api/suppressions", {"phone": NUMBER})
    assert may_we_call(api)["reason"] == "suppressed"
    assert api.ask("DELETE", "/api/suppressions", {"phone": NUMBER}) == (200, off)
    assert may_we_call(api)["reason"] == "no_consent"
    assert api.ask("POST", "/api/suppressions", {"phone": NUMBER})[0] == 201


@pytest.mark.parametrize("known", [True, False])
def test_a_claim_that_was_judged_before_the_suppression_is_lost(
    api: OperatorRig,
    known: bool,  # noqa: FBT001
) -> None:
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    attempt_id = api.trigger(customer={"phone": NUMBER})[1]["attemptId"]
    if not known:  # nothing is stored of the person: the claim says "there is still nothing"
        clear_permission(api)
    claim = claim_of(api, attempt_id)

    assert api.ask("POST", "/api/suppressions", {"phone": NUMBER})[0] == 201

    with pytest.raises(ConditionLostError) as caught:
        api.ledger.commit(claim)
    assert caught.value.lost == {"permission"}
    assert api.ledger.read(attempt_id).state is AttemptState.QUEUED


def test_said_again_a_suppression_costs_no_claim(api: OperatorRig) -> None:
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    attempt_id = api.trigger(customer={"phone": NUMBER})[1]["attemptId"]
    claim = claim_of(api, attempt_id)

    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    api.ask("DELETE", "/api/suppressions", {"phone": NUMBER})

    api.ledger.commit(claim)
    assert api.ledger.read(attempt_id).state is AttemptState.DIALING


def claim_of(api: OperatorRig, attempt_id: str) -> Change:
    """The claim of a dialer that has judged this person a moment ago."""
    before = api.ledger.read(attempt_id)
    judged = api.ledger.circumstances(NUMBER, None)
    after = replace(before, state=AttemptState.DIALING, posts=1, token="t", line=True)
    held = judged.customer.held(attempt_id)
    return Change(
        before=before,
        after=after,
        customer=CustomerChange(before=judged.customer, after=held),
        line=TakeLine(holder=after.name, below=8),
        checks=StillAsJudged(judged=judged),
    )


def clear_permission(api: OperatorRig) -> None:
    key = {"pk": {"S": f"PERSON#{NUMBER}"}, "sk": {"S": "PERMISSION"}}
    table = api.account.contacts_table
    api.account.client("dynamodb").delete_item(TableName=table, Key=key)


# -- consents --------------------------------------------------------------------------------


def test_a_consent_is_recorded_once_and_then_it_is_enough(api: OperatorRig) -> None:
    assert may_we_call(api)["reason"] == "no_consent"
    recorded = {"phone": NUMBER, "revokedAt": None, "consents": [STANDING]}
    assert api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED) == (201, recorded)
    assert api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED) == (200, recorded)
    told = may_we_call(api)
    assert (told["allowed"], told["reason"], told["nextAllowedAt"]) == (True, None, None)


def test_a_revoked_consent_stands_no_more_and_said_again_it_still_does_not(
    api: OperatorRig,
) -> None:
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    status, revoked = api.ask("DELETE", "/api/consents", {"phone": NUMBER})
    assert status == 200
    assert revoked["consents"] == [STANDING | {"stands": False}]
    assert revoked["revokedAt"].startswith("2026-07-08T17:0")
    status, again = api.ask("DELETE", "/api/consents", {"phone": NUMBER})
    assert (status, again) == (200, revoked | {"revokedAt": again["revokedAt"]})
    assert again["revokedAt"] > revoked["revokedAt"]  # the last one counts
    assert may_we_call(api)["reason"] == "consent_revoked"
    # the same piece of paper is no new consent
    assert api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED) == (200, again)
    assert may_we_call(api)["reason"] == "consent_revoked"


def test_a_revocation_without_any_consent_holds_against_a_list_that_comes_later(
    api: OperatorRig,
) -> None:
    assert api.ask("DELETE", "/api/consents", {"phone": NUMBER})[1]["consents"] == []
    _, told = api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    assert told["consents"] == [STANDING | {"stands": False}]


def test_a_consent_of_the_first_of_all_days_is_a_slip_of_the_pen(api: OperatorRig) -> None:
    first = AGREED | {"at": "0001-01-01T00:00:00+23:59"}
    status, told = api.ask("POST", "/api/consents", {"phone": NUMBER} | first)
    assert (status, told["field"]) == (400, "at")


# -- may we call now? ------------------------------------------------------------------------


def test_the_answer_says_why_and_when_and_shows_no_number(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_operator_api(account, monkeypatch, LOCAL_NOW=NIGHT)
    source = "web form; call back on 212 555 0123"
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED | {"source": source})
    told = may_we_call(api)
    assert (told["allowed"], told["reason"]) == (False, "outside_window")
    assert told["nextAllowedAt"] == "2026-07-08T12:00:00.000Z"  # eight in New York
    assert set(told) == {"allowed", "reason", "nextAllowedAt", "evidence"}
    assert set(told["evidence"]) == set(EVIDENCE_SHOWN)
    assert "5550123" not in str(told)
    assert "555 0123" not in str(told)
    assert told["evidence"]["number"] == "+1212•••0123"
    assert told["evidence"]["consent"]["source"] == "web form; call back on •••"
    assert told["evidence"]["zones"][0]["zone"] == "America/New_York"
    api.close()


def test_one_who_is_being_rung_and_a_stopped_switch_are_seen(api: OperatorRig) -> None:
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED)
    held = Customer(number=NUMBER, held_by="another", version=1)
    api.account.client("dynamodb").put_item(
        TableName=api.account.dialing_table, Item=customer_item(held, now_ms() // 1000)
    )
    told = may_we_call(api)
    assert told["reason"] == "customer_busy"
    assert told["evidence"]["gates"]["customer_busy"] is True
    assert "another" not in str(told)
    api.ask("POST", "/api/dialing/stop")
    assert may_we_call(api)["reason"] == "dialing_stopped"


def test_asking_writes_nothing(api: OperatorRig) -> None:
    may_we_call(api)
    for table in (api.account.contacts_table, api.account.dialing_table):
        assert api.account.client("dynamodb").scan(TableName=table)["Items"] == []


def test_what_is_asked_for_information_needs_less(api: OperatorRig) -> None:
    api.ask("POST", "/api/consents", {"phone": NUMBER} | AGREED | {"kind": "express"})
    assert may_we_call(api, "marketing")["reason"] == "no_consent"
    assert may_we_call(api, "informational")["allowed"] is True


# -- who may, and what is refused ------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_changes_what_people_permit_takes_an_operator(
    api: OperatorRig, method: str, path: str
) -> None:
    assert api.ask(method, path, {}, token=None)[0] == 401
    assert api.ask(method, path, {}, token=VIEWER)[0] == 403


def test_asking_about_any_number_takes_an_operator(api: OperatorRig) -> None:
    assert api.ask("POST", "/api/contactability", {}, token=None)[0] == 401
    assert api.ask("POST", "/api/contactability", {}, token=VIEWER)[0] == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "body"),
        ("", "body"),
        ("[" * 3_000, "body"),
        ('"' + "x" * 5_000 + '"', "body"),
        ([], "body"),
        ({}, "phone"),
        ({"phone": 7}, "phone"),
        ({"phone": "yesterday"}, "phone"),
        ({"phone": "+1 900 555 0123"}, "phone"),
        ({"phone": NUMBER, "number": NUMBER}, "number"),
        ({"phone": NUMBER, "source": " "}, "source"),
        ({"phone": NUMBER, "source": "x" * 201}, "source"),
        ({"phone": NUMBER, "source": None}, "source"),
        ({"phone": NUMBER, "source": "two\nlines"}, "source"),
        ({"phone": NUMBER, "source": "\ud800"}, "source"),
    ],
)
def test_a_suppression_that_says_nothing_clear_names_its_field(
    api: OperatorRig, body: object, field: str
) -> None:
    status, told = api.ask("POST", "/api/suppressions", body)
    assert (status, told["field"]) == (400, field)
    assert set(told) == {"type", "title", "status", "detail", "field"}


@pytest.mark.parametrize(
    ("method", "path", "changed", "field"),
    [
        ("DELETE", "/api/suppressions", {"source": "x"}, "source"),
        ("DELETE", "/api/consents", {"kind": "express"}, "kind"),
        ("POST", "/api/consents", AGREED | {"kind": "maybe"}, "kind"),
        ("POST", "/api/consents", AGREED | {"at": "2030-01-01T00:00:00Z"}, "at"),
        ("POST", "/api/consents", AGREED | {"at": OPEN_HOURS[:19]}, "at"),
        ("POST", "/api/consents", AGREED | {"source": ""}, "source"),
        ("POST", "/api/consents", AGREED | {"proof": "x"}, "proof"),
        ("POST", "/api/contactability", {}, "purpose"),
        ("POST", "/api/contactability", {"purpose": "fun"}, "purpose"),
        ("POST", "/api/contactability", {"purpose": ["marketing"]}, "purpose"),
        ("POST", "/api/contactability", {"purpose": "marketing", "at": "now"}, "at"),
    ],
)
def test_each_route_names_the_field_that_is_wrong(
    api: OperatorRig, method: str, path: str, changed: dict[str, object], field: str
) -> None:
    status, told = api.ask(method, path, {"phone": NUMBER} | changed)
    assert (status, told["field"]) == (400, field)


def test_a_table_that_does_not_answer_is_a_503(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_operator_api(account, monkeypatch, CONTACTS_TABLE="absent")
    for method, path in ROUTES:
        body = {"phone": NUMBER} | (AGREED if path == "/api/consents" else {})
        body = {"phone": NUMBER} if method == "DELETE" else body
        assert api.ask(method, path, body)[0] == 503
    api.close()


def test_a_person_whom_others_keep_changing_is_a_503(
    api: OperatorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = api.app.PARTS.dialing().statements.store
    monkeypatch.setattr(store, "replace", lambda *_: False)
    status, told = api.ask("POST", "/api/suppressions", {"phone": NUMBER})
    assert (status, told["title"]) == (503, "Service Unavailable")


def test_no_line_of_the_log_holds_a_number(
    api: OperatorRig, capsys: pytest.CaptureFixture[str], logged: list[logging.LogRecord]
) -> None:
    for body in ({"phone": NUMBER}, {"phone": "+1 900 555 0123"}, {"phone": NUMBER, "x": NUMBER}):
        api.ask("POST", "/api/suppressions", body)
    written = capsys.readouterr()
    assert "0123" not in but_instants(written.out + written.err)
    assert logged == []
