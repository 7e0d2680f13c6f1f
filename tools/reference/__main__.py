"""Write docs/reference anew, or with --check say which page is not what the code says.

    python -m tools.reference            writes the pages
    python -m tools.reference --check    writes nothing

Exit status: 0 fine, 1 a page is out of date (a line each), 2 usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.template_reader import read_template
from tools.reference.api_page import api_page
from tools.reference.events_page import events_page
from tools.reference.metrics_page import metrics_page
from tools.reference.settings_page import settings_page
from tools.reference.words_page import words_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
# Parameters that switch queues on: the pages tell of all there is.
EVERYTHING_ON = {
    "TWILIO_PHONE_NUMBER": "+13125550123",
    "TWILIO_ADMISSION": "bypass",
    "EFFECT_HINTS": "true",
}
FOLDER = ROOT / "docs" / "reference"
MADE = "\n<!-- Made by `make reference` from code and template.yaml; do not edit. -->\n"


def pages(root: Path = ROOT) -> Mapping[str, str]:
    """Every page by its file's name."""
    template = read_template(root / "template.yaml", EVERYTHING_ON)
    made = {
        "settings.md": settings_page(root),
        "api.md": api_page(root, template),
        "events.md": events_page(root, template),
        "errors.md": words_page(root),
        "metrics.md": metrics_page(root, template),
    }
    return {name: _tidy(text) + MADE for name, text in made.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(prog="make reference", description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args(argv)
    stale = [name for name, text in pages().items() if _written(name) != text]
    for name in stale:
        print(f"docs/reference/{name}: " + ("out of date" if arguments.check else "written anew"))
    if arguments.check:
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def _written(name: str) -> str:
    file = FOLDER / name
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _tidy(text: str) -> str:
    """One empty line between parts, one line end at the end."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
