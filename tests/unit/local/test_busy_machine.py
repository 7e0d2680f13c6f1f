"""A demo whose machine gets other work comes to its end, says so, and judges the rest."""

from __future__ import annotations

import json
import threading
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.__main__ import build_parser
from local.demo import demo
from local.demo.callers_demo import Play
from local.demo.campaign_demo import PATIENT, Waits, standing_of
from local.demo.campaign_list import OFFER, REMINDER
from local.demo.conclusion import PATIENT_COMMAND, conclude
from local.demo.demo import waits_from_now_on
from local.demo.house.beside import HouseBeside
from local.demo.machine_pace import SLOW
from local.demo.operator_client import ApiError, Operator
from local.demo.patience import LEAST_TIMEOUT_SECONDS
from tests.fakes.raw_server import RawServer

if TYPE_CHECKING:
    from collections.abc import Callable

BUSY = 4.04
NO_ANSWER = ApiError("GET /api/campaigns: TimeoutError()")


def onward(*words: str, slower: Callable[[], float], contacts: int = 24) -> bool:
    """Whether what follows the callers is played with patience."""
    arguments = build_parser().parse_args(["demo", *words])
    play = Play(callers=(), departments={}, contacts=contacts)
    return waits_from_now_on(arguments, play, slower).patient


def never() -> float:
    raise AssertionError("nobody was to look")


def test_a_machine_that_got_busy_while_callers_rang_is_waited_for_from_then_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not onward(slower=lambda: SLOW)
    assert capsys.readouterr().err == ""
    assert onward(slower=lambda: BUSY)
    assert "takes 4.0 times as long" in capsys.readouterr().err


def test_who_wants_real_time_gets_it_to_the_end_and_where_nothing_follows_nobody_looks() -> None:
    assert not onward("--no-patient", slower=never)
    assert not onward("--built", slower=never)
    assert not onward(slower=never, contacts=0)


def test_what_failed_beside_other_work_may_be_a_matter_of_time_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def said(slower: float, differ: str = "our record says so") -> tuple[str, Any]:
        status = conclude([], [differ], 1.0, Path("logs/x"), times_slower=lambda: slower)
        *text, last = capsys.readouterr().out.splitlines()
        assert status == 1
        return " ".join(text), json.loads(last)

    text, last = said(BUSY)
    assert "Everything takes 4.0 times as long here by now" in text
    assert (PATIENT_COMMAND in text, last["times_as_slow"], last["passed"]) == (True, BUSY, False)
    text, last = said(1.0)
    assert "Everything takes" not in text
    assert (PATIENT_COMMAND in text, last["times_as_slow"]) == (True, 1.0)


def test_where_times_are_not_judged_nobody_looks_at_the_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    conclude([], ["x"], 1.0, Path("logs/x"), timed=False, times_slower=never)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["times_as_slow"] is None


def test_a_look_that_our_api_leaves_without_an_answer_is_one_look_less() -> None:
    class Busy:
        def __init__(self, *answers: Any) -> None:
            self.answers = list(answers)

        def progress(self, campaign_id: str) -> Any:
            said = self.answers.pop(0)
            if isinstance(said, ApiError):
                raise said
            return {"id": campaign_id, **said}

    ids = {OFFER: "c1", REMINDER: "c2"}
    assert standing_of(Busy({"open": 1}, NO_ANSWER), ids) is None  # type: ignore[arg-type]
    standing = standing_of(Busy({"open": 1}, {"open": 2}), ids)  # type: ignore[arg-type]
    assert standing is not None
    assert [one["open"] for one in standing.values()] == [1, 2]


def test_an_answer_is_waited_for_as_long_as_was_said() -> None:
    with RawServer(b"", hold=threading.Event()) as silent, pytest.raises(ApiError, match="Timeout"):
        Operator(silent.url, "token", 0.01).progress("c1")
    assert Waits().answer_seconds < LEAST_TIMEOUT_SECONDS < PATIENT.answer_seconds


@pytest.mark.parametrize("what", ["campaigns", "house"])
def test_what_our_api_does_not_let_judge_is_said_and_the_rest_is_judged(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise NO_ANSWER

    monkeypatch.setattr(demo, "run_campaigns", fails)
    monkeypatch.setattr(HouseBeside, "verdict", fails)
    arguments = Namespace(folder=Path(), verbose=False)
    play = Play(callers=(), departments={}, contacts=24)
    verdict = (
        demo._campaigns(arguments, play, Path(), None)
        if what == "campaigns"
        else demo._house_verdict(HouseBeside.__new__(HouseBeside))
    )
    assert verdict is not None
    assert not verdict.passed
    assert "could not be judged" in verdict.text
    assert verdict.figures["problems"] == [verdict.text]
