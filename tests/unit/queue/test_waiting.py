"""What each event makes of an entry in a queue: by table, and whatever comes in whatever order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.queue.domain.kept_places import KeptPlace
from contact_center.queue.domain.waiting import (
    Arrived,
    Entered,
    EntryState,
    Joins,
    Keyed,
    Left,
    LeftBecause,
    MovedUp,
    Offered,
    QueueEntry,
    QueueEvent,
    SeenWaiting,
    Served,
    TakenBack,
    WaitsFor,
)
from contact_center.queue.domain.waiting_steps import after

PLACE_MS, DUE_MS, LATER_MS = 1_000, 900_000, 950_000
VISIT = "v-CA1"

ENTERED = Entered(
    visit_id=VISIT,
    department="sales",
    waits_for=WaitsFor.PERSON,
    leg="CA1",
    number="+12125550199",
    place_ms=PLACE_MS,
    at_ms=PLACE_MS,
    due_at_ms=DUE_MS,
)
WAITING = QueueEntry(
    visit_id=VISIT,
    department="sales",
    waits_for=WaitsFor.PERSON,
    leg="CA1",
    number="+12125550199",
    place_ms=PLACE_MS,
    since_ms=PLACE_MS,
    due_at_ms=DUE_MS,
    version=3,
)
FOR_LINE = replace(WAITING, waits_for=WaitsFor.LINE)
OFFER = Offered("o1", "ann", 20_000)
OFFERED = replace(WAITING, state=EntryState.OFFERED, token="o1", person_id="ann", due_at_ms=20_000)
BY_LINE = Served(token="s1", until_ms=30_000)
BY_ANN = replace(BY_LINE, person_id="ann")
ACCEPTED = replace(BY_ANN, offer="o1")
SERVING = replace(FOR_LINE, state=EntryState.SERVING, token="s1", due_at_ms=30_000)
WITH_ANN = replace(WAITING, state=EntryState.SERVING, token="s1", person_id="ann", due_at_ms=30_000)
PLACE = KeptPlace(asked_at_ms=2_000, by="key 1", from_ms=2_000, ends_at_ms=9_000_000)
KEPT = replace(WAITING, state=EntryState.KEPT, kept=PLACE, due_at_ms=9_000_000)
HUNG_UP = replace(WAITING, state=EntryState.LEFT, because=LeftBecause.HUNG_UP, due_at_ms=None)
SERVED = replace(HUNG_UP, because=LeftBecause.SERVED)
BACK = TakenBack("o1", LATER_MS)

TABLE: list[tuple[QueueEntry | None, QueueEvent, QueueEntry | None]] = [
    (None, ENTERED, replace(WAITING, version=0)),
    (None, OFFER, None),
    (None, Left(LeftBecause.HUNG_UP), None),
    (WAITING, ENTERED, WAITING),
    (WAITING, replace(ENTERED, place_ms=5), WAITING),
    (WAITING, replace(ENTERED, place_ms=9_999), WAITING),
    (WAITING, replace(ENTERED, department="support"), replace(WAITING, department="support")),
    (WAITING, OFFER, OFFERED),
    (FOR_LINE, OFFER, FOR_LINE),
    (OFFERED, Offered("o2", "ben", 1), OFFERED),
    (OFFERED, BACK, replace(WAITING, due_at_ms=LATER_MS)),
    (OFFERED, TakenBack("o0", LATER_MS), OFFERED),
    (WAITING, BACK, WAITING),
    (OFFERED, ACCEPTED, WITH_ANN),
    (OFFERED, BY_ANN, OFFERED),
    (OFFERED, replace(ACCEPTED, offer="o0"), OFFERED),
    (WAITING, ACCEPTED, WAITING),
    (WAITING, BY_ANN, WITH_ANN),
    (WAITING, BY_LINE, WAITING),
    (FOR_LINE, BY_LINE, SERVING),
    (FOR_LINE, BY_ANN, FOR_LINE),
    (SERVING, replace(BY_LINE, token="s2"), SERVING),
    (SERVING, TakenBack("s1", LATER_MS), replace(FOR_LINE, due_at_ms=LATER_MS)),
    (SERVING, TakenBack("s1", 7, failed=True), replace(FOR_LINE, due_at_ms=7, failures=1)),
    (SERVING, TakenBack("s0", LATER_MS), SERVING),
    (SERVING, Arrived("s1"), replace(SERVED, waits_for=WaitsFor.LINE)),
    (SERVING, Arrived("s0"), SERVING),
    (WAITING, Arrived("s1"), WAITING),
    (FOR_LINE, Joins("v-CA1.1"), replace(SERVED, waits_for=WaitsFor.LINE, post="v-CA1.1")),
    (WAITING, Joins("v-CA1.1"), WAITING),
    (SERVING, Joins("v-CA1.1"), SERVING),
    (HUNG_UP, Joins("v-CA1.1"), HUNG_UP),
    (KEPT, Joins("v-CA1.1"), KEPT),
    (WAITING, SeenWaiting(LATER_MS), replace(WAITING, due_at_ms=LATER_MS)),
    (HUNG_UP, SeenWaiting(LATER_MS), HUNG_UP),
    (WAITING, Keyed("+12125550142"), replace(WAITING, keyed="+12125550142")),
    (HUNG_UP, Keyed("+12125550142"), HUNG_UP),
    (WAITING, MovedUp(5), replace(WAITING, place_ms=5)),
    (WAITING, MovedUp(9_999), WAITING),
    (KEPT, MovedUp(5), replace(KEPT, place_ms=5)),
    (OFFERED, MovedUp(5), OFFERED),
    (SERVING, MovedUp(5), SERVING),
    (HUNG_UP, MovedUp(5), HUNG_UP),
    (None, MovedUp(5), None),
    (KEPT, BY_ANN, KEPT),
    (KEPT, replace(ENTERED, place_ms=9_999), KEPT),
    (KEPT, Left(LeftBecause.HUNG_UP), KEPT),
    (KEPT, Left(LeftBecause.TOO_LONG), KEPT),
    (WAITING, Left(LeftBecause.HUNG_UP), HUNG_UP),
    (OFFERED, Left(LeftBecause.HUNG_UP), HUNG_UP),
    (WITH_ANN, Left(LeftBecause.HUNG_UP), HUNG_UP),
    (HUNG_UP, Left(LeftBecause.TOO_LONG), HUNG_UP),
    (HUNG_UP, BY_ANN, HUNG_UP),
    (HUNG_UP, OFFER, HUNG_UP),
    (HUNG_UP, replace(ENTERED, place_ms=9_999), WAITING),
    (SERVED, replace(ENTERED, place_ms=9_999), replace(WAITING, place_ms=9_999)),
]


@pytest.mark.parametrize(("entry", "event", "then"), TABLE)
def test_an_event_makes_of_an_entry(
    entry: QueueEntry | None, event: QueueEvent, then: QueueEntry | None
) -> None:
    assert after(entry, event) == then


times = st.integers(1, 50)
tokens = st.sampled_from(["a", "b", "c"])
events = st.one_of(
    st.builds(
        Entered,
        visit_id=st.just(VISIT),
        department=st.sampled_from(["sales", "support"]),
        waits_for=st.sampled_from(WaitsFor),
        leg=st.sampled_from(["CA1", "CA2"]),
        number=st.none(),
        place_ms=times,
        at_ms=times,
        due_at_ms=times,
    ),
    st.builds(Offered, tokens, st.sampled_from(["ann", "ben"]), times),
    st.builds(
        Served,
        token=tokens,
        until_ms=times,
        person_id=st.none() | st.just("ann"),
        offer=st.none() | tokens,
    ),
    st.builds(TakenBack, tokens, times, st.booleans()),
    st.builds(Arrived, tokens),
    st.builds(SeenWaiting, times),
    st.just(Keyed("+12125550142")),
    st.builds(MovedUp, times),
    st.builds(Left, st.sampled_from(LeftBecause)),
)


@given(st.lists(events, max_size=12))
def test_whatever_comes(told: list[QueueEvent]) -> None:
    """A place never gets worse until it was used; what is told twice changes nothing."""
    entry: QueueEntry | None = None
    for event in told:
        before, entry = entry, after(entry, event)
        assert after(entry, event) == entry or isinstance(event, TakenBack | Served | Offered)
        if entry is None:
            continue
        if before is not None and before.keeps_place:
            moved_up = isinstance(event, MovedUp) and entry.place_ms < before.place_ms
            assert moved_up or entry.place_ms == before.place_ms
        assert (entry.due_at_ms is None) is (not entry.in_queue)
        assert (entry.token is None) is (entry.state not in {"offered", "serving"})
        assert (entry.because is None) is (entry.state is not EntryState.LEFT)
        asked = entry.state is EntryState.OFFERED or (
            entry.state is EntryState.SERVING and entry.waits_for is WaitsFor.PERSON
        )
        assert (entry.person_id is None) is (not asked)
