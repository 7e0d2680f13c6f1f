"""people.toml and PINs: what an owner is told when they are wrong, and what is read of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import CompiledConfigError, load_contact_center
from contact_center.configuration.tables import ConfigError
from tests.unit.configuration.owner_config import OwnerFolder
from tools import people_pins
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = 'number = "+14155550120"'
DEPARTMENTS = 'departments = ["sales", "billing"]'
RING = "ring_seconds = 20"
E164 = "must be a number in E.164 form, such as +14155550120"
PREMIUM = "+19005550120"


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def mistakes_of(owner: OwnerFolder) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    return list(caught.value.mistakes)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "+14155550121",
            "+14155550120",
            "people.ben.number: is ada's already; each person has one alone",
        ),
        (DEPARTMENTS, "departments = []", "people.ada.departments: {least}"),
        (DEPARTMENTS, "", "people.ada.departments: is missing"),
        (
            DEPARTMENTS,
            'departments = ["sales", "logistics"]',
            (
                "people.ada.departments: no department has the key 'logistics';"
                " there are billing, retention, sales, support"
            ),
        ),
        (
            DEPARTMENTS,
            'departments = ["sales", "sales"]',
            "people.ada.departments: names a department twice",
        ),
        (NUMBER, 'number = "415-555-0120"', f"people.ada.number: {E164}"),
        (NUMBER, 'number = "0120"', "people.ada.number: {short}"),
        (NUMBER, f'number = "{PREMIUM}"', "people.ada.number: is a premium-rate number"),
        (NUMBER, "", "people.ada: needs a number or a sip address, and not both"),
        (
            NUMBER,
            f'{NUMBER}\nsip = "sip:ada@example.com"',
            "people.ada: needs a number or a sip address, and not both",
        ),
        (
            NUMBER,
            'sip = "ada@example.com"',
            "people.ada.sip: must be an address such as sip:ada@example.com",
        ),
        (
            NUMBER,
            'sip = "sip:ada@exa mple.com"',
            "people.ada.sip: must be an address such as sip:ada@example.com",
        ),
        (RING, "ring_seconds = 4", "people.ada.ring_seconds: {five}"),
        (
            'came_from = "Until now with {before}."',
            'came_from = "Until now with somebody."',
            "offer_words.came_from: must have {{before}}, once, and no other braces",
        ),
        (
            'opening_withheld = "A caller for {department}, number withheld."',
            'opening_withheld = "A caller for {department}, {digits}."',
            "offer_words.opening_withheld: must have {{department}}, once, and no other braces",
        ),
        (RING, "ring_seconds = 61", "people.ada.ring_seconds: {sixty}"),
        (
            RING,
            'extension = "7"',
            "people.ada.extension: must be 2 to 6 digits, in quotes",
        ),
        (
            RING,
            'pin = "471142"',
            (
                "people.ada.pin: must not stand in this file; PINs are a secret,"
                " see docs/configuration.md"
            ),
        ),
        (RING, 'nickname = "A"', "people.ada.nickname: is not a key of this table"),
        ("wrap_seconds = 30", "wrap_seconds = 121", "wrap_seconds: {wrap}"),
        (
            '"That did not work. Goodbye."',
            '"{{companyName}}"',
            "words.refused: has a placeholder, and none is filled in here",
        ),
        ('"That did not work. Goodbye."', '""', "words.refused: must not be empty"),
    ],
)
def test_a_mistake_is_told_by_file_key_and_rule(
    owner: OwnerFolder, old: str, new: str, line: str
) -> None:
    owner.edit("people.toml", old, new)

    said = line.format(
        least="list should have at least 1 item after validation, not 0",
        short="is too short (emergency and short numbers are never dialled)",
        five="input should be greater than or equal to 5",
        sixty="input should be less than or equal to 60",
        wrap="input should be less than or equal to 120",
    )
    assert mistakes_of(owner) == [f"people.toml: {said}"]


def test_an_address_of_sip_is_one_person_s_however_it_is_written(owner: OwnerFolder) -> None:
    owner.edit("people.toml", NUMBER, 'sip = "sip:desk@example.com"')
    owner.edit("people.toml", 'number = "+14155550121"', 'sip = "sip:DESK@example.com"')

    assert mistakes_of(owner) == [
        "people.toml: people.ben.sip: is ada's already; each person has one alone"
    ]


def test_an_extension_says_who_it_is(owner: OwnerFolder) -> None:
    for number in ("+14155550120", "+14155550121"):
        line = f'number = "{number}"'
        owner.edit("people.toml", line, f'{line}\nextension = "12"')

    assert mistakes_of(owner) == [
        "people.toml: people.ben.extension: is ada's already; it says who it is"
    ]


def test_what_was_compiled_is_what_the_functions_read(owner: OwnerFolder) -> None:
    owner.edit("people.toml", NUMBER, 'sip = "sip:Ada@Example.com:5060"\nextension = "201"')
    assert main(["--config", str(owner.path)]) == 0
    roster = load_contact_center(owner.compiled).roster

    assert [one.person_id for one in roster.of_department("billing")] == ["ada", "ben"]
    assert [one.person_id for one in roster.of_department("sales")] == ["ada"]
    assert roster.of_department("person") == ()
    ada, ben = roster.people["ada"], roster.people["ben"]
    assert (ada.name, ada.address, ada.number) == ("Ada", "sip:Ada@Example.com:5060", None)
    assert (ben.number, ben.ring_seconds) == ("+14155550121", 20)
    assert roster.whose_telephone("+14155550121") is ben
    assert roster.whose_telephone(None) is None  # somebody who withholds his is not Ada
    assert roster.whose_telephone("sip:ada@example.com") is ada
    assert roster.whose_telephone("sip:eve@example.com") is None
    assert roster.whose_extension("201") is ada
    assert roster.wrap_seconds == 30
    assert not roster.shows_callers
    assert roster.words.refused.startswith("That did not work")


def test_nobody_at_all_is_no_mistake(owner: OwnerFolder) -> None:
    text = (owner.path / "people.toml").read_text(encoding="utf-8")
    owner.write("people.toml", text.partition("[people.ada]")[0])
    assert main(["--config", str(owner.path)]) == 0
    assert load_contact_center(owner.compiled).roster.people == {}


def test_without_the_file_nothing_is_compiled(owner: OwnerFolder) -> None:
    (owner.path / "people.toml").unlink()
    assert mistakes_of(owner) == ["people.toml: the file is missing"]


def test_a_damaged_compiled_file_is_refused_by_name(owner: OwnerFolder) -> None:
    assert main(["--config", str(owner.path)]) == 0
    compiled = json.loads(owner.compiled.read_text(encoding="utf-8"))
    del compiled["people"]["wrap_seconds"]
    owner.compiled.write_text(json.dumps(compiled), encoding="utf-8")

    with pytest.raises(CompiledConfigError, match=r"people: .*run make config"):
        _ = load_contact_center(owner.compiled).roster


# -- PINs, which stand in no file of the repository --------------------------------------------


def checked(
    owner: OwnerFolder, pins: object, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, list[str]]:
    file = owner.path.parent / "pins.json"
    file.write_text(pins if isinstance(pins, str) else json.dumps(pins), encoding="utf-8")
    status = people_pins.main([str(file), "--config", str(owner.path)])
    told = capsys.readouterr()
    return status, told.out, told.err.splitlines()


@pytest.mark.parametrize(
    "pin", ["123", "", "1234567890123", "12a4", "\uff14\uff17\uff11\uff11", "1111", 4711, None]
)
def test_a_pin_that_is_easily_found_is_refused_by_file_key_and_rule(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str], pin: object
) -> None:
    assert checked(owner, {"ada": pin}, capsys) == (
        1,
        "",
        ["pins.json: ada: must be 4 to 12 digits in quotes, and not one digit repeated"],
    )


@pytest.mark.parametrize(
    ("pins", "line"),
    [
        ({"eve": "4711"}, "pins.json: eve: people.toml has nobody of that key"),
        (["4711"], 'pins.json: must be an object, such as {"ada": "<digits>"}'),
        ("{", "pins.json: is not JSON"),
    ],
)
def test_so_is_one_of_nobody(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str], pins: object, line: str
) -> None:
    assert checked(owner, pins, capsys) == (1, "", [line])


def test_good_pins_are_counted_and_not_told(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told, wrong = checked(owner, {"ada": "4711"}, capsys)
    assert (status, wrong) == (0, [])
    assert told == "1 PINs are good; by telephone cannot log in: ben\n"


def test_a_file_that_is_not_there_is_named(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people_pins.main(["nowhere.json", "--config", str(owner.path)]) == 1
    assert capsys.readouterr().err == "nowhere.json: No such file or directory\n"
