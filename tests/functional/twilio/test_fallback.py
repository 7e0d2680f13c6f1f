"""What a caller hears when Twilio's door fails: it depends on nothing that could fail with it."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from tests.contract.twilio.twilio_signing import WEBHOOKS
from twilio_fallback import app

ROOT = Path(__file__).resolve().parents[3]
FAILED = WEBHOOKS["08-fallback-url"]["body"]
RUNG = FAILED.replace("Direction=inbound", "Direction=outbound-api")
LEFT = f"{FAILED}&RecordingSid=RE{'7' * 32}&RecordingDuration=12"


def said(body: Any, *, encoded: bool = True) -> ET.Element:
    """The document for a form, which API Gateway sends in base64."""
    if encoded:
        body = base64.b64encode(body.encode()).decode()
    answer = app.lambda_handler({"body": body, "isBase64Encoded": encoded}, None)
    assert answer["statusCode"] == 200
    assert answer["headers"] == {"content-type": "text/xml"}
    return ET.fromstring(answer["body"])  # noqa: S314 - our own document


def verbs(document: ET.Element) -> list[str]:
    assert document.tag == "Response"
    return [each.tag for each in document]


def test_a_caller_is_told_the_truth_and_may_leave_a_message() -> None:
    document = said(FAILED)

    assert verbs(document) == ["Say", "Say", "Record", "Say", "Hangup"]
    record = document.find("Record")
    assert record is not None
    assert "action" not in record.attrib  # so the same address is told, wherever it is


def test_who_has_left_a_message_is_thanked_and_not_asked_again() -> None:
    assert verbs(said(LEFT)) == ["Say", "Hangup"]
    assert verbs(said(LEFT, encoded=False)) == ["Say", "Hangup"]


def test_whom_we_rang_is_told_so_and_asked_for_no_message() -> None:
    assert RUNG != FAILED

    document = said(RUNG)

    assert verbs(document) == ["Say", "Hangup"]
    assert "We rang you" in "".join(document.itertext())
    assert verbs(said(RUNG, encoded=False)) == ["Say", "Hangup"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"body": None},
        {"body": 7},
        {"body": "%%%", "isBase64Encoded": True},
        {"body": "/w==", "isBase64Encoded": True},
        {"body": "x" * 300_000},
        {"body": urlencode({"Digits": "RecordingSid=RE1"})},
        {"body": "RecordingSid="},
    ],
)
def test_whatever_comes_is_answered(event: dict[str, Any]) -> None:
    assert app.lambda_handler(event, None)["body"] == app.SORRY


def test_it_loads_nothing_of_ours_and_nothing_that_is_not_python_s() -> None:
    program = (
        "import json, sys\nbefore = set(sys.modules)\nimport twilio_fallback.app\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))"
    )
    ran = subprocess.run(  # noqa: S603 - this interpreter, our program
        [sys.executable, "-S", "-c", program],
        cwd=ROOT / "functions",
        env={"PYTHONPATH": str(ROOT / "functions")},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(ran.stdout)) - {"twilio_fallback"}
    assert loaded <= sys.stdlib_module_names


def test_it_reads_no_setting() -> None:
    tree = ast.parse((ROOT / "functions/twilio_fallback/app.py").read_text(encoding="utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not {"os", "environ"} & named


@pytest.mark.parametrize("document", [app.SORRY, app.THANKS, app.RUNG])
def test_a_document_holds_nothing_private(document: str) -> None:
    assert not any(character.isdigit() for character in "".join(ET.fromstring(document).itertext()))  # noqa: S314 - our own document
