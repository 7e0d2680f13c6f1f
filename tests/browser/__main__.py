"""`make browser-test`: the console in a real browser, beside the whole local system.

The tests run in an environment of their own (.venvs/browser) and drive this machine's Chromium:
`CHROMIUM`, or /usr/bin/chromium. Without one this is said; `--required` makes that an error.

All of them run in two halves at once, each beside a system of its own: one mostly waits for people
to speak, the other mostly works.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venvs" / "browser" / "bin" / "python"
HERE = Path(__file__).parent
# The half that speaks has time for these as well.
SPEAKING = ("look_flows.py", "look_telephone.py", "look_told.py", "look_keys.py", "look_states.py")
USUAL = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def main(arguments: Sequence[str]) -> int:
    """Run them; pytest's own status."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail where there is no Chromium")
    asked, others = parser.parse_known_args(arguments)
    chromium = chromium_here(os.environ.get("CHROMIUM", ""))
    if chromium is None:
        print(
            "The console was not looked at: this machine has no Chromium. On Debian and Ubuntu: "
            "sudo apt install chromium. Elsewhere name one with CHROMIUM=path."
        )
        return int(asked.required)
    told = {"CHROMIUM": chromium, "SCENE_PYTHON": sys.executable}
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    command = [PYTHON, "-m", "pytest", "-c", HERE / "pytest.ini", "--rootdir", HERE, *others]
    if "-k" in others:
        return _run([*command, HERE], environment)
    return _run_halves([str(part) for part in command], environment)


def _run(command: Sequence[object], environment: Mapping[str, str]) -> int:
    return subprocess.run(  # noqa: S603 - our own tests, in their own environment
        [str(part) for part in command], env=environment, cwd=ROOT, check=False
    ).returncode


def _run_halves(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """What the second says is told when the first is over. The first status that is not 0."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - as above
            [*command, *(str(HERE / name) for name in SPEAKING)],
            env=environment,
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as speaking,
    ):
        others = [f"--ignore={HERE / name}" for name in SPEAKING]
        status = _run([*command, HERE, *others], environment)
        spoken = speaking.wait()
        said.seek(0)
        print(said.read().decode(), end="", flush=True)
    return status or spoken


def chromium_here(named: str) -> str | None:
    """The browser to drive; None: there is none."""
    for one in (named,) if named else USUAL:
        found = shutil.which(one)
        if found is not None:
            return found
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
