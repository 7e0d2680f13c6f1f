"""What a run says at its end, and that the page shows it as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.demo.figures import Outcome
from tools.accept.__main__ import needs
from tools.accept.play import Played
from tools.accept.spending import MinutePrices, Purse
from tools.accept.told import concluded

PAGE = Path(__file__).parents[3] / "docs" / "deployment.md"


def outcome(number: int, went_to: str = "billing", problems: tuple[str, ...] = ()) -> Outcome:
    return Outcome(
        call_id=f"call-{number}",
        caller=f"Caller {number}",
        expected="billing",
        went_to=went_to,
        transfers_tried=1,
        transfers_made=1,
        answer_ms=1_640.0 + 20 * number,
        decision_ms=(420.0 + 10 * number,),
        problems=problems,
    )


def purse(cap_usd: float | None = 12.0) -> Purse:
    return Purse(MinutePrices.read(), cap_usd, 1.84)


def test_all_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert concluded(Played([outcome(number) for number in range(10)], []), (), purse()) == 0
    said = capsys.readouterr().out
    assert "Our records agree, for all 10 calls." in said
    assert json.loads(said.splitlines()[-1])["passed"] is True
    lines = said.strip().splitlines()[:-1]  # but for the one for machines
    table = "\n".join(line.rstrip() for line in lines)
    assert f"```text\n{table}\n" in PAGE.read_text(encoding="utf-8"), table


@pytest.mark.parametrize(
    ("results", "missing", "said"),
    [
        ([], [], "FAIL"),
        ([outcome(0)], ["Ada: it was busy"], "Ada: it was busy"),
        ([outcome(0), outcome(1, "sales", ("went to sales",))], [], "FAIL"),
        (
            [outcome(0, problems=("our record says sales, Vapi saw billing",))],
            [],
            "Caller 0: our record says sales",
        ),
    ],
)
def test_what_is_not_met_or_missing_fails(
    results: list[Outcome], missing: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert concluded(Played(results, missing), (), purse()) == 1
    out = capsys.readouterr().out
    assert said in out
    assert json.loads(out.splitlines()[-1])["passed"] is False


def test_who_was_left_out_on_purpose_is_told_and_fails_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert concluded(Played([outcome(0)], []), ["Bob: not played"], purse(None)) == 0
    said = capsys.readouterr().out
    assert "Bob: not played" in said
    assert "Spent" not in said


def test_times_that_are_not_life_s_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    slow = Outcome(
        call_id="c", caller="Ada", expected="x", went_to="x", transfers_tried=1,
        transfers_made=1, answer_ms=9_000.0,
    )  # fmt: skip
    assert concluded(Played([slow], []), (), purse(None)) == 1
    assert concluded(Played([slow], []), (), purse(None), timed=False) == 0
    capsys.readouterr()


def test_the_page_shows_what_real_calls_need() -> None:
    assert f"```text\n{needs(10)}\n```" in PAGE.read_text(encoding="utf-8")
