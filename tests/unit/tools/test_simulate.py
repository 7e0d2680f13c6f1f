"""What `make simulate` prints: histories; the product's own log of those that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.observability import log
from tests.simulation import __main__ as simulate

if TYPE_CHECKING:
    import pytest


def judged(monkeypatch: pytest.MonkeyPatch, *broken: str) -> simulate.Verdict:
    def history(seed: int, _kind: str, _planted: str | None) -> simulate.Verdict:
        for at in range(simulate.LOGGED + 1):
            log("ERROR", f"reconcile failed {at}", None)
        return simulate.Verdict(seed, list(broken), 1, 1, 1)

    monkeypatch.setattr(simulate, "_of_history", history)
    return simulate._judged(7, simulate.DIALING, None)


def test_a_good_history_logs_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(monkeypatch).logged == ()
    assert capsys.readouterr().out == ""


def test_of_a_history_that_fails_the_last_lines_are_told_with_how_to_replay_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = judged(monkeypatch, "rang twice")
    assert len(verdict.logged) == simulate.LOGGED
    simulate._tell(verdict, simulate.DIALING, "lease_ignored")
    told = capsys.readouterr().out
    assert "rang twice" in told
    assert f"reconcile failed {simulate.LOGGED}" in told
    assert "reconcile failed 0" not in told
    assert "make replay SEED=7 PLANTED=lease_ignored" in told
