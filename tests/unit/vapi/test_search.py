"""A walk through Vapi's list of calls: it is complete only when nothing can have been left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contact_center.vapi.calls.call_search import CallSearch
from contact_center.vapi.calls.found_calls import UnreadableCallError

BEGAN_MS = 1_795_000_000_000
NOW_MS = BEGAN_MS + 60_000


def told(place: int, after_ms: int, name: str = "other.1") -> dict[str, Any]:
    """A call as Vapi lists it."""
    created_at = datetime.fromtimestamp((BEGAN_MS + after_ms) / 1000, UTC).isoformat()
    return {"id": f"call-{place}", "name": name, "status": "ended", "createdAt": created_at}


def searching(limit: int) -> CallSearch:
    search = CallSearch(lambda _, call: call.name == "ours.1", BEGAN_MS)
    search.limit = limit
    return search


def test_a_page_that_is_not_full_is_the_last_one() -> None:
    search = searching(limit=3)

    search.take([told(1, 900), told(2, 500, "ours.1")], NOW_MS)

    assert search.complete
    assert list(search.found) == ["call-2"]


def test_a_full_page_asks_for_what_is_older_than_its_oldest_call() -> None:
    search = searching(limit=2)

    search.take([told(1, 900), told(2, 500)], NOW_MS)

    assert not search.complete
    assert "createdAtLe" in search.query()


@pytest.mark.parametrize("order", [(500, 900, 100), (900, 100, 500), (100, 500, 900)])
def test_a_full_page_in_disorder_leaves_the_search_incomplete(order: tuple[int, ...]) -> None:
    """A call older than its last one may stand before it: nobody knows what the next leaves out."""
    search = searching(limit=3)

    with pytest.raises(UnreadableCallError):
        search.take([told(place, after_ms) for place, after_ms in enumerate(order)], NOW_MS)

    assert not search.complete


def test_a_full_page_that_brings_nothing_new_leaves_the_search_incomplete() -> None:
    search = searching(limit=2)
    page = [told(1, 900), told(2, 500)]
    search.take(page, NOW_MS)

    with pytest.raises(UnreadableCallError):
        search.take(page, NOW_MS)
