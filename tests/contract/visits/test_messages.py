"""Departments' messages in memory and on the table: one contract for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.visits.adapters.dynamodb_messages import KEY, DynamoDBMessages
from contact_center.visits.domain.department_messages import DepartmentMessage
from contact_center.visits.services.department_messages import KeptMessages
from tests.fakes.message_book import FakeMessageBook

if TYPE_CHECKING:
    from contact_center.visits.services.department_messages import MessageBook
    from tests.emulator import Account

ON = DepartmentMessage(text="Many call, José <b>&", on_ms=1, until_ms=2)
OFF = DepartmentMessage(text="Many call.")


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> MessageBook:
    if request.param == "fake":
        return FakeMessageBook()
    account = request.getfixturevalue("account")
    return DynamoDBMessages(account.lean(), account.dialing_table)


def test_messages_are_read_as_they_were_written_by_whoever_read_the_latest(
    book: MessageBook,
) -> None:
    assert book.read() == KeptMessages({}, 0)
    assert book.write({"sales": ON}, 0) is True
    assert book.read() == KeptMessages({"sales": ON}, 1)
    assert book.write({"sales": OFF}, 0) is False
    assert book.write({"sales": ON, "support": OFF}, 1) is True
    assert book.read() == KeptMessages({"sales": ON, "support": OFF}, 2)


@pytest.mark.emulator
def test_an_item_of_a_later_release_is_refused_and_an_unknown_field_is_ignored(
    account: Account,
) -> None:
    book = DynamoDBMessages(account.lean(), account.dialing_table)
    book.write({"sales": ON}, 0)
    client, table = account.client("dynamodb"), account.dialing_table
    item = client.get_item(TableName=table, Key=KEY, ConsistentRead=True)["Item"]
    newer = item["said"]["S"].replace('{"on_ms"', '{"colour":"red","on_ms"')
    assert newer != item["said"]["S"]
    client.put_item(TableName=table, Item=item | {"said": {"S": newer}})
    assert book.read().by_department == {"sales": ON}
    for damaged in ({"version": {"N": "2"}}, {"said": {"S": "{"}}, {"said": {"S": "[]"}}):
        client.put_item(TableName=table, Item=item | damaged)
        with pytest.raises(UNREADABLE):
            book.read()
