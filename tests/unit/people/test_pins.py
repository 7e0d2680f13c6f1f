"""Tries at a PIN: five, and then none for fifteen minutes."""

from __future__ import annotations

from contact_center.people.domain.pins import LOCKED_MS, MOST_TRIES, Tries

NOW_MS = 1_795_000_000_000


def tried(times: int, apart_ms: int = 0) -> Tries:
    tries = Tries(name="person:ada")
    for number in range(times):
        tries = tries.tried(NOW_MS + number * apart_ms)
    return tries


def test_the_fifth_try_locks_for_fifteen_minutes() -> None:
    assert not tried(MOST_TRIES - 1).locked(NOW_MS)
    locked = tried(MOST_TRIES)
    assert locked.locked(NOW_MS)
    assert locked.locked(NOW_MS + LOCKED_MS - 1)
    assert not locked.locked(NOW_MS + LOCKED_MS)
    assert (MOST_TRIES, LOCKED_MS) == (5, 900_000)


def test_after_the_lock_there_are_five_tries_again() -> None:
    anew = tried(MOST_TRIES).tried(NOW_MS + LOCKED_MS)
    assert (anew.count, anew.locked(NOW_MS + LOCKED_MS)) == (1, False)


def test_tries_that_are_far_apart_are_forgotten_and_slow_ones_are_not() -> None:
    assert tried(9, apart_ms=LOCKED_MS).count == 1
    slow = tried(MOST_TRIES, apart_ms=LOCKED_MS - 1)
    assert slow.locked(slow.last_ms)


def test_a_right_one_is_forgiven() -> None:
    assert not tried(MOST_TRIES).forgiven().locked(NOW_MS)


def test_a_right_pin_forgives_its_own_try_and_not_one_made_meanwhile() -> None:
    mine = Tries(name="person:ada").tried(1_000, "mine")
    assert mine.forgiven("mine", "log_in").count == 0
    assert mine.tried(2_000, "another's").forgiven("mine", "log_in").count == mine.count + 1
