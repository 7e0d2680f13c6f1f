"""Whether what we stored of the calls agrees with what the simulator saw.

No figure is made of this: it is a check of our records, printed on a line of its own.
"""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.demo.figures import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from local.demo.figures import Outcome

Json = dict[str, Any]

OK = 200
SETTLE_SECONDS = 6.0  # queues are drained behind the answer
# Where the clock is no judge, an answer that did not come in time is asked for again.
ANSWER_SECONDS = 600.0
POLL_SECONDS = 0.25
TIMEOUT_SECONDS = 5.0


def disagreements(
    url: str,
    token: str,
    results: Sequence[Outcome],
    settle_seconds: float = SETTLE_SECONDS,
    answer_seconds: float = 0.0,
) -> list[str]:
    """Compare GET /api/calls/{id} of every call with the simulator's outcome.

    Args:
        url: The base URL of our gateway.
        token: A bearer token that may read calls.
        results: What the simulator saw.
        settle_seconds: How long the queues have to drain.
        answer_seconds: How long a record that cannot be read is asked for again.

    Returns:
        One sentence for each difference that is still there after the queues had time to drain.
    """
    began = time.monotonic()
    while True:
        answers = [asked(f"{url}/api/calls/{result.call_id}", token) for result in results]
        found = [
            text
            for result, answer in zip(results, answers, strict=True)
            for text in _differences(result, *answer)
        ]
        is_read = all(status == OK for status, _ in answers)
        most_seconds = settle_seconds if is_read else max(settle_seconds, answer_seconds)
        if not found or time.monotonic() - began > most_seconds:
            return found
        time.sleep(POLL_SECONDS)


def _differences(result: Outcome, status: int, record: Json) -> Iterable[str]:
    if status != OK:
        yield f"our record of “{result.caller}” cannot be read: status {status}"
        return
    if record.get("status") != "ended":
        yield f"our record of “{result.caller}” says {record.get('status')}, the call has ended"
    stored = record.get("destination") or NOWHERE
    if stored != result.went_to:
        yield f"our record of “{result.caller}” says {stored}, the call went to {result.went_to}"


def asked(url: str, token: str) -> tuple[int, Json]:
    """What our API answers: status and JSON; 0 and nothing when it does not."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS
    )
    try:
        connection.request("GET", parts.path, headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        document = json.loads(response.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
    return response.status, document if isinstance(document, dict) else {}
