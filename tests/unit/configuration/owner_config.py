"""A copy of the repository's configuration that a test may edit as an owner would."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.compile_config import CONFIG_FOLDER

ROOT = Path(__file__).resolve().parents[3]


class OwnerFolder:
    """config/ in a temporary folder, edited file by file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config"
        shutil.copytree(CONFIG_FOLDER, self.path, ignore=shutil.ignore_patterns("compiled", "*.py"))

    @property
    def compiled(self) -> Path:
        """Where the tool writes."""
        return self.path / "compiled" / "contact_center.json"

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text that is certainly there."""
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """Add to the end of a file."""
        path = self.path / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        """Make a new file."""
        (self.path / file).write_text(text, encoding="utf-8")

    def add_deliveries(self) -> None:
        """Do what docs/configuration.md tells an owner to do for a new department."""
        department, assistant, examples = blocks_of("## Add a department")
        self.append("departments.toml", f"\n{department}")
        self.write("assistants/deliveries.toml", assistant)
        self.write("examples/deliveries.txt", examples)


def blocks_of(heading: str) -> list[str]:
    """The code blocks of one section of the page that owners read."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    section = page.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^```\w+\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
