"""calendar.toml: what an owner is told when it is wrong, and what functions read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import CompiledConfigError, load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.records.domain.calendar import Span
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

FILE = "calendar.toml"
ZONE_RULE = "is no time zone of a place, such as America/New_York"


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('zone = "America/New_York"', 'zone = "EST"', f"zone: 'EST' {ZONE_RULE}"),
        ("length_minutes = 30", "length_minutes = 5", "length_minutes: input should be greater"),
        ("length_minutes = 30", "length_minutes = 481", "length_minutes: input should be less"),
        ("length_minutes = 30", 'length_minutes = "30"', "length_minutes: input should be a valid"),
        ("length_minutes = 30", "length = 30", "length_minutes: is missing"),
        ("notice_hours = 4", "notice_hours = -1", "notice_hours: input should be greater"),
        ("notice_hours = 4", "notice_hours = 336", "notice_hours: must end before days_ahead does"),
        ("days_ahead = 14", "days_ahead = 61", "days_ahead: input should be less"),
        ("capacity = 1", "capacity = 0", "capacity: input should be greater"),
        ("capacity = 1", "capacity = 11", "capacity: input should be less"),
        ("capacity = 1", "capacity = 1\nbuffer = 5", "buffer: is not a key of this table"),
        ("sun = []", "", "weekly.sun: is missing"),
        ("sun = []", 'sun = ["9-10"]', "weekly.sun: '9-10' must be hours such as"),
        ("sun = []", 'sun = ["10:00-09:00"]', "weekly.sun: '10:00-09:00' ends before it begins"),
        (
            "sun = []",
            'sun = ["09:00-11:00", "10:00-12:00"]',
            "weekly.sun: must be in order and not overlap",
        ),
        (
            "sun = []",
            'sun = ["09:00-09:20"]',
            "weekly.sun: 09:00-09:20 is shorter than length_minutes",
        ),
        ('"01-01"]', '"01-01", "12-25"]', "special: 12-25 is named 2 times"),
        ('"01-01"]', '"02-30"]', "special.#1.every_year.#4: '02-30' must be a day of every year"),
        ("hours = []", 'hours = ["09:00-09:10"]', "special: 09:00-09:10 is shorter than length"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_rule(
    owner: OwnerFolder, old: str, new: str, mistake: str
) -> None:
    owner.edit(FILE, old, new)
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert any(one.startswith(f"{FILE}: {mistake}") for one in caught.value.mistakes)


def test_a_missing_file_is_named(owner: OwnerFolder) -> None:
    (owner.path / FILE).unlink()
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert list(caught.value.mistakes) == [f"{FILE}: the file is missing"]


def test_what_is_written_is_what_functions_read(owner: OwnerFolder) -> None:
    owner.append(
        FILE, '\n[[special]]\nname = "Fair"\ndays = [2026-12-24]\nhours = ["10:00-11:00"]\n'
    )
    assert main(["--config", str(owner.path)]) == 0
    rules = load_contact_center(owner.compiled).calendar
    assert (rules.zone, rules.length_minutes, rules.capacity) == ("America/New_York", 30, 1)
    assert (rules.notice_hours, rules.days_ahead) == (4, 14)
    assert rules.week[0] == (Span(540, 720), Span(780, 1020))
    assert rules.week[6] == ()
    assert rules.special_days["12-24"] == ()
    assert rules.special_days["2026-12-24"] == (Span(600, 660),)


def test_a_file_that_another_release_compiled_says_what_to_run(owner: OwnerFolder) -> None:
    main(["--config", str(owner.path)])
    text = owner.compiled.read_text(encoding="utf-8")
    owner.compiled.write_text(text.replace('"length_minutes"', '"length"'), encoding="utf-8")
    with pytest.raises(CompiledConfigError, match="calendar: 'length_minutes'; run make config"):
        _ = load_contact_center(owner.compiled).calendar
