"""An answer that is nearly too large to leave: it is packed, or it is said that it cannot leave.

Lambda hands over six megabytes at most, as JSON: whatever is larger is lost on the way, and whoever
asked is told of a bad gateway, which says nothing. Answers are lists of pages, and calls; only a
call of many hours comes near.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

from operator_api.problems import problem, problem_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 6_000_000  # of 6 MiB, what Lambda puts around it taken off
LEVEL = 5


def carried(event: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as it can leave.

    Args:
        event: The request.
        answer: As API Gateway wants it.
    """
    sent = {name.lower(): value for name, value in event.get("headers", {}).items()}
    if not answer.get("isBase64Encoded") and "gzip" in sent.get("accept-encoding", ""):
        packed = base64.b64encode(gzip.compress(answer["body"].encode(), LEVEL, mtime=0))
        packing = {"content-encoding": "gzip", "vary": "Accept-Encoding, Authorization, Cookie"}
        headers = {**(answer.get("headers") or {}), **packing}
        body = packed.decode("ascii")
        answer = {**answer, "headers": headers, "body": body, "isBase64Encoded": True}
    if len(json.dumps(answer["body"])) <= LARGEST:
        return dict(answer)
    said = "The answer is larger than 6 MB. Ask for fewer rows, or say Accept-Encoding: gzip."
    return problem_answer(problem(500, said))
