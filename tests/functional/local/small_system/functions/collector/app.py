"""Notes each job in the table; fails those that ask for it."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3

_table = boto3.client("dynamodb")


def lambda_handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        name = record["body"]
        _table.update_item(
            TableName=os.environ["SEEN_TABLE"],
            Key={"pk": {"S": name}},
            UpdateExpression="ADD seen_count :one SET record_json = :record, in_batch = :batch",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":record": {"S": json.dumps(record)},
                ":batch": {"N": str(len(event["Records"]))},
            },
        )
        if name.startswith("poison"):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
