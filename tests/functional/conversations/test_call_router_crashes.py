"""The router dies at every boundary of a message in turn, and the queue delivers it again.

A boundary is a request that leaves (before it is sent, after its answer came). Death is a
BaseException, which no `except Exception` survives.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallEnded
from contact_center.vapi.webhooks.messages import facts_of
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, Rig, start_router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.domain.deciding.call_commands import Command
    from contact_center.conversations.services.ports.calls import ControlOutcome
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

BILL = "I was charged twice on my last invoice and I want a refund"


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Boundaries:
    """Counts boundaries, and kills at one of them."""

    kill_at: int | None = None
    passed: int = 0

    def cross(self, **_: object) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            raise Killed

    def arm(self, kill_at: int | None) -> None:
        self.kill_at, self.passed = kill_at, 0


@dataclass
class MortalControl:
    """The real control adapter between two boundaries."""

    inner: Any
    boundaries: Boundaries

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        self.boundaries.cross()
        outcome: ControlOutcome = self.inner.send(control_url, command)
        self.boundaries.cross()
        return outcome


@dataclass
class MortalRouter:
    rig: Rig
    boundaries: Boundaries

    def dies_at(self, boundary: int, body: dict[str, Any]) -> bool:
        """Take a message; whether the router died of it at this boundary."""
        self.boundaries.arm(boundary)
        try:
            assert self.rig.deliver(body) == []
        except Killed:
            return True
        else:
            return False
        finally:
            self.boundaries.arm(None)


@pytest.fixture
def router(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[MortalRouter]:
    with ControlServer() as vapi:
        rig = start_router(account, vapi, monkeypatch)
        boundaries = Boundaries()
        parts = rig.app.PARTS.router
        events = parts.archive._client.meta.events
        events.register("before-call.s3", boundaries.cross)
        events.register("after-call.s3", boundaries.cross)
        connection = parts.record.store._client._connection
        call = connection.call

        def crossing(*request: Any) -> Any:
            boundaries.cross()
            try:
                return call(*request)
            finally:
                boundaries.cross()

        monkeypatch.setattr(connection, "call", crossing)
        mortal = MortalControl(parts.act.control, boundaries)
        object.__setattr__(parts.act, "control", mortal)
        yield MortalRouter(rig, boundaries)
        rig.close()


def test_a_routed_utterance_survives_death_at_every_boundary(router: MortalRouter) -> None:
    sent_after: dict[int, int] = {}
    for boundary in itertools.count(1):
        call_id = f"call-{boundary}"
        body = router.rig.says(BILL, call_id=call_id)
        died = router.dies_at(boundary, body)
        assert router.rig.deliver(body, body) == []
        sent_after[boundary] = check_routed_once(router.rig, call_id, body)
        if not died:
            break
    # Read, commit, read again, begin, send and finish: two boundaries each, and one run unharmed.
    assert len(sent_after) == 13
    # Only a death between beginning and sending costs the action: it might have been sent.
    assert [boundary for boundary, sent in sent_after.items() if not sent] == [8, 9]


def check_routed_once(rig: Rig, call_id: str, body: dict[str, Any]) -> int:
    """The record is whole, the decision numbered once; how often it was sent (once at most)."""
    history = rig.history(call_id)
    told = {fact.key for fact in facts_of(body, AT_MS, may_call=bool)}
    assert {fact.key for fact in history.facts} == told
    assert history.record == merge_all(call_id, history.facts)
    assert [(one.number, one.department) for one in history.decisions] == [(1, "billing")]
    sent = len(rig.vapi.asked_of(call_id))
    assert sent <= 1
    return sent


def test_an_end_of_call_report_survives_death_at_every_boundary(router: MortalRouter) -> None:
    runs = 0
    for boundary in itertools.count(1):
        call_id = f"call-{boundary}"
        body = router.rig.message(
            "end-of-call-report", call_id=call_id, endedReason="customer-ended-call"
        )
        died = router.dies_at(boundary, body)
        assert router.rig.deliver(body, body) == []
        (ended,) = (
            fact for fact in router.rig.history(call_id).facts if isinstance(fact, CallEnded)
        )
        assert ended.report_key == f"reports/2026/08/20/{call_id}.json"
        assert ended.report_key in router.rig.objects()
        runs = boundary
        if not died:
            break
    # archive, read, commit, read again, the customer read, whether the end was noted, no line to
    # free, the end remembered: two boundaries each, and one run unharmed
    assert runs == 17


def test_a_whole_call_survives_deaths_all_along(router: MortalRouter) -> None:
    rig = router.rig
    call = [
        rig.message("status-update", status="in-progress"),
        rig.says("it is about my account", 1000),
        rig.says(BILL, 5000),
        rig.message("user-interrupted", 6000, turnId="t1"),
        rig.says("no, let me talk to a real person please", 8000),
        rig.message("end-of-call-report", 9000, endedReason="customer-ended-call"),
    ]
    for boundary in range(1, 9):
        for body in call:
            router.dies_at(boundary, body)
    for body in call:
        assert rig.deliver(body) == []
    history = rig.history()
    told = {fact.key for body in call for fact in facts_of(body, AT_MS, may_call=bool)}
    assert {fact.key for fact in history.facts} == told
    assert history.record is not None
    assert history.record.ended
    assert [one.number for one in history.decisions] == list(range(1, len(history.decisions) + 1))
    assert len(rig.vapi.asked_of(history.record.call_id)) <= len(history.decisions)
