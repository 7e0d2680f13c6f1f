"""The dialer's clock is checked by answers it gets anyhow: on the emulator, no request more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.adapters.stamped_answers import StampedAnswers
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.kernel.system_clock import SystemClock

if TYPE_CHECKING:
    from tests.emulator import Account

ALLOWED_MS = DialTimings().clocks_ms


class ShiftedClock:
    def __init__(self, off_ms: int) -> None:
        self.off_ms = off_ms

    def now_ms(self) -> int:
        return SystemClock().now_ms() + self.off_ms


def watched(account: Account, off_ms: int, requests: int) -> tuple[StampedAnswers, int]:
    """A check by so many answers of DynamoDB; how many requests there were in all."""
    client, sent = account.client("dynamodb"), 0

    def count(**_: object) -> None:
        nonlocal sent
        sent += 1

    client.meta.events.register("before-send.dynamodb", count)
    stamps = StampedAnswers(ShiftedClock(off_ms), ALLOWED_MS)
    stamps.watch(client)
    for _ in range(requests):
        client.list_tables(Limit=1)
    return stamps, sent


def test_a_clock_that_is_right_is_not_stood_aside_for_and_no_request_is_added(
    account: Account,
) -> None:
    stamps, sent = watched(account, 0, 40)

    assert not stamps.is_off()
    assert sent == 40


def test_a_clock_that_is_seconds_off_is_seen_by_the_first_answer(account: Account) -> None:
    for off_ms in (-3_000, 3_000):
        stamps, sent = watched(account, off_ms, 1)
        assert stamps.is_off()
        assert sent == 1


def test_answers_without_a_stamp_prove_nothing(account: Account) -> None:
    stamps = StampedAnswers(ShiftedClock(0), ALLOWED_MS)
    stamps.watch(account.client("dynamodb"))
    for headers in ({}, {"date": "yesterday"}, {"date": ""}):
        stamps._asked()
        stamps._answered(response_dict={"headers": headers})
    stamps._answered(response_dict=None)

    assert not stamps.is_off()
