"""The emulator keeps accounts apart and does what the stores rely on."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import PortClaim
from tests.emulator import Account

if TYPE_CHECKING:
    from pathlib import Path

    from local.cloud.emulator import Emulator

pytestmark = pytest.mark.emulator


def test_an_account_sees_only_its_own_tables(emulator: Emulator, account: Account) -> None:
    stranger = Account(emulator.endpoint_url, "299999999999")
    assert account.calls_table
    assert account.client("dynamodb").list_tables()["TableNames"] == [account.calls_table]
    assert stranger.client("dynamodb").list_tables()["TableNames"] == []
    stranger.close()


def test_a_refused_condition_returns_the_old_item(account: Account) -> None:
    table = account.client("dynamodb")
    item = {"pk": {"S": "CALL#1"}, "sk": {"S": "TOOL#1"}, "answer": {"S": "first"}}
    table.put_item(TableName=account.calls_table, Item=item)
    with pytest.raises(table.exceptions.ConditionalCheckFailedException) as refusal:
        table.put_item(
            TableName=account.calls_table,
            Item=item | {"answer": {"S": "second"}},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.value.response["Item"]["answer"] == {"S": "first"}


def test_two_emulators_never_take_one_port_before_either_listens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    offered = iter([7001, 7001, 7002, 7001])
    monkeypatch.setattr("local.cloud.emulator.free_port", lambda: next(offered))

    first, second = PortClaim(), PortClaim()
    assert (first.port, second.port) == (7001, 7002)
    first.release()
    again = PortClaim()
    assert again.port == 7001

    again.release()
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_queue_bucket_and_secret_work(account: Account) -> None:
    queue = account.client("sqs")
    queue.send_message(QueueUrl=account.call_events_queue, MessageBody="{}")
    received = queue.receive_message(QueueUrl=account.call_events_queue)
    assert [message["Body"] for message in received["Messages"]] == ["{}"]

    account.client("s3").put_object(Bucket=account.reports_bucket, Key="k", Body=b"\xff")
    stored = account.client("s3").get_object(Bucket=account.reports_bucket, Key="k")
    assert stored["Body"].read() == b"\xff"

    name = account.secret("webhook", '{"current": "s"}')
    held = account.client("secretsmanager").get_secret_value(SecretId=name)
    assert held["SecretString"] == '{"current": "s"}'
