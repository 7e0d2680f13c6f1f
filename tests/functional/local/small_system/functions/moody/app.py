"""Does what the body asks for: good things and bad."""

from __future__ import annotations

import os
import time
from typing import Any

ANSWERS: dict[str, object] = {
    "teapot": {
        "statusCode": 418,
        "headers": {"X-Kind": "tea"},
        "body": "c2hvcnQ=",
        "isBase64Encoded": True,
    },
    "no status": {"plain": True},
    "bad status": {"statusCode": "often"},
    "bad body": {"statusCode": 200, "body": {"not": "text"}},
    "too large": {"statusCode": 200, "body": "x" * (7 * 1024 * 1024)},
}
PAUSES_SECONDS = {"hang": 60, "wait": 0.2}


def lambda_handler(event: dict[str, Any], _: Any) -> object:
    mood = event.get("body", "")
    time.sleep(PAUSES_SECONDS.get(mood, 0))
    if mood == "crash":
        os._exit(3)
    if mood == "raise":
        raise ValueError("the customer said something private")
    return ANSWERS.get(mood, {"statusCode": 200, "body": str(os.getpid())})
