"""What the telephone offers comes out of an owner's own files, and out of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.telephone.offers import WHATEVER, Offers

if TYPE_CHECKING:
    from pathlib import Path

CALLER = 'name = "Somebody"\nnumber = "+14155550111"\n[expects]\ndestination = "billing"\n'
STEP = '[[steps]]\nsay = "Hello."\n[[steps]]\npress = "1"\n'
DEPARTMENTS = (
    '[person]\nkey = "person"\n[[departments]]\nkey = "billing"\n[[departments]]\nkey = "new"\n'
)


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    callers, examples = tmp_path / "callers", tmp_path / "examples"
    callers.mkdir()
    examples.mkdir()
    (callers / "01.toml").write_text(CALLER + STEP)
    (callers / "notes.md").write_text("no caller")
    (tmp_path / "secret.toml").write_text(CALLER)
    (tmp_path / "departments.toml").write_text(DEPARTMENTS)
    examples.joinpath("billing.txt").write_text(
        "billing\n# i am no example of it\ni think i paid this twice\n"
    )
    (tmp_path / "policy.toml").write_text("route_confidence = 0.6\n")
    return Offers(callers, tmp_path)


def test_every_script_is_offered_with_what_it_says(offers: Offers) -> None:
    assert offers.shown()["scripts"] == [
        {"file": "01.toml", "name": "Somebody", "number": "+14155550111", "says": ["Hello."]}
    ]


def test_a_sentence_of_each_department_is_offered_as_people_write_it(offers: Offers) -> None:
    said = offers.shown()["sentences"]

    assert said[0] == {"department": "billing", "words": "I think I paid this twice."}
    assert [one["words"] for one in said[1:]] == list(WHATEVER)  # `new` has no examples yet


@pytest.mark.parametrize("name", ["../secret.toml", "notes.md", "none.toml", "", "/etc/passwd"])
def test_no_other_file_is_a_script(offers: Offers, name: str) -> None:
    assert offers.script(name) is None


def test_a_script_is_what_its_file_says(offers: Offers) -> None:
    script = offers.script("01.toml")

    assert script is not None
    assert script["steps"] == [{"say": "Hello."}, {"press": "1"}]


def test_from_where_on_words_decide_is_what_the_policy_says(offers: Offers) -> None:
    assert offers.shown()["sureEnough"] == 0.6
