"""What the tutorial's server does wrong when it dials, row by row (docs/sources.md, The tutorial).

A test is named after its row.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.vapi.calls import api as vapi_api
from tests.fakes.raw_server import RawServer, answer
from tests.functional.dialing.dialing_rig import (
    DialingRig,
    dial,
    job,
    tick,
    unhurried,
    without_vapi,
)
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}
CUSTOMER = {"phone": "+12125550123", "id": "cust-1"}
PLACED = answer("201 Created", b'{"id": "call-1", "status": "queued"}')


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    with without_vapi(account, monkeypatch) as made:
        yield made


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


@pytest.mark.parametrize("token", [None, "", "guess", VIEWER])
def test_o1_nobody_dials_without_an_operators_token(api: OperatorRig, token: str | None) -> None:
    status, _ = api.trigger(token, customer=CUSTOMER, consent=AGREED)
    assert status == (403 if token == VIEWER else 401)
    assert api.jobs() == []


@pytest.mark.parametrize(
    "phone",
    [
        "+1 900 555 0123",  # premium rate
        "+1 976 555 0123",  # is no area code that exists
        "+44 909 879 0000",  # premium rate abroad
        "+44 843 000 0000",  # shared cost
        "+44 70 1234 5678",  # personal number
        "+881 6 123 45678",  # satellite
        "+882 16 123 4567",  # international network
        "+53 5 123 4567",  # a country that nobody configured
    ],
)
def test_o1_classes_of_number_that_cost_a_fortune_are_refused(api: OperatorRig, phone: str) -> None:
    status, body = api.trigger(customer={"phone": phone}, consent=AGREED)
    assert (status, body["field"]) == (400, "customer.phone")
    assert phone not in json.dumps(body)
    assert api.jobs() == []


def test_o1b_the_number_that_calls_is_sent_along(rig: DialingRig) -> None:
    with RawServer(PLACED) as vapi:
        rig.vapi_url = vapi.url
        app = rig.start("dialer")
        dial(app, job(rig.enqueue()))
        dial(app, job(rig.enqueue("+12125550124", phone_number_id="of-the-campaign")))
        bodies = [json.loads(one.partition(b"\r\n\r\n")[2]) for one in vapi.requests]
    assert [body["phoneNumberId"] for body in bodies] == ["phone-1", "of-the-campaign"]


@pytest.mark.parametrize("key", [None, "order-7"])
def test_o2_twenty_identical_triggers_are_one_call_and_one_answer(
    api: OperatorRig, rig: DialingRig, key: str | None
) -> None:
    body: dict[str, Any] = {"customer": CUSTOMER, "consent": AGREED}
    body |= {} if key is None else {"idempotencyKey": key}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: api.trigger(**body), range(20)))
    assert {status for status, _ in answers} == {202}
    [attempt_id] = {told["attemptId"] for _, told in answers}
    with RawServer(PLACED) as vapi:
        rig.vapi_url = vapi.url
        app = rig.start("dialer")
        jobs = api.jobs() * 3  # a queue may deliver a job more than once
        assert set(jobs) == {attempt_id}
        for one in jobs:
            dial(app, job(one))
        assert len(vapi.requests) == 1
    assert rig.attempt(attempt_id).state is AttemptState.PLACED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"customer": {"phone": "not a number"}}, "customer.phone"),  # O3
        ({"customer": {"phone": "+881612345678"}}, "customer.phone"),  # O3
        ({"customer": {"id": "cust-1"}}, "customer.phone"),
        ({"customer": None}, "customer"),  # O4
        ({}, "customer"),  # O4
    ],
)
def test_o3_and_o4_a_bad_customer_is_a_400_naming_the_field(
    api: OperatorRig, body: dict[str, object], field: str
) -> None:
    status, told = api.ask("POST", "/trigger/outbound", body)
    assert (status, told["field"]) == (400, field)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (answer("502 Bad Gateway", b"<html>"), AttemptState.DIALING),
        (answer("503 Busy", b""), AttemptState.DIALING),
        (b"", AttemptState.DIALING),
        (answer("429 Too Many", b"", "Retry-After: 60"), AttemptState.QUEUED),
    ],
)
def test_o5_what_vapi_answers_has_a_meaning_and_doubt_is_never_dialled_again(
    rig: DialingRig, said: bytes, state: AttemptState
) -> None:
    with RawServer(said) as vapi:
        rig.vapi_url = vapi.url
        app = rig.start("dialer")
        attempt_id = rig.enqueue()
        for _ in range(3):
            dial(app, job(attempt_id))
        assert len(vapi.requests) == 1  # a 429 waits for its time
    assert rig.attempt(attempt_id).state is state


def test_o6_a_vapi_that_hangs_is_given_up_on_and_looked_up(
    rig: DialingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(PLACED, hold=threading.Event()) as vapi:
        rig.vapi_url = vapi.url
        app = rig.start("dialer")
        monkeypatch.setattr(vapi_api, "READ_SECONDS", 0.2)
        attempt_id = rig.enqueue()
        dial(app, job(attempt_id))  # it comes back, though nobody answers
    assert rig.attempt(attempt_id).state is AttemptState.DIALING
    found_by_the_reconciler(rig, attempt_id)


def _dials_until_it_is_killed(environment: dict[str, str], attempt_id: str) -> None:
    """A dialer process of its own, as Lambda runs one."""
    patch = pytest.MonkeyPatch()
    for name, value in environment.items():
        patch.setenv(name, value)
    from dialer import app  # noqa: PLC0415 - a cold start

    unhurried(app)
    dial(app, job(attempt_id))


@pytest.mark.real_clock
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_g1_a_dialer_that_is_killed_in_mid_dial_leaves_nothing_lost(
    rig: DialingRig, number: signal.Signals
) -> None:
    hold = threading.Event()
    with RawServer(PLACED, hold=hold) as vapi:
        rig.vapi_url = vapi.url
        app = rig.start("dialer")  # for its environment, and to look at the table
        attempt_id = rig.enqueue()
        context = multiprocessing.get_context("spawn")
        arguments = (rig.environment(), attempt_id)
        process = context.Process(target=_dials_until_it_is_killed, args=arguments)
        process.start()
        assert vapi.asked.wait(LIVENESS_SECONDS)
        process.kill() if number is signal.SIGKILL else process.terminate()
        process.join(LIVENESS_SECONDS)
        assert process.exitcode == -number
        dial(app, job(attempt_id))  # the queue delivers the job again
        assert len(vapi.requests) == 1
    assert rig.attempt(attempt_id).state is AttemptState.DIALING
    found_by_the_reconciler(rig, attempt_id)


def found_by_the_reconciler(rig: DialingRig, attempt_id: str) -> None:
    """Vapi knows the call by its name: the attempt is settled, and nobody was dialled again."""
    call = {
        "id": "call-1",
        "name": f"{attempt_id}.1",
        "status": "ended",
        "endedReason": "customer-ended-call",
        "createdAt": "2099-01-01T00:00:00.000Z",
    }
    rig.make_due(attempt_id, lease_until_ms=1)
    with RawServer(answer("200 OK", json.dumps([call]).encode())) as vapi:
        rig.vapi_url = vapi.url
        tick(rig.start("reconciler"))
        assert {request.split(b" ")[0] for request in vapi.requests} == {b"GET"}
    attempt = rig.attempt(attempt_id)
    assert (attempt.state, attempt.disposition) == (AttemptState.SETTLED, Disposition.COMPLETED)
    assert attempt.call_id == "call-1"
    assert rig.leases() == []
