"""`make eval`: what it reads, counts and prints."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tools import evaluate_intents
from tools.evaluate_intents import DataError, main, read_data
from tools.intent_peers import keyword_rule
from tools.intent_report import Figures
from tools.train_intents import Lesson, read_lesson

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ["sales", "billing"]


def written(tmp_path: Path, content: str) -> str:
    file = tmp_path / "data.csv"
    file.write_text(content, encoding="utf-8")
    return str(file)


def test_text_and_route_are_read_and_the_rest_is_not(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufeffid,text,route\n1,buy this,Sales\n2,a person,person\n3,,sales\n4,um,unclear\n",
    )
    assert read_data(path, KEYS) == (["buy this", "a person", "um"], ["sales", "human", "unclear"])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("text\nhello\n", "column route is missing"),
        ("", "column route, text is missing"),
        ("text,route\nhello,claims\n", "line 2: route 'claims' is none of"),
        ("text,route\nhello\n", "line 2: route '' is none of"),
        ("text,route\n", "no utterance"),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        read_data(written(tmp_path, content), KEYS)


def test_no_file_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err
    with pytest.raises(SystemExit):  # halves are of our own sets
        main(["--data", str(tmp_path / "none.csv"), "--half", "development"])


def test_figures_are_counted_by_route() -> None:
    figures = Figures(
        ["sales", "sales", "sales", "sales", "billing", "billing", "unclear", "unclear"],
        ["sales", "sales", "billing", None, "billing", None, None, "sales"],
    )
    sales = figures.routes["sales"]
    assert (sales.rows, sales.acted, sales.right, sales.taken) == (4, 3, 2, 2)
    assert (sales.precision, sales.recall) == (1.0, 0.5)
    assert figures.routes["billing"].precision == 0.5
    assert list(figures.macro()) == pytest.approx([(3 / 4 + 1 / 2) / 2, (2 / 3 + 1) / 2])
    assert list(figures.overall()) == pytest.approx([4 / 6, 3 / 4])
    assert (figures.vague_rows, figures.vague_acted) == (2, 1)


def test_a_route_never_acted_on_is_not_right() -> None:
    assert Figures(["sales", "billing"], ["sales", None]).macro() == (0.5, 0.5)


@pytest.mark.parametrize(
    ("said", "route"),
    [
        ("my Payment", "billing"),
        ("not working", "support"),
        ("this is not about billing", "billing"),
        ("I want to buy", None),
    ],
)
def test_the_tutorial_s_rule_is_as_the_tutorial_has_it(said: str, route: str | None) -> None:
    assert keyword_rule(said) == route


def a_tenth_of_the_lesson() -> Lesson:
    """Learning from all of it takes minutes, for the same lines."""
    lesson = read_lesson()
    kept = np.arange(len(lesson.examples.texts)) % 10 == 0
    return replace(lesson, examples=lesson.examples.chosen(kept))


@pytest.mark.long
def test_it_closes_with_two_lines_on_the_unseen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_intents, "_FOLDS", 2)
    monkeypatch.setattr(evaluate_intents, "read_lesson", a_tenth_of_the_lesson)
    rows = [
        *(("I want to buy a plan", "sales"), ("what does it cost", "sales")),
        *(("refund me", "billing"), ("you charged me twice", "billing")),
        *(("my router is broken", "support"), ("the app crashes", "support")),
        *(("cancel my contract", "retention"), ("close my account", "retention")),
        *(("get me a human", "human"), ("operator", "human"), ("um", "unclear"), ("hi", "unclear")),
    ]
    path = written(tmp_path, "text,route\n" + "".join(f"{text},{route}\n" for text, route in rows))
    assert main([path]) == 0
    out = capsys.readouterr().out
    *_, macro, overall = out.strip().splitlines()
    shape = r"acted on \d+(?:\.\d)? %, right \d+(?:\.\d)? %"
    assert re.fullmatch("macro: " + shape, macro)
    assert re.fullmatch("all: " + shape, overall)
    for part in ("Unseen business", "Seen business", "keyword rule", "TF-IDF", "retention"):
        assert part in out
