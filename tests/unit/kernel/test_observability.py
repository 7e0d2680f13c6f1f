"""Counters and lines on stdout, as CloudWatch reads them."""

from __future__ import annotations

import io
import json
from typing import Any

from contact_center.kernel.observability import StdoutMetrics, log
from tests.fakes.clock import FakeClock

NOW_MS = 1_787_266_900_000


def flushed(metrics: StdoutMetrics, out: io.StringIO) -> list[dict[str, Any]]:
    out.seek(0)
    out.truncate()
    metrics.flush()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_counter_is_a_line_of_the_embedded_metric_format() -> None:
    out = io.StringIO()
    metrics = StdoutMetrics("VapiWebhook", FakeClock(NOW_MS), out)
    metrics.count("webhook_refused", reason="no_signature")
    assert flushed(metrics, out) == [
        {
            "_aws": {
                "Timestamp": NOW_MS,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Switchboard",
                        "Dimensions": [["function", "reason"]],
                        "Metrics": [{"Name": "webhook_refused", "Unit": "Count"}],
                    }
                ],
            },
            "function": "VapiWebhook",
            "reason": "no_signature",
            "webhook_refused": 1,
        }
    ]


def test_two_stacks_of_an_account_count_apart() -> None:
    out = io.StringIO()
    metrics = StdoutMetrics("VapiWebhook", FakeClock(NOW_MS), out, namespace="switchboard-dev")
    metrics.count("webhook_refused")
    [line] = flushed(metrics, out)
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "switchboard-dev"


def test_counts_of_one_event_are_added_up_a_line_for_each_set_of_dimensions() -> None:
    out = io.StringIO()
    metrics = StdoutMetrics("CallRouter", FakeClock(NOW_MS), out)
    for kind in ("hang", "hang", "transcript"):
        metrics.count("accepted", type=kind)
        metrics.count("stored", type=kind)
    metrics.count("resumed")
    lines = flushed(metrics, out)
    assert [(line.get("type"), line.get("accepted"), line.get("stored")) for line in lines] == [
        ("hang", 2, 2),
        ("transcript", 1, 1),
        (None, None, None),
    ]
    assert lines[2]["resumed"] == 1


def test_what_was_flushed_is_forgotten_and_nothing_counted_writes_nothing() -> None:
    out = io.StringIO()
    metrics = StdoutMetrics("VapiWebhook", FakeClock(NOW_MS), out)
    metrics.count("accepted")
    assert len(flushed(metrics, out)) == 1
    assert flushed(metrics, out) == []


def test_a_log_line_is_one_line_of_json_whatever_is_in_it() -> None:
    out = io.StringIO()
    log("ERROR", "message refused", out, field="two\nlines", count=3)
    assert out.getvalue().count("\n") == 1
    assert json.loads(out.getvalue()) == {
        "level": "ERROR",
        "message": "message refused",
        "field": "two\nlines",
        "count": 3,
    }
