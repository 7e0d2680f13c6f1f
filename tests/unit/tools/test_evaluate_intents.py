"""`make eval`: what it reads, counts and prints."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from contact_center.understanding.domain.intents import Hearing
from tests.fakes.intent_classifier import FakeClassifier
from tools import evaluate_intents
from tools.evaluate_intents import DataError, closing_lines, main, read_data
from tools.intent_peers import keyword_rule
from tools.intent_persons import asked_back_line, person_lines
from tools.intent_report import Figures
from tools.intent_second import Added, hear_both
from tools.intent_trials import OWN_SETS, Calibration, Played, Player
from tools.train_intents import Lesson, read_lesson

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEYS = ["sales", "billing"]
SURE = Hearing("billing", 0.99)


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


def test_the_closing_lines_say_what_is_heard_of_people() -> None:
    figures = Figures(
        ["human", "human", "sales", "sales", "unclear", "unclear", "unclear", "unclear"],
        ["human", None, "human", "sales", None, None, None, "human"],
    )
    assert closing_lines(figures, Played(10, 4, 1, 25), 0.875) == [
        "person: found 50.0 %, wrongly 33.3 %",
        "unclear: kept 75.0 %",
        "partials: wrong first action 10.0 %, words saved 2.5",
        "openings: acted on 87.5 % of what is acted on bare",
    ]


def test_the_sets_that_nobody_read_are_told_by_counts() -> None:
    somebody = Hearing("person", 0.99, wants_person=True)
    text = "I want a human being"
    assert text in (OWN_SETS / "persons_kept_back.csv").read_text()
    lines = person_lines(FakeClassifier({text: somebody}))
    assert lines[0] == (
        "person, kept back: found 0.8 % of 131, 0.8 % after one question at most; "
        "wrongly 0.0 % of 203 near misses, asked 0.0 % (0.0 % one question more)"
    )
    assert [line.partition(",")[2].partition(";")[0] for line in lines[1:5]] == [
        " strange kinds, held back: found 0.0 % of 42, 0.0 % after one question at most",
        " other kinds, held back: found 0.0 % of 52, 0.0 % after one question at most",
        " fresh kinds, held back: found 0.0 % of 54, 0.0 % after one question at most",
        " all callers, held back: found 0.0 % of 310, 0.0 % after one question at most",
    ]
    assert "near misses: wrongly 0.0 % of 401," in lines[5]
    assert "everyday: wrongly 0.0 % of 308," in lines[6]


def test_all_others_are_told_beside_the_near_misses_among_them() -> None:
    somebody = Hearing("person", 0.99, wants_person=True)
    near = "I was talking to your agent yesterday about my bill"
    rest = ("I have a question", "I have a question about my account", "I want a human being")

    *_, development, held_back = person_lines(
        FakeClassifier(dict.fromkeys((near, *rest), somebody))
    )

    assert development.startswith(
        "person, all others, development: wrongly 0.2 % of 1269; "
        "near misses 0.2 % of 649, all else 0.3 % of 620,"
    )
    assert held_back.startswith("person, all others, held back: wrongly 0.0 % of ")


def test_who_is_asked_back_is_found_after_one_question_or_asked_in_vain() -> None:
    model = FakeClassifier(
        {
            "a human": Hearing("person", 0.99, wants_person=True),
            "the lady": Hearing(None, 0.1, perhaps_person=True),
            "the lady's bill": Hearing("billing", 0.9, perhaps_person=True),
            "the lady's hat": Hearing(None, 0.1, perhaps_person=True),
        }
    )
    said = ["a human", "the lady", "nonsense", "the lady's bill", "the lady's hat", "my bill", "hi"]
    routes = ["human"] * 3 + ["billing"] * 4

    assert asked_back_line(model, said, routes) == (
        "person, asked back: found 33.3 % of 3, 66.7 % after one question at most; "
        "others asked 50.0 % (25.0 % one question more)"
    )


@dataclass
class FirstOfTwo(FakeClassifier):
    """Hears what it was told; whatever else has more than one word is a matter."""

    def matter(self, text: str) -> list[str]:
        return text.split() if " " in text else []


class SecondOfTwo:
    """Is sure of one word."""

    def judge(self, matter: Sequence[str]) -> tuple[str | None, float]:
        return ("sales", 0.9) if "blue" in matter else ("sales", 0.5)


def test_what_a_second_opinion_adds_is_counted_where_the_first_abstains() -> None:
    said = {"pay blue": "billing", "a blue one": "sales", "my blue bill": "billing"}
    said |= {"blue": "sales", "a red one": "sales", "blue or so": "unclear"}
    first = FirstOfTwo({"pay blue": SURE})
    judge = cast("Any", SecondOfTwo())
    heard, added = hear_both(first, judge, list(said), list(said.values()))
    assert [one.intent for one in heard] == ["billing", "sales", "sales", None, None, "sales"]
    assert added == Added(asked=4, clear=5, acted=2, right=1, unclear=1)
    assert "of 1,000 callers 400 questions saved, 200 sent wrongly" in added.line()


def test_the_expected_error_weighs_what_is_stated_by_rows() -> None:
    told = Calibration()
    for right in (True, True, True, False):
        told.count(0.95, right=right)
    told.count(0.65, right=True)
    assert told.expected_error() == pytest.approx((4 * 0.2 + 0.35) / 5)


def test_an_utterance_is_played_until_the_first_action_before_its_end() -> None:
    said = "I was charged twice for one order on the very same day"
    heard = {" ".join(said.split()[:at]): SURE for at in (7, 11)}
    player = Player(FakeClassifier(heard))
    assert player.play([said], ["billing"], 1) == Played(1, 1, 0, 1)
    assert player.play([said], ["support"], 1) == Played(1, 1, 1, 1)
    assert player.play([said], [None], 5) == Played(1, 0, 0, 0)


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
def test_it_closes_with_what_counts_on_the_unseen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_intents, "_FOLDS", 2)
    monkeypatch.setattr(evaluate_intents, "read_lesson", a_tenth_of_the_lesson)
    monkeypatch.setattr(evaluate_intents, "made_here", lambda: None)  # wherever it runs
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
    lines = out.strip().splitlines()
    shape = r"acted on \d+(?:\.\d)? %, right \d+(?:\.\d)? %"
    for of in ("macro: ", "all: "):
        [told] = [line for line in lines if line.startswith(of)]
        assert re.fullmatch(of + shape, told)
    for line, begins in zip(
        lines[-4:],
        ("person: found ", "unclear: kept ", "partials: wrong first action ", "openings: "),
        strict=True,
    ):
        assert line.startswith(begins)
    for part in (
        "Stated and true",
        "Unseen business",
        "Seen business",
        "keyword rule",
        "TF-IDF",
        "retention",
    ):
        assert part in out
