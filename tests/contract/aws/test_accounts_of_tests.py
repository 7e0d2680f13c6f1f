"""A test's own account: what a test has stored is there until the test is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator


def test_nothing_expires_by_the_emulator_s_clock(account: Account) -> None:
    client = account.client("dynamodb")
    for table in (account.calls_table, account.dialing_table, account.contacts_table):
        told = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        assert told["TimeToLiveStatus"] == "DISABLED"
