"""What of others is sent to browsers is what their packages hold, but for changes that are told."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from operator_api.page import FOLDER

VENDOR = FOLDER / "vendor"
NOTICES = Path(__file__).parents[3] / "THIRD_PARTY_NOTICES.md"
FILES: list[dict[str, Any]] = tomllib.loads((VENDOR / "lock.toml").read_text(encoding="utf-8"))[
    "file"
]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_every_file_of_others_is_locked() -> None:
    there = {path.name for path in VENDOR.iterdir()} - {"lock.toml"}

    assert {one["name"] for one in FILES} == there


@pytest.mark.parametrize("locked", FILES, ids=lambda one: one["name"])
def test_a_file_is_what_its_package_holds_but_for_the_changes_that_are_told(
    locked: dict[str, Any],
) -> None:
    content = (VENDOR / locked["name"]).read_bytes()
    assert digest(content) == locked["sha256"]

    for change in locked.get("changes", ()):
        assert change["why"]
        before, after = change["from"].encode(), change["to"].encode()
        if before:
            assert content.count(after) == 1
            content = content.replace(after, before)
        else:
            assert content.endswith(after)
            content = content.removesuffix(after)
    assert digest(content) == locked["origin_sha256"]


@pytest.mark.parametrize("locked", FILES, ids=lambda one: one["name"])
def test_whose_it_is_and_under_which_licence_is_told(locked: dict[str, Any]) -> None:
    notices = NOTICES.read_text(encoding="utf-8")

    assert f"## {locked['package']} {locked['version']}" in notices
    assert locked["licence"] in {"MIT", "Apache-2.0"}
    assert locked["integrity"].startswith("sha512-")


def test_nothing_is_noticed_that_is_not_there() -> None:
    headings = {
        line[3:]
        for line in NOTICES.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }

    assert headings == {f"{one['package']} {one['version']}" for one in FILES}
