"""The reconciler's handler on the emulator, asking the simulator for what nobody told."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.troubles import DynamoDBTroubles
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.failures import BrokenError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.people.adapters.person_items import person_key
from contact_center.people.domain.people import Held, Person, PersonState
from contact_center.visits.adapters.sqs_reception_jobs import read_job
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.raw_server import RawServer, answer
from tests.functional.dialing.dialing_rig import NUMBER, DialingRig, dial, job, now_ms, tick
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from local.vapi.simulator import VapiSimulator
    from tests.emulator import Account


@pytest.fixture
def vapi() -> Iterator[VapiSimulator]:
    scene = Scene()
    with scene.webhook, scene.simulator() as running:
        yield running


@pytest.fixture
def rig(
    account: Account, vapi: VapiSimulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DialingRig]:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    made = DialingRig(account, vapi.url, vapi.account.phone_number["id"], monkeypatch)
    yield made
    made.close()


@pytest.fixture
def reconciler(rig: DialingRig) -> ModuleType:
    return rig.start("reconciler")


def lost(rig: DialingRig, vapi: VapiSimulator) -> str:
    """A call that rings while its dialer was told nothing, its lease over."""
    dialer = rig.start("dialer")
    attempt_id = rig.enqueue()
    vapi.rest.switches.drop_accepted_calls = True
    dial(dialer, job(attempt_id))
    vapi.rest.switches.drop_accepted_calls = False
    rig.make_due(attempt_id, lease_until_ms=1)
    return attempt_id


def test_what_is_not_due_is_left_alone(rig: DialingRig, reconciler: ModuleType) -> None:
    attempt_id = rig.enqueue()
    before = rig.attempt(attempt_id)
    assert tick(reconciler) == {"seen": 0, "failed": 0, "lines_freed": 0}
    assert rig.attempt(attempt_id) == before


def test_a_lost_job_is_sent_again(rig: DialingRig, reconciler: ModuleType) -> None:
    before_ms = now_ms()
    attempt_id = rig.enqueue()
    rig.make_due(attempt_id)
    assert tick(reconciler)["seen"] == 1
    attempt = rig.attempt(attempt_id)
    newest = {"slotAtMs": None, "sentAtMs": attempt.job_at_ms}
    assert rig.jobs(3) == [{"version": 1, "attemptId": attempt_id} | newest]
    assert min(attempt.job_at_ms, attempt.due_at_ms or 0) > before_ms


def test_an_attempt_that_waited_too_long_is_given_up(
    rig: DialingRig, reconciler: ModuleType
) -> None:
    attempt_id = rig.enqueue(expires_at_ms=now_ms() - 1)
    rig.make_due(attempt_id)
    tick(reconciler)
    assert rig.attempt(attempt_id).disposition is Disposition.EXPIRED


def test_a_call_whose_answer_was_lost_is_found_by_its_name(
    rig: DialingRig, reconciler: ModuleType, vapi: VapiSimulator
) -> None:
    attempt_id = lost(rig, vapi)
    [call] = vapi.calls.values()
    assert call.wait(LIVENESS_SECONDS)
    tick(reconciler)
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.call_id) == (AttemptState.SETTLED, call.call_id)
    assert rig.leases() == []
    assert rig.ledger.customer(NUMBER).held_by is None
    assert len(rig.ledger.customer(NUMBER).rung) == 1


def test_after_three_complete_empty_look_ups_it_is_unknown_and_never_rung_again(
    rig: DialingRig, reconciler: ModuleType, vapi: VapiSimulator
) -> None:
    attempt_id = lost(rig, vapi)
    vapi.calls.clear()  # the provider knows of nothing
    states = []
    for _ in range(4):
        tick(reconciler)
        attempt = rig.attempt(attempt_id)
        states.append((attempt.state, attempt.empty_look_ups))
        if attempt.state is AttemptState.DIALING:
            rig.make_due(attempt_id, lease_until_ms=1)
    assert states[0] == (AttemptState.DIALING, 1)
    assert states[-1][0] is AttemptState.SETTLED
    assert rig.attempt(attempt_id).disposition is Disposition.UNKNOWN
    assert len(rig.ledger.customer(NUMBER).rung) == 1  # it may have rung: it counts
    assert rig.leases() == []


def test_ten_failed_look_ups_are_for_a_person(
    rig: DialingRig, vapi: VapiSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt_id = lost(rig, vapi)
    with RawServer(answer("503 Busy", b"")) as server:
        rig.vapi_url = server.url
        reconciler = rig.start("reconciler")
        for _ in range(10):
            assert rig.attempt(attempt_id).state is AttemptState.DIALING
            rig.make_due(attempt_id, lease_until_ms=1, counts_at_ms=1)
            tick(reconciler)
    attempt = rig.attempt(attempt_id)
    assert attempt.state is AttemptState.DOUBTFUL
    assert rig.ledger.due(now_ms() + 10**9, 10).attempt_ids == []
    assert '"attempt_doubtful":1' in capsys.readouterr().out


def test_a_call_whose_end_nobody_told_is_asked_for(
    rig: DialingRig, reconciler: ModuleType, vapi: VapiSimulator
) -> None:
    dialer = rig.start("dialer")
    attempt_id = rig.enqueue()
    dial(dialer, job(attempt_id))
    [call] = vapi.calls.values()
    assert call.wait(LIVENESS_SECONDS)
    rig.make_due(attempt_id)
    tick(reconciler)
    attempt = rig.attempt(attempt_id)
    assert attempt.state is AttemptState.SETTLED
    assert attempt.reason == call.record.ended_reason
    assert rig.leases() == []


def test_one_attempt_that_cannot_be_read_does_not_stop_the_next(
    rig: DialingRig, reconciler: ModuleType
) -> None:
    broken, sound = rig.enqueue(), rig.enqueue("+12125550124")
    for attempt_id in (broken, sound):
        rig.make_due(attempt_id)
    client, table = rig.account.client("dynamodb"), rig.account.dialing_table
    key = {"pk": {"S": f"ATTEMPT#{broken}"}, "sk": {"S": "ATTEMPT"}}
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #version = :later",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":later": {"N": "9"}},
    )
    done = tick(reconciler)
    assert (done["seen"], done["failed"]) == (2, 1)
    assert [said["attemptId"] for said in rig.jobs(3)] == [sound]


def test_with_little_time_left_the_rest_waits_for_the_next_tick(
    rig: DialingRig, reconciler: ModuleType
) -> None:
    rig.make_due(rig.enqueue())
    assert tick(reconciler, remaining_ms=5_000)["seen"] == 0


def test_a_line_of_a_call_that_is_over_is_given_back(
    rig: DialingRig, reconciler: ModuleType
) -> None:
    lines = reconciler.PARTS.reconcile.lines
    lines.admit("call:gone", 1)
    lines.admit("call:fresh", now_ms())
    assert tick(reconciler)["lines_freed"] == 1
    assert rig.leases() == ["call:fresh"]


def test_what_a_tick_did_is_logged_as_figures_alone(
    rig: DialingRig, vapi: VapiSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    lost(rig, vapi)
    tick(rig.start("reconciler"))
    said = capsys.readouterr().out
    assert NUMBER not in said
    for line in said.splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    ("function", "service"),
    [
        ("reconciler", "reconcile_attempts"),
        ("campaign_planner", "plan_campaigns"),
        ("importer", "send_open_lists"),
        ("vapi_webhook", "request_of"),
    ],
)
def test_what_breaks_a_function_off_is_logged_by_kind_and_place_and_fails_it_without_its_words(
    rig: DialingRig,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    function: str,
    service: str,
) -> None:
    rig.settings = {
        "CALL_EVENTS_QUEUE_URL": rig.account.call_events_queue,
        "LIST_JOBS_QUEUE_URL": rig.account.list_jobs_queue,
        "REPORTS_BUCKET": rig.account.reports_bucket,
        "VAPI_SECRET_NAME": rig.account.secret("vapi-webhook", '{"current": "a secret"}'),
    }
    handler = rig.start(function)

    def broken(*_: object) -> None:
        raise ValueError(f"{NUMBER} said something")

    monkeypatch.setattr(handler, service, broken)
    with pytest.raises(BrokenError) as caught:
        tick(handler)
    if function == "vapi_webhook":
        handler.PARTS.close()

    told = "".join(traceback.format_exception(caught.value)) + capsys.readouterr().out
    assert NUMBER not in told
    assert '"error":"ValueError","place":"test_reconciler.py:' in told


DEEDS = (
    "reconcile_attempts",
    "look_up_visits",
    "count_overdue",
    "free_overdue",
    "look_after_calls",
    "count_due",
)


def test_whatever_breaks_one_deed_of_a_tick_the_others_are_done(
    reconciler: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for broken in DEEDS:
        done: list[str] = []

        def deed(name: str, broken: str = broken, done: list[str] = done) -> object:
            done.append(name)
            if name == broken:
                raise ValueError(NUMBER)
            return reconciler.NOTHING if name == "reconcile_attempts" else 0

        for name in DEEDS:
            monkeypatch.setattr(reconciler, name, lambda *_, name=name, deed=deed: deed(name))
        with pytest.raises(BrokenError):
            tick(reconciler)
        assert done == list(DEEDS)


def hinted(rig: DialingRig) -> list[ReceptionJob]:
    received = rig.account.client("sqs").receive_message(
        QueueUrl=rig.account.reception_jobs_queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
    )
    return [read_job({"body": one["Body"]}) for one in received.get("Messages", [])]


@pytest.fixture
def with_a_queue(rig: DialingRig) -> ModuleType:
    """A reconciler where callers wait."""
    rig.settings = {"RECEPTION_JOBS_QUEUE_URL": rig.account.reception_jobs_queue}
    return rig.start("reconciler")


def test_every_tick_lets_the_receptionist_look(rig: DialingRig, with_a_queue: ModuleType) -> None:
    tick(with_a_queue)
    assert hinted(rig) == [ReceptionJob(JobKind.TICK)]


def test_a_line_that_was_freed_by_asking_is_told_of(
    rig: DialingRig, with_a_queue: ModuleType
) -> None:
    DynamoDBLines(rig.account.client("dynamodb"), rig.account.dialing_table, CALLING_ACCOUNT).admit(
        "call:019d2ad4-0000-7000-8000-000000000000", 1
    )  # Vapi knows of no such call
    assert tick(with_a_queue)["lines_freed"] == 1
    assert [job.kind for job in hinted(rig)] == [JobKind.TICK, JobKind.SERVE]


def test_a_person_whom_a_lease_has_freed_is_told_of(
    rig: DialingRig, with_a_queue: ModuleType
) -> None:
    held = Held(offer_id="o-1", visit_id="v-1")
    over = Person(
        person_id="ada", state=PersonState.BUSY, since_ms=1, held=held, lease_ms=2, look_ms=2
    )
    with_a_queue.PARTS.people.book.write(Person(person_id="ada"), over)
    tick(with_a_queue)
    assert [job.kind for job in hinted(rig)] == [JobKind.TICK, JobKind.PERSON]


def test_a_person_who_cannot_be_freed_is_shown_to_people_after_ten_ticks(
    rig: DialingRig, with_a_queue: ModuleType
) -> None:
    over = Person(person_id="ada", state=PersonState.BUSY, since_ms=1, lease_ms=2, look_ms=2)
    with_a_queue.PARTS.people.book.write(Person(person_id="ada"), over)
    rig.account.client("dynamodb").update_item(
        TableName=rig.account.dialing_table,
        Key=person_key("ada"),
        UpdateExpression="SET #said = :broken",
        ExpressionAttributeNames={"#said": "said"},
        ExpressionAttributeValues={":broken": {"S": "{"}},
    )
    troubles = DynamoDBTroubles(rig.account.lean(), rig.account.dialing_table)
    for _ in range(STUMBLES):
        assert set(troubles.aside(Thing.PERSON)) == set()
        tick(with_a_queue)
    assert set(troubles.aside(Thing.PERSON)) == {"ada"}
    tick(with_a_queue)
    assert troubles.read(Thing.PERSON, "ada").failures == STUMBLES


def test_a_tick_that_cannot_be_passed_on_is_counted_and_does_all_the_rest(
    rig: DialingRig, with_a_queue: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.account.client("sqs").delete_queue(QueueUrl=rig.account.reception_jobs_queue)
    rig.make_due(rig.enqueue())
    assert tick(with_a_queue)["seen"] == 1
    assert '"hint_unsent":1' in capsys.readouterr().out
