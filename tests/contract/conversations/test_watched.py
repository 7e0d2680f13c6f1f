"""Whether anybody looks, between who notes it (the operators' page) and who asks (the router)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from contact_center.console.adapters.dynamodb_live import DynamoDBLive
from contact_center.console.services.live_ports import Looking
from contact_center.conversations.adapters.dynamodb_watched import (
    ASKED_MS,
    LOOKED_MS,
    DynamoDBWatched,
)
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from tests.emulator import Account

AT_MS = 1_787_266_800_000
pytestmark = pytest.mark.emulator


@dataclass
class Desk:
    account: Account
    clock: FakeClock

    def watched(self, table: str | None = None) -> DynamoDBWatched:
        client = self.account.client("dynamodb")
        return DynamoDBWatched(client, table or self.account.calls_table, self.clock)

    def looks(self) -> None:
        connection = self.account.lean()
        live = DynamoDBLive(connection, self.account.calls_table, self.account.dialing_table)
        live.look(Looking("ada", self.clock.now_ms(), None))


@pytest.fixture
def desk(account: Account) -> Desk:
    return Desk(account, FakeClock(AT_MS))


def test_a_page_that_is_open_is_somebody_who_looks(desk: Desk) -> None:
    assert desk.watched()() is False
    desk.looks()
    assert desk.watched()() is True


def test_one_that_has_not_asked_for_long_is_nobody(desk: Desk) -> None:
    desk.looks()
    desk.clock.advance(LOOKED_MS - 1)
    assert desk.watched()() is True
    desk.clock.advance(1)
    assert desk.watched()() is False


def test_an_answer_does_for_a_while(desk: Desk) -> None:
    watched = desk.watched()
    assert watched() is False
    desk.looks()
    desk.clock.advance(ASKED_MS - 1)
    assert watched() is False
    desk.clock.advance(1)
    assert watched() is True


def test_where_it_cannot_be_read_somebody_looks(desk: Desk) -> None:
    assert desk.watched("no-such-table")() is True
