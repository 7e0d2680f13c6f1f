"""A demo is patient where the machine is too slow or too busy to keep real time."""

from __future__ import annotations

import pytest

from local.__main__ import build_parser
from local.demo.demo import read_patience
from local.demo.machine_pace import SLOW, USUAL_SECONDS, measured_seconds, times_as_slow


def patient(*words: str, slower: float) -> bool:
    return read_patience(build_parser().parse_args(["demo", *words]), lambda: slower)


def test_the_better_of_two_looks_counts_so_that_one_moment_of_other_work_does_not() -> None:
    looks = iter((8 * USUAL_SECONDS, 2 * USUAL_SECONDS))
    assert times_as_slow(lambda: next(looks)) == pytest.approx(2)


def test_a_look_takes_the_time_of_its_loops() -> None:
    assert 0 < measured_seconds() < 600


def test_a_machine_that_is_too_slow_makes_a_demo_patient_and_it_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not patient(slower=SLOW)
    assert capsys.readouterr().err == ""
    assert patient(slower=4.04)
    told = capsys.readouterr().err
    assert "takes 4.0 times as long" in told
    assert "PATIENT=0" in told


@pytest.mark.parametrize("words", [["--no-patient"], ["--built"], ["--speed", "2"]])
def test_who_wants_real_time_gets_it(words: list[str]) -> None:
    assert not patient(*words, slower=100)


def test_who_wants_patience_gets_it_on_any_machine() -> None:
    assert patient("--patient", slower=0.5)


def test_patience_and_a_speed_cannot_both_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["demo", "--patient", "--speed", "2"])
    assert "not allowed with" in capsys.readouterr().err
