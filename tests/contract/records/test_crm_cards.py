"""Who a CRM says that customers are: noted behind the queue, read at the door."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.kernel.environment import Environment
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.adapters.crm_cards_lean import LeanCrmCards
from contact_center.records.adapters.dynamodb_crm_cards import DynamoDBCrmCards
from contact_center.records.domain.crm_cards import CrmCard

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

CUSTOMER, OTHER = "+14155550123", "+14155550199"
AT = 1_787_266_800_000
WHOLE = CrmCard(
    read_at_ms=AT,
    name="Ada Lovelace",
    tier="Gold",
    language="de",
    open_items=3,
    open_names=("refund", "new contract"),
)


def test_what_is_noted_is_read_and_the_last_stands(account: Account) -> None:
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    noted = DynamoDBCrmCards(account.client("dynamodb"), account.calls_table, 90)
    read = LeanCrmCards(aws.connection("dynamodb"), account.calls_table)
    assert read.get(CUSTOMER) is None
    for one in (WHOLE, CrmCard(read_at_ms=AT + 1, several=True), CrmCard(read_at_ms=AT + 2), WHOLE):
        assert noted.put(CUSTOMER, one)  # it says something else
        assert read.get(CUSTOMER) == one
        assert not noted.put(CUSTOMER, replace(one, read_at_ms=one.read_at_ms))
        more = replace(one, open_items=7, open_names=("invoice",))
        assert not noted.put(CUSTOMER, more)  # is told when it is asked for
        assert read.get(CUSTOMER) == more
        noted.put(CUSTOMER, one)
    assert read.get(OTHER) is None
    [item] = account.client("dynamodb").scan(TableName=account.calls_table)["Items"]
    assert int(item["expires_at"]["N"]) == (AT + 90 * 86_400_000) // 1000
    aws.close()


def test_a_table_that_is_not_there_says_so(account: Account) -> None:
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    with pytest.raises((StoreUnavailableError, StoreRefusedError)):
        LeanCrmCards(aws.connection("dynamodb"), "no-table").get(CUSTOMER)
    with pytest.raises((StoreUnavailableError, StoreRefusedError)):
        DynamoDBCrmCards(account.client("dynamodb"), "no-table", 90).put(CUSTOMER, WHOLE)
    aws.close()
