"""The mistakes of mistakes.toml: what they change, and which test is to see it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path("layers") / "contact_center" / "python" / "contact_center"
MISTAKES = Path(__file__).with_name("mistakes.toml")


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake.

    Attributes:
        name: As ../shared/findings names it, or a word of ours.
        kind: Of what kind it is: a key of the page's kinds.
        wrong: What the code does with it.
        file: From the package's folder, or from the repository's.
        was: What is replaced; there exactly once.
        planted: By what.
        test: What fails then: a file, or file::test.
        also: The same as a wrong design in the simulation (tests/simulation/planted.py), if any.
    """

    name: str
    kind: str
    wrong: str
    file: str
    was: str
    planted: str
    test: str
    also: str = ""

    @property
    def path(self) -> Path:
        """Where it goes, from the repository's folder."""
        inside = PACKAGE / self.file
        return inside if (ROOT / inside).exists() else Path(self.file)


def mistakes() -> list[Mistake]:
    """All of them, by name."""
    said = tomllib.loads(MISTAKES.read_text(encoding="utf-8"))
    return [Mistake(name=name, **row) for name, row in sorted(said.items())]
