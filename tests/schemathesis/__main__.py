"""The operators' API under Schemathesis, with every role and every check: `make schemathesis`.

The whole system runs here, as `make up` runs it; requests are made of the API's own document, good
ones and bad ones, alone and in sequences that follow what was answered. The same seed makes the
same requests, as far as the answers are the same. An operation that was not asked with one of the
roles is a finding as well, and a list that whoever may look was never shown.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests.functional.operator_api.openapi_document import operations
from tests.schemathesis.beyond import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
COMMAND = ROOT / ".venvs" / "schemathesis" / "bin" / "st"
DOCUMENT = ROOT / "functions" / "operator_api" / "openapi.json"
SEED, EXAMPLES = 1, 5
LOGIN_SECONDS = 60
NOON = "2026-07-08T17:00:00Z"
OPERATOR, VIEWER = "op-" + "a" * 40, "view-" + "b" * 40
# The operator comes first: what he makes is there for the others to look at.
TOKENS = {"operator": OPERATOR, "viewer": VIEWER, "stranger": "guess", "nobody": None}
STRANGERS = frozenset({"stranger", "nobody"})
# Who has logged in to the page, by whose token: what a browser sends instead of it.
LOGGED_IN = {"operator-in-browser": OPERATOR, "viewer-in-browser": VIEWER}
OF_THE_PAGE = {"Sec-Fetch-Site": "same-origin", "X-Console": "1"}
ROLES = (*TOKENS, *LOGGED_IN)
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
        # All log in before any is asked: some of what is asked are logins that are refused, and
        # whoever is refused ten times in a minute has to wait.
        shown = {role: headers_of(role, system.url) for role in asked.role}
        found = [role for role in asked.role if _run(role, shown[role], system.url, asked, folder)]
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
    parser.add_argument("--role", nargs="+", choices=ROLES, default=list(ROLES))
    return parser.parse_args(arguments)


def not_asked(notes: Path, role: str) -> list[str]:
    """What of the document was not asked, or should have been answered and never was.

    Whoever is let in and is shown no list with all of his requests was not let in at all.

    Args:
        notes: Where the operations were noted.
        role: Who asked.

    Returns:
        What is missing, and why; how much there was is printed.
    """
    every = {f"{method.upper()} {path}" for method, path, _ in operations()}
    noted = set(notes.read_text(encoding="utf-8").splitlines()) if notes.exists() else set()
    answered = {one.removesuffix(ANSWERED) for one in noted if one.endswith(ANSWERED)}
    asked = {one.removesuffix(ANSWERED) for one in noted}
    print(
        f"{len(every & asked)} of {len(every)} operations were asked, {len(answered)} answered.",
        flush=True,
    )
    unanswered = _lists_for(role) - answered
    return sorted(
        [f"never asked: {one}" for one in every - asked]
        + [f"never answered: {one}" for one in unanswered & asked]
    )


def _lists_for(role: str) -> set[str]:
    """What whoever has a role can ask for without knowing the name of anything."""
    if role in STRANGERS:
        return set()
    may = {"operator", "viewer"} if role.startswith("operator") else {"viewer"}
    return {
        f"GET {path}"
        for method, path, operation in operations()
        if method.upper() == "GET" and "{" not in path and _is_for(may, operation["security"])
    }


def _is_for(may: set[str], security: list[dict[str, list[str]]]) -> bool:
    return any(not way or set(way.get("token", ())) & may for way in security)


def headers_of(role: str, url: str) -> dict[str, str]:
    """What shows who asks.

    Args:
        role: One of ROLES; whoever is in a browser logs in first.
        url: Where the system is.
    """
    if role in LOGGED_IN:
        return OF_THE_PAGE | {"Cookie": _logged_in(LOGGED_IN[role], url)}
    token = TOKENS[role]
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _logged_in(token: str, url: str) -> str:
    answer = requests.post(
        f"{url}/console/login", json={"token": token}, headers=OF_THE_PAGE, timeout=LOGIN_SECONDS
    )
    answer.raise_for_status()
    return answer.headers["Set-Cookie"].partition(";")[0]


def _run(
    role: str, headers: Mapping[str, str], url: str, asked: argparse.Namespace, folder: str
) -> bool:
    """Whether something was found with a role."""
    print(f"As {role}:", flush=True)
    notes = Path(folder) / f"{role}.txt"
    shown = [f"{name}: {said}" for name, said in headers.items()]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(COMMAND, "--config-file", HERE / "schemathesis.toml"),
            *("run", DOCUMENT, "--url", url, "--checks", "all"),
            *("--seed", str(asked.seed), "--max-examples", str(asked.examples)),
            *(["--max-time", str(asked.seconds)] if asked.seconds else []),
            *("--continue-on-failure", "--no-color"),
            *(word for header in shown for word in ("--header", header)),
        ],
        env=os.environ
        | {"SCHEMATHESIS_ROLE": role, "SCHEMATHESIS_HOOKS": "hooks"}
        | {"SCHEMATHESIS_NOTES": str(notes)}
        | {"PYTHONPATH": str(HERE)},
        cwd=folder,
        check=False,
    )
    missing = not_asked(notes, role)
    for said in missing:
        print(f"  {said}", flush=True)
    return bool(done.returncode or missing)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
