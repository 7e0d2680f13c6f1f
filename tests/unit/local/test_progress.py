"""The progress of campaigns, on a terminal and without one."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.demo.progress import CLEAR, Progress, Standing

if TYPE_CHECKING:
    import pytest

NOON = datetime(2026, 7, 8, 16, tzinfo=UTC)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def standing(open_contacts: int) -> Standing:
    reports = {"Offer": {"total": 40, "open": open_contacts}}
    return Standing(civil=NOON, reports=reports, rung=12, lines=3)


def test_on_a_terminal_one_line_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out, said = Terminal(), list[str]()
    with Progress(said.append, out) as progress:
        progress.show(standing(40))
        progress.show(standing(10))
    first, second = out.getvalue().split(CLEAR)[1:]
    assert first == f"12:00 in New York  Offer {'░' * 10} 0/40  12 rung, 3 on the line"
    assert f"{'█' * 7}{'░' * 3} 30/40" in second
    assert out.getvalue().count("\n") == 1
    assert said == []


def test_a_narrow_terminal_gets_a_shorter_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    out = Terminal()
    with Progress(lambda _: None, out) as progress:
        progress.show(standing(40))
    assert len(out.getvalue()) == len(CLEAR) + 29 + 1


def test_elsewhere_a_line_is_said_now_and_then_and_the_last_one_always() -> None:
    out, said = io.StringIO(), list[str]()
    with Progress(said.append, out) as progress:
        for left in (40, 30, 20):
            progress.show(standing(left))
    assert [line.split("  ")[1] for line in said] == [
        f"Offer {'░' * 10} 0/40",
        f"Offer {'█' * 5}{'░' * 5} 20/40",
    ]
    assert out.getvalue() == ""
