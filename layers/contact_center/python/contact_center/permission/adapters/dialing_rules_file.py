"""The owner's dialing rules and the table of area codes, read from the files they are kept in."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from contact_center.config import CONFIG_FOLDER
from contact_center.kernel.time_zones import AreaCodes
from contact_center.permission.domain.dialing_rules import DialingRules

if TYPE_CHECKING:
    from pathlib import Path


RULE_FILES = ("area_codes.toml", "dialing_rules.toml")


def load_dialing_rules(folder: Path = CONFIG_FOLDER) -> DialingRules:
    """Read dialing_rules.toml with area_codes.toml.

    Raises:
        RulesError: A row is wrong; the message names the file, the row and the field.
    """
    areas, rules = ((folder / name).read_text(encoding="utf-8") for name in RULE_FILES)
    return _rules(areas, rules)


@lru_cache(maxsize=1)  # whoever starts many parts in one process reads the same files each time
def _rules(areas: str, rules: str) -> DialingRules:
    return DialingRules.from_dict(tomllib.loads(rules), AreaCodes.from_dict(tomllib.loads(areas)))
