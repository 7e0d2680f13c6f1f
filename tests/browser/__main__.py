"""`make browser-test`: the console in a real browser, beside the whole local system.

The tests run in an environment of their own (.venvs/browser) and drive this machine's Chromium:
`CHROMIUM`, or its headless shell, or /usr/bin/chromium. The shell is the same engine of the same
release without the window that nobody sees, and takes a quarter less. Without any of them this is
said; `--required` makes that an error.

All of them run in three parts at once, each beside a system of its own: one mostly waits for
people to speak, and a test mostly waits for its page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venvs" / "browser" / "bin" / "python"
HERE = Path(__file__).parent
# What each part but the last looks at, so that all take as long; the last one looks at the rest.
PARTS = (
    ("look_flows.py", "look_telephone.py", "look_told.py", "look_keys.py"),
    ("look_deeds.py", "look_operators.py", "look_states.py", "look_history.py"),
)
WHOLE = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
USUAL = ("/usr/bin/chromium-headless-shell", *WHOLE)


def main(arguments: Sequence[str]) -> int:
    """Run them; pytest's own status."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail where there is no Chromium")
    asked, others = parser.parse_known_args(arguments)
    chromium = chromium_here(os.environ.get("CHROMIUM", ""))
    if chromium is None:
        print(
            "The console was not looked at: this machine has no Chromium. On Debian: "
            "sudo apt install chromium-headless-shell; on Ubuntu: sudo apt install chromium. "
            "Elsewhere name one with CHROMIUM=path."
        )
        return int(asked.required)
    told = {"CHROMIUM": chromium, "SCENE_PYTHON": sys.executable}
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    command = [PYTHON, "-m", "pytest", "-c", HERE / "pytest.ini", "--rootdir", HERE, *others]
    if "-k" in others:
        return _run([*command, HERE], environment)
    return _run_parts([str(part) for part in command], environment)


def _run(command: Sequence[object], environment: Mapping[str, str]) -> int:
    return subprocess.run(  # noqa: S603 - our own tests, in their own environment
        [str(part) for part in command], env=environment, cwd=ROOT, check=False
    ).returncode


def _run_parts(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """What the others say is told when the last is over. The first status that is not 0."""
    with ExitStack() as undo:
        others = []
        for part in PARTS:
            said = undo.enter_context(tempfile.TemporaryFile())
            files = [str(HERE / name) for name in part]
            running = subprocess.Popen(  # noqa: S603 - as above
                [*command, *files], env=environment, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
            )
            others.append((undo.enter_context(running), said))
        left_out = [f"--ignore={HERE / name}" for part in PARTS for name in part]
        statuses = [_run([*command, HERE, *left_out], environment)]
        for running, said in others:
            statuses.append(running.wait())
            said.seek(0)
            print(said.read().decode(), end="", flush=True)
    return next((status for status in statuses if status), 0)


def chromium_here(named: str, usual: Sequence[str] = USUAL) -> str | None:
    """The browser to drive: the one that is named, or the first of those; None: there is none."""
    for one in (named,) if named else usual:
        found = shutil.which(one)
        if found is not None:
            return found
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
