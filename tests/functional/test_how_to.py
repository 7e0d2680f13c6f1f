"""What the pages of docs/how-to show is done here, taken from the pages themselves."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contact_center.kernel.time_zones import AreaCodes
from contact_center.lists.domain.columns import understood
from contact_center.permission.domain.dialing_rules import DialingRules
from tests.unit.configuration.owner_config import OwnerFolder, blocks_of
from tests.unit.permission.dialing_examples import ask, contact, parsed, reason
from tools.compile_config import main as compile_config

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
DUBLIN, NEW_YORK = "+35315550100", "+12125550123"


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language, without the list's indent."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def test_an_assistant_gets_the_voice_of_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = OwnerFolder(tmp_path)
    (voice,) = blocks("another-voice.md", "toml")
    owner.append("assistants/billing.toml", f"\n{voice}")

    assert compile_config(["--config", str(owner.path)]) == 0
    capsys.readouterr()
    assert compile_config(["--config", str(owner.path), "--print", "billing"]) == 0
    told = json.loads(capsys.readouterr().out)["voice"]
    assert (told["provider"], told["voiceId"], told["speed"]) == ("openai", "alloy", 0.95)
    assert "stability" not in told, "another provider inherits nothing"


@pytest.mark.parametrize(
    ("heading", "file"),
    [
        ("## Change the opening hours", "hours.toml"),
        ("## Say who takes callers", "people.toml"),
    ],
)
def test_what_an_owner_adds_at_the_end_of_a_file_is_taken(
    heading: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = OwnerFolder(tmp_path)
    added = blocks_of(heading)[0]
    assert added.startswith("[")
    owner.append(file, f"\n{added}")
    assert compile_config(["--config", str(owner.path)]) == 0, capsys.readouterr().err
    compiled = owner.compiled.read_text(encoding="utf-8")
    assert ("Christmas" if file == "hours.toml" else "carla") in compiled


def rules_with(changes: list[str]) -> DialingRules:
    """The shipped rules and what a page adds to them."""
    values: dict[str, Any] = {**parsed("dialing_rules.toml"), "allow_test_numbers": True}
    for block in changes:
        where = re.match(r"# in \[(\w+)\]", block)
        added = tomllib.loads(block)
        if where:
            values[where[1]] = {**values[where[1]], **added}
        else:
            values["rule"] = [*values["rule"], *added["rule"]]
    return DialingRules.from_dict(values, AreaCodes.from_dict(parsed("area_codes.toml")))


def test_ireland_is_called_in_its_hours_and_not_out_of_them() -> None:
    *country, _ = blocks("rules-of-your-country.md", "toml")
    ireland = rules_with(country)

    noon, night = datetime(2026, 12, 2, 12, tzinfo=UTC), datetime(2026, 12, 2, 20, tzinfo=UTC)
    nobody = contact(consents=())
    assert reason(ask(DUBLIN, nobody, now=noon, under=ireland)) == "no_consent"
    assert reason(ask(DUBLIN, now=noon, under=ireland)) == "allowed"
    assert "ie-weekdays" in json.dumps(ask(DUBLIN, now=noon, under=ireland).evidence, default=str)
    assert reason(ask(DUBLIN, now=night, under=ireland)) == "outside_window"


def test_a_row_of_the_owner_s_holds_for_everybody() -> None:
    *_, stricter = blocks("rules-of-your-country.md", "toml")
    at = datetime(2026, 12, 2, 22, 30, tzinfo=UTC)  # half past five in New York

    assert reason(ask(NEW_YORK, now=at, under=rules_with([]))) == "allowed"
    assert reason(ask(NEW_YORK, now=at, under=rules_with([stricter]))) == "outside_window"


LISTS = [block.strip().splitlines() for block in blocks("import-contacts.md", "csv")]


@pytest.mark.parametrize(("heads", "row"), LISTS, ids=["HubSpot", "Salesforce", "a spreadsheet"])
def test_the_lists_of_the_page_are_understood_as_they_stand(heads: str, row: str) -> None:
    columns = understood(heads.split(","))
    meanings = {column.meaning.value for column in columns.columns}

    assert {"phone", "state", "consent_kind", "consent_at", "consent_source"} <= meanings
    assert "nothing" not in meanings
    assert len(row.split(",")) == len(heads.split(","))
