"""What each event makes of a forgetting: turns, pauses, rounds; what is sealed, what is a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.forgetting.domain.forgetting import (
    AGAIN_MS,
    BACKUPS_MS,
    DAY_MS,
    LEASE_MS,
    REGISTERED_DAYS,
    SOON_MS,
    Forgetting,
    StoreState,
    begun,
    claimed,
    closed,
    left,
    once_more,
    put_off,
    ready,
    with_calls,
    with_crm_names,
)
from contact_center.forgetting.domain.rows import row_of
from contact_center.forgetting.domain.sealed_numbers import UnsealableError, sealed, unsealed
from contact_center.forgetting.domain.stores import AFTER, FED_BY_QUEUES, Store
from contact_center.permission.domain.forgotten import forgotten_mark

NOW_MS = 1_800_000_000_000
KEY, ONCE = "a key of the owner's", "0123456789abcdef"
NUMBER = "+14155550123"


def asked(*stores: Store) -> Forgetting:
    return begun(None, "m", "sealed", (NOW_MS, NOW_MS), stores or tuple(Store))


def all_closed(known: Forgetting) -> Forgetting:
    for store in known.stores:
        known = closed(known, store, 1, NOW_MS, None)
    return known


def test_a_store_waits_for_those_by_which_it_is_found() -> None:
    known = asked()
    assert Store.CALLS not in ready(known, NOW_MS)
    assert Store.DIALING not in ready(known, NOW_MS)
    for store in (Store.CONTACTS, Store.DIALING, Store.REPORTS, Store.RECORDINGS):
        known = closed(known, store, 1, NOW_MS, None)
    assert ready(known, NOW_MS)[0] is Store.CALLS
    assert Store.VAPI not in ready(known, NOW_MS)
    assert Store.VAPI in ready(closed(known, Store.CALLS, 1, NOW_MS, None), NOW_MS)


def test_every_order_comes_to_its_end() -> None:
    """Whatever waits for whatever, nobody waits for himself."""
    known, order = asked(), []
    while due := ready(known, NOW_MS):
        order.append(due[-1])
        known = closed(known, due[-1], 0, NOW_MS, None)
    assert set(order) == set(Store)
    assert all(order.index(one) < order.index(store) for store in AFTER for one in AFTER[store])


def test_what_queues_feed_is_asked_once_more_when_they_are_empty() -> None:
    """A call that waited in one was known to nobody while the stores were asked."""
    known = asked()
    for store in set(Store) - {Store.QUEUES}:
        known = closed(known, store, 1, NOW_MS, None)
    assert ready(known, NOW_MS) == [Store.QUEUES]
    known = once_more(known, NOW_MS)
    again, order = known, []
    while due := ready(again, NOW_MS):
        order.append(due[0])
        again = closed(again, due[0], 1, NOW_MS, None)
    assert set(order) == FED_BY_QUEUES | {Store.QUEUES}
    assert order[-1] is Store.QUEUES
    assert order.index(Store.REPORTS) < order.index(Store.CALLS) < order.index(Store.VAPI)
    assert {again.stores[store].erased for store in FED_BY_QUEUES} == {2}
    assert not again.open


def test_one_that_cannot_now_is_tried_again_later_and_keeps_none_of_the_others_back() -> None:
    known = put_off(asked(Store.LISTS, Store.TWILIO), Store.LISTS, 2, NOW_MS, "busy")
    assert ready(known, NOW_MS) == [Store.TWILIO]
    pauses = []
    for _ in range(9):
        pauses.append(known.stores[Store.LISTS].due_ms - NOW_MS)
        known = put_off(known, Store.LISTS, 0, NOW_MS, "busy")
    assert [pause // 60_000 for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert known.stores[Store.LISTS].erased == 2
    assert left(known, NOW_MS).look_ms == NOW_MS  # Twilio's turn
    after = left(closed(known, Store.TWILIO, 1, NOW_MS, None), NOW_MS)
    assert after.look_ms == NOW_MS + 3_600_000


def test_who_works_on_it_has_it_alone_until_his_time_is_over() -> None:
    assert claimed(asked(), NOW_MS).look_ms == NOW_MS + LEASE_MS


def test_it_runs_soon_again_and_after_14_days_and_then_nobody_can_read_the_number() -> None:
    known = left(all_closed(with_calls(asked(), ["c-1"])), NOW_MS)
    assert (known.look_ms, known.sealed, known.round) == (NOW_MS + SOON_MS, "sealed", 1)
    for number, at_ms in ((2, NOW_MS + SOON_MS), (3, NOW_MS + AGAIN_MS)):
        assert known.look_ms == at_ms
        assert claimed(known, at_ms - 1).round == number - 1
        known = claimed(known, at_ms)
        assert known.round == number
        assert all(one.state is StoreState.OPEN for one in known.stores.values())
        assert known.call_ids == ("c-1",)  # the providers are asked again
        known = left(all_closed(known), NOW_MS)
    assert (known.look_ms, known.sealed, known.call_ids) == (None, "", ())


@pytest.mark.parametrize(("why", "stays"), [(None, ()), ("HubSpot refuses", ("visit:v-1",))])
def test_by_what_a_crm_knows_him_stays_where_it_did_not_forget_him(
    why: str | None, stays: tuple[str, ...]
) -> None:
    """For whoever asks once more: the stories that led there are gone."""
    known = replace(with_crm_names(asked(), ["visit:v-1"]), round=3)
    known = left(closed(all_closed(known), Store.HUBSPOT, 0, NOW_MS, why), NOW_MS)
    assert (known.look_ms, known.crm_names) == (None, stays)
    again = begun(known, "m", "sealed", (NOW_MS, NOW_MS), tuple(Store))
    assert again.crm_names == stays


def test_where_there_is_no_crm_nothing_of_it_stays() -> None:
    known = replace(with_crm_names(asked(Store.CALLS), ["visit:v-1"]), round=3)
    assert left(all_closed(known), NOW_MS).crm_names == ()


def test_what_was_being_written_is_looked_for_soon_although_a_queue_holds_messages() -> None:
    waits = put_off(asked(Store.LISTS, Store.QUEUES), Store.QUEUES, 0, NOW_MS, "dead letters")
    assert left(waits, NOW_MS).look_ms == NOW_MS  # the lists' turn
    first = left(closed(waits, Store.LISTS, 1, NOW_MS, None), NOW_MS)
    assert first.look_ms == NOW_MS + 60_000  # the queue's
    assert first.open
    second = claimed(first, NOW_MS + SOON_MS)
    assert (second.round, second.stores[Store.LISTS].state) == (2, StoreState.OPEN)
    again = closed(second, Store.LISTS, 0, NOW_MS + SOON_MS, None)
    assert claimed(again, NOW_MS + AGAIN_MS).round == 2  # the last one waits for the queue


def test_asked_again_it_begins_again_and_reaches_what_came_since() -> None:
    over = left(replace(all_closed(asked()), round=3), NOW_MS)
    assert over.look_ms is None
    again = begun(replace(over, version=7), "m", "anew", (NOW_MS + 5, NOW_MS + 6), [Store.LISTS])
    assert (again.asked_ms, again.civil_ms, again.round, again.version) == (
        NOW_MS + 5,
        NOW_MS + 6,
        1,
        7,
    )
    assert again.open
    after_restore = begun(again, "m", "anew", (NOW_MS, NOW_MS), [Store.LISTS])
    assert after_restore.asked_ms == again.asked_ms  # what was asked later stands


def test_the_second_round_begins_when_nobody_who_wrote_beside_the_first_lives_any_more() -> None:
    longest_life_ms = 900_000  # of the importer, and no function lives longer (template.yaml)
    assert longest_life_ms < SOON_MS <= 30 * 60_000


def test_the_register_outlives_both_rounds_and_every_backup() -> None:
    assert REGISTERED_DAYS * DAY_MS > AGAIN_MS + BACKUPS_MS


def test_backups_hold_him_for_35_days_after_the_last_store() -> None:
    known = closed(asked(Store.LISTS), Store.LISTS, 1, NOW_MS + 9, "why")
    assert known.stores[Store.LISTS].state is StoreState.IMPOSSIBLE
    assert known.backups_until_ms == NOW_MS + 9 + BACKUPS_MS


@given(st.integers(10**6, 10**15 - 1), st.text("0123456789abcdef", min_size=1))
def test_a_sealed_number_is_read_with_its_key_alone(digits: int, once: str) -> None:
    number = f"+{digits}"
    kept = sealed(KEY, number, once)
    assert str(digits) not in kept.partition(".")[2]
    assert unsealed(KEY, kept, forgotten_mark(KEY, number)) == number
    with pytest.raises(UnsealableError):
        unsealed("another key", kept, forgotten_mark(KEY, number))
    with pytest.raises(UnsealableError):
        unsealed(KEY, kept, forgotten_mark(KEY, "+14155550199"))


def test_two_numbers_sealed_share_nothing() -> None:
    assert sealed(KEY, NUMBER, ONCE) != sealed(KEY, NUMBER, "another")


@pytest.mark.parametrize("kept", ["", ".", "x.zz", "x.00", "no point", "x." + "ff" * 16])
def test_what_is_damaged_is_not_read(kept: str) -> None:
    with pytest.raises(UnsealableError):
        unsealed(KEY, kept, forgotten_mark(KEY, NUMBER))


@pytest.mark.parametrize(
    "row",
    [
        "+14155550123,Ada",
        "Ada;4155550123",
        '"(415) 555-0123","Ada"',
        "1 415.555.0123",
        "001-415-555-0123",
        "+1 (415) - 555 - 0123",
        "Ada\t415\u2013555\u20130123\n",
        "14155550123",
    ],
)
def test_a_row_is_his_however_it_is_written(row: str) -> None:
    assert row_of(NUMBER)(row)


@pytest.mark.parametrize(
    "row", ["4155550124", "41555501234", "94155550123", "415,555,0123", "", "2415-555-0123"]
)
def test_a_row_of_another_is_not(row: str) -> None:
    assert not row_of(NUMBER)(row)


def test_numbers_abroad_are_known_with_and_without_their_country() -> None:
    is_his = row_of("+442071838750")
    assert all(map(is_his, ("+44 20 7183 8750", "020 7183 8750", "0044 (0)20 71838750")))
    assert not is_his("+44 20 7183 8751")
