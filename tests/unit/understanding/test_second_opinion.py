"""The second opinion: asked where the first abstains, loaded then, and never at a caller's cost."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from contact_center.understanding.adapters.bedrock_intents import BedrockIntents
from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.adapters.second_opinion import SecondOpinion
from contact_center.understanding.domain.intents import Hearing
from contact_center.wiring import call_router
from tests.fakes.counted_metrics import CountedMetrics
from tests.liveness import LIVENESS_SECONDS
from tests.unit.conversations.histories import POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[3]
CLEAR = "I was charged twice on my invoice"
UNCLEAR = "hi um my name is David and the blue one for the garden"
FIRST = load_intent_model(POLICY.route_confidence)


@dataclass
class SaysAlways:
    """A judge with one answer."""

    answer: tuple[str | None, float] = ("sales", 0.85)
    broken: bool = False
    heard: list[list[str]] = field(default_factory=list)

    def judge(self, matter: Sequence[str]) -> tuple[str | None, float]:
        self.heard.append(list(matter))
        if self.broken:
            raise ValueError("the words of David")
        return self.answer


@dataclass
class Scene:
    """A second opinion, its judge, and how often that was loaded."""

    judge: SaysAlways = field(default_factory=SaysAlways)
    absent: bool = False
    loads: int = 0

    def __post_init__(self) -> None:
        self.metrics = CountedMetrics()
        self.opinion = SecondOpinion(FIRST, self.metrics, self._load)

    def _load(self) -> SaysAlways:
        self.loads += 1
        if self.absent:
            raise ModuleNotFoundError("numpy")
        return self.judge


def test_who_is_understood_at_once_is_put_to_nobody_else() -> None:
    scene = Scene()
    assert scene.opinion.hear(CLEAR) == FIRST.hear(CLEAR)
    assert scene.opinion.hear("let me speak to a human being").wants_person
    assert scene.loads == 0


@pytest.mark.parametrize(
    "said", ["", "  ", "*coughs*", "The", "are you a robot", "hi good morning"]
)
def test_where_nothing_is_said_there_is_nothing_to_judge(said: str) -> None:
    scene = Scene()
    assert scene.opinion.hear(said) == FIRST.hear(said)
    assert scene.loads == 0


def test_an_abstention_asks_for_the_matter_alone_and_loads_once() -> None:
    scene = Scene()
    assert scene.opinion.hear(UNCLEAR) == Hearing("sales", 0.85)
    assert scene.opinion.hear(UNCLEAR) == Hearing("sales", 0.85)
    assert scene.judge.heard == [["the", "blue", "one", "for", "the", "garden"]] * 2
    assert scene.loads == 1
    assert scene.metrics.of("second_opinion") == [{"sure": "true"}] * 2


@pytest.mark.parametrize("answer", [("sales", 0.79), (None, 0.99), ("person", 0.99)])
def test_what_it_is_not_sure_of_is_asked_again_and_nobody_is_a_person_by_it(
    answer: tuple[str | None, float],
) -> None:
    scene = Scene(SaysAlways(answer))
    assert scene.opinion.hear(UNCLEAR) == FIRST.hear(UNCLEAR)
    assert scene.metrics.of("second_opinion") == [{"sure": "false"}]


def test_sure_enough_is_sure() -> None:
    assert Scene(SaysAlways(("sales", 0.8))).opinion.hear(UNCLEAR) == Hearing("sales", 0.8)


def test_a_layer_that_is_absent_is_looked_for_once_and_costs_no_caller(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(absent=True)
    for _ in range(3):
        assert scene.opinion.hear(UNCLEAR) == FIRST.hear(UNCLEAR)
    assert scene.opinion.hear(CLEAR).intent == "billing"
    assert scene.loads == 1
    assert scene.metrics.of("second_opinion_failed") == [{}]
    told = capsys.readouterr().out
    assert '"message":"second opinion failed","error":"ModuleNotFoundError"' in told


def test_what_breaks_over_one_utterance_is_asked_about_the_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(SaysAlways(broken=True))
    assert scene.opinion.hear(UNCLEAR) == FIRST.hear(UNCLEAR)
    scene.judge.broken = False
    assert scene.opinion.hear(UNCLEAR).intent == "sales"
    assert scene.loads == 1
    assert scene.metrics.of("second_opinion_failed") == [{}]
    assert "David" not in capsys.readouterr().out


def test_a_model_on_bedrock_comes_after_it_where_both_are_wanted() -> None:
    about = SimpleNamespace(by_key={})
    settings = SimpleNamespace(second_opinion=True, bedrock_model_id="some.model-v1:0")
    chosen = call_router._slow_classifier(
        cast("Any", settings), FIRST, cast("Any", about), CountedMetrics()
    )
    assert type(chosen) is BedrockIntents
    assert type(chosen._local) is SecondOpinion


LOADED = """
import sys
from contact_center.kernel.observability import StdoutMetrics
from contact_center.wiring import call_router
from contact_center.understanding.adapters.bedrock_intents import BedrockIntents
from contact_center.understanding.adapters.intent_model_file import load_intent_model
from types import SimpleNamespace
settings = SimpleNamespace(second_opinion=sys.argv[1] == "on", bedrock_model_id=None)
first = load_intent_model(0.68)
slow = call_router._slow_classifier(settings, first, None, StdoutMetrics("CallRouter", None))
(slow or first).hear("I was charged twice on my invoice")
print(type(slow).__name__, *sorted({name.split(".")[0] for name in sys.modules}))
(slow or first).hear("the blue one for the garden")
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def loaded(switch: str) -> tuple[str, set[str], set[str]]:
    """Which classifier is asked, and what is imported before and after an abstention."""
    ran = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-c", LOADED, switch],
        env={"PYTHONPATH": f"{ROOT}/layers/contact_center/python:{ROOT}/functions"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    before, *_, after = ran.stdout.splitlines()
    kind, *modules = before.split()
    return kind, set(modules), set(after.split())


def test_a_router_without_it_never_imports_what_it_brings() -> None:
    kind, before, after = loaded("off")
    assert kind == "NoneType"
    assert "numpy" not in before | after


def test_a_router_with_it_imports_what_it_brings_at_the_first_abstention() -> None:
    kind, before, after = loaded("on")
    assert kind == "SecondOpinion"
    assert "numpy" not in before
    assert "numpy" in after
