"""Whole flows on the deployed stack, each function with the rights of its role alone.

Callers ring at our own number: one waits for a line, one wants a person and is put through to the
second who is asked. Then one is called by us, a CRM is told, and every page of the console is read.
What a role lacks is refused by the emulator, and the flow does not come to its end.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from local.crm.both import CrmSimulators
from local.demo.demo import DEPARTMENTS, read_departments
from local.demo.house.play import house_play, run_house
from local.demo.operator_client import Operator
from tests.deployed_stack import Deployed
from tests.deployed_system import DeployedSystem
from tests.liveness import LIVENESS_SECONDS
from tests.template.test_api import ROUTES
from tests.template.test_deploy import AGREED
from tests.twilio_scene import until

if TYPE_CHECKING:
    from pathlib import Path

    from local.cloud.system import LocalSystem
    from tests.strict_emulator import StrictEmulator

pytestmark = pytest.mark.sam

PLAYED = ("Asks for a person, one declines", "Clear: billing", "Clear: sales")
SERVER_FAILS, LATE = 500, "GET /api/queue was answered 503"
READ = sorted(
    re.sub(r"\{[^}]+\}", "nobody", route.removeprefix("GET "))
    for route in ROUTES
    if route.startswith("GET ")
)


def status_of(system: LocalSystem, path: str) -> int:
    """What a route of the console or its API answers who may see everything."""
    connection = HTTPConnection(urlsplit(system.url).netloc, timeout=LIVENESS_SECONDS)
    bearer = f"Bearer {system.settings.operator_token}"
    try:
        connection.request("GET", path, headers={"authorization": bearer})
        return connection.getresponse().status
    finally:
        connection.close()


def read_pages(system: LocalSystem) -> int:
    """How many were read; one that a busy machine has not answered in time is read again."""
    for path in READ:
        until(lambda path=path: status_of(system, path) < SERVER_FAILS)  # type: ignore[misc]
    return len(READ)


def ring_out(operator: Operator) -> str:
    """Somebody who agreed is rung; what became of it."""
    wish = {"customer": {"phone": "+12125550123"}, "consent": AGREED}
    attempt = operator.ask("POST", "/trigger/outbound", wish)["attemptId"]

    def settled() -> bool:
        return bool(operator.ask("GET", f"/api/attempts/{attempt}")["status"] == "settled")

    until(settled)
    return str(operator.ask("GET", f"/api/attempts/{attempt}")["disposition"])


@pytest.mark.usefixtures("client")  # the stack is there
def test_inbound_outbound_queue_transfer_crm_and_console_with_the_rights_of_the_roles_alone(
    emulator: StrictEmulator, artefact: Path, tmp_path: Path
) -> None:
    whole = house_play(read_departments(DEPARTMENTS))
    play = replace(whole, callers=[one for one in whole.callers if one.name in PLAYED])
    crm = CrmSimulators()
    found: dict[str, Any] = {}

    def last(system: LocalSystem) -> None:
        found["outbound"] = ring_out(Operator(system.url, system.settings.operator_token))
        until(lambda: len(crm.hubspot.records("calls")) >= len(PLAYED))
        found["pages"] = read_pages(system)

    outcome = run_house(
        play,
        tmp_path,
        artefact / "template.yaml",
        patient=True,
        make_system=partial(
            DeployedSystem, Deployed(emulator, artefact), last, start_crm=crm.start
        ),
    )

    # the console's API says what happened; of who waits it is asked so often that it may be late
    problems = [one for one in outcome.problems if not one.startswith(LATE)]
    assert [*problems, *outcome.differ] == []
    came_to = Counter(one.came_to for one in outcome.seen.visits)
    assert came_to == {"transferred": 1, "served": 2}
    assert sum(len(one.waits) for one in outcome.seen.visits) >= 1
    assert found["outbound"] in {"completed", "no_answer", "voicemail", "busy"}
    assert found["pages"] == len(READ) > 30
    logs = [path.read_text() for path in tmp_path.rglob("*.log")]
    assert len(logs) >= 8
    assert [line for log in logs for line in log.splitlines() if "AccessDenied" in line] == []
