"""The shipped callers and callees play every mood of Vapi, and who can play them when."""

from __future__ import annotations

import pytest

from local.demo.demo import CALLERS, _playable
from local.vapi.scripts.callees_format import CALLEES, load_callees
from local.vapi.scripts.callers_format import Faults, load_callers

EVERY = Faults(
    swallowed_handoffs=1, credential_withheld=True, passing_reason=True, number_shown_as="nothing"
).moods


def test_a_shipped_caller_plays_each_mood_alone() -> None:
    moods = [caller.faults.moods for caller in load_callers(CALLERS) if caller.faults.moods]
    assert sorted(moods) == sorted((mood,) for mood in EVERY)


@pytest.mark.parametrize("mood", ["passing ended reason", "customer without number"])
def test_a_shipped_callee_plays_what_may_befall_a_call_of_ours(mood: str) -> None:
    rings = [ring for callee in load_callees(CALLEES) for ring in callee.rings]
    assert any(ring.faults.moods == (mood,) and ring.does == "answers" for ring in rings)


def test_only_a_swallowed_handoff_is_left_out_where_no_clock_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    callers = load_callers(CALLERS)
    assert _playable(callers, patient=False) == callers
    patient = _playable(callers, patient=True)
    [left_out] = [caller for caller in callers if caller not in patient]
    assert left_out.faults.swallowed_handoffs
    assert left_out.name in capsys.readouterr().err
