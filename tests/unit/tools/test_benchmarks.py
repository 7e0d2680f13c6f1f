"""What `make bench` sends and counts; what it finds is never asserted."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from tests.benchmarks.cold_start import _by_package, check_answer
from tests.benchmarks.payloads import (
    REPORT_BYTES,
    SECRET,
    TRANSCRIPT_BYTES,
    Webhook,
    gateway_event,
    queue_event,
    reports,
    transcripts,
)
from tests.benchmarks.processes import BenchmarkError


@pytest.mark.parametrize(
    ("bodies", "size"), [(transcripts(), TRANSCRIPT_BYTES), (reports(), REPORT_BYTES)]
)
def test_bodies_have_the_size_that_the_aims_name(bodies: list[Webhook], size: int) -> None:
    assert {len(each.body) for each in bodies} == {size}
    assert len({each.body for each in bodies}) == len(bodies)


@pytest.mark.parametrize("webhook", [transcripts()[3], reports()[3]])
def test_the_signature_holds_for_the_raw_body_and_for_the_tutorial_s_way(webhook: Webhook) -> None:
    written_again = json.dumps(
        json.loads(webhook.body), ensure_ascii=False, separators=(",", ":")
    ).encode()
    expected = hmac.new(SECRET.encode(), written_again, hashlib.sha256).hexdigest()

    assert webhook.signature == expected


def test_the_events_carry_the_body_byte_for_byte() -> None:
    webhook = transcripts()[0]

    assert json.loads(gateway_event(webhook))["body"].encode() == webhook.body
    (record,) = json.loads(queue_event(webhook))["Records"]
    assert record["body"].encode() == webhook.body


@pytest.mark.parametrize(
    "answer", [b'{"statusCode":401}', b'{"batchItemFailures":[{"itemIdentifier":"1"}]}']
)
def test_a_function_that_refused_its_work_is_not_timed(answer: bytes) -> None:
    with pytest.raises(BenchmarkError, match="CallRouter answered"):
        check_answer("CallRouter", answer)


def test_imports_are_summed_by_package_and_ours_by_module() -> None:
    report = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       500 |        500 |   json.decoder\n"
        "import time:      1500 |       2000 | json\n"
        "import time:       250 |        250 |   contact_center.conversations.domain.facts\n"
        "import time:       750 |       1000 | contact_center\n"
    )

    assert _by_package(report) == {
        "json": 2.0,
        "conversations.domain.facts": 0.25,
        "contact_center": 0.75,
    }
