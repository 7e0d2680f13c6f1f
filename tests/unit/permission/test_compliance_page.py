"""The table in docs/compliance.md is what the rules say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from contact_center.permission.domain.calling_hours import STOP_BEFORE_CLOSE_SECONDS
from contact_center.permission.domain.contactability import ASK_AGAIN_SECONDS, CALLBACK_HOURS
from tests.unit.permission.dialing_examples import shipped

PAGE = Path(__file__).parents[3] / "docs" / "compliance.md"
MONDAY = date(2026, 7, 6)
ROW = re.compile(r"^\| `([\w-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|", re.MULTILINE)


def rows() -> dict[str, list[str]]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: [cell.strip() for cell in cells] for name, *cells in found}


def shown(jurisdiction: str, day: date) -> str:
    country = jurisdiction.partition("-")[0]
    above = "US" if jurisdiction == "default" else country
    hours = shipped().day([above, jurisdiction], day).hours
    if hours is None:
        return "none"
    return "\N{EN DASH}".join(f"{minute // 60}:{minute % 60:02d}" for minute in hours)


def test_every_jurisdiction_with_a_row_is_on_the_page() -> None:
    assert rows().keys() == shipped().by_jurisdiction.keys() - {"owner"}


@pytest.mark.parametrize("jurisdiction", sorted(shipped().by_jurisdiction.keys() - {"owner"}))
def test_the_page_shows_the_rules(jurisdiction: str) -> None:
    weekday, saturday, sunday, holidays, cap = rows()[jurisdiction]
    found = shipped().by_jurisdiction[jurisdiction]
    caps = [f"{rule.cap_calls} in {rule.cap_hours} h" for rule in found if rule.cap_calls]

    assert weekday == shown(jurisdiction, MONDAY)
    assert saturday == shown(jurisdiction, MONDAY + timedelta(days=5))
    assert sunday == shown(jurisdiction, MONDAY + timedelta(days=6))
    assert holidays == ("none" if any(rule.holiday_sets for rule in found) else "")
    assert cap == ", ".join(caps)


def test_the_page_names_the_constants() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())

    assert f"{STOP_BEFORE_CLOSE_SECONDS} seconds before" in text
    assert f"for {CALLBACK_HOURS} hours" in text
    assert f"{ASK_AGAIN_SECONDS} seconds later" in text
