"""The dialer's handler on the emulator, against the simulator's POST /call."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.dialing.services.voice_ports import Placed
from contact_center.permission.adapters.forgotten_items import forgotten_key
from contact_center.permission.domain.forgotten import forgotten_mark
from tests.fakes.raw_server import RawServer, answer
from tests.functional.dialing.dialing_rig import NIGHT, NUMBER, DialingRig, dial, job, now_ms
from tests.log_lines import but_instants
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.simulator import VapiSimulator
    from tests.emulator import Account

API_KEY = "local-vapi-key"


@pytest.fixture
def vapi() -> Iterator[VapiSimulator]:
    scene = Scene()
    with scene.webhook, scene.simulator(lines=2) as running:
        yield running


@pytest.fixture
def rig(
    account: Account, vapi: VapiSimulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DialingRig]:
    account.secret("vapi-api-key", json.dumps({"key": API_KEY}))
    made = DialingRig(account, vapi.url, vapi.account.phone_number["id"], monkeypatch)
    yield made
    made.close()


def posts(vapi: VapiSimulator) -> list[dict[str, object]]:
    return [
        entry["body"] for entry in vapi.log.entries("rest-request") if entry["method"] == "POST"
    ]


def test_a_job_rings_the_number_once_at_its_slot(rig: DialingRig, vapi: VapiSimulator) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue(variables={"customerName": "Ada"})
    assert dial(app, job(attempt_id)) == []

    attempt = rig.attempt(attempt_id)
    assert attempt.state is AttemptState.PLACED
    [call] = vapi.calls.values()
    assert attempt.call_id == call.call_id
    [body] = posts(vapi)
    assert body["name"] == f"{attempt_id}.1"
    assert body["phoneNumberId"] == vapi.account.phone_number["id"]
    assert body["assistantOverrides"] == {
        "variableValues": {"customerName": "Ada", "customerTime": "Wednesday 2026-07-08 13:00"},
        "metadata": {"attemptId": f"{attempt_id}.1", "timezone": "America/New_York"},
    }
    assert rig.leases() == [f"{attempt_id}.1"]


def test_the_same_job_again_rings_nobody(rig: DialingRig, vapi: VapiSimulator) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    for _ in range(3):
        assert dial(app, job(attempt_id)) == []
    assert len(vapi.calls) == 1
    assert len(rig.leases()) == 1


def test_a_person_who_opted_out_after_planning_is_not_rung(
    rig: DialingRig, vapi: VapiSimulator
) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    from tests.functional.dialing.dialing_rig import consent, utc_now  # noqa: PLC0415

    rig.permit(consents=(consent(),), suppressed_at=utc_now(), version=2)
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.disposition, attempt.reason) == (
        AttemptState.SETTLED,
        Disposition.NOT_CALLED,
        "suppressed",
    )
    assert attempt.evidence["suppressed_at"]
    assert vapi.calls == {}


def test_whoever_was_forgotten_is_not_rung_though_he_is_on_a_list_again(
    rig: DialingRig, vapi: VapiSimulator
) -> None:
    rig.account.secret("forget-key", json.dumps({"key": "a-key-of-the-owner"}))
    rig.settings = {"FORGET_KEY_NAME": "forget-key"}
    app = rig.start("dialer")
    attempt_id = rig.enqueue()  # with a consent
    forgotten = forgotten_key(forgotten_mark("a-key-of-the-owner", NUMBER))
    rig.account.client("dynamodb").put_item(
        TableName=rig.account.contacts_table,
        Item=forgotten | {"suppressed_at": {"S": "2026-01-01T00:00:00+00:00"}},
    )
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.disposition, attempt.reason) == (Disposition.NOT_CALLED, "suppressed")
    assert vapi.calls == {}


def test_while_nobody_can_say_who_was_forgotten_nobody_is_rung(
    rig: DialingRig, vapi: VapiSimulator
) -> None:
    rig.settings = {"FORGET_KEY_NAME": "no-such-secret"}
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    assert dial(app, job(attempt_id)) != []  # the job comes again
    assert rig.attempt(attempt_id).state is AttemptState.QUEUED
    assert vapi.calls == {}


def test_at_night_nobody_is_rung(rig: DialingRig, vapi: VapiSimulator) -> None:
    rig.settings = {"LOCAL_NOW": NIGHT}
    app = rig.start("dialer")
    attempt_id = rig.enqueue(expires_at_ms=now_ms() + 24 * 3_600_000)
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.reason) == (AttemptState.QUEUED, "outside_window")
    assert attempt.waits_for is WaitsFor.WINDOW
    assert attempt.not_before_ms > now_ms()
    assert vapi.calls == {}


def test_a_full_account_is_capacity_and_leaves_nothing_held(
    rig: DialingRig, vapi: VapiSimulator
) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    while vapi.account.take_line():
        pass
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.reason) == (AttemptState.QUEUED, "capacity")
    assert rig.leases() == []
    assert rig.ledger.customer(NUMBER).held_by is None
    assert rig.ledger.customer(NUMBER).rung == ()


def test_each_wait_for_a_line_costs_one_write_and_a_second_delivery_one_reading(
    rig: DialingRig,
) -> None:
    rig.settings = {"CALL_LINES": "2", "LINES_KEPT_FOR_INBOUND": "1"}
    app = rig.start("dialer")
    first, second = rig.enqueue(), rig.enqueue("+12125550124")
    assert dial(app, job(first)) == []
    before_ms = now_ms()
    asked: list[str] = []
    events = rig.ledger._client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))

    assert dial(app, job(second)) == []
    at_first = asked.copy()
    shown = show_attempt(rig.attempt(second))
    assert (shown["status"], shown["waitsFor"]) == ("queued", "line")
    assert datetime.fromisoformat(str(shown["since"])).timestamp() * 1000 >= before_ms
    newest = job(second, sent_at_ms=rig.attempt(second).job_at_ms)
    asked.clear()
    assert dial(app, newest) == []
    again = asked.copy()
    asked.clear()
    assert dial(app, job(second)) == []

    assert Counter(at_first) == Counter(again)
    # The claim, which is refused; and that it waits, with the copy of its job that goes on.
    assert Counter(again)["TransactWriteItems"] == Counter(again)["PutItem"] == 1
    assert asked == ["GetItem"]
    assert show_attempt(rig.attempt(second)) == shown
    assert show_attempt(rig.attempt(first))["waitsFor"] is None


def test_an_accepted_call_whose_answer_is_lost_stays_in_doubt_and_is_not_rung_again(
    rig: DialingRig, vapi: VapiSimulator
) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    vapi.rest.switches.drop_accepted_calls = True
    assert dial(app, job(attempt_id)) == []
    vapi.rest.switches.drop_accepted_calls = False
    assert rig.attempt(attempt_id).state is AttemptState.DIALING
    assert dial(app, job(attempt_id)) == []
    assert len(vapi.calls) == 1
    assert rig.leases() == [f"{attempt_id}.1"]


def test_a_vapi_that_cannot_be_reached_costs_nothing_but_time(rig: DialingRig) -> None:
    rig.vapi_url = "http://127.0.0.1:9"
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.posts) == (AttemptState.QUEUED, 0)
    assert attempt.waits_for is WaitsFor.PROVIDER
    assert rig.leases() == []


def test_a_key_that_vapi_does_not_know_is_a_configuration_error(
    rig: DialingRig, vapi: VapiSimulator, account: Account
) -> None:
    account.client("secretsmanager").put_secret_value(
        SecretId="vapi-api-key", SecretString='{"key": "wrong"}'
    )
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    assert dial(app, job(attempt_id)) == []
    attempt = rig.attempt(attempt_id)
    assert (attempt.disposition, attempt.reason) == (Disposition.CONFIGURATION, "credentials")
    assert rig.leases() == []
    assert vapi.calls == {}


def test_a_slot_far_ahead_is_waited_for_in_the_queue(rig: DialingRig, vapi: VapiSimulator) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    assert dial(app, job(attempt_id, now_ms() + 60_000)) == []
    assert rig.attempt(attempt_id).posts == 0
    assert rig.jobs() == []  # it is there, and shown later
    attributes = rig.account.client("sqs").get_queue_attributes(
        QueueUrl=rig.account.dial_jobs_queue,
        AttributeNames=["ApproximateNumberOfMessagesDelayed"],
    )["Attributes"]
    assert attributes == {"ApproximateNumberOfMessagesDelayed": "1"}
    assert vapi.calls == {}


def test_with_little_time_left_nothing_is_begun(rig: DialingRig, vapi: VapiSimulator) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    assert dial(app, job(attempt_id), remaining_ms=9_000) == []
    assert rig.attempt(attempt_id).posts == 0
    assert [said["attemptId"] for said in rig.jobs()] == [attempt_id]
    assert vapi.calls == {}


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"version": 2, "attemptId": "a"}', '{"version": 1, "attemptId": 7}']
)
def test_a_poisoned_job_comes_back_until_it_is_dead(
    rig: DialingRig, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = rig.start("dialer")
    assert dial(app, {"messageId": "poison", "body": body}) == ["poison"]
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["level"], line["message"]) == ("ERROR", "job unreadable")


def test_a_table_that_does_not_answer_brings_the_job_back(rig: DialingRig) -> None:
    rig.settings = {"DIALING_TABLE": "absent"}
    app = rig.start("dialer")
    assert dial(app, job("0" * 32)) == ["message-1"]


def test_no_line_of_the_log_holds_a_number_a_name_or_the_key(
    rig: DialingRig, capsys: pytest.CaptureFixture[str]
) -> None:
    app = rig.start("dialer")
    refused = json.dumps({"message": f"customer.number {NUMBER} must be a valid phone number"})
    with RawServer(answer("400 Bad Request", refused.encode())) as server:
        rig.vapi_url = server.url
        other = rig.start("dialer")
        first, second = rig.enqueue(variables={"customerName": "Ada Lovelace"}), "0" * 32
        dial(other, job(first))
        dial(app, job(second))
    written = capsys.readouterr()
    said = but_instants(written.out + written.err)
    assert rig.attempt(first).disposition is Disposition.REFUSED
    assert rig.attempt(first).reason == "bad_number"
    assert '"outcome":"refused"' in said
    for secret in (NUMBER, NUMBER[-4:], "Lovelace", API_KEY):
        assert secret not in said


def test_a_late_word_of_the_dialer_does_not_undo_what_a_webhook_said(rig: DialingRig) -> None:
    app = rig.start("dialer")
    attempt_id = rig.enqueue()
    settle = rig.place
    placed = json.dumps({"id": "call-1"}).encode()
    with RawServer(answer("201 Created", placed)) as server:
        rig.vapi_url = server.url
        dial(rig.start("dialer"), job(attempt_id))
    assert rig.attempt(attempt_id).call_id == "call-1"
    from contact_center.dialing.services.record_post import record_outcome  # noqa: PLC0415

    before = rig.attempt(attempt_id)
    record_outcome(before, Placed("call-1"), settle.ledger, settle.brake)
    assert rig.attempt(attempt_id) == before
    assert app.PARTS is not None
