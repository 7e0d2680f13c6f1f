"""DynamoDB without boto3 answers as boto3's client does, to whatever adapters ask of it."""

from __future__ import annotations

import ast
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.retries.standard import ThrottledRetryableChecker
from botocore.session import get_session

import contact_center
from contact_center.aws.connection import AwsConnection
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.lean_client import LONGEST_PAUSE_SECONDS, THROTTLED, LeanDynamoDB
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Refusal, Write, put_revised
from contact_center.aws.signer import Credentials
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.system_clock import SystemClock
from tests.contract.aws.refused_requests import KEY, REFUSED, Refused
from tests.contract.aws.scripted_service import BUSY, HANG_UP, service
from tests.contract.aws.test_refused_requests import in_account
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from tests.emulator import Account

type Json = dict[str, Any]

# A whole table is read by a command, and the dialer's clock looks at each answer's date.
NO_ROUTER_S = {"scan", "meta"}
ITEM = {**KEY, "said": {"S": "x"}, "n": {"N": "1"}}


def lean_of(account: Account) -> LeanDynamoDB:
    tokens = map("token-{}".format, itertools.count())
    return LeanDynamoDB(
        account.lean("dynamodb", watched=False), new_token=lambda: next(tokens), chance=lambda: 0.0
    )


def told(call: Any, wish: Json) -> Json:
    """Answer or error, without what tells one request from another."""
    try:
        answer = call(**wish)
    except ClientError as error:
        answer = dict(error.response)
        answer["Error"] = answer["Error"]["Code"]
    answer.pop("ResponseMetadata", None)
    answer.pop("ConsumedCapacity", None)  # which moto tells unasked
    answer.pop("message", None)
    answer.pop("Message", None)
    return dict(answer)


@pytest.mark.emulator
@pytest.mark.parametrize(
    "refused",
    [pytest.param(one, id=one.mistake) for one in REFUSED if one.service == "dynamodb"],
)
def test_a_refusal_is_told_as_boto3_tells_it(account: Account, refused: Refused) -> None:
    said = []
    for client in (account.client("dynamodb", watched=False), lean_of(account)):
        if refused.before is not None:
            operation, wish = refused.before
            getattr(client, operation)(**in_account(wish, account))
        wish = in_account(refused.wish, account)
        said.append(told(getattr(client, refused.operation), wish).get("Error"))

    assert said[0] == said[1]  # what the emulator forgives, `differences.py` tells


def everything(table: str) -> list[tuple[str, Json]]:
    """One of each operation, and what conditions say."""
    of, gone = {"TableName": table}, {"pk": {"S": "gone"}, "sk": {"S": "b"}}
    new = {"ConditionExpression": "attribute_not_exists(pk)"}
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    count = {
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    page = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": KEY["pk"]},
        "ConsistentRead": True,
    }
    other = {**ITEM, "sk": {"S": "c"}, "said": {"S": "\u2603 \ud83d\ude00"}}
    put = {"Put": {**of, "Item": {**ITEM, "sk": {"S": "d"}}}}
    return [
        ("put_item", {**of, "Item": ITEM, **new}),
        ("put_item", {**of, "Item": ITEM, **new, **shown}),
        ("put_item", {**of, "Item": other}),
        ("get_item", {**of, "Key": KEY, "ConsistentRead": True}),
        ("get_item", {**of, "Key": gone, "ConsistentRead": True}),
        ("update_item", {**of, "Key": KEY, **count, "ReturnValues": "ALL_NEW"}),
        ("update_item", {**of, "Key": KEY, **count, **new}),
        ("query", {**of, **page}),
        ("query", {**of, **page, "Limit": 1}),
        ("batch_get_item", {"RequestItems": {table: {"Keys": [KEY], "ConsistentRead": True}}}),
        ("transact_write_items", {"TransactItems": [put]}),
        ("transact_write_items", {"TransactItems": [{"Put": {**put["Put"], **new, **shown}}]}),
        ("batch_write_item", {"RequestItems": {table: [{"DeleteRequest": {"Key": KEY}}]}}),
        ("delete_item", {**of, "Key": gone, "ConditionExpression": "attribute_exists(pk)"}),
        ("query", {**of, **page}),
    ]


@pytest.mark.emulator
def test_every_operation_is_answered_as_boto3_answers_it(account: Account) -> None:
    lean, theirs = lean_of(account), account.client("dynamodb")

    ours = [told(getattr(lean, name), wish) for name, wish in everything(account.calls_table)]
    boto3s = [told(getattr(theirs, name), wish) for name, wish in everything(account.dialing_table)]
    for one in ours:  # the one place where a table is named
        if "Responses" in one:
            one["Responses"] = {account.dialing_table: one["Responses"][account.calls_table]}

    assert ours == boto3s


@pytest.mark.emulator
def test_a_condition_is_caught_by_its_class_and_says_what_stands(account: Account) -> None:
    client, table = lean_of(account), account.calls_table
    client.put_item(TableName=table, Item=ITEM)

    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refused:
        client.put_item(**put_revised(table, ITEM, 0))

    assert dict(refused.value.response)["Item"] == ITEM


