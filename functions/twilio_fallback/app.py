"""POST /twilio/fallback: what a caller hears when Twilio's door fails. It cannot fail with it.

Two documents that stand beside this file, and no table, secret, setting or layer: whatever broke
the door does not reach here. So nobody is checked either, and the documents hold nothing private.
A message that a caller leaves is kept by Twilio (docs/operations.md, Fallback used).
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SORRY = (HERE / "document.xml").read_text(encoding="utf-8")
THANKS = (HERE / "after_a_message.xml").read_text(encoding="utf-8")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """The first document; the second to whoever has just left a message. Never raises."""
    document = THANKS if _tells_of_a_message(event) else SORRY
    return {"statusCode": 200, "headers": {"content-type": "text/xml"}, "body": document}


def _tells_of_a_message(event: dict[str, Any]) -> bool:
    try:
        form = event["body"]
        if event.get("isBase64Encoded"):
            form = base64.b64decode(form).decode("latin-1")
        return any(field.startswith("RecordingSid=RE") for field in form.split("&"))
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
