"""A demo in which everybody waits as long as it takes: for a machine that is slow, or busy.

Callers go by the order of events (local/vapi/calls/stillness.py), our functions are not cut short,
and what the product does by the clock it does by longer times: the same code, with another policy.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.emulator import EmulatorError
from local.vapi.calls.stillness import Owed, Stillness

if TYPE_CHECKING:
    from local.cloud.system import LocalSystem

LEAST_TIMEOUT_SECONDS = 300.0
# Whoever asks our API waits longer than the gateway does, which then says that nobody answered.
ASKING_SECONDS = LEAST_TIMEOUT_SECONDS + 30.0
QUEUE = "CallEvents"
COMPILED = "layers/contact_center/python/contact_center/config/compiled/contact_center.json"
# How long a question waits for the assistant's own model is waited out for real, each time that
# a caller is asked. How old words may be before they are spoken, and how soon a handoff or transfer
# has been heard of, are not.
POLICY = {
    "clarify_wait_ms": 10_000,
    "speech_fresh_ms": 3_600_000,
    "heard_within_ms": 3_600_000,
    "transfer_heard_within_ms": 3_600_000,
}


class Patience:
    """Lets the callers of one simulator wait for one system, which is made after it."""

    def __init__(self) -> None:
        self.system: LocalSystem | None = None
        self.stillness = Stillness(self._owed)

    def _owed(self) -> Owed:
        if self.system is None:
            return Owed(0, 0)
        try:
            return Owed(*self.system.messages(QUEUE))
        except (EmulatorError, BotoCoreError, ClientError):
            return Owed(0, 0)  # it has stopped


def patient_template(template_path: Path, folder: Path) -> Path:
    """Make a copy of the source that has time.

    Args:
        template_path: The source's template; code lies beside it.
        folder: Where the copy goes; what was there is replaced.

    Returns:
        The copy's template.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = template_path.parent
    for name in ("functions", "layers"):
        shutil.copytree(source / name, folder / name)  # with what is compiled: times are kept
    compiled = folder / COMPILED
    document = json.loads(compiled.read_text(encoding="utf-8"))
    document["policy"].update(POLICY)
    compiled.write_text(json.dumps(document), encoding="utf-8")
    return Path(shutil.copy(template_path, folder / template_path.name))