@pytest.mark.emulator
def test_a_transaction_says_which_condition_failed(account: Account) -> None:
    client, table = lean_of(account), account.calls_table
    client.put_item(TableName=table, Item=ITEM)
    writes = [Write("new", {"Put": put_revised(table, ITEM, 0)})]

    assert transact(client, writes) == (Refusal("new", ITEM),)  # type: ignore[arg-type]


def asked_of_clients(module: Path) -> set[str]:
    """The names that a module asks of a client: self._client.query, client.put_item."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"client", "self._client"}
    }


def test_no_adapter_asks_a_client_for_more_than_this_one_has() -> None:
    """Or it works with boto3's in its own tests, and not in the router."""
    modules = [
        module
        for module in Path(contact_center.__path__[0]).glob("*/**/*.py")
        if "import DynamoDBClient" in module.read_text(encoding="utf-8")
    ]
    asked = {name for module in modules for name in asked_of_clients(module)}

    assert {"query", "put_item", "transact_write_items"} <= asked
    assert {name for name in asked if not hasattr(LeanDynamoDB, name)} <= NO_ROUTER_S


# -- what goes wrong on the way ---------------------------------------------------------------


def answered(code: str, status: int = 400, words: str = "message") -> bytes:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb#{code}", words: "words"}).encode()
    return b"HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Asked:
    """A client of a service on a socket, and how long it waited between its tries."""

    def __init__(self, port: int) -> None:
        self.waited: list[float] = []
        self.connection = AwsConnection(
            "dynamodb",
            "us-east-1",
            Credentials("AKIDEXAMPLE", "secret"),
            SystemClock(),
            endpoint_url=f"http://127.0.0.1:{port}",
            read_seconds=LIVENESS_SECONDS,
            again_if_unanswered=True,
        )
        tokens = map("token-{}".format, itertools.count())
        self.client: Any = LeanDynamoDB(
            self.connection,
            new_token=lambda: next(tokens),
            chance=lambda: 0.5,
            sleep=self.waited.append,
        )


# Of these botocore tries again whatever its operations name among their errors.
OPERATIONS = (
    *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
    "TransactWriteItems",
)


def test_what_boto3_asks_again_is_asked_again_here() -> None:
    model = get_session().get_service_model("dynamodb")
    named = {
        error.name for name in OPERATIONS for error in model.operation_model(name).error_shapes
    }
    checker: Any = ThrottledRetryableChecker  # whose list has no public name
    assert named & set(checker._THROTTLED_ERROR_CODES) == THROTTLED


@pytest.mark.parametrize("code", sorted(THROTTLED))
def test_what_was_throttled_is_asked_once_more_after_a_moment(code: str) -> None:
    with service([answered(code), OK]) as server:
        asked = Asked(server.port)
        asked.client.get_item(TableName="calls", Key=KEY)
        assert len(server.requests) == 2
        asked.connection.close()

    assert asked.waited == [0.5 * LONGEST_PAUSE_SECONDS]


@pytest.mark.parametrize("words", ["message", "Message"])
def test_what_stays_throttled_is_told_by_its_code_and_nobody_s_words(words: str) -> None:
    throttled = answered("ThrottlingException", words=words)
    with service([throttled, throttled, OK]) as server:
        asked = Asked(server.port)
        with pytest.raises(ClientError) as refused:
            asked.client.update_item(TableName="calls", Key=KEY)
        assert len(server.requests) == 2
        asked.connection.close()

    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    assert "words" not in str(refused.value) + json.dumps(refused.value.response)


def test_another_refusal_is_not_asked_again() -> None:
    with service([answered("ValidationException"), OK]) as server:
        asked = Asked(server.port)
        with pytest.raises(ClientError):
            asked.client.get_item(TableName="calls", Key=KEY)
        assert (len(server.requests), asked.waited) == (1, [])
        asked.connection.close()


@pytest.mark.parametrize("first", [[BUSY, OK], [HANG_UP]])
def test_a_transaction_that_is_sent_again_is_the_same_transaction(first: list[bytes]) -> None:
    with service(first, [OK]) as server:
        asked = Asked(server.port)
        asked.client.transact_write_items(TransactItems=[])
        asked.connection.close()

    bodies = [json.loads(said.partition(b"\r\n\r\n")[2]) for said in server.requests]
    assert [body["ClientRequestToken"] for body in bodies] == ["token-0", "token-0"]


def test_two_transactions_have_two_tokens() -> None:
    with service([OK, OK]) as server:
        asked = Asked(server.port)
        for _ in range(2):
            asked.client.transact_write_items(TransactItems=[])
        asked.connection.close()

    bodies = [json.loads(said.partition(b"\r\n\r\n")[2]) for said in server.requests]
    assert [body["ClientRequestToken"] for body in bodies] == ["token-0", "token-1"]


def test_without_an_answer_nobody_knows_and_adapters_say_so() -> None:
    with service([HANG_UP], [HANG_UP], [HANG_UP], [HANG_UP]) as server:
        asked = Asked(server.port)
        with pytest.raises(BotoCoreError):
            asked.client.get_item(TableName="calls", Key=KEY)
        with pytest.raises(StoreUnavailableError):
            get(asked.client, "calls", KEY)
        asked.connection.close()
