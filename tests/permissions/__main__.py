"""`make permissions`: every word of every policy taken away once, and a test that fails without it.

    python -m tests.permissions                 # which test needs which word, then each taken away
    python -m tests.permissions --prove         # by the table as it is
    python -m tests.permissions --needed FILE   # by what a run of the plugin recorded

Two parts. First the functional tests run while each request of a function is held to its role: for
every word the quickest test that needs it is written into held_by.json. Then each of those tests
runs as it is, and passes, and once without each of its words, and fails.

Exit status: 0 all words are held, 1 some are not, and are named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.permissions.roles import roles
from tests.sam import ROOT

TABLE = Path(__file__).parent / "held_by.json"
TWICE = 2  # what a test takes differs so much from run to run
FLOWS = (
    "tests/functional",
    *(f"tests/permissions/test_{of}.py" for of in ("platform", "noted_causes", "chosen_model")),
)


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="tests.permissions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--prove", action="store_true", help="leave the table as it is")
    parser.add_argument("--needed", type=Path, nargs="*", help="what was recorded already")
    arguments = parser.parse_args(argv)
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        if not arguments.prove:
            recorded = arguments.needed or [_recorded(Path(folder))]
            unheld = _write(recorded)
            if unheld:
                print("No test needs these; take them out of template.yaml, or test what does:")
                print("\n".join(f"  {word}" for word in unheld))
        status = _prove(Path(folder))
    print(f"{time.monotonic() - began:.0f} s.")
    return status


def _pytest(*arguments: str) -> None:
    plugin = ("-q", "-p", "no:cacheprovider", "-p", "tests.permissions.recording")
    command = [sys.executable, "-m", "pytest", *plugin, *arguments]
    subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own tests


def _recorded(folder: Path) -> Path:
    file = folder / "needed.json"
    _pytest("--needed", str(file), *FLOWS)
    return file


def _write(recorded: list[Path]) -> list[str]:
    """Write the table; the words that nothing needs."""
    known: dict[str, str] = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    held: dict[str, set[str]] = {}
    seconds: dict[str, float] = {}
    for file in recorded:
        told: dict[str, Any] = json.loads(file.read_text())
        seconds |= told["seconds"]
        for word, tests in told["held"].items():
            held.setdefault(word, set()).update(tests)
    words = sorted(str(word) for role in roles().values() for one in role for word in one.words())
    table = {}
    for word in words:
        passed = held.get(word, set()) & set(seconds)
        quickest = min(passed, key=lambda test: (seconds[test], test), default="")
        kept = known.get(word, "")  # a table that changes without need is read by nobody
        as_quick = kept in passed and seconds[kept] <= TWICE * seconds[quickest]
        table[word] = kept if as_quick else quickest
    TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    return [word for word in words if not table[word]]


def _prove(folder: Path) -> int:
    """Take every word away from its test."""
    taken = folder / "taken.json"
    taken.write_text(TABLE.read_text())
    table: dict[str, str] = json.loads(taken.read_text())
    held = [test for test in table.values() if test]
    _pytest("--taken", str(taken), *sorted({test.partition("::")[0] for test in held}))
    outcomes = json.loads(Path(f"{taken}.outcomes").read_text())
    whole = [test for word, test, outcome in outcomes if word is None and outcome != "passed"]
    tried = {word: outcome for word, _, outcome in outcomes if word is not None}
    survived = [word for word in table if tried.get(word, "passed") == "passed"]
    counted = Counter(tried.values())
    print(
        f"{len(table)} words, {len(set(held))} tests. Without its word: "
        f"{counted['itself']} failed of themselves, {counted['refused']} for what was refused."
    )
    for test in whole:
        print(f"fails with all words: {test}")
    for word in survived:
        print(f"survives being taken away: {word}")
    return 1 if whole or survived else 0


if __name__ == "__main__":
    raise SystemExit(main())
