"""Whoever is given a place has somebody look at once: whoever gives it, and whatever it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import contact_center
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.enter_queue import Overflow, Waits
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.unit.queue.queue_scene import Scene

CODE = Path(contact_center.__file__).parent
GIVERS = {
    "queue/services/enter_queue.py",
    "reception/services/called_back.py",
    "reception/services/callbacks/callback_desk.py",
    "reception/services/callbacks/offer_callback.py",
    "reception/services/callbacks/ring_back.py",
}


def called_in(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {
        node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_whoever_makes_a_place_says_that_it_was_given() -> None:
    services = [file for file in CODE.rglob("*.py") if "services" in file.parts]
    calls = {str(file.relative_to(CODE)): called_in(file) for file in services}
    assert {name for name, called in calls.items() if "Entered" in called} == GIVERS
    assert {name for name, called in calls.items() if "place_given" in called} == GIVERS


@pytest.mark.parametrize("waits_for", list(WaitsFor))
def test_a_place_is_looked_at_by_whoever_serves_what_it_is_for(waits_for: WaitsFor) -> None:
    scene = Scene()
    assert isinstance(scene.ask("ann", waits_for=waits_for), Waits)
    kind = {WaitsFor.LINE: JobKind.SERVE, WaitsFor.PERSON: JobKind.PERSON}[waits_for]
    assert scene.hints.sent == [ReceptionJob(kind)]


def test_who_took_no_call_a_moment_ago_is_not_looked_at_at_once() -> None:
    scene = Scene()
    scene.ask("ann", look_in_seconds=5)
    assert scene.hints.sent == [ReceptionJob(JobKind.SERVE, in_seconds=5)]


def test_for_who_gets_no_place_nobody_looks() -> None:
    scene = Scene(most=0)
    assert isinstance(scene.ask("ann"), Overflow)
    assert scene.hints.sent == []
