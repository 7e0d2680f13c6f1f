"""Records of SQS events, as their queues' jobs are read from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.kernel.field_errors import BadMessageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def json_in(record: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever somebody has sent
    """What a record's body says. Raises BadMessageError: it is no JSON."""
    try:
        return json.loads(record["body"])
    except (ValueError, RecursionError):
        raise BadMessageError("body", "must be JSON") from None


def said_in_version(record: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What a record's body says that was written in a version. Raises BadMessageError."""
    said = json_in(record)
    if not isinstance(said, dict) or said.get("version") != version:
        raise BadMessageError("version", f"must be {version}")
    return said
