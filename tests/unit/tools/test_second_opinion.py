"""What a second opinion is asked, and how its answers are counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from tests.unit.conversations.histories import POLICY
from tools.second_opinion import Other, main, matter_of, show
from tools.train_intents import read_lesson

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = load_intent_model(POLICY.route_confidence)
LESSON = read_lesson()


class Always(Other):
    """Is sure of one department, whatever is asked."""

    def __init__(self, intent: str) -> None:
        words = SimpleNamespace(column_of={"blue": 0})
        super().__init__(cast("Any", None), cast("Any", SimpleNamespace(words=words)), 1.0)
        object.__setattr__(self, "row", [0.85 * (one == intent) for one in LESSON.intents])

    def chances(self, matters: Sequence[str]) -> Any:
        return np.array([cast("Any", self).row for _ in matters])


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        ("hi um my name is David and the blue one", "the blue one"),
        ("*coughs*", ""),
        ("are you a robot", ""),
    ],
)
def test_noise_and_questions_about_us_are_nobody_s_to_judge(said: str, matter: str) -> None:
    assert matter_of(said, {"blue"}) == matter


def test_what_the_classifier_abstains_on_is_counted_by_the_bar(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = {"I was charged twice on my invoice": "billing"}
    said |= {"the blue one for the garden": "sales", "the blue one of them": "unclear"}
    said |= {"*coughs*": "unclear"}  # nobody's to judge
    assert [MODEL.hear(text).intent for text in said] == ["billing", None, None, None]

    show(MODEL, Always("sales"), LESSON, list(said), list(said.values()))

    told = capsys.readouterr().out
    assert "2 of 4 belong somewhere: acted on 1, right 1" in told
    assert "abstained on 2" in told
    assert "second opinion   0.8: acted on 1 more, right 1; unclear 1" in told
    assert "second opinion   0.9: acted on 0 more, right 0; unclear 0" in told


def test_a_package_that_is_not_there_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--wheel", "nowhere.whl"]) == 2
    assert "nowhere.whl" in capsys.readouterr().err
