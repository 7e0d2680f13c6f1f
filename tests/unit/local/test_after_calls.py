"""What the demo says of calls that are over, and that it fails when somebody was not told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.records.domain.redaction_kinds import MARKS
from local.crm.both import CrmSimulators
from local.demo import after_calls as after

if TYPE_CHECKING:
    from collections.abc import Iterator

IDS = ["call-1", "call-2"]


def record(call_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": call_id,
        "achieved": None,
        "costMicros": 1_000,
        "costs": [{}],
        "timeline": [],
        **more,
    }


@pytest.fixture
def crm() -> Iterator[CrmSimulators]:
    made = CrmSimulators().start()
    yield made
    made.stop()


def told_to(made: CrmSimulators, told: list[str], written: int) -> None:
    made.webhooks.events.update(
        {
            str(place): {"type": "call.ended", "data": {"call_id": call_id}}
            for place, call_id in enumerate(told)
        }
    )
    made.webhooks.events["more"] = {"type": "person.needed", "data": {"call_id": "call-1"}}
    for _ in range(written):
        made.hubspot.add("calls", hs_timestamp="2026-11-18T17:30:00Z")


def verdict(
    monkeypatch: pytest.MonkeyPatch, simulators: CrmSimulators, **more: Any
) -> after.AfterVerdict:
    def asked(url: str, _token: str) -> tuple[int, dict[str, Any]]:
        return 200, record(url.rpartition("/")[2], **more)

    monkeypatch.setattr(after, "asked", asked)
    return after.after_calls("http://127.0.0.1:1", "token", IDS, simulators, seconds=0.0)


@pytest.mark.parametrize(
    ("told", "written", "passed"),
    [
        (IDS, 2, True),
        ([*IDS, "call-1"], 2, False),
        (["call-1"], 2, False),
        (["call-1", "call-1"], 2, False),
        (IDS, 1, False),
        (IDS, 3, False),
    ],
)
def test_everybody_is_told_of_every_call_once(
    monkeypatch: pytest.MonkeyPatch,
    crm: CrmSimulators,
    told: list[str],
    written: int,
    *,
    passed: bool,
) -> None:
    told_to(crm, told, written)
    found = verdict(monkeypatch, crm)

    assert found.passed is passed
    assert ("NOT EVERY CALL" in found.text) is not passed


def test_what_came_of_them_is_counted(monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators) -> None:
    told_to(crm, IDS, 2)
    timeline = [{"text": "It is [card]"}, {"text": "[card] and [email]"}]
    more = {"achieved": "nothing", "achievedDisputed": True, "timeline": timeline}

    figures = verdict(monkeypatch, crm, **more).figures

    assert figures == {
        "achieved": {"nothing": 2},
        "disputed": 2,
        "cost_micros": 2_000,
        "told": 2,
        "written": 2,
        "marks": 6,
    }


def test_every_mark_is_counted() -> None:
    assert set(after.MARKS) == set(MARKS.values())
