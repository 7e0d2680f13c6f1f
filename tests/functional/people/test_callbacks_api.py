"""/api/callbacks through the handler, on the emulator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.queue.domain.kept_places import GivenUp, PutOff
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.queue.services.change_entry import change_entry
from contact_center.visits.adapters.sqs_reception_jobs import read_job
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ALL = "/api/callbacks"
ANN, BOB = "+12122345671", "+12122345672"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def wish(phone: str = ANN, **different: object) -> dict[str, object]:
    return {"phone": phone, "department": "billing", "asked": "by e-mail", **different}


def hints(account: Account) -> list[ReceptionJob]:
    sqs, url = account.client("sqs"), account.reception_jobs_queue
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [read_job({"body": one["Body"]}) for one in found]


def test_a_place_is_kept_seen_and_given_up(api: OperatorRig, account: Account) -> None:
    assert api.ask("GET", ALL) == (200, {"callbacks": [], "complete": True})
    status, kept = api.ask("POST", ALL, wish())
    assert status == 201
    seen = (kept["number"], kept["department"], kept["waitsFor"], kept["state"], kept["tries"])
    assert seen == (ANN, "billing", "line", "kept", 0)
    assert api.ask("GET", ALL)[1]["callbacks"] == [kept]
    assert hints(account) == [ReceptionJob(JobKind.SERVE)]

    assert api.ask("DELETE", f"{ALL}/{kept['id']}") == (200, {"callbacks": [], "complete": True})
    assert hints(account) == [ReceptionJob(JobKind.CALL_BACK, kept["id"])]
    assert api.ask("DELETE", f"{ALL}/{kept['id']}")[0] == 404


def test_one_place_is_kept_for_a_number(api: OperatorRig) -> None:
    api.ask("POST", ALL, wish())
    status, refused = api.ask("POST", ALL, wish(department="sales"))
    assert (status, refused["detail"]) == (409, "A place is kept for this number already.")
    assert api.ask("POST", ALL, wish(BOB))[0] == 201
    assert len(api.ask("GET", ALL)[1]["callbacks"]) == 2


def test_what_failed_is_listed_until_somebody_sees_to_it(api: OperatorRig) -> None:
    kept = api.ask("POST", ALL, wish())[1]
    queue = api.app.PARTS.callbacks().queue
    failed = GivenUp(why=LeftBecause.NOT_ALLOWED, at_ms=1, because="suppressed")
    change_entry(kept["id"], failed, queue)
    [listed] = api.ask("GET", ALL)[1]["callbacks"]
    assert (listed["state"], listed["because"]) == ("failed", "suppressed")
    assert api.ask("DELETE", f"{ALL}/{kept['id']}")[1]["callbacks"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (wish("+19005550123"), "phone"),
        (wish("212"), "phone"),
        (wish(department="nobody"), "department"),
        (wish(asked="  "), "asked"),
        (wish(more=1), "more"),
    ],
)
def test_bad_input_names_its_field_and_keeps_nothing(
    api: OperatorRig, body: dict[str, object], field: str
) -> None:
    status, refused = api.ask("POST", ALL, body)
    assert (status, refused["field"]) == (400, field)
    assert api.ask("GET", ALL)[1]["callbacks"] == []


def test_who_wants_no_calls_is_not_promised_one(api: OperatorRig) -> None:
    api.ask("POST", "/api/suppressions", {"phone": ANN, "source": "asked us"})
    status, refused = api.ask("POST", ALL, wish())
    assert (status, refused["detail"]) == (409, "This person may not be called: suppressed.")
    assert api.ask("GET", ALL)[1]["callbacks"] == []


def test_out_of_calling_hours_it_says_from_when_he_is_called(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_operator_api(account, monkeypatch, LOCAL_NOW="2026-11-24T04:00:00+00:00")
    try:
        kept = api.ask("POST", ALL, wish())[1]
        assert kept["state"] == "resting"
        hours = (
            datetime.fromisoformat(kept["callsFrom"]) - datetime.now(UTC)
        ).total_seconds() / 3600
        assert round(hours) == 9  # 8:00 in New York
    finally:
        api.close()


def rests(api: OperatorRig, number: str = ANN) -> str:
    """Somebody who was not reached, and is called again in ten minutes."""
    kept: str = api.ask("POST", ALL, wish(number))[1]["id"]
    queue = api.app.PARTS.callbacks().queue
    until_ms = queue.clock.now_ms() + 600_000
    change_entry(kept, PutOff(until_ms=until_ms, because="no_answer"), queue)
    return kept


def test_who_rests_is_back_in_line_when_an_operator_wants_him_called_now(
    api: OperatorRig, account: Account
) -> None:
    kept = rests(api)
    [before] = api.ask("GET", ALL)[1]["callbacks"]
    assert before["state"] == "resting"
    hints(account)

    status, told = api.ask("POST", f"{ALL}/{kept}/now")

    [after] = told["callbacks"]
    assert (status, after["state"], after["callsFrom"]) == (200, "kept", None)
    assert (after["since"], after["because"]) == (before["since"], "no_answer")  # at his place
    assert hints(account) == [ReceptionJob(JobKind.SERVE)]
    assert api.ask("POST", f"{ALL}/{kept}/now")[0] == 404  # he rests no more


def test_who_may_not_be_called_is_not_called_now_either_and_it_says_why(api: OperatorRig) -> None:
    kept = rests(api)
    api.ask("POST", "/api/suppressions", {"phone": ANN, "source": "asked us"})

    status, refused = api.ask("POST", f"{ALL}/{kept}/now")

    assert (status, refused["reason"]) == (409, "suppressed")
    assert api.ask("GET", ALL)[1]["callbacks"][0]["state"] == "resting"
    assert api.ask("POST", f"{ALL}/v-nobody/now")[0] == 404
    assert api.ask("POST", f"{ALL}/{kept}/now", token=VIEWER)[0] == 403


def test_who_may_ask_and_what_a_viewer_is_told(api: OperatorRig) -> None:
    kept = api.ask("POST", ALL, wish())[1]
    for method, path, body in (("POST", ALL, wish(BOB)), ("DELETE", f"{ALL}/{kept['id']}", None)):
        assert api.ask(method, path, body, token=VIEWER)[0] == 403
        assert api.ask(method, path, body, token=None)[0] == 401
    assert api.ask("GET", ALL, token=None)[0] == 401
    [seen] = api.ask("GET", ALL, token=VIEWER)[1]["callbacks"]
    assert seen["number"] == "+1212•••5671"
