"""Answers with the event it got and what it knows of its surroundings."""

from __future__ import annotations

import json
import os
from typing import Any

from small_layer.words import ANSWER  # type: ignore[import-not-found]

_counted: list[None] = []


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    _counted.append(None)
    seen = {
        "answer": ANSWER,
        "count": len(_counted),
        "pid": os.getpid(),
        "event": event,
        "environment": dict(os.environ),
        "request_id": context.aws_request_id,
        "function": context.function_name,
        "memory_mb": context.memory_limit_in_mb,
        "remaining_ms": context.get_remaining_time_in_millis(),
    }
    print("echoed")  # noqa: T201 (what a handler prints is to reach its log)
    return {"statusCode": 200, "body": json.dumps(seen), "cookies": ["a=1", "b=2"]}
