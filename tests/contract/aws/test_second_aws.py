"""The door before moto: accounts are apart, and nothing that breaks behind it goes unnoticed."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import BotoCoreError

from tests.emulator import Account

if TYPE_CHECKING:
    from tests.second_aws import SecondAws


def use(aws: SecondAws) -> None:
    one, other = Account(aws.endpoint_url, "1" * 12), Account(aws.endpoint_url, "2" * 12)
    table = one.dialing_table
    assert one.client("dynamodb").list_tables()["TableNames"] == [table]
    assert other.client("dynamodb").list_tables()["TableNames"] == []

    stranger = http.client.HTTPConnection(urlsplit(aws.endpoint_url).netloc, timeout=10)
    stranger.request("GET", "/bucket/key")
    assert stranger.getresponse().status == http.HTTPStatus.FORBIDDEN
    stranger.close()

    condition = "pk = :v AND sk <> :v"  # at which moto breaks
    values = {":v": {"S": "a"}}
    with pytest.raises(BotoCoreError):
        one.client("dynamodb", watched=False).query(
            TableName=table, KeyConditionExpression=condition, ExpressionAttributeValues=values
        )
    one.close()
    other.close()


def test_accounts_are_apart_strangers_are_refused_and_what_breaks_is_told() -> None:
    from tests.second_aws import SecondAws  # noqa: PLC0415 - loads moto

    aws = SecondAws()
    with pytest.raises(RuntimeError, match=r"moto broke on .*Query"), aws:
        use(aws)
