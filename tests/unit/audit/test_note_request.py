"""What is not written down is not answered, unless it stops calls."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from contact_center.audit.services.note_request import NotNotedError, TrailParts, note_request
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from tests.fakes.audit_book import FakeMarkKey, FakeTrail
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.unit.audit.test_entries import ADA, asked


class Ids:
    def __init__(self) -> None:
        self._numbers = itertools.count()

    def new(self) -> str:
        return f"{next(self._numbers):032x}"


def parts(**others: Any) -> TrailParts:
    usual: dict[str, Any] = {"book": FakeTrail(), "key": FakeMarkKey(), "clock": FakeClock(5)}
    return TrailParts(**usual | {"ids": Ids(), "metrics": CountedMetrics()} | others)


def counted(made: TrailParts) -> Any:
    return made.metrics.counted  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [StoreUnavailableError(), StoreRefusedError()])
def test_without_an_entry_nothing_is_answered_but_what_stops_calls(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = parts(book=FakeTrail(error=error))
    for action in ("unsuppress", "showCall", "triggerCall"):
        with pytest.raises(NotNotedError):
            note_request(asked(action, numbers=(ADA,), names=("x",)), broken)
    for action in ("stopDialing", "suppress", "pauseCampaign", "revokeConsent"):
        note_request(asked(action, numbers=(ADA,)), broken)
    told = capsys.readouterr().out
    assert told.count("not in the audit trail") == 7
    assert ADA not in told
    assert "Ada" not in told
    assert "audit_lost" in str(counted(broken))


def test_without_the_key_what_stops_calls_is_written_down_unmarked() -> None:
    unmarked = parts(key=FakeMarkKey(None))
    note_request(asked("suppress", numbers=(ADA,)), unmarked)
    [entry] = unmarked.book.entries.values()  # type: ignore[attr-defined]
    assert (entry.action, entry.customers, entry.more) == ("suppress", (), 1)
    with pytest.raises(NotNotedError):
        note_request(asked("showCall", numbers=(ADA,)), unmarked)
    assert len(unmarked.book.entries) == 1  # type: ignore[attr-defined]


def test_an_entry_is_one_request_and_the_stop_needs_no_key() -> None:
    made = parts()
    note_request(asked("stopDialing"), made)
    assert (made.book.asked, made.key.asked) == (1, 0)  # type: ignore[attr-defined]
    note_request(asked("listCampaigns"), made)
    assert (made.book.asked, made.key.asked) == (1, 0)  # type: ignore[attr-defined]
    note_request(asked("suppress", numbers=(ADA,)), made)
    assert (made.book.asked, made.key.asked) == (2, 1)  # type: ignore[attr-defined]
