"""The operators' API under Schemathesis, with every role and every check: `make schemathesis`.

The whole system runs here, as `make up` runs it; requests are made of the API's own document, good
ones and bad ones, alone and in sequences that follow what was answered. The same seed makes the
same requests, as far as the answers are the same. An operation that was not asked with one of the
roles is a finding as well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests.functional.operator_api.openapi_document import operations

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
COMMAND = ROOT / ".venvs" / "schemathesis" / "bin" / "st"
DOCUMENT = ROOT / "functions" / "operator_api" / "openapi.json"
SEED, EXAMPLES = 1, 5
NOON = "2026-07-08T17:00:00Z"
OPERATOR, VIEWER = "op-" + "a" * 40, "view-" + "b" * 40
# The operator comes first: what he makes is there for the others to look at.
TOKENS = {"operator": OPERATOR, "viewer": VIEWER, "stranger": "guess", "nobody": None}
SETTINGS = {
    "PORT": "0",
    "OPERATOR_TOKEN": OPERATOR,
    "VIEWER_TOKEN": VIEWER,
    "LOCAL_NOW": NOON,
    "TEST_CALL_NUMBERS": "+12125550123",
}


def main(arguments: Sequence[str]) -> int:
    """Run it with each role; 0 when nothing was found."""
    asked = _asked(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="schemathesis-") as folder,
        LocalSystem(read_settings(None, SETTINGS), folder=Path(folder)) as system,
    ):
        found = [role for role in asked.role if _run(role, system.url, asked, folder)]
    said = f"found something as {', '.join(found)}" if found else "found nothing"
    print(f"Schemathesis, seed {asked.seed}, as {', '.join(asked.role)}: {said}.")
    return bool(found)


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.schemathesis", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=int, help="go on for so long with each role, however many requests it is"
    )
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, help="of each operation; default: %(default)s"
    )
    parser.add_argument("--role", nargs="+", choices=TOKENS, default=list(TOKENS))
    return parser.parse_args(arguments)


def not_asked(notes: Path) -> list[str]:
    """Operations of the document that are not among those that were noted; says how many were."""
    every = {f"{method.upper()} {path}" for method, path, _ in operations()}
    asked = set(notes.read_text(encoding="utf-8").splitlines()) if notes.exists() else set()
    print(f"{len(every & asked)} of {len(every)} operations were asked.", flush=True)
    return sorted(every - asked)


def _run(role: str, url: str, asked: argparse.Namespace, folder: str) -> bool:
    """Whether something was found with a role."""
    print(f"As {role}:", flush=True)
    token, notes = TOKENS[role], Path(folder) / f"{role}.txt"
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(COMMAND, "--config-file", HERE / "schemathesis.toml"),
            *("run", DOCUMENT, "--url", url, "--checks", "all"),
            *("--seed", str(asked.seed), "--max-examples", str(asked.examples)),
            *(["--max-time", str(asked.seconds)] if asked.seconds else []),
            *("--continue-on-failure", "--no-color"),
            *([] if token is None else ["--header", f"Authorization: Bearer {token}"]),
        ],
        env=os.environ
        | {"SCHEMATHESIS_ROLE": role, "SCHEMATHESIS_HOOKS": "hooks"}
        | {"SCHEMATHESIS_NOTES": str(notes)}
        | {"PYTHONPATH": str(HERE)},
        cwd=folder,
        check=False,
    )
    missing = not_asked(notes)
    for operation in missing:
        print(f"  never asked: {operation}", flush=True)
    return bool(done.returncode or missing)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
