"""POST /trigger/outbound and what operators do with attempts, through the handler."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.customer_items import customer_item
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.due_attempts import DueFor
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.permission import Permission
from tests.functional.dialing.dialing_rig import NIGHT, consent, utc_now
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tests.log_lines import but_instants

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from tests.emulator import Account

NUMBER = "+12125550123"
CUSTOMER = {"phone": NUMBER, "id": "cust-1"}
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def permit(api: OperatorRig, **said: object) -> None:
    permission = Permission(consents=(consent(),), version=1)
    item = permission_item(NUMBER, replace(permission, **said))  # type: ignore[arg-type]
    api.account.client("dynamodb").put_item(TableName=api.account.contacts_table, Item=item)


def test_a_trigger_with_consent_is_accepted_and_its_job_sent(api: OperatorRig) -> None:
    status, body = api.trigger(customer=CUSTOMER, consent=AGREED)
    assert (status, body["status"]) == (202, "queued")
    assert set(body) == {"attemptId", "status"}
    assert api.jobs() == [body["attemptId"]]
    status, shown = api.ask("GET", f"/api/attempts/{body['attemptId']}", token=VIEWER)
    assert status == 200
    assert shown["status"] == "queued"
    assert shown["number"] == "+1212•••0123"
    assert (shown["contactId"], shown["assistant"]) == ("cust-1", "sales")
    stored = api.ledger.circumstances(NUMBER, None).permission
    assert [one.source for one in stored.consents] == ["web form"]


def test_without_consent_on_record_nobody_is_called(api: OperatorRig) -> None:
    status, body = api.trigger(customer=CUSTOMER)
    assert (status, body["reason"], body["nextAllowedAt"]) == (409, "no_consent", None)
    assert api.jobs() == []


def test_consent_on_record_is_enough(api: OperatorRig) -> None:
    permit(api)
    assert api.trigger(customer=CUSTOMER)[0] == 202


def test_a_suppressed_person_is_never_called(api: OperatorRig) -> None:
    permit(api, suppressed_at=utc_now())
    status, body = api.trigger(customer=CUSTOMER)
    assert (status, body["reason"], body["nextAllowedAt"]) == (409, "suppressed", None)


def test_at_night_the_answer_says_when(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    api = start_operator_api(account, monkeypatch, LOCAL_NOW=NIGHT)
    permit(api)
    status, body = api.trigger(customer=CUSTOMER)
    assert (status, body["reason"]) == (409, "outside_window")
    assert body["nextAllowedAt"] == "2026-07-08T12:00:00Z"  # eight in New York
    api.close()


def test_a_key_is_answered_the_same_for_a_day_and_with_another_body_refused(
    api: OperatorRig,
) -> None:
    permit(api)
    first = api.trigger(customer=CUSTOMER, idempotencyKey="order-7")
    assert first[0] == 202
    assert api.trigger(customer=CUSTOMER, idempotencyKey="order-7") == first
    other = {"phone": NUMBER, "id": "another"}
    assert api.trigger(customer=other, idempotencyKey="order-7")[0] == 422
    assert len(api.jobs()) == 1


def test_a_refusal_is_kept_under_its_key_too(api: OperatorRig) -> None:
    refused = api.trigger(customer=CUSTOMER, idempotencyKey="order-7")
    assert refused[0] == 409
    permit(api)
    assert api.trigger(customer=CUSTOMER, idempotencyKey="order-7") == refused
    assert api.trigger(customer=CUSTOMER, idempotencyKey="order-8")[0] == 202


def test_one_person_is_rung_once_however_many_ask_at_once(api: OperatorRig) -> None:
    permit(api)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.trigger(customer=CUSTOMER)[1], range(16)))
    assert len({answer["attemptId"] for answer in answers}) == 1
    assert len(api.jobs()) == 1


def test_when_an_attempt_is_over_the_next_trigger_is_another_one(api: OperatorRig) -> None:
    permit(api)
    first = api.trigger(customer=CUSTOMER)[1]["attemptId"]
    status, body = api.ask("DELETE", f"/api/attempts/{first}")
    assert (status, body["status"], body["disposition"]) == (200, "settled", "cancelled")
    second = api.trigger(customer=CUSTOMER)[1]["attemptId"]
    assert second != first
    assert api.trigger(customer=CUSTOMER)[1]["attemptId"] == second


def test_an_unknown_campaign_is_not_found(api: OperatorRig) -> None:
    permit(api)
    assert api.trigger(customer=CUSTOMER, campaignId="nobody-knows")[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "body"),
        ("[" * 50_000, "body"),
        ('"' + "x" * 70_000 + '"', "body"),
        ("[]", "body"),
        ({}, "customer"),
        ({"customer": {}}, "customer.phone"),
        ({"customer": {"phone": 7}}, "customer.phone"),
        ({"customer": CUSTOMER, "speed": 1}, "speed"),
        ({"customer": CUSTOMER, "consent": AGREED | {"kind": "maybe"}}, "consent.kind"),
        ({"customer": CUSTOMER, "consent": AGREED | {"at": "2030-01-01T00:00:00Z"}}, "consent.at"),
        ({"customer": CUSTOMER, "consent": AGREED | {"source": " "}}, "consent.source"),
        ({"customer": CUSTOMER, "idempotencyKey": ""}, "idempotencyKey"),
    ],
)
def test_a_body_that_is_no_trigger_names_its_field(
    api: OperatorRig, body: object, field: str
) -> None:
    status, told = api.ask("POST", "/trigger/outbound", body)
    assert (status, told["status"], told["field"]) == (400, 400, field)
    assert set(told) == {"type", "title", "status", "detail", "field"}


def test_a_stopped_switch_refuses_and_lets_go_again(api: OperatorRig) -> None:
    permit(api)
    assert api.ask("POST", "/api/dialing/stop") == (200, {"stopped": True})
    assert api.ask("POST", "/api/dialing/stop") == (200, {"stopped": True})
    status, body = api.trigger(customer=CUSTOMER)
    assert (status, body["reason"]) == (409, "dialing_stopped")
    assert api.ask("POST", "/api/dialing/resume") == (200, {"stopped": False})
    assert api.trigger(customer=CUSTOMER)[0] == 202


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/trigger/outbound"),
        ("DELETE", "/api/attempts/x"),
        ("POST", "/api/attempts/x/resolve"),
        ("POST", "/api/attempts/x/take-up"),
        ("POST", "/api/dialing/stop"),
        ("POST", "/api/dialing/resume"),
    ],
)
def test_what_changes_things_takes_an_operator(api: OperatorRig, method: str, path: str) -> None:
    assert api.ask(method, path, {}, token=None)[0] == 401
    assert api.ask(method, path, {}, token="guess")[0] == 401
    assert api.ask(method, path, {}, token=VIEWER)[0] == 403


def test_looking_takes_a_viewer(api: OperatorRig) -> None:
    assert api.ask("GET", "/api/attempts/x", token=None)[0] == 401
    assert api.ask("GET", "/api/attempts/x", token=VIEWER)[0] == 404
    assert api.ask("GET", "/api/attempts/" + "x" * 300, token=VIEWER)[0] == 404


@pytest.mark.parametrize(("rang", "counts"), [(True, 1), (False, 0)])
def test_a_doubtful_attempt_is_resolved_by_a_person(
    api: OperatorRig,
    rang: bool,  # noqa: FBT001
    counts: int,
) -> None:
    permit(api)
    attempt_id = api.trigger(customer=CUSTOMER)[1]["attemptId"]
    path = f"/api/attempts/{attempt_id}/resolve"
    assert api.ask("POST", path, {"rang": rang})[0] == 409  # nobody is in doubt yet
    doubtful = replace(
        api.ledger.read(attempt_id),
        state=AttemptState.DOUBTFUL,
        posts=1,
        slot_at_ms=1,
        counts_at_ms=1,
        due_at_ms=None,
    )
    rung = Customer(number=NUMBER, version=1).rang(doubtful.name, 1)
    for item in (attempt_item(doubtful, 0), customer_item(rung, 1)):
        api.account.client("dynamodb").put_item(TableName=api.account.dialing_table, Item=item)
    mistakes: list[object] = [{}, {"rang": "yes"}, [], "{"]
    for wrong in mistakes:
        assert api.ask("POST", path, wrong)[0] == 400
    status, body = api.ask("POST", path, {"rang": rang})
    assert (status, body["status"]) == (200, "settled")
    assert len(api.ledger.customer(NUMBER).rung) == counts


def test_an_attempt_that_was_set_aside_after_its_end_is_taken_up(api: OperatorRig) -> None:
    permit(api)
    attempt_id = api.trigger(customer=CUSTOMER)[1]["attemptId"]
    path = f"/api/attempts/{attempt_id}/take-up"
    status, body = api.ask("POST", path)
    assert (status, body["detail"]) == (
        409,
        "Only an attempt that was set aside is taken up; this one is queued.",
    )
    aside = replace(
        api.ledger.read(attempt_id),
        state=AttemptState.SETTLED,
        disposition=Disposition.BUSY,
        due_at_ms=None,
        failures=10,
        trouble="KeyError at here.py:1",
    )
    table = api.account.dialing_table
    api.account.client("dynamodb").put_item(TableName=table, Item=attempt_item(aside, 0))

    status, body = api.ask("POST", path)

    assert (status, body["setAside"], body["failures"], body["trouble"]) == (200, False, 0, None)
    found = api.ledger.due(10**14, 10, DueFor.REPORT)
    assert found.attempt_ids == [attempt_id]
    assert api.ask("POST", path)[0] == 409
    assert api.ask("POST", "/api/attempts/nobody/take-up")[0] == 404


def test_a_placed_attempt_cannot_be_cancelled(api: OperatorRig) -> None:
    permit(api)
    attempt_id = api.trigger(customer=CUSTOMER)[1]["attemptId"]
    placed = replace(api.ledger.read(attempt_id), state=AttemptState.PLACED, posts=1)
    table = api.account.dialing_table
    api.account.client("dynamodb").put_item(TableName=table, Item=attempt_item(placed, 0))
    status, body = api.ask("DELETE", f"/api/attempts/{attempt_id}")
    assert (status, body["status"]) == (409, 409)


def test_tables_that_do_not_answer_are_a_503(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_operator_api(account, monkeypatch, DIALING_TABLE="absent")
    status, body = api.trigger(customer=CUSTOMER, consent=AGREED)
    assert (status, body["title"]) == (503, "Service Unavailable")
    api.close()


def test_no_line_of_the_log_holds_the_number_and_a_refusal_is_no_error(
    api: OperatorRig, capsys: pytest.CaptureFixture[str], logged: list[logging.LogRecord]
) -> None:
    api.trigger(customer=CUSTOMER, consent=AGREED)
    api.trigger(customer={"phone": "+1 900 555 0123"})
    written = capsys.readouterr()
    assert "0123" not in but_instants(written.out + written.err)
    assert logged == []
