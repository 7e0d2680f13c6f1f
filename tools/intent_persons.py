"""How `make eval` tells who asks for a person from who does not, on our own sets.

"Others" are all utterances that ask for nobody, as issue 13 counts them: of these at most 1 in 200
may be taken for a wish. Near misses are those of them that were written to be taken for one;
callers seldom say such things, and their figure is printed apart.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tools.intent_trials import OWN_SETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def person_lines(model: IntentClassifier) -> list[str]:
    """How persons are told from near misses that nobody read, and from all others of our sets.

    Args:
        model: hears.
    """
    kept_back = [_kept_back_line(title, name, model) for title, name in _KEPT_BACK.items()]
    return [*kept_back, *(_others_line(half, model) for half in HALVES)]


def _kept_back_line(title: str, name: str, model: IntentClassifier) -> str:
    asked = [_taken(row["text"], model) for row in _rows(name, HALVES[1]) if row["route"] == ASKED]
    near = [_taken(text, model) for text in _others((name,), HALVES[1])]
    return f"person, {title}: found {_share(asked)}, wrongly {_share(near)} near misses"


def _others_line(half: str, model: IntentClassifier) -> str:
    near = [_taken(text, model) for text in _others(_NEAR, half)]
    rest = [_taken(text, model) for text in _others(_REST, half)]
    return (
        f"person, all others, {half}: wrongly {_share(near + rest)}; "
        f"near misses {_share(near)}, all else {_share(rest)}"
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


def _taken(text: str, model: IntentClassifier) -> bool:
    return model.hear(text).wants_person


def _share(taken: list[bool]) -> str:
    return f"{100 * sum(taken) / len(taken):.1f} % of {len(taken)}"
