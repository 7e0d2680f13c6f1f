"""What a request to AWS asks of IAM: action, resource, partitions, attributes.

By AWS's service authorization reference: a transaction needs the action of each of its parts, a
batch its own; a query of an index reaches the index and not the table; parts of an upload are
puts; a file that is not there is a 404 only to whom may list the bucket, and else a 403.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from tests.permissions.roles import Need, partition_of_index, role_of, secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

type Json = Mapping[str, Any]

TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
OF_FILES = {
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
}
OF_QUEUES = {"SendMessage": "SendMessage", "SendMessageBatch": "SendMessage"}
NAMED = re.compile(r"#\w+")
OF_THE_KEY = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
FOUNDATION_MODEL = (
    "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/${BedrockModelId}"
)


class UnknownRequestError(AssertionError):
    """A request that this does not know how to judge: teach it."""


def needs(folder: str, service: str, operation: str, said: Json) -> Iterator[Need]:
    """What a request of a function asks.

    Args:
        folder: Of the function, in functions/.
        service: As in "dynamodb".
        operation: As in "PutItem".
        said: The request's parameters.

    Raises:
        UnknownRequestError: It is none that is known.
    """
    role = role_of(folder)
    match service:
        case "dynamodb":
            yield from _of_tables(role, operation, said)
        case "sqs":
            action = OF_QUEUES.get(operation, operation)
            yield from _existing(role, f"sqs:{action}", _queue(said["QueueUrl"]))
        case "s3":
            yield from _of_files(role, operation, said)
        case "secretsmanager":
            yield Need(role, f"secretsmanager:{operation}", _secret(folder, said["SecretId"]))
        case "sns":
            yield Need(role, f"sns:{operation}", "NoticeTopicArn")
        case "bedrock-runtime":
            yield Need(role, "bedrock:InvokeModel", FOUNDATION_MODEL)
        case _:
            raise UnknownRequestError(f"{service} {operation}")


def missing_file(folder: str) -> Need:
    """What tells a function that a file is not there, and not that it may not know."""
    return Need(role_of(folder), "s3:ListBucket", "Reports")


def _of_tables(role: str, operation: str, said: Json) -> Iterator[Need]:
    if operation in {"TransactWriteItems", "TransactGetItems"}:
        for part in said["TransactItems"]:
            for kind, one in part.items():
                yield from _of_tables(role, TRANSACTED[kind], one)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for table, asked in said["RequestItems"].items():
            keys = frozenset(_keys_of(asked))
            yield from _existing(role, f"dynamodb:{operation}", _table(table), keys)
    elif operation == "Query":
        yield from _query(role, said)
    elif operation in TRANSACTED.values():
        key = said.get("Key") or said["Item"]
        yield from _existing(
            role,
            f"dynamodb:{operation}",
            _table(said["TableName"]),
            frozenset({key["pk"]["S"]}),
            frozenset(_attributes(said)),
        )
    else:
        raise UnknownRequestError(f"dynamodb {operation}")


def _keys_of(asked: Any) -> Iterator[str]:
    if isinstance(asked, dict):
        yield from (key["pk"]["S"] for key in asked["Keys"])
        return
    for one in asked:
        for request in one.values():
            yield (request.get("Key") or request["Item"])["pk"]["S"]


def _query(role: str, said: Json) -> Iterator[Need]:
    table, index = _table(said["TableName"]), said.get("IndexName")
    if not table:
        return
    partitioned_by = "pk" if index is None else partition_of_index(table, index)
    names = said.get("ExpressionAttributeNames", {})
    values = said["ExpressionAttributeValues"]
    [key] = [
        values[value]["S"]
        for name, value in OF_THE_KEY.findall(said["KeyConditionExpression"])
        if names.get(name, name) == partitioned_by
    ]
    resource = table if index is None else f"{table}/index/{index}"
    yield Need(role, "dynamodb:Query", resource, frozenset({key}))


def _existing(
    role: str,
    action: str,
    resource: str,
    keys: frozenset[str] = frozenset(),
    attributes: frozenset[str] = frozenset(),
) -> Iterator[Need]:
    """Nothing of a table or queue that a test names to have none."""
    if resource:
        yield Need(role, action, resource, keys, attributes)


def _attributes(said: Json) -> Iterator[str]:
    """What an update or a projection names; a put and a get without one reach all there is."""
    if not {"UpdateExpression", "ProjectionExpression"} & said.keys():
        return
    yield from said["Key"]
    names = said.get("ExpressionAttributeNames", {})
    for kind in ("Update", "Condition", "Projection"):
        text = said.get(f"{kind}Expression", "")
        yield from (names[one] for one in NAMED.findall(re.sub(r"\.#\w+", "", text)))


def _of_files(role: str, operation: str, said: Json) -> Iterator[Need]:
    if not said["Bucket"].startswith("switchboard-reports-"):
        return
    bucket = "Reports"
    if operation in {"ListObjectsV2", "ListObjects"}:
        yield Need(role, "s3:ListBucket", bucket)
    elif operation == "DeleteObjects":
        for one in said["Delete"]["Objects"]:
            yield Need(role, "s3:DeleteObject", f"{bucket}/{one['Key']}")
    elif operation in OF_FILES:
        yield Need(role, f"s3:{OF_FILES[operation]}", f"{bucket}/{said['Key']}")
    else:
        raise UnknownRequestError(f"s3 {operation}")


def _table(name: str) -> str:
    stack, _, word = name.partition("-")
    return word if stack == "switchboard" else ""


def _queue(url: str) -> str:
    stack, _, words = url.rpartition("/")[2].partition("-")
    return "".join(word.capitalize() for word in words.split("-")) * (stack == "switchboard")


def _secret(folder: str, name: str) -> str:
    """Whose secret it is, by the setting that names it; the tests' own name where none does."""
    for variable, logical in secrets_of(folder).items():
        if os.environ.get(variable) == name:
            return logical
    return f"a secret that no setting names: {name}"
