"""What AWS refuses, an emulator refuses too, or the difference is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.aws.refused_requests import BUCKET, KEY, QUEUE, REFUSED, TABLE, Refused
from tests.contract.conftest import HERE
from tests.contract.differences import DIFFERENCES, Difference

if TYPE_CHECKING:
    from tests.emulator import Account


def in_account(wish: object, account: Account) -> Any:
    """The same wish with the account's own table, queue and bucket."""
    match wish:
        case dict():
            return {in_account(k, account): in_account(v, account) for k, v in wish.items()}
        case list():
            return [in_account(one, account) for one in wish]
        case "TABLE":
            return account.dialing_table
        case "QUEUE":
            return account.dial_jobs_queue
        case "BUCKET":
            return account.reports_bucket
        case _:
            return wish


def error_of(call: Any, wish: dict[str, Any]) -> str | None:
    try:
        call(**wish)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


@pytest.mark.emulator
@pytest.mark.parametrize("refused", [pytest.param(one, id=one.mistake) for one in REFUSED])
def test_what_aws_refuses_is_refused(account: Account, refused: Refused) -> None:
    client = account.client(refused.service, watched=False)
    if refused.before is not None:
        operation, wish = refused.before
        getattr(client, operation)(**in_account(wish, account))

    call = getattr(client, refused.operation)
    assert error_of(call, in_account(refused.wish, account)) == refused.code


@pytest.mark.emulator
def test_a_file_in_parts_that_are_too_small_is_refused(account: Account) -> None:
    client, file = account.client("s3"), {"Bucket": account.reports_bucket, "Key": "k"}
    upload = {**file, "UploadId": client.create_multipart_upload(**file)["UploadId"]}
    parts = [
        {
            "PartNumber": number,
            "ETag": client.upload_part(**upload, PartNumber=number, Body=b"x" * 1_000)["ETag"],
        }
        for number in (1, 2)
    ]
    whole = {**upload, "MultipartUpload": {"Parts": parts}}
    assert error_of(client.complete_multipart_upload, whole) == "EntityTooSmall"


@pytest.mark.emulator
def test_the_same_requests_without_their_mistakes_pass(account: Account) -> None:
    table, queue, bucket = (in_account(one, account) for one in (TABLE, QUEUE, BUCKET))
    account.client("dynamodb").put_item(**table, Item=KEY)
    account.client("dynamodb", watched=False).query(
        **table,
        KeyConditionExpression="pk = :v",
        ExpressionAttributeValues={":v": {"S": "a"}},
        ExclusiveStartKey=KEY,
    )
    account.client("sqs").send_message(**queue, MessageBody="x" * (1 << 20), DelaySeconds=900)
    account.client("s3").put_object(**bucket, Key="k", Body=b"abc")


@pytest.mark.parametrize("one", DIFFERENCES, ids=lambda one: f"{one.emulator} {one.test}")
def test_a_difference_is_of_a_test_that_there_is(one: Difference) -> None:
    file, _, name = one.test.partition("::")
    name, _, parameter = name.partition("[")
    assert f"def {name}(" in (HERE / file).read_text(encoding="utf-8")
    if name == test_what_aws_refuses_is_refused.__name__:
        assert parameter.removesuffix("]") in {refused.mistake for refused in REFUSED}


def test_no_difference_is_listed_twice() -> None:
    rows = [(one.emulator, one.test) for one in DIFFERENCES]
    assert len(rows) == len(set(rows))
