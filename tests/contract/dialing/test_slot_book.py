"""The slot log on the real emulator: every process computes the same timetable from it."""

from __future__ import annotations

import itertools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.adapters.dynamodb_slots import FOLD_FROM, DynamoDBSlots
from contact_center.dialing.adapters.slot_log import (
    base_of,
    base_text,
    entry_of,
    entry_text,
    limits_of,
    limits_text,
)
from contact_center.dialing.domain.pacing import PacedCall, PaceLimits, Slot, SlotRequest, Timetable
from contact_center.kernel.ports import StoreUnavailableError
from local.cloud.emulator import make_client
from tests.emulator import Account
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_slots import FakeSlotBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cloud.emulator import Emulator

NOW_MS = 1_787_266_800_000
LIMITS = PaceLimits(account_calls=30, prefix_calls=3)
PROCESSES, REQUESTS = 8, 40
PREFIXES = [f"+1{area}" for area in range(201, 221)]
_NUMBERS = itertools.count(300_000_000_001)  # an account for each example


def book_of(account: Account, limits: PaceLimits = LIMITS, now_ms: int = NOW_MS) -> DynamoDBSlots:
    return DynamoDBSlots(
        account.client("dynamodb"), account.dialing_table, "main", limits, FakeClock(now_ms)
    )


def item_of(account: Account) -> dict[str, Any]:
    key = {"pk": {"S": "PACE#main"}, "sk": {"S": "LOG"}}
    client, table = account.client("dynamodb"), account.dialing_table
    found = client.get_item(TableName=table, Key=key, ConsistentRead=True)
    item: dict[str, Any] = found["Item"]
    return item


def one(prefix: str = "+1415", not_before_ms: int = NOW_MS, within_ms: int = 20_000) -> SlotRequest:
    return SlotRequest(not_before_ms, within_ms, (PacedCall(prefix),))


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(st.sampled_from(PREFIXES[:3]), st.integers(0, 3_000), st.integers(300, 20_000)),
        min_size=1,
        max_size=25,
    )
)
def test_the_fake_gives_the_slots_that_the_log_gives(
    emulator: Emulator, wishes: list[tuple[str, int, int]]
) -> None:
    account = Account(emulator.endpoint_url, str(next(_NUMBERS)))
    try:
        book, fake = book_of(account), FakeSlotBook(LIMITS)
        for prefix, later_ms, within_ms in wishes:
            wish = one(prefix, NOW_MS + later_ms, within_ms)
            assert list(book.reserve(wish)) == list(fake.reserve(wish))
    finally:
        account.close()


def worst_second(slots: Sequence[int]) -> int:
    ordered = sorted(slots)
    return max(sum(at <= later < at + 1_000 for later in ordered) for at in ordered)


def _reserves(
    endpoint_url: str, number: str, table: str, process: int
) -> list[tuple[str, int | None]]:
    """One dialer process: asks for one slot after the other."""
    client = make_client("dynamodb", endpoint_url, number)
    book = DynamoDBSlots(client, table, "main", LIMITS, FakeClock(NOW_MS))
    taken = []
    for turn in range(REQUESTS):
        prefix = PREFIXES[(process * 7 + turn) % len(PREFIXES)]
        [slot] = book.reserve(one(prefix, NOW_MS + turn * 100, 100_000))
        taken.append((prefix, slot))
    return taken


@pytest.mark.long
def test_eight_processes_keep_every_limit_and_use_what_is_allowed(account: Account) -> None:
    reserves = partial(_reserves, account.endpoint_url, account.number, account.dialing_table)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        taken = [pair for pairs in pool.map(reserves, range(PROCESSES)) for pair in pairs]

    slots = [at_ms for _, at_ms in taken if at_ms is not None]
    assert len(slots) == len(set(slots)) == PROCESSES * REQUESTS
    assert worst_second(slots) == LIMITS.account_calls
    for prefix in PREFIXES:
        assert worst_second([at for name, at in taken if name == prefix and at is not None]) <= 3
    allowed = (max(slots) - min(slots)) / 1_000 * LIMITS.account_calls
    assert len(slots) >= 0.95 * allowed
    assert len(item_of(account)["log"]["L"]) < 3 * FOLD_FROM  # folded as it went


def test_a_second_reader_goes_on_where_the_first_ended(account: Account) -> None:
    first, second = book_of(account), book_of(account)
    slots = [(first, second)[turn % 2].reserve(one(f"p{turn}"))[0] for turn in range(60)]
    assert None not in slots
    assert slots == sorted(set(slots))  # type: ignore[type-var]


