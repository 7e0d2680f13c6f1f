"""How well asking for a person is told from all else, of sentences kept aside in training.

    python -m tools.asking

A line for every pair of scores that might count (training.py has those that do): of the sentences
written for this, which no rule was made for, and of tests/utterances (for development; the rules
know these), how many that ask are found and how many others are taken for it, by rules and score
together, on average of three deals into folds. The first line is the rules alone. About a minute.
"""

from __future__ import annotations

import sys
from math import inf

import numpy as np

from tools.asking.rules import rules_alone
from tools.asking.training import DEALS, scores_kept_aside
from tools.evaluate_intents import route_confidence
from tools.train_intents import read_lesson

_DOUBTED = (-3.0, -2.5, -2.0, -1.5, -1.0)
_FOUND = (0.25, 0.5, 0.75, 1.0, 1.5)
_COLUMNS = (
    (
        "no rule was made for",
        (
            "written",
            "persons_of_strange_kinds",
            "persons_of_other_kinds",
            "persons_of_fresh_kinds",
        ),
    ),
    ("rules were made for", ("persons", "near_persons", "persons_more")),
    ("examples and the rest", ("examples", "openings", "unclear", "denials", "machines")),
)


def main() -> int:
    """Measure and print."""
    sentences = read_lesson().sentences
    rules = rules_alone(route_confidence())
    ruled = np.array([rules.hear(text).wants_person for text in sentences.texts])
    scores = np.array([scores_kept_aside(sentences, deal) for deal in DEALS])
    print(f"{'doubted below, found above':>28}" + "".join(f"{name:>26}" for name, _ in _COLUMNS))
    for below, above in ((-inf, inf), *((low, high) for low in _DOUBTED for high in _FOUND)):
        taken = np.where(ruled, scores >= below, scores > above).mean(axis=0)
        line = f"{below:>20}{above:>8}"
        for _, sources in _COLUMNS:
            of_these = np.isin(sentences.sources, sources)
            found = taken[of_these & sentences.asks].mean()
            wrongly = taken[of_these & ~sentences.asks].mean()
            line += f"{100 * found:>17.1f} {100 * wrongly:>6.2f} %"
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
