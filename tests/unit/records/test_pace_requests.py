"""One budget for all workers: an instant each, and nobody leaves late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.request_budgets import RequestLimit
from contact_center.records.services.effect_ports import BudgetSpentError
from contact_center.records.services.pace_requests import PacedRequests
from tests.fakes.clock import FakeClock
from tests.fakes.effects import FakeRequestBook

AT_MS = 1_795_000_000_000
LIMIT = RequestLimit(100, 10_000)


@dataclass
class LateSleeper:
    """Sleeper that wakes so much too late."""

    clock: FakeClock
    late_ms: list[int]

    def until(self, at_ms: int) -> None:
        late_ms = self.late_ms.pop(0) if self.late_ms else 0
        self.clock.at_ms = max(self.clock.at_ms, at_ms) + late_ms


def paced(book: FakeRequestBook, late_ms: list[int] | None = None) -> PacedRequests:
    clock = FakeClock(AT_MS)
    return PacedRequests(
        receiver="crm",
        limits={"request": LIMIT, "search": RequestLimit(4, 1_000)},
        book=book,
        clock=clock,
        sleeper=LateSleeper(clock, late_ms or []),
    )


def left(requests: PacedRequests) -> int:
    requests.take()
    return requests.clock.now_ms()


def test_nine_tenths_of_the_limit_one_after_the_other() -> None:
    assert LIMIT.apart_ms == 112
    assert RequestLimit(190, 10_000).apart_ms == 59
    one, other = paced(book := FakeRequestBook()), paced(book)

    assert [left(one), left(other), left(one)] == [AT_MS, AT_MS + 112, AT_MS + 224]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 900)), min_size=2, max_size=300))
def test_no_window_holds_more_than_our_share(steps: list[tuple[int, int]]) -> None:
    workers = [paced(book := FakeRequestBook()), paced(book)]
    sent = []
    for who, idle_ms in steps:
        worker = workers[who]
        worker.clock.advance(idle_ms if idle_ms > 400 else 0)  # type: ignore[attr-defined]
        sent.append(left(worker))
    sent.sort()

    assert all(after - before >= 112 for before, after in pairwise(sent))


def test_who_comes_too_late_for_his_own_takes_another() -> None:
    requests = paced(book := FakeRequestBook(), [301])

    assert left(requests) == AT_MS + 301
    assert book.next_ms["crm", "request"] == AT_MS + 301 + 112


def test_who_is_always_late_does_not_leave() -> None:
    with pytest.raises(BudgetSpentError):
        paced(FakeRequestBook(), [400] * 9).take()


def test_nobody_waits_longer_than_is_worth_it() -> None:
    requests = paced(book := FakeRequestBook())
    book.hold("crm", "request", AT_MS + 15_001)

    with pytest.raises(BudgetSpentError):
        requests.take()
    requests.clock.advance(1)  # type: ignore[attr-defined]
    assert left(requests) == AT_MS + 15_001


def test_who_waited_long_does_not_leave_when_the_receiver_asked_for_quiet() -> None:
    requests = paced(book := FakeRequestBook())
    for _ in range(20):
        book.reserve("crm", "request", AT_MS, 112, 15_000)
    book.held_ms["crm", "request"] = AT_MS + 30_000

    with pytest.raises(BudgetSpentError):
        requests.take()


def test_searches_are_counted_apart_and_both_are_held() -> None:
    requests = paced(FakeRequestBook())
    requests.take("search")

    assert left(requests) == AT_MS
    requests.hold(AT_MS + 60_000)
    for kind in ("search", "request"):
        with pytest.raises(BudgetSpentError):
            requests.take(kind)


def test_without_the_table_nothing_leaves() -> None:
    class Away(FakeRequestBook):
        def reserve(self, *_: object) -> int | None:
            raise StoreUnavailableError

    with pytest.raises(BudgetSpentError):
        replace(paced(Away())).take()
