"""Check the PINs of people before they are stored as a secret.

    python -m tools.people_pins pins.json       {"ada": "<digits>", "ben": "<digits>"}
    python -m tools.people_pins -               the same from standard input

Nothing is stored and no PIN is printed. Keep the file out of the repository, and delete it when
the secret is stored. Exit status: 0 fine, 1 a mistake (a line each), 2 usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contact_center.configuration.tables import ConfigError
from contact_center.configuration.toml import read_config
from contact_center.people.domain.pins import pin_mistakes
from tools.compile_config import CONFIG_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    arguments = _parser().parse_args(argv)
    name = "standard input" if arguments.file == "-" else Path(arguments.file).name
    try:
        people = read_config(arguments.config).people.people
        pins = json.loads(_text(arguments.file))
    except ConfigError as error:
        return _refused(list(error.mistakes))
    except OSError as error:
        return _refused([f"{name}: {error.strerror}"])
    except ValueError:
        return _refused([f"{name}: is not JSON"])
    if not isinstance(pins, dict):
        return _refused([f'{name}: must be an object, such as {{"ada": "<digits>"}}'])
    mistakes = [f"{name}: {mistake}" for mistake in pin_mistakes(pins, people)]
    if mistakes:
        return _refused(mistakes)
    without = [key for key in people if key not in pins]
    print(
        f"{len(pins)} PINs are good; by telephone cannot log in: {', '.join(without) or 'nobody'}"
    )
    return 0


def _text(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


def _refused(mistakes: Sequence[str]) -> int:
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.people_pins",
        description="Check the PINs of people before they are stored as a secret.",
    )
    parser.add_argument("file", help="JSON, PINs by the keys of people.toml; - is standard input")
    parser.add_argument("--config", type=Path, default=CONFIG_FOLDER, help="another folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
