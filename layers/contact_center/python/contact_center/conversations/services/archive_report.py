"""Archive the end-of-call report, reduced to what may be kept, under a key of its own call."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from contact_center.kernel.path_ids import file_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.services.ports.messages import ReportArchive

RAW_KEY = re.compile(r"reports/raw/([^/]+)/[^/]+")
LATEST_MS = 4_102_444_800_000  # 2100: what lies beyond is a broken clock


def archive_report(report: Mapping[str, object], key: str, archive: ReportArchive) -> None:
    """Store a report; the same report again overwrites itself.

    Args:
        report: Already reduced and redacted: nothing in it is a secret, a link or a number
            that nobody is to keep.
        key: As `report_key` makes it.
        archive: Where it goes.

    Raises:
        StoreUnavailableError.
    """
    archive.put(key, json.dumps(report, separators=(",", ":")).encode("ascii"))


def call_of_raw(key: str) -> str | None:
    """The call of a body that waits in the bucket, by its key (aws/s3_lean.py), or None."""
    found = RAW_KEY.fullmatch(key)
    return None if found is None else unquote(found[1])


def report_key(call_id: str, began_at_ms: int) -> str:
    """`reports/<yyyy>/<mm>/<dd>/<call id>.json`, whatever the id looks like.

    Args:
        call_id: Vapi's id of the call.
        began_at_ms: When the call began, ms since 1970. A retried report says the same.
    """
    at_s = min(max(began_at_ms, 0), LATEST_MS) / 1000
    day = datetime.fromtimestamp(at_s, tz=UTC).strftime("%Y/%m/%d")
    return f"reports/{day}/{file_name(call_id)}.json"
