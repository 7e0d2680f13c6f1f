"""`make corrections`: what operators corrected, as sentences that `make eval` measures by.

    python -m tools.corrected_calls --from 2026-11-01 --to 2026-11-29 > corrected.csv
    make eval DATA=corrected.csv

A row is what the caller said when he was understood, and where he should have been sent. Columns
text, route. It asks the API at $API with $OPERATOR_TOKEN; without them, what `make up` runs here.
At most 31 days at once. What callers said leaves the system by this: the audit trail has each call.
Exit status: 0 done, 1 refused or not reached, 2 usage.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote

from tools.replay_effects import answered, refused, running, unreached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SEARCH = "/api/calls/search"
BY_CUSTOMER = ("customer", True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(prog="tools.corrected_calls", description=__doc__)
    parser.add_argument(
        "--from", dest="first", type=_day, required=True, help="a day, YYYY-MM-DD in UTC"
    )
    parser.add_argument("--to", dest="last", type=_day, required=True, help="a day, included")
    arguments = parser.parse_args(argv)
    told = running() | {name: said for name, said in os.environ.items() if said}
    rows = csv.writer(sys.stdout)
    rows.writerow(["text", "route"])
    count = 0
    try:
        for call in corrected(arguments.first, arguments.last, told):
            text = said_first(call["timeline"])
            if text is not None:
                rows.writerow([text, call["correctedTo"]])
                count += 1
    except HTTPError as error:
        print(refused(error), file=sys.stderr)
        return 1
    except (URLError, OSError) as error:
        print(unreached(error, told), file=sys.stderr)
        return 1
    print(f"{count} sentences", file=sys.stderr)
    return 0


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError("must be a date as YYYY-MM-DD") from None


def corrected(first: str, last: str, told: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each call that somebody corrected, with its timeline. Raises HTTPError, URLError, OSError."""
    wish: dict[str, object] = {"from": first, "to": last, "corrected": True, "limit": 100}
    while True:
        page = asked(SEARCH, told, wish)
        for call in page["calls"]:
            yield asked(f"/api/calls/{quote(call['id'], safe='')}", told)
        if page["nextCursor"] is None:
            return
        wish["cursor"] = page["nextCursor"]


def said_first(timeline: Sequence[Mapping[str, Any]]) -> str | None:
    """The caller's first whole words in which something was understood, else his first ones."""
    words = [
        one
        for one in timeline
        if one["what"] == "UtteranceHeard" and (one["role"], one["final"]) == BY_CUSTOMER
    ]
    understood = [one for one in words if one.get("intent")]
    found = (understood or words)[:1]
    return str(found[0]["text"]) if found else None


def asked(path: str, told: Mapping[str, str], body: object = None) -> dict[str, Any]:
    """What the API answers; a body is posted. Raises HTTPError, URLError, OSError."""
    return answered(path, told, None if body is None else json.dumps(body).encode())


if __name__ == "__main__":
    raise SystemExit(main())
