"""What the door loads before somebody who rings in is answered: nothing that looks for numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STARTS = """
import sys
import contact_center.wiring.vapi_webhook
import contact_center.conversations.services.answer_vapi
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.vapi.webhooks.messages import read_message
load_contact_center()
body = b'{"message": {"type": "assistant-request", "call": {"id": "c"}}}'
assert read_message(body, 0).question is not None
print(*sorted(name for name in sys.modules if "records.domain." in name))
"""


def test_a_door_that_answers_who_rings_in_has_loaded_the_rules_and_no_more() -> None:
    folders = os.pathsep.join(
        str(ROOT / folder) for folder in ("layers/contact_center/python", "functions")
    )
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", STARTS],
        env=os.environ | {"PYTHONPATH": folders},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["contact_center.records.domain.redaction_kinds"]
