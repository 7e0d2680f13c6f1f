"""What an owner's files say, as they lie here: what is deployed is made of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "layers/contact_center/python/contact_center/config"
RULES = "dialing_rules.toml"  # it names numbers of nobody's, so that none of them is dialled


def owner_files(folder: Path = FOLDER) -> dict[str, Any]:
    """What each says, by its name from `folder` on, in the order of the names."""
    files = sorted(folder.rglob("*.toml"))
    return {
        file.relative_to(folder).as_posix(): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in files
        if file.name != RULES
    }
