"""What the telephone offers: who may be played, and what may be said with one click."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.vapi.scripts.callers_format import load_callers

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]

FEWEST_WORDS, MOST_WORDS = 5, 11  # of a sentence that shows what is understood
# What is right whatever the departments are.
WHATEVER = ("A person, please.", "Hm, I am not sure.")


@dataclass(frozen=True, slots=True)
class Offers:
    """Out of an owner's own files, so that his departments are tried with his words.

    Args:
        callers: The folder of callers' scripts.
        config: The folder with departments.toml, policy.toml and examples of what people say.
    """

    callers: Path
    config: Path

    def shown(self) -> Json:
        """As the page is told. Raises CallerError when a script cannot be played."""
        policy = tomllib.loads((self.config / "policy.toml").read_text(encoding="utf-8"))
        return {
            "scripts": self._scripts(),
            "sentences": self._sentences(),
            "sureEnough": policy["route_confidence"],  # from here on words decide
        }

    def script(self, file: str) -> Json | None:
        """What a caller's file says, or None when it is no file of the folder."""
        path = self.callers / file
        if path.parent != self.callers or path.suffix != ".toml" or not path.is_file():
            return None
        return tomllib.loads(path.read_text(encoding="utf-8"))

    def _scripts(self) -> list[Json]:
        return [
            {
                "file": caller.file,
                "name": caller.name,
                "number": caller.number,
                "says": [step.say for step in caller.steps if step.say],
            }
            for caller in load_callers(self.callers)
        ]

    def _sentences(self) -> list[Json]:
        told = tomllib.loads((self.config / "departments.toml").read_text(encoding="utf-8"))
        found: list[Json] = []
        for department in told["departments"]:
            words = self._example(department["key"])
            if words:
                found.append({"department": department["key"], "words": words})
        return found + [{"department": None, "words": words} for words in WHATEVER]

    def _example(self, department: str) -> str | None:
        """The first example of a department that is a sentence, as people write one."""
        path = self.config / "examples" / f"{department}.txt"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for line in lines:
            said = line.strip()
            if said.startswith(("i ", "my ")) and FEWEST_WORDS <= len(said.split()) <= MOST_WORDS:
                return f"{said[0].upper()}{said[1:].replace(' i ', ' I ')}."
        return None
