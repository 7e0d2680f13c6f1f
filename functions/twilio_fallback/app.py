"""POST /twilio/fallback: what a caller hears when Twilio's door fails. It cannot fail with it.

Three documents that stand beside this file, and no table, secret, setting or layer: whatever broke
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
RUNG = (HERE / "to_who_was_rung.xml").read_text(encoding="utf-8")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """The document for who called, for who has just left a message, or for whom we rang."""
    return {"statusCode": 200, "headers": {"content-type": "text/xml"}, "body": _document(event)}


def _document(event: dict[str, Any]) -> str:
    """Never raises: whatever comes is answered."""
    fields = _fields(event)
    if any(field.startswith("RecordingSid=RE") for field in fields):
        return THANKS
    return RUNG if "Direction=outbound-api" in fields else SORRY


def _fields(event: dict[str, Any]) -> list[str]:
    try:
        form = event["body"]
        if event.get("isBase64Encoded"):
            form = base64.b64decode(form).decode("latin-1")
        fields: list[str] = form.split("&")
    except (KeyError, TypeError, ValueError, AttributeError):
        return []
    return fields
