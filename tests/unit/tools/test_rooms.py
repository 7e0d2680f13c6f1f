"""`make imports` sees an import that runs upwards, whatever it is hidden behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HOUSE = "layers/contact_center/python"
FOR_TYPES = "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "

# Where the mistake is planted, the mistake, and how the contract that it breaks begins.
PLANTED = [
    (
        f"{HOUSE}/contact_center/aws/dynamodb/items.py",
        "from dialer import app",
        "functions, then",
    ),
    (
        f"{HOUSE}/contact_center/permission/domain/consent.py",
        FOR_TYPES + "from contact_center.dialing.domain.dial_attempts import DialAttempt",
        "rooms:",
    ),
    (
        f"{HOUSE}/contact_center/triggers/services/trigger_ports.py",
        "from contact_center.figures.services import figure_ports",  # beside, not below
        "rooms:",
    ),
    (
        f"{HOUSE}/contact_center/dialing/domain/pacing.py",
        FOR_TYPES + "from contact_center.dialing.services.dialing_ports import DialJob",
        "inside a room",
    ),
    (
        f"{HOUSE}/contact_center/campaigns/domain/contacts.py",
        "from contact_center.aws import items",
        "across rooms: domain",
    ),
    (
        f"{HOUSE}/contact_center/campaigns/services/call_back.py",
        "from contact_center.dialing.adapters import slot_log",
        "across rooms: services",
    ),
    (
        f"{HOUSE}/contact_center/kernel/instants.py",
        "import boto3",
        "domain, services and kernel",
    ),
    (
        f"{HOUSE}/contact_center/wiring/dialer.py",
        "from contact_center.wiring.importer import importer_parts",
        "a wiring file",
    ),
    ("local/cloud/civil.py", "from local.vapi import ids", "the local system"),
    (
        "local/vapi/calls/commands.py",
        FOR_TYPES + "from local.vapi.calls.call import Call",
        "no circles among",
    ),
    (
        "local/twilio/telephones/keys.py",
        FOR_TYPES + "from local.twilio.twiml.verbs import Ending",
        "inside Twilio's simulator",
    ),
    (
        f"{HOUSE}/contact_center/crm/webhooks/signing.py",
        "from contact_center.crm.hubspot import settings",  # beside, not below
        "inside the CRMs' room",
    ),
    (
        "local/crm/http.py",
        FOR_TYPES + "from local.crm.hubspot.limits import Limits",
        "inside the CRMs' simulators",
    ),
    (
        "local/vapi/scripts/line_steps.py",
        "from local.vapi.webhooks import messages",
        "inside Vapi's simulator",
    ),
    (
        f"{HOUSE}/contact_center/lists/services/bad_lines.py",
        "from contact_center.lists.services import import_contacts",
        "no circles inside",
    ),
    (f"{HOUSE}/contact_center/vapi/assistants/squad.py", "import pydantic", "what the door loads"),
    (f"{HOUSE}/contact_center/twilio/webhooks.py", "import requests", "what Twilio's door loads"),
    (
        f"{HOUSE}/contact_center/twilio/forms.py",
        "from contact_center.vapi.webhooks import fields",  # beside, not below
        "rooms:",
    ),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for folder in (HOUSE, "functions", "local"):
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "config/*")
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def broken(house: Path) -> list[str]:
    """The contracts that import-linter finds broken."""
    path = os.pathsep.join([str(house / HOUSE), str(house / "functions")])
    ran = subprocess.run(  # noqa: S603 - our own tool
        [ROOT / ".venv/bin/lint-imports", "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(.*) BROKEN", ran.stdout, re.MULTILINE)
    assert bool(found) == bool(ran.returncode), ran.stdout + ran.stderr
    return found


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    assert broken(house) == []


@pytest.mark.long
@pytest.mark.parametrize(("file", "mistake", "contract"), PLANTED)
def test_a_planted_import_breaks_its_contract(
    house: Path, file: str, mistake: str, contract: str
) -> None:
    path = house / file
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n{mistake}\n", encoding="utf-8")
    try:
        found = broken(house)
    finally:
        path.write_text(sound, encoding="utf-8")
    assert any(name.startswith(contract) for name in found), found
