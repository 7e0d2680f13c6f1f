"""Logging in: who is let in, for how long, and how often somebody may be wrong."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.operator_list import Operator
from contact_center.console.domain.login_tries import MINUTE_MS, MOST_TRIES
from contact_center.console.domain.sessions import SESSION_SECONDS
from contact_center.console.services.log_in import (
    LogInParts,
    ManyTriesError,
    WrongTokenError,
    log_in,
    who_is,
)
from tests.fakes.audit_book import FakeMarkKey
from tests.fakes.clock import FakeClock
from tests.fakes.login_tries import FakeLoginTries

if TYPE_CHECKING:
    from collections.abc import Callable

NOON_MS = 1_787_227_200_000
TOKEN, HERE, THERE = "ada-" + "a" * 40, "203.0.113.7", "203.0.113.8"
ADA = Operator("Ada", "operator")


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@dataclass
class Holders:
    """TokenHolders."""

    by_token: dict[str, Operator] = field(default_factory=lambda: {TOKEN: ADA})

    def holder_of(self, token: str) -> tuple[Operator, bytes] | None:
        found = self.by_token.get(token)
        return None if found is None else (found, digest(token))

    def holder_with(self, is_theirs: Callable[[bytes], bool]) -> tuple[Operator, bytes] | None:
        for token, one in self.by_token.items():
            if is_theirs(digest(token)):
                return one, digest(token)
        return None


@dataclass
class House:
    holders: Holders = field(default_factory=Holders)
    tries: FakeLoginTries = field(default_factory=FakeLoginTries)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON_MS))

    @property
    def parts(self) -> LogInParts:
        return LogInParts(
            holders=self.holders, tries=self.tries, key=FakeMarkKey(), clock=self.clock
        )

    def wrong(self, address: str = HERE) -> None:
        with pytest.raises(WrongTokenError):
            log_in("wrong", address, self.parts)


def test_whoever_shows_a_token_is_known_by_the_session_for_twelve_hours() -> None:
    house = House()
    made = log_in(f" {TOKEN}\n", HERE, house.parts)
    assert (made.session.name, made.session.role) == ("Ada", "operator")
    house.clock.advance(SESSION_SECONDS * 1000 - 1)
    assert who_is(made.value, house.parts) == made.session
    house.clock.advance(1)
    assert who_is(made.value, house.parts) is None


@pytest.mark.parametrize(
    "people",
    [
        {},
        {"new-" + TOKEN: ADA},
        {TOKEN: Operator("Ada", "viewer")},
        {TOKEN: Operator("Eve", "operator")},
    ],
)
def test_a_session_ends_with_the_token_the_role_or_the_name_it_was_begun_with(
    people: dict[str, Operator],
) -> None:
    house = House()
    made = log_in(TOKEN, HERE, house.parts)
    house.holders.by_token = people
    assert who_is(made.value, house.parts) is None


def test_the_eleventh_wrong_one_within_a_minute_is_not_looked_at_nor_is_a_right_one() -> None:
    house = House()
    for _ in range(MOST_TRIES):
        house.wrong()
        house.clock.advance(1_000)
    for token in ("wrong", TOKEN):
        with pytest.raises(ManyTriesError) as refused:
            log_in(token, HERE, house.parts)
        assert refused.value.wait_seconds == 50
    assert log_in(TOKEN, THERE, house.parts).session.name == "Ada"
    house.clock.advance(50_000)  # the first of them is a minute old
    house.wrong()
    with pytest.raises(ManyTriesError):
        log_in(TOKEN, HERE, house.parts)


def test_right_ones_are_not_counted() -> None:
    house = House()
    for _ in range(3 * MOST_TRIES):
        log_in(TOKEN, HERE, house.parts)
    house.wrong()


def test_no_address_and_no_token_is_kept() -> None:
    house = House()
    house.wrong()
    [(mark, kept)] = house.tries.kept.items()
    assert HERE not in mark
    assert kept.at_ms == (NOON_MS,)
    house.clock.advance(MINUTE_MS)
    house.wrong()
    assert house.tries.kept[mark].at_ms == (NOON_MS + MINUTE_MS,)
