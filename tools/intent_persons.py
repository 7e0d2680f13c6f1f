"""How `make eval` tells who asks for a person from who does not, on our own sets.

"Others" are all utterances that ask for nobody, as issue 13 counts them: of these at most 1 in 200
may be taken for a wish. Near misses are those of them that were written to be taken for one;
callers seldom say such things, and their figure is printed apart.

Who may ask for one is asked so (conversations/domain/folding/person_question.py). A question costs
one more where another matter is clear; where none is, it stands for the clarifying question.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.intent_trials import OWN_SETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contact_center.understanding.domain.intents import Hearing
    from contact_center.understanding.services.intent_classifier import IntentClassifier

ASKED = "human"
HALVES = ("development", "held back")
# Of each the errors of what is held back were never read.
_KEPT_BACK = {
    "kept back": "persons_kept_back",
    "strange kinds, held back": "persons_of_strange_kinds",
    "other kinds, held back": "persons_of_other_kinds",
    "fresh kinds, held back": "persons_of_fresh_kinds",
}
_NEAR = ("near_persons", "persons_more", *_KEPT_BACK.values())
_REST = ("openings", "unclear", "denials")
_ALL_CALLERS, _OF_ALL_CALLERS = "persons_of_all_callers", "others_of_all_callers"
_NEAR_KIND = "near: "


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of some utterances, in shares of them.

    Attributes:
        count: how many they are.
        found: taken for a wish at once.
        asked: asked whether they want a person, of all.
        more: asked so where another matter is clear: one question more than without.
    """

    count: int
    found: float
    asked: float
    more: float

    @classmethod
    def of(cls, hearings: Sequence[Hearing]) -> Heard:
        """Count them; at least one."""
        asked = [one for one in hearings if one.perhaps_person]
        count = len(hearings)
        return cls(
            count,
            sum(one.wants_person for one in hearings) / count,
            len(asked) / count,
            sum(one.intent is not None for one in asked) / count,
        )

    @property
    def taken(self) -> str:
        """Those that were taken for a wish, in words."""
        return f"{100 * self.found:.1f} % of {self.count}"

    @property
    def in_vain(self) -> str:
        """Those that were asked, if they ask for nobody, in words."""
        return f"asked {100 * self.asked:.1f} % ({100 * self.more:.1f} % one question more)"


def person_lines(model: IntentClassifier) -> list[str]:
    """How persons are told from near misses that nobody read, and from all others of our sets.

    Args:
        model: hears.
    """
    kept_back = [_kept_back_line(title, name, model) for title, name in _KEPT_BACK.items()]
    return [
        *kept_back,
        *_all_callers_lines(model),
        *(_others_line(half, model) for half in HALVES),
    ]


def asked_back_line(model: IntentClassifier, texts: Iterable[str], routes: Iterable[str]) -> str:
    """How many of a file are found at once, after one question, and asked in vain.

    Args:
        model: hears.
        texts: utterances.
        routes: their routes; `ASKED` wants a person.
    """
    heard = [(model.hear(text), route == ASKED) for text, route in zip(texts, routes, strict=True)]
    asks = [hearing for hearing, is_wish in heard if is_wish]
    others = [hearing for hearing, is_wish in heard if not is_wish]
    found = f"found {_found(Heard.of(asks))}" if asks else "none asked for"
    in_vain = f"; others {Heard.of(others).in_vain}" if others else ""
    return f"person, asked back: {found}{in_vain}"


def _found(asks: Heard) -> str:
    return f"{asks.taken}, {100 * (asks.found + asks.asked):.1f} % after one question at most"


def _kept_back_line(title: str, name: str, model: IntentClassifier) -> str:
    rows = _rows(name, HALVES[1])
    asks = Heard.of([model.hear(row["text"]) for row in rows if row["route"] == ASKED])
    near = Heard.of([model.hear(text) for text in _others((name,), HALVES[1])])
    return (
        f"person, {title}: found {_found(asks)}; wrongly {near.taken} near misses, {near.in_vain}"
    )


def _all_callers_lines(model: IntentClassifier) -> Iterator[str]:
    asks = Heard.of([model.hear(row["text"]) for row in _rows(_ALL_CALLERS, HALVES[1])])
    yield f"person, all callers, held back: found {_found(asks)}"
    others = _rows(_OF_ALL_CALLERS, HALVES[1])
    for title, is_near in (("near misses", True), ("everyday", False)):
        of_kind = [row for row in others if row["kind"].startswith(_NEAR_KIND) is is_near]
        heard = Heard.of([model.hear(row["text"]) for row in of_kind])
        yield f"person, all callers, {title}: wrongly {heard.taken}, {heard.in_vain}"


def _others_line(half: str, model: IntentClassifier) -> str:
    near = [model.hear(text) for text in _others(_NEAR, half)]
    rest = [model.hear(text) for text in _others(_REST, half)]
    return (
        f"person, all others, {half}: wrongly {Heard.of(near + rest).taken}; near misses "
        f"{Heard.of(near).taken}, all else {Heard.of(rest).taken}, {Heard.of(rest).in_vain}"
    )


def _others(names: Iterable[str], half: str) -> Iterator[str]:
    for name in names:
        for row in _rows(name, half):
            if row["route"] != ASKED:
                yield row["text"]
                if row.get("bare"):
                    yield row["bare"]


def _rows(name: str, half: str) -> list[dict[str, str]]:
    with (OWN_SETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["half"] == half]
