"""`make demo` on the real system: it passes, and what is planted in a run shows in its figures."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from argparse import Namespace
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from local.__main__ import build_parser
from local.cloud.emulator import ROOT
from local.demo import demo
from local.demo.campaign_report import CampaignVerdict, judge_campaigns
from local.demo.conclusion import conclude
from local.demo.demo import CALLERS
from local.demo.house.play import CALLERS as HOUSE
from local.vapi.scripts.callers_format import load_callers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from local.demo.campaign_demo import CampaignOutcome
    from local.demo.figures import Outcome

pytestmark = pytest.mark.emulator

HOUR_SECONDS = 3600.0
CONTACTS = "24"
STEP = '[[steps]]\nsay = "{words}"\n'
BILL = "I was charged twice on my last invoice and I want a refund."
PERSON = "I want to talk to a real person please."


def run_demo(
    folder: Path, *arguments: str, patient: bool = True
) -> tuple[int, str, dict[str, Any]]:
    """Exit status, standard output and its last line as JSON."""
    command = [sys.executable, "-m", "local", "demo", "--folder", str(folder)]
    command += ["--no-house", *(["--patient"] if patient else [])]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HOUR_SECONDS,
        check=False,
    )
    printed = done.stdout.splitlines() or [json.dumps({"nothing printed": done.stderr})]
    return done.returncode, done.stdout, json.loads(printed[-1])


def write_caller(folder: Path, name: str, words: str, destination: str, extra: str = "") -> None:
    number = f"+1415555{1000 + len(list(folder.iterdir()))}"
    text = f'name = "{name}"\nnumber = "{number}"\n{extra}\n'
    text += f'[expects]\ndestination = "{destination}"\n' + STEP.format(words=words)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class WholeDemo:
    """One run of all there is: what was printed, and what the campaigns left to be judged."""

    status: int
    output: str
    last: dict[str, Any]
    outcome: CampaignOutcome
    calls: Sequence[Outcome]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> WholeDemo:
    folder = tmp_path_factory.mktemp("whole")
    words = ["demo", "--folder", str(folder), "--patient", "--contacts", CONTACTS]
    seen: list[CampaignOutcome] = []
    called: list[Outcome] = []

    def concluded(calls: Sequence[Outcome], *others: Any, **more: Any) -> int:
        called.extend(calls)
        return conclude(calls, *others, **more)

    def judged(outcome: CampaignOutcome) -> CampaignVerdict:
        seen.append(outcome)
        return judge_campaigns(outcome)

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(demo, "judge_campaigns", judged)
        patch.setattr(demo, "conclude", concluded)
        status = demo.run(build_parser().parse_args(words))
    printed = out.getvalue() + err.getvalue()
    assert seen, printed
    last = json.loads(out.getvalue().splitlines()[-1])
    return WholeDemo(status, printed, last, seen[0], called)


@pytest.mark.long
def test_every_shipped_caller_is_served_as_its_script_expects(whole: WholeDemo) -> None:
    last, output = whole.last, whole.output
    assert last["unexpected"] == [], output
    assert last["calls"] >= len(list(CALLERS.glob("*.toml"))) - 1 >= 10  # one handoff is swallowed
    moods = ("credential withheld", "passing ended reason", "customer without number")
    assert last["moods"] == dict.fromkeys(moods, 1)
    assert last["intent_accuracy"] > 0.9
    assert last["transfer_success"] > 0.95
    assert last["speed_to_answer_ms_mean"] > 0  # measured, and here held to nothing
    assert last["records_agree"] is True, output
    for heading in ("intent accuracy", "transfer success", "speed to answer", "routing decision"):
        assert heading in output


@pytest.mark.long
def test_two_campaigns_keep_every_promise_although_a_dialer_is_killed(whole: WholeDemo) -> None:
    campaigns, output = whole.last["campaigns"], whole.output
    assert campaigns["problems"] == [], output
    assert campaigns["passed"] is True, output
    assert (whole.status, whole.last["passed"]) == (0, True)
    assert campaigns["contacts"] == int(CONTACTS)
    assert campaigns["dialers_killed"] == 1
    for promise in ("double_rings", "rings_outside_hours", "rings_after_opt_out", "contacts_open"):
        assert campaigns[promise] == 0
    ends = set(campaigns["contacts_ended"])
    assert {"done:completed", "done:busy", "done:no_answer", "done:voicemail"} <= ends
    assert {"never:suppressed", "never:no_consent"} <= ends
    assert "BROKEN" not in output
    assert "SIGKILL" in output


@pytest.mark.long
def test_a_full_house_at_our_own_number_keeps_every_promise(whole: WholeDemo) -> None:
    house, output = whole.last["house"], whole.output
    assert house["problems"] == [], output
    assert (house["passed"], house["records_agree"]) == (True, True)
    callers = load_callers(HOUSE)
    again = sum(one.call_back is not None for one in callers)
    by_us = sum(one.expects.visit == "callback_done" for one in callers)
    assert house["visits"] == len(callers) + again + by_us >= 13
    assert house["came_to"]["callback_done"] == by_us
    assert sum(house["came_to"].values()) == house["visits"]
    assert {"served", "transferred", "abandoned_waiting", "abandoned_talking"} <= set(
        house["came_to"]
    )
    assert {"answered", "declined", "voicemail"} <= set(house["transfers"])
    for promise in ("callers_lost", "before_their_turn", "kept_lost", "swallowed", "without_key"):
        assert house[promise] == 0
    assert house["waited"] >= 8
    assert "a full house: who called" in output


def rung_again(outcome: CampaignOutcome) -> CampaignOutcome:
    """The same run, had the first attempt rung twice."""
    first = outcome.run.dials[0]
    again = replace(first, at_ms=outcome.run.dials[-1].at_ms + 5_000)
    return replace(outcome, run=replace(outcome.run, dials=[*outcome.run.dials, again]))


def bunched(outcome: CampaignOutcome) -> CampaignOutcome:
    """The same run, had its calls left without any pace."""
    together = [replace(dial, at_ms=outcome.run.dials[0].at_ms) for dial in outcome.run.dials]
    return replace(outcome, run=replace(outcome.run, dials=together))


@pytest.mark.long
@pytest.mark.parametrize(
    ("plant", "promise"),
    [
        (rung_again, "attempts that rang twice"),
        (bunched, "most calls in a second, account"),
        (bunched, "most calls in a second, one area"),
        (bunched, "least gap between calls, offer"),
    ],
)
def test_a_double_ring_or_a_broken_limit_fails_the_demo(
    whole: WholeDemo,
    plant: Callable[[CampaignOutcome], CampaignOutcome],
    promise: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    verdict = judge_campaigns(replace(plant(whole.outcome), patient=False))
    assert conclude(whole.calls, [], 1.0, tmp_path / "log", verdict, timed=False) == 1
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if line.startswith(promise)]
    assert line.endswith("BROKEN")
    assert json.loads(printed.splitlines()[-1])["campaigns"]["passed"] is False


@pytest.mark.long
def test_a_patient_demo_shows_the_pace_and_judges_what_came_before_what(whole: WholeDemo) -> None:
    in_a_hurry = judge_campaigns(bunched(whole.outcome))
    assert "not judged" in in_a_hurry.text
    assert in_a_hurry.figures["worst_second_account"] == len(whole.outcome.run.dials)
    assert not judge_campaigns(rung_again(whole.outcome)).passed


@pytest.mark.long
def test_a_caller_whose_handoff_is_swallowed_reaches_a_person(tmp_path: Path) -> None:
    [swallowed] = CALLERS.glob("*swallowed*.toml")
    callers = tmp_path / "callers"
    callers.mkdir()
    (callers / swallowed.name).write_text(swallowed.read_text(encoding="utf-8"), encoding="utf-8")
    words = ["--contacts", "0", "--callers", str(callers), "--no-patient"]  # on a busy machine too
    _, output, last = run_demo(tmp_path / "run", *words, patient=False)
    assert last["unexpected"] == [], output
    assert "swallows the handoff to billing" in output
    assert last["moods"] == {"handoff accepted and swallowed": 1}
    assert last["records_agree"] is True, output


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, dict[str, Any]]:
    """One call of three goes well, one goes to the wrong department, one reaches nobody."""
    callers = tmp_path_factory.mktemp("callers")
    write_caller(callers, "served", BILL, "billing")
    write_caller(callers, "misrouted", BILL, "sales")
    write_caller(callers, "lost", PERSON, "person", "person_answers = false")
    folder = tmp_path_factory.mktemp("run")
    return run_demo(folder, "--contacts", "0", "--callers", str(callers))


@pytest.mark.long
def test_a_planted_misroute_and_a_planted_failed_transfer_show_in_the_figures(
    planted: tuple[int, str, dict[str, Any]],
) -> None:
    _, _, last = planted
    assert last["calls"] == 3
    assert last["intent_accuracy"] == pytest.approx(1 / 3, abs=1e-3)
    assert last["transfer_success"] == pytest.approx(2 / 3, abs=1e-3)
    assert last["unexpected"] == ["lost", "misrouted"]


@pytest.mark.long
def test_a_run_that_misses_a_target_says_why_and_fails(
    planted: tuple[int, str, dict[str, Any]],
) -> None:
    status, output, last = planted
    assert status == 1
    assert last["passed"] is False
    assert "went to billing, expected sales" in output
    assert "call.forwarding.no-answer" in output
    assert output.count("FAIL") == 2


def test_a_caller_that_cannot_be_played_is_told_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.toml").write_text('name = "Odd"\nnumber = "12"\n', encoding="utf-8")
    args = Namespace(callers=tmp_path, folder=tmp_path / "run", built=False, verbose=False)
    assert demo.run(args) == 2
    printed = capsys.readouterr()
    assert "odd.toml: number: must be a number such as +14155550123" in printed.err
    assert printed.out == ""
    assert not args.folder.exists()
