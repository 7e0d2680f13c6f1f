"""What webhooks tell of calls: the router's handler brings attempts and lines in step with it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt, Reported
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.dialing.services.ledger_ports import Change, CustomerChange, TakeLine
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, Rig, start_router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

NUMBER = "+12125550123"
CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a2ff"


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with ControlServer() as vapi:
        made = start_router(account, vapi, monkeypatch)
        yield made
        made.close()


def ledger(rig: Rig) -> Any:
    return rig.app.PARTS.router.settle.ledger.ledger


def dialing(rig: Rig, campaign_id: str | None = None) -> DialAttempt:
    """An attempt whose POST has left and whose answer nobody has seen."""
    request = DialRequest(
        attempt_id=attempt_id("trigger", NUMBER),
        number=NUMBER,
        prefix="+1212",
        purpose="marketing",
        assistant="sales",
        created_at_ms=AT_MS,
        expires_at_ms=AT_MS + 3_600_000,
        campaign_id=campaign_id,
    )
    queued = DialAttempt(request=request)
    ledger(rig).enqueue(queued)
    claimed = replace(
        queued,
        state=AttemptState.DIALING,
        posts=1,
        token="claim",
        claimed_at_ms=AT_MS,
        lease_until_ms=AT_MS + 35_000,
        slot_at_ms=AT_MS,
        counts_at_ms=AT_MS,
        due_at_ms=AT_MS + 35_000,
        line=True,
        version=2,
    )
    nobody = Customer(number=NUMBER)
    held = nobody.held(claimed.attempt_id).rang(claimed.name, AT_MS)
    ledger(rig).commit(
        Change(
            before=queued,
            after=claimed,
            customer=CustomerChange(before=nobody, after=held),
            line=TakeLine(holder=claimed.name, below=8),
        )
    )
    return claimed


def told(rig: Rig, kind: str, after_ms: int, name: str | None, **said: Any) -> dict[str, Any]:
    """A webhook about a call; `name` is what its POST was called, None for an inbound call."""
    message = rig.message(kind, after_ms, CALL, **said)
    call = message["message"]["call"]
    if name is not None:
        call |= {"type": "outboundPhoneCall", "name": name}
        call["assistantOverrides"] = {"metadata": {"attemptId": name}}
    return message


def status(rig: Rig, word: str, after_ms: int, name: str | None, **said: Any) -> dict[str, Any]:
    return told(rig, "status-update", after_ms, name, status=word, **said)


def stored(rig: Rig, attempt: DialAttempt) -> DialAttempt:
    found: DialAttempt = ledger(rig).read(attempt.attempt_id)
    return found


def holders(rig: Rig) -> list[str]:
    return [lease.holder for lease in rig.app.PARTS.router.settle.lines.held()]


def test_a_webhook_that_names_the_post_places_and_settles_the_attempt(rig: Rig) -> None:
    attempt = dialing(rig)
    assert rig.deliver(status(rig, "ringing", 2_000, attempt.name)) == []
    placed = stored(rig, attempt)
    assert (placed.state, placed.call_id) == (AttemptState.PLACED, CALL)
    assert placed.counts_at_ms == AT_MS + 2_000  # it rang later than its slot
    assert holders(rig) == [attempt.name]

    over = status(rig, "ended", 30_000, attempt.name, endedReason="customer-busy")
    assert rig.deliver(over) == []
    settled = stored(rig, attempt)
    assert (settled.state, settled.disposition) == (AttemptState.SETTLED, Disposition.BUSY)
    assert holders(rig) == []
    customer = ledger(rig).customer(NUMBER)
    assert customer.held_by is None
    assert customer.rung == ((attempt.name, AT_MS + 2_000),)


def test_a_report_that_comes_late_has_those_who_plan_told_once_more(rig: Rig) -> None:
    attempt = dialing(rig, "spring")
    over = status(rig, "ended", 30_000, attempt.name, endedReason="customer-busy")
    assert rig.deliver(over) == []
    settle = rig.app.PARTS.router.settle
    noted = change_attempt(attempt.attempt_id, Reported(), settle.ledger)
    assert noted is not None
    assert (noted.reported, noted.priced, noted.due_at_ms) == (True, False, None)

    report = told(
        rig, "end-of-call-report", 90_000, attempt.name, endedReason="customer-busy", cost=0.04
    )
    assert rig.deliver(report, report) == []

    again = stored(rig, attempt)
    assert (again.reported, again.priced) == (False, True)
    assert again.due_at_ms is not None
    change_attempt(attempt.attempt_id, Reported(), settle.ledger)
    assert rig.deliver(report) == []  # a third copy says nothing new
    assert stored(rig, attempt).due_at_ms is None


def test_a_reason_that_is_not_the_last_is_not_told_and_gives_way_to_the_report_s(rig: Rig) -> None:
    attempt = dialing(rig, "spring")
    passing = "call.in-progress.sip-completed-call"
    news = [
        told(rig, "assistant.started", 3_000, attempt.name, newAssistant={"name": "sales"}),
        status(rig, "ended", 30_000, attempt.name, endedReason=passing),
    ]
    assert rig.deliver(*news) == []
    settled = stored(rig, attempt)
    assert (settled.disposition, settled.reason) == (Disposition.COMPLETED, passing)
    timings = rig.app.PARTS.router.settle.ledger.timings
    clock = rig.app.PARTS.router.settle.ledger.clock
    assert settled.due_at_ms is not None
    assert settled.due_at_ms > clock.now_ms() + timings.passing_ms // 2
    assert holders(rig) == []

    last = "call.in-progress.error-vapifault-worker-died"
    report = told(rig, "end-of-call-report", 31_000, attempt.name, endedReason=last, cost=0.04)
    report["message"]["call"]["endedReason"] = passing
    assert rig.deliver(report, report) == []
    corrected = stored(rig, attempt)
    assert (corrected.disposition, corrected.reason) == (Disposition.DROPPED, last)
    assert corrected.final
    assert corrected.due_at_ms is not None
    assert corrected.due_at_ms <= clock.now_ms()


def test_an_answer_without_metadata_is_known_by_its_name(rig: Rig) -> None:
    attempt = dialing(rig)
    message = status(rig, "ringing", 2_000, attempt.name)
    del message["message"]["call"]["assistantOverrides"]
    assert rig.deliver(message) == []
    assert stored(rig, attempt).call_id == CALL


def test_news_in_any_order_and_twice_come_to_the_same(rig: Rig) -> None:
    attempt = dialing(rig)
    news = [
        status(rig, "ringing", 1_000, attempt.name),
        status(rig, "in-progress", 3_000, attempt.name),
        status(rig, "ended", 9_000, attempt.name, endedReason="customer-ended-call"),
        told(rig, "end-of-call-report", 10_000, attempt.name, endedReason="customer-ended-call"),
    ]
    for order in itertools.islice(itertools.permutations(news), 0, 24, 5):
        rig.deliver_until_taken(*order, *order)
    settled = stored(rig, attempt)
    assert (settled.state, settled.disposition) == (AttemptState.SETTLED, Disposition.COMPLETED)
    assert holders(rig) == []
    assert len(ledger(rig).customer(NUMBER).rung) == 1


def test_an_inbound_call_holds_a_line_while_it_lasts(rig: Rig) -> None:
    assert rig.deliver(status(rig, "in-progress", 1_000, None)) == []
    assert holders(rig) == [f"call:{CALL}"]
    assert rig.deliver(status(rig, "forwarding", 2_000, None)) == []
    assert holders(rig) == [f"call:{CALL}"]  # a forwarded call still holds its line
    over = told(rig, "end-of-call-report", 9_000, None, endedReason="customer-ended-call")
    assert rig.deliver(over, over) == []
    assert holders(rig) == []
    assert rig.deliver(status(rig, "in-progress", 1_500, None)) == []  # told late
    assert holders(rig) == []


def test_who_rings_us_is_busy_while_it_lasts(rig: Rig) -> None:
    rang_us = "+14155550123"
    assert rig.deliver(status(rig, "in-progress", 1_000, None)) == []
    [(holder, _)] = ledger(rig).customer(rang_us).talks
    assert holder == f"call:{CALL}"

    over = told(rig, "end-of-call-report", 9_000, None, endedReason="customer-ended-call")
    assert rig.deliver(over, status(rig, "in-progress", 1_500, None)) == []
    assert ledger(rig).customer(rang_us).talks == ()


def test_words_and_speech_leave_lines_alone(rig: Rig) -> None:
    assert rig.deliver(rig.says("billing please", 1_000, CALL)) == []
    assert holders(rig) == []


def test_a_call_that_is_only_planned_holds_no_line(rig: Rig) -> None:
    assert rig.deliver(status(rig, "scheduled", 1_000, None)) == []
    assert holders(rig) == []


def test_a_ring_of_an_earlier_post_is_a_line_and_not_the_attempt_s(rig: Rig) -> None:
    attempt = dialing(rig)
    ghost = f"{attempt.attempt_id}.2"
    assert rig.deliver(status(rig, "ringing", 1_000, ghost)) == []
    assert stored(rig, attempt) == attempt
    assert sorted(holders(rig)) == sorted([attempt.name, f"call:{CALL}"])


def test_tables_that_do_not_answer_bring_the_message_back(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ControlServer() as vapi:
        rig = start_router(account, vapi, monkeypatch, DIALING_TABLE="absent")
        assert len(rig.deliver(status(rig, "in-progress", 1_000, None))) == 1
        assert rig.deliver(rig.says("billing please", 1_000, CALL)) == []  # the caller goes on
        rig.close()
