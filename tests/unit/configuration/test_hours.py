"""hours.toml: what an owner is told when it is wrong, and what the functions read of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.visits.domain.opening_hours import (
    Closed,
    Open,
    OpeningHours,
    WhenClosed,
    opening,
)
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = 'mon = ["00:00-24:00"]'
OFFICE = """
zone = "Europe/London"
[weekly]
mon = ["09:00-12:30", "13:30-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["20:00-24:00"]
sat = ["00:00-02:00"]
sun = []
[closed]
action = "voicemail"
say = "{{companyName}} is closed."
[[special]]
name = "Christmas"
days = [2026-12-28]
every_year = ["12-25"]
hours = []
[departments.support]
zone = "America/New_York"
[departments.billing.closed]
action = "number"
number = "+14155550100"
say = "Billing is closed."
[[departments.billing.special]]
name = "Stocktaking"
days = [2026-12-28]
hours = ["10:00-11:00"]
"""


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def mistakes_of(owner: OwnerFolder) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    return list(caught.value.mistakes)


def hours_of(owner: OwnerFolder) -> OpeningHours:
    assert main(["--config", str(owner.path)]) == 0
    return load_contact_center(owner.compiled).hours


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'zone = "America/New_York"',
            'zone = "America/Gotham"',
            "zone: 'America/Gotham' is no time zone of a place, such as America/New_York",
        ),
        (
            'zone = "America/New_York"',
            'zone = "EST"',
            "zone: 'EST' is no time zone of a place, such as America/New_York",
        ),
        (
            MONDAY,
            'mon = ["22:00-06:00"]',
            (
                "weekly.mon: '22:00-06:00' ends before it begins; open past midnight is until"
                " 24:00 on the one day and from 00:00 on the next"
            ),
        ),
        (
            MONDAY,
            'mon = ["9-18"]',
            "weekly.mon: '9-18' must be hours such as \"09:00-18:00\"",
        ),
        (
            MONDAY,
            'mon = ["13:00-18:00", "09:00-12:00"]',
            "weekly.mon: must be in order and not overlap",
        ),
        (
            MONDAY,
            'mon = ["09:00-12:00", "11:00-18:00"]',
            "weekly.mon: must be in order and not overlap",
        ),
        (MONDAY, "", "weekly.mon: is missing"),
        (
            MONDAY,
            f'{MONDAY}\nmonday = ["00:00-24:00"]',
            "weekly.monday: is not a key of this table",
        ),
        (MONDAY, 'mon = "closed"', "weekly.mon: input should be a valid list"),
        (
            'action = "message"',
            'action = "music"',
            "closed.action: must be message, voicemail, callback or number",
        ),
        (
            'action = "message"',
            'action = "number"',
            'closed: number and action = "number" go together',
        ),
        (
            'action = "message"',
            'action = "message"\nnumber = "+14155550100"',
            'closed: number and action = "number" go together',
        ),
        (
            'action = "message"',
            'action = "number"\nnumber = "0800 1234"',
            "closed.number: must be a number in E.164 form, such as +14155550100",
        ),
        ('say = "Thank you', 'say = "" # "', "closed.say: must not be empty"),
        (
            'say = "Thank you',
            f'say = "{"blah " * 300}',
            "closed.say: string should have at most 1000 characters",
        ),
        (
            "{{companyName}}. We",
            "{{resumeNote}}. We",
            "closed.say: {{resumeNote}} is not known here; companyName, departmentNames, hours are",
        ),
    ],
)
def test_a_mistake_is_told_by_file_key_and_rule(
    owner: OwnerFolder, old: str, new: str, line: str
) -> None:
    owner.edit("hours.toml", old, new)

    assert mistakes_of(owner) == [f"hours.toml: {line}"]


@pytest.mark.parametrize(
    ("appended", "line"),
    [
        (
            '[[special]]\nname = "Fair"\nhours = []\n',
            "special.#1: needs days or every_year: a special day is some day",
        ),
        (
            '[[special]]\nname = "Fair"\nevery_year = ["02-30"]\nhours = []\n',
            "special.#1.every_year.#1: '02-30' must be a day of every year, such as \"12-25\"",
        ),
        (
            '[[special]]\nname = "Fair"\ndays = ["2026-11-26"]\nhours = []\n',
            "special.#1.days.#1: input should be a valid date",
        ),
        (
            '[[special]]\nname = "Fair"\ndays = [2026-11-26]\nhours = ["18:00-09:00"]\n',
            (
                "special.#1.hours: '18:00-09:00' ends before it begins; open past midnight is until"
                " 24:00 on the one day and from 00:00 on the next"
            ),
        ),
        (
            '[[special]]\nname = "Fair"\ndays = [2026-11-26]\n',
            "special.#1.hours: is missing",
        ),
        (
            '[[special]]\nname = "Fair"\ndays = [2026-11-26, 2026-11-26]\nhours = []\n',
            "special: 2026-11-26 is named 2 times",
        ),
        (
            (
                '[[special]]\nname = "Fair"\nevery_year = ["11-26"]\nhours = []\n'
                '[[special]]\nname = "Feast"\nevery_year = ["11-26"]\nhours = []\n'
            ),
            "special: 11-26 is named 2 times",
        ),
        (
            '[departments.logistics]\nzone = "Europe/Paris"\n',
            (
                "departments.logistics: no department has that key;"
                " there are billing, retention, sales, support"
            ),
        ),
        (
            '[departments.sales]\nzone = "Paris"\n',
            "departments.sales.zone: 'Paris' is no time zone of a place, such as America/New_York",
        ),
        (
            "[departments.sales]\nhours = []\n",
            "departments.sales.hours: is not a key of this table",
        ),
        (
            '[departments.sales.closed]\naction = "message"\nsay = "{{now}}"\n',
            (
                "departments.sales.closed.say: {{now}} is not known here;"
                " companyName, departmentNames, hours are"
            ),
        ),
        (
            (
                "[departments.sales.weekly]\nmon = []\ntue = []\nwed = []\nthu = []\nfri = []\n"
                'sat = []\nsun = []\n[departments.sales.closed]\naction = "callback"\nsay = "No."\n'
            ),
            "departments.sales.closed.action: callback needs hours in which to call back",
        ),
    ],
)
def test_so_is_one_of_special_days_and_of_departments(
    owner: OwnerFolder, appended: str, line: str
) -> None:
    owner.append("hours.toml", f"\n{appended}")

    assert mistakes_of(owner) == [f"hours.toml: {line}"]


def test_without_the_file_nothing_is_compiled(owner: OwnerFolder) -> None:
    (owner.path / "hours.toml").unlink()
    assert mistakes_of(owner) == ["hours.toml: the file is missing"]


def test_as_shipped_everything_is_open_always(owner: OwnerFolder) -> None:
    """Callers are answered as before there were hours."""
    shipped, now = hours_of(owner), datetime.now(tz=UTC)
    for department in ("sales", "support", "billing", "retention", "person"):
        assert opening(shipped.of(department), now) == Open(None)


def test_what_was_compiled_is_what_the_functions_read(owner: OwnerFolder) -> None:
    owner.write("hours.toml", OFFICE)
    hours = hours_of(owner)
    sales, support, billing = (hours.of(key) for key in ("sales", "support", "billing"))

    assert sales is hours.company
    assert sales.closing.action is WhenClosed.VOICEMAIL
    assert sales.closing.say == "Acme is closed."
    assert (billing.closing.action, billing.closing.number) == (WhenClosed.NUMBER, "+14155550100")
    monday = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    assert opening(sales, monday) == Open(datetime(2026, 11, 30, 12, 30, tzinfo=UTC))
    assert opening(support, monday) == Closed(datetime(2026, 11, 30, 14, 0, tzinfo=UTC), None)
    night = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
    assert opening(sales, night) == Open(datetime(2026, 11, 28, 2, 0, tzinfo=UTC))


def test_a_department_s_own_day_takes_the_place_of_the_company_s(owner: OwnerFolder) -> None:
    owner.write("hours.toml", OFFICE)
    hours = hours_of(owner)
    at = datetime(2026, 12, 28, 10, 30, tzinfo=UTC)

    assert opening(hours.of("billing"), at) == Open(datetime(2026, 12, 28, 11, 0, tzinfo=UTC))
    closed = opening(hours.of("sales"), at)
    assert isinstance(closed, Closed)
    assert closed.because == "Christmas"


def test_so_does_one_of_every_year(owner: OwnerFolder) -> None:
    own = '[[departments.support.special]]\nname = "Ours"\nevery_year = ["12-28"]\nhours = []\n'
    owner.write("hours.toml", OFFICE + own)
    hours = hours_of(owner)
    days = [hours.of(key).special(date(2026, 12, 28)) for key in ("support", "sales")]
    assert [day and day.name for day in days] == ["Ours", "Christmas"]


def test_what_is_compiled_follows_an_edit(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    hours_of(owner)
    owner.edit("hours.toml", MONDAY, "mon = []")

    assert main(["--config", str(owner.path), "--check"]) == 1
    assert "contact_center.json: hours is stale; run make config" in capsys.readouterr().err
