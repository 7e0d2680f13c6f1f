"""`make accept` with everything real but the accounts and the caller's voice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from local.vapi.calls.account import CALLED_NUMBER
from tests.functional.accept.accept_scene import CALLERS, AcceptScene
from tools.accept import __main__ as command
from tools.accept import callers
from tools.accept.before import NotReadyError, checked
from tools.accept.spending import LONGEST_SECONDS, MinutePrices

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock

pytestmark = pytest.mark.emulator
CLOSED = "http://127.0.0.1:9"
LONGEST_USD = MinutePrices.read().usd(LONGEST_SECONDS)


class Shifted:
    """A clock that goes as the machine's does, from another time on."""

    def __init__(self, said: str) -> None:
        from contact_center.kernel.system_clock import SystemClock  # noqa: PLC0415

        self._clock = SystemClock()
        began_ms = self._clock.now_ms()
        self._by_ms = int(datetime.fromisoformat(said).timestamp() * 1000) - began_ms

    def now_ms(self) -> int:
        return self._clock.now_ms() + self._by_ms


def ring(
    scene: AcceptScene, *names: str, cap: float = 50.0, to: str = CALLED_NUMBER, **more: object
) -> int:
    live = checked(to, scene.from_id, cap)
    told = {"yes": True, **more}
    return command.real(scene.named(*names), live, scene.place, scene.token, **told)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the hour here: who may be rung when is asked of the rules in tests of their own."""
    monkeypatch.setattr(command, "refusal", lambda *_, **__: None)


def test_two_assistants_talk_and_the_table_is_printed(
    scene: AcceptScene, capsys: pytest.CaptureFixture[str]
) -> None:
    status = ring(scene, "Charged twice", "Asks for a person")

    said = capsys.readouterr().out
    figures = json.loads(said.splitlines()[-1])
    assert "intent accuracy" in said
    assert "Our records agree, for all 2 calls." in said
    assert "Spent, as far as it is told:" in said
    assert (figures["calls"], figures["intent_accuracy"], figures["missing"]) == (2, 1.0, 0), said
    assert figures["transfer_success"] == 1.0, said
    assert figures["usd"] > 0
    assert status == (0 if figures["passed"] else 1)
    assert [one["customer"]["number"] for one in scene.ordered] == [CALLED_NUMBER] * 2
    assert {one["phoneNumberId"] for one in scene.ordered} == {scene.from_id}


def test_the_cap_ends_it(scene: AcceptScene, capsys: pytest.CaptureFixture[str]) -> None:
    names = [one.caller.name for one in scene.scripts if one.caller.expects.destination != "person"]
    status = ring(scene, *names, cap=LONGEST_USD * 1.01)

    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status, len(scene.ordered)) == (1, 1)
    assert (figures["calls"], figures["missing"]) == (1, 8)
    assert figures["usd"] <= LONGEST_USD * 1.01


def test_nobody_agreed_and_nothing_rang(
    scene: AcceptScene, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(NotReadyError, match="nobody agreed"):
        ring(scene, "Charged twice", yes=False, agreed=no)
    assert "1 calls of two legs each" in asked[0]
    assert "stops before 50.00 USD" in asked[0]
    with pytest.raises(NotReadyError):  # nobody is at a terminal
        ring(scene, "Charged twice", yes=False)
    assert scene.ordered == []
    assert "1 calls of two legs each" in capsys.readouterr().out


@pytest.mark.parametrize("to", ["+12125550123", "+14155550199"])
def test_no_other_number_is_rung(scene: AcceptScene, to: str) -> None:
    with pytest.raises(NotReadyError, match=r"FROM is the number|neither a number of this set-up"):
        ring(scene, "Charged twice", to=to)
    assert scene.ordered == []


def test_outside_the_hours_nothing_rings(
    scene: AcceptScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    night: Clock = Shifted("2026-11-30T03:00:00-08:00")
    with pytest.raises(NotReadyError, match="may not be rung now: outside_window"):
        ring(scene, "Charged twice", clock=night)
    assert scene.ordered == []


def test_hours_that_end_meanwhile_end_it(
    scene: AcceptScene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([None, "outside_window"])
    monkeypatch.setattr(command, "refusal", lambda *_, **__: next(answers))
    assert ring(scene, "Charged twice") == 1
    assert scene.ordered == []
    said = capsys.readouterr().out
    assert "Charged twice: the number may not be rung now" in said
    assert json.loads(said.splitlines()[-1])["usd"] == 0


def test_a_call_that_never_comes_in_is_told_and_the_next_is_tried(
    scene: AcceptScene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(callers, "RINGS_WITHIN_MS", 0)
    scene.deaf = True
    assert ring(scene, "Charged twice", "Wants to buy") == 1
    said = capsys.readouterr().out
    assert len(scene.ordered) == 2
    assert scene.under_way == [0, 0]  # or a call that comes in late is taken for the next one's
    assert said.count("no call came in at the number") == 2
    assert json.loads(said.splitlines()[-1])["passed"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "TO and FROM are missing"),
        (["--to", CALLED_NUMBER], "FROM is missing"),
        (["--to", "4155550100", "--from", "x"], "TO must be a number"),
        (["--to", CALLED_NUMBER, "--from", "x", "--folder", "nowhere"], "nothing runs here"),
    ],
)
def test_without_what_it_needs_it_says_so_and_what_it_would_cost(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--live", *arguments], {}) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Real test calls need:" in told
    assert "10 calls of two legs each: about" in told
    assert "config/aws_prices.toml" in told


def test_with_a_token_that_is_not_ours_nothing_rings(scene: AcceptScene) -> None:
    """Or ten calls are paid for, and not one of them can be held to our record."""
    live = checked(CALLED_NUMBER, scene.from_id, 50.0)
    with pytest.raises(NotReadyError, match=r"does not take OPERATOR_TOKEN \(HTTP 401\)"):
        command.real(scene.named("Charged twice"), live, scene.place, "another", yes=True)
    gone = replace(scene.place, values={**scene.place.values, "PUBLIC_BASE_URL": CLOSED})
    with pytest.raises(NotReadyError, match="our API was not reached"):
        command.real(scene.named("Charged twice"), live, gone, scene.token, yes=True)
    assert scene.ordered == []


def test_an_order_that_is_refused_cost_nothing(
    scene: AcceptScene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scene.vapi.account, "lines", 0)
    assert ring(scene, "Charged twice") == 1
    said = capsys.readouterr().out
    assert "Charged twice: Vapi refused (HTTP 400): Over Concurrency Limit." in said
    assert json.loads(said.splitlines()[-1])["usd"] == 0
    assert scene.ordered == []


def test_without_a_token_or_with_another_key_nothing_rings(scene: AcceptScene) -> None:
    live = checked(CALLED_NUMBER, scene.from_id, 50.0)
    with pytest.raises(NotReadyError, match="OPERATOR_TOKEN"):
        command.real(scene.named("Charged twice"), live, scene.place, "", yes=True)
    arguments = ["--live", "--to", CALLED_NUMBER, "--from", "nowhere", "--folder"]
    told = {"OPERATOR_TOKEN": scene.token}
    assert command.main([*arguments, str(scene.folder), "--yes"], told) == 2
    assert scene.ordered == []


@pytest.mark.long
def test_the_same_calls_at_simulators(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything as it is on real accounts, but for the addresses and who speaks."""
    status = command.main(["--callers", str(CALLERS), "--patient"], {})
    said = capsys.readouterr().out
    figures = json.loads(said.splitlines()[-1])
    assert (figures["calls"], figures["as_expected"], figures["missing"]) == (10, 10, 0), said
    assert (status, figures["passed"]) == (0, True), said
