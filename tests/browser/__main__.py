"""`make browser-test`: the console in a real browser, beside the whole local system.

The tests run in an environment of their own (.venvs/browser) and drive this machine's Chromium:
`CHROMIUM`, or /usr/bin/chromium. Without one this is said; `--required` makes that an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venvs" / "browser" / "bin" / "python"
HERE = Path(__file__).parent
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
    command = [PYTHON, "-m", "pytest", "-c", HERE / "pytest.ini", "--rootdir", HERE, HERE, *others]
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S603 - our own tests, in their own environment
        [str(part) for part in command], env=environment, cwd=ROOT, check=False
    ).returncode


def chromium_here(named: str) -> str | None:
    """The browser to drive; None: there is none."""
    for one in (named,) if named else USUAL:
        found = shutil.which(one)
        if found is not None:
            return found
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
