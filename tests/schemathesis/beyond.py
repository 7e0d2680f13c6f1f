"""The table of rules that no schema can say, as Schemathesis and our own test read it."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

BAD_REQUEST = 400
ANSWERED = " answered"  # behind an operation that was noted: with 2xx

type Rule = dict[str, Any]


def rules() -> list[Rule]:
    """The table: each rule once for each operation that has it, under `on`."""
    file = Path(__file__).with_name("beyond_a_schema.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    return [rule | {"on": on} for rule in table for on in rule["on"]]


def is_meant(rule: Rule, on: str, field: str, status: int) -> bool:
    """Whether a refusal is one of this rule's; `retry.*` stands for every field in `retry`."""
    named = fnmatchcase(field, rule["field"])
    return rule["on"] == on and rule.get("status", BAD_REQUEST) == status and named
