"""`make doctor`: is everything as it should be, and if not, what is to be done?

    python -m tools.doctor                  # what `make up` runs here
    python -m tools.doctor --env dev        # a deployed stack (samconfig.toml)

It reads and changes nothing: at no provider, and on AWS nothing but one signed webhook of its own,
which comes in by the public door, is marked as a probe and is gone within the hour. With a stack
it needs credentials as the AWS CLI does. It shows no key. Each line says ok, wrong or cannot
tell, and under it what to do.

Exit status: 0 nothing is wrong, 1 something is, 2 nothing could be asked.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from tools.doctor.checks import Doctor
from tools.doctor.examination import examined
from tools.doctor.lines import conclusion, exit_status, json_of, text_of
from tools.places import PLACE_ERRORS, deployed, proxy_note, running_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.ports import Clock
    from tools.places import Place

FOLDER = Path(__file__).resolve().parents[2] / ".local"
NOTHING_ASKED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="tools.doctor",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", help="dev, staging or prod: a deployed stack (samconfig.toml)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where `make up` runs")
    parser.add_argument("--json", action="store_true", help="one document for machines")
    arguments = parser.parse_args(argv)
    try:
        place = deployed(arguments.env) if arguments.env else running_here(arguments.folder)
    except PLACE_ERRORS as error:
        print(f"nothing was asked: {error}", file=sys.stderr)
        return NOTHING_ASKED
    return examine(place, as_json=arguments.json)


def examine(place: Place, *, as_json: bool = False, clock: Clock | None = None) -> int:
    """Ask a set-up everything and print the lines; returns the exit status."""
    doctor = Doctor(place, clock or SystemClock(), SystemSleeper())
    lines = []
    if (note := proxy_note(os.environ)) is not None:
        _progress(note)
    if not as_json:
        print(f"Looking at {place.name}.", flush=True)
    for line in examined(doctor.questions(), doctor.secrets, _progress):
        lines.append(line)
        if not as_json:
            print(text_of(line), flush=True)
    print(json_of(lines, place.name) if as_json else conclusion(lines))
    return exit_status(lines)


def _progress(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
