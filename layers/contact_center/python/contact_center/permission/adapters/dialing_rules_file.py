"""The owner's dialing rules and the table of area codes, read from the files they are kept in."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from contact_center.config import CONFIG_FOLDER
from contact_center.kernel.time_zones import AreaCodes
from contact_center.permission.domain.dialing_rules import DialingRules

if TYPE_CHECKING:
    from pathlib import Path


def load_dialing_rules(folder: Path = CONFIG_FOLDER) -> DialingRules:
    """Read dialing_rules.toml with area_codes.toml.

    Raises:
        RulesError: A row is wrong; the message names the file, the row and the field.
    """
    areas = AreaCodes.from_dict(_parsed(folder / "area_codes.toml"))
    return DialingRules.from_dict(_parsed(folder / "dialing_rules.toml"), areas)


def _parsed(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
