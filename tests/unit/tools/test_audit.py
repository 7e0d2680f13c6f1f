"""`make audit` says what is new, and that nothing was asked when nobody answered."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from tools.audit import KNOWN, age_of_list, chosen, new_shapes, read_versions

ROOT = Path(__file__).resolve().parents[3]
FOUND = {"file": "tests/a.py", "kind": "Private Key", "line": 3}


def test_a_shape_is_new_unless_its_file_and_kind_are_known() -> None:
    known = {"tests/a.py": {"kinds": ["Twilio API Key"], "why": "a vector"}}
    assert new_shapes([FOUND], known) == [FOUND]
    assert new_shapes([{**FOUND, "kind": "Twilio API Key"}], known) == []
    assert new_shapes([{**FOUND, "file": "tests/b.py"}], known) != []


def test_what_is_known_is_there_and_has_a_reason() -> None:
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))
    assert all((ROOT / file).exists() and one["why"] for file, one in known.items())


def test_the_dated_list_has_every_package_that_we_chose() -> None:
    listed = read_versions()["package"]
    assert {name: one["chosen"] for name, one in listed.items()} == chosen()


def test_a_list_that_is_old_says_what_to_do() -> None:
    versions = {
        "as_of": date(2026, 1, 1),
        "package": {"a": {"chosen": "1", "newest": "2"}, "b": {"chosen": "1", "newest": "1"}},
    }
    assert "2 packages, 1 behind" in age_of_list(versions, date(2026, 1, 2))
    assert "run this where" not in age_of_list(versions, date(2026, 4, 1))
    assert "run this where" in age_of_list(versions, date(2026, 4, 2))
