"""Plant each mistake in a copy of this repository and see its test fail: `make planted`.

The mistakes are in mistakes.toml, the page that lists them is docs/planted.md. Only the copy is
changed. A mistake counts as caught when its test runs and fails, and passes without it.
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

from tests.planted.mistakes import ROOT, mistakes
from tests.planted.page import write_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.planted.mistakes import Mistake

SOMETHING_FAILED = 1  # pytest's exit code: tests ran, and some failed
NOT_ENDED = -1
TEST_SECONDS = 300
ALL_TESTS_SECONDS = 3_600  # beside other work as well: only a test that hangs takes so long


def main(arguments: Sequence[str]) -> int:
    """Plant what the command line asks for; 0 when every mistake was caught."""
    options = _options(arguments)
    if options.page:
        write_page()
        return 0
    wanted = [one for one in mistakes() if not options.only or one.name in options.only]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = copied(Path(folder) / "main")
        tests = sorted({one.test for one in wanted})
        print(
            f"{len(tests)} tests without any mistake first, then {len(wanted)} mistakes", flush=True
        )
        ended, shown = _tried(tests, copy, ALL_TESTS_SECONDS)
        if ended:
            print(shown[-2_000:], "without any mistake the tests are to pass", sep="\n")
            return 1
        survivors = [one.name for one in wanted if not _is_caught(one, copy)]
    print(f"{len(wanted) - len(survivors)} of {len(wanted)} mistakes were caught")
    if survivors:
        print(f"nothing saw: {', '.join(survivors)}")
    return 1 if survivors else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="names of mistakes")
    parser.add_argument("--page", action="store_true", help="write docs/planted.md and no more")
    options = parser.parse_args(arguments)
    strange = set(options.only) - {one.name for one in mistakes()}
    if strange:
        parser.error(f"--only: no mistake of docs/planted.md is named {', '.join(sorted(strange))}")
    return options


def copied(copy: Path) -> Path:
    """What git knows of this repository, with the same environments."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    for name in (".venv", ".venvs"):
        (copy / name).symlink_to((ROOT / name).resolve())
    return copy


def _is_caught(mistake: Mistake, copy: Path) -> bool:
    path = copy / mistake.path
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace(mistake.was, mistake.planted, 1), encoding="utf-8")
    try:
        ended, shown = _tried([mistake.test], copy)
    finally:
        path.write_text(good, encoding="utf-8")
    caught = ended == SOMETHING_FAILED
    said = "caught" if caught else "NOT CAUGHT"
    seen = [line for line in shown.splitlines() if line.startswith("FAILED")]
    print(f"{mistake.name}: {said}: {mistake.wrong}", *seen[:1], sep="\n    ", flush=True)
    if not caught:
        print(shown[-2_000:])
    return caught


def _tried(tests: Sequence[str], copy: Path, seconds: int = TEST_SECONDS) -> tuple[int, str]:
    """How tests ended, and what they showed; NOT_ENDED when they did not end in time."""
    paths = ("layers/contact_center/python", "functions", ".")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(copy / one) for one in paths)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return NOT_ENDED, f"not ended within {seconds} s"
    return done.returncode, done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
