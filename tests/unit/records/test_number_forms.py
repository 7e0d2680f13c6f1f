"""Ten thousand and more forms of numbers: none of them stays; and ordinary talk does."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from contact_center.config import COMPILED_FOLDER
from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.records.domain.redaction_turns import Turn, amended
from tests.unit.records.number_forms import LEADS, SAID, TEENS, TENS, Form, card_forms, other_forms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARDS, OTHERS = 10_500, 2_000
CONFIG = COMPILED_FOLDER.parent
MOST_TOUCHED = 0.01
DIGIT = re.compile(rf"\d|\b(?:{'|'.join((*SAID, *TEENS, *filter(None, TENS), 'o', 'double'))})\b")
MARK = re.compile(r"\[[a-z ]+\]")
# Beside a number, in the words around it of the forms themselves.
NO_DIGITS = re.compile("|".join(re.escape(lead) for lead in LEADS if lead))


def kept(form: Form) -> list[str]:
    """What is stored of turns that follow one another in six seconds each."""
    turns = [
        Turn(number * 6_000, f"{number}", "customer", redact(said))
        for number, said in enumerate(form.turns)
    ]
    changed = amended(turns, EVERYTHING) if len(turns) > 1 else {}
    return [changed.get(turn.key, turn.said).text for turn in turns]


def test_of_ten_thousand_card_numbers_no_digit_stays() -> None:
    told = set()
    for form in card_forms(CARDS):
        left = NO_DIGITS.sub("", MARK.sub("", " ".join(kept(form))))
        assert not DIGIT.search(left), f"{form.how}: {form.turns} is kept as {kept(form)}"
        told.add(form.how)
    assert len(told) >= 20  # eight ways, over one turn, two and four


def test_nothing_stays_of_other_numbers_addresses_and_dates_of_birth() -> None:
    for form in other_forms(OTHERS):
        left = MARK.sub("", " ".join(kept(form)))
        secret = DIGIT.pattern if form.secret.isdigit() else form.secret
        assert not re.search(secret, left), f"{form.how}: {form.turns} is kept as {kept(form)}"


def _examples() -> Iterator[str]:
    for file in sorted((CONFIG / "examples").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line
    for line in (CONFIG / "departments.toml").read_text(encoding="utf-8").splitlines():
        yield line.partition("#")[0]


# Each one was read, and is right.
TOUCHED_EXAMPLES = {
    "the number is five five five one two three four": "the number is [phone]",
    "january first nineteen eighty": "[date of birth]",
    "my email is john at example dot com": "my email is [email]",
    "my policy number is two two one five zero": "my policy number is [account]",
    "my date of birth is june third": "my date of birth is [date of birth]",
}


def test_of_the_examples_next_to_none_is_touched_and_those_rightly() -> None:
    said = list(_examples())
    touched = {text: kept for text in said if (kept := redact(text).text) != text}
    assert touched == TOUCHED_EXAMPLES
    assert len(touched) <= MOST_TOUCHED * len(said)


def test_of_a_set_of_callers_utterances_none_is_touched(shared: Path) -> None:
    with (shared / "utterances" / "dev.csv").open(encoding="utf-8", newline="") as rows:
        said = [row["text"] for row in csv.DictReader(rows)]
    touched = [text for text in said if redact(text).text != text]
    assert len(said) > 5_000
    assert touched == []  # each one that is touched has to be read here, and be right
