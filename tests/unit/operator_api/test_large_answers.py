"""No answer is too large to leave: it is packed, or it says so."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from operator_api.large import LARGEST, carried

SIX_MIB = 6 * 1024 * 1024


def answered(size: int, **headers: str) -> dict[str, Any]:
    body = json.dumps({"words": 'say "so"' * (size // 8)})
    answer = {"statusCode": 200, "headers": {"cache-control": "no-store"}, "body": body}
    return carried({"headers": headers}, answer)


def test_whoever_takes_packed_answers_gets_what_was_too_large_as_it_is() -> None:
    answer = answered(8_000_000, **{"Accept-Encoding": "br, gzip"})

    told = json.loads(gzip.decompress(base64.b64decode(answer["body"])))
    assert len(told["words"]) == 8_000_000
    assert answer["headers"]["content-encoding"] == "gzip"
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.mark.parametrize(("size", "status"), [(3_000_000, 200), (8_000_000, 500)])
def test_whoever_does_not_is_told_and_nothing_is_lost_on_the_way(size: int, status: int) -> None:
    answer = answered(size)

    assert answer["statusCode"] == status
    assert len(json.dumps(answer)) < SIX_MIB
    assert LARGEST < SIX_MIB
    if status == 500:
        assert "gzip" in json.loads(answer["body"])["detail"]
