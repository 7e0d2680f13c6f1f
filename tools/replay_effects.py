"""`make replay-effects`: what was given up is told elsewhere again, one effect or all of one cause.

    python -m tools.replay_effects --cause no_permission
    python -m tools.replay_effects --id 3f2c…

It asks the API at $API with $OPERATOR_TOKEN; without them, what `make up` runs here. Exit status: 0
done, 1 refused or not reached, 2 usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNNING = Path(__file__).resolve().parents[1] / ".local" / "run.env"
HERE = "http://127.0.0.1:3000"
SECONDS = 30


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(prog="tools.replay_effects", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--cause", help="all that were given up for it, as GET /api/effects lists")
    which.add_argument("--id", help="one of them")
    arguments = parser.parse_args(argv)
    told = running() | {name: said for name, said in os.environ.items() if said}
    of = f"{quote(arguments.id, safe='')}/replay" if arguments.id else "replay"
    path = f"/api/effects/{of}"
    body = None if arguments.id else {"cause": arguments.cause}
    replayed, more = 0, True
    try:
        while more:
            answer = asked(path, body, told)
            replayed += answer["replayed"]
            more = answer["more"] and answer["replayed"] > 0
    except HTTPError as error:
        print(refused(error), file=sys.stderr)
        return 1
    except (URLError, OSError) as error:
        print(unreached(error, told), file=sys.stderr)
        return 1
    print(f"{replayed} tried again")
    return 0


def asked(path: str, body: object, told: Mapping[str, str]) -> dict[str, Any]:
    """What the API answers to a POST.

    Args:
        path: On it.
        body: JSON, or None.
        told: API and OPERATOR_TOKEN, by name.

    Raises HTTPError, URLError, OSError.
    """
    return answered(path, told, b"" if body is None else json.dumps(body).encode())


def answered(path: str, told: Mapping[str, str], data: bytes | None) -> dict[str, Any]:
    """What the API answers to a POST of JSON; without data, to a GET. Raises as `asked`."""
    base, token = told.get("API", HERE), told.get("OPERATOR_TOKEN", "")
    if not base.startswith(("http://", "https://")):
        raise URLError("API is no address")
    if not (token.isascii() and token.isprintable()):
        raise URLError("OPERATOR_TOKEN is no token")
    request = Request(  # noqa: S310 - as asked for, and http alone
        f"{base}{path}",
        data=data,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
        read: dict[str, Any] = json.load(answer)
    return read


def refused(error: HTTPError) -> str:
    """What the API refused, and why."""
    try:
        detail = str(json.load(error).get("detail", ""))
    except ValueError:
        detail = ""
    return f"refused: {error.code} {detail}".rstrip()


def unreached(error: OSError, told: Mapping[str, str]) -> str:
    """That nobody answers, and what to do next."""
    why = error.reason if isinstance(error, URLError) else type(error).__name__
    return (
        f"not reached: {told.get('API', HERE)} ({why}). `make up` in another terminal, or "
        "API= and OPERATOR_TOKEN= of a deployed stack"
    )


def running() -> dict[str, str]:
    """What runs here said of itself; nothing when nothing does."""
    if not RUNNING.exists():
        return {}
    lines = RUNNING.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


if __name__ == "__main__":
    raise SystemExit(main())