@pytest.mark.long
def test_folding_keeps_the_item_small_and_gives_nothing_twice(account: Account) -> None:
    book = book_of(account)
    batch = tuple(PacedCall(f"+1{200 + n}", "spring", 0) for n in range(40))
    slots: list[int | None] = []
    for turn in range(40):
        slots += book.reserve(SlotRequest(NOW_MS + turn * 100, 150_000, batch))
    given_out = [slot for slot in slots if slot is not None]
    assert len(given_out) == len(set(given_out)) > 1_000
    assert worst_second(given_out) <= LIMITS.account_calls
    assert len(str(item_of(account))) < 100_000  # an item may have 400 KB


def test_a_fold_that_comes_second_changes_nothing(account: Account) -> None:
    book = book_of(account)
    stale = book._appended(entry_text(one()))
    table, _ = stale.table(LIMITS, 1)
    book._fold(stale, table)
    before = item_of(account)
    book._fold(stale, table)
    assert item_of(account) == before
    assert before["log"] == {"L": []}


def test_a_wrong_clock_of_another_does_not_shut_the_book(account: Account) -> None:
    book = book_of(account)
    in_a_day = NOW_MS + 86_400_000
    book.reserve(one(not_before_ms=in_a_day))
    for _ in range(FOLD_FROM):
        book.reserve(one(not_before_ms=in_a_day))
    [slot] = book.reserve(one("+1212"))
    assert slot is not None
    assert slot < NOW_MS + 1_000


def test_other_limits_begin_after_the_last_slot_of_the_old_ones(account: Account) -> None:
    old = [book_of(account).reserve(one(f"p{turn}"))[0] for turn in range(10)]
    slower = PaceLimits(account_calls=1)
    [slot] = book_of(account, slower).reserve(one("q"))
    assert slot is not None
    assert slot >= max(at for at in old if at is not None) + slower.span_ms
    [back] = book_of(account).reserve(one("r"))  # the old ones once more: later still
    assert back is not None
    assert back >= slot + slower.span_ms


def test_limits_of_a_later_release_are_not_guessed_at(account: Account) -> None:
    book_of(account).reserve(one())
    account.client("dynamodb").update_item(
        TableName=account.dialing_table,
        Key={"pk": {"S": "PACE#main"}, "sk": {"S": "LOG"}},
        UpdateExpression="SET #limits = :later",
        ExpressionAttributeNames={"#limits": "limits"},
        ExpressionAttributeValues={":later": {"S": "2|x"}},
    )
    with pytest.raises(UnreadableItemError):
        book_of(account).reserve(one())


def test_a_table_that_does_not_answer_costs_the_slot(account: Account) -> None:
    nowhere = make_client("dynamodb", "http://127.0.0.1:9", account.number)
    book = DynamoDBSlots(nowhere, "dialing", "main", LIMITS, FakeClock(NOW_MS))
    with pytest.raises(StoreUnavailableError):
        book.reserve(one())


# -- the texts -------------------------------------------------------------------------------

WORDS = st.text(max_size=12)
CALLS = st.builds(PacedCall, WORDS, WORDS, st.integers(0, 60_000))


@given(
    st.integers(0, 10**13),
    st.integers(0, 150_000),
    st.lists(CALLS, max_size=5).map(lambda calls: tuple(calls * 2)),
)
def test_a_request_comes_back_as_it_went(
    not_before_ms: int, within_ms: int, calls: tuple[PacedCall, ...]
) -> None:
    request = SlotRequest(not_before_ms, within_ms, calls)
    assert entry_of(entry_text(request)) == request


@given(st.lists(st.tuples(st.integers(0, 10**13), WORDS, WORDS), max_size=20))
def test_a_timetable_comes_back_as_it_went(slots: list[tuple[int, str, str]]) -> None:
    table = Timetable(LIMITS, 17)
    for at_ms, prefix, campaign in slots:
        table.add(Slot(at_ms, prefix, campaign))
    assert base_of(base_text(table), LIMITS) == table


def test_limits_come_back_as_they_went() -> None:
    limits = replace(LIMITS, window_ms=2_000, slack_ms=7, kept_every=3)
    assert limits_of(limits_text(limits)) == limits


@pytest.mark.parametrize("said", ["", "[]", "[1,2,[[3]]]", "{}", "nonsense"])
def test_an_entry_that_nobody_wrote_is_not_guessed_at(said: str) -> None:
    with pytest.raises(UnreadableItemError):
        entry_of(said)


@pytest.mark.parametrize("said", ["", "[]", '[1,["a"],[1,0]]', '[1,["a"],[1,0,9]]'])
def test_a_base_that_nobody_wrote_is_not_guessed_at(said: str) -> None:
    with pytest.raises(UnreadableItemError):
        base_of(said, LIMITS)


@pytest.mark.parametrize("said", ["1|2|3", "1|a|3|1000|20|150000|60000|10"])
def test_limits_that_nobody_wrote_are_not_guessed_at(said: str) -> None:
    with pytest.raises(UnreadableItemError):
        limits_of(said)
