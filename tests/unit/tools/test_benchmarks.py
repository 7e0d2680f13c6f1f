"""What `make bench` sends and counts; what it finds is never asserted."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from tests.benchmarks.cold_start import _by_package, check_answer
from tests.benchmarks.console.show import Table, hour_usd
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
from tests.benchmarks.queueing import ARRANGEMENTS, Message, calls_at_chance, play, usd_a_thousand
from tests.browser.words_seen import compared


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


def test_what_was_overtaken_is_no_delay_and_what_was_never_seen_is_told() -> None:
    said = [
        {"call": "a", "text": "Good morning. ", "atMs": 1_000.0},
        {"call": "a", "text": "My bill is wrong.", "atMs": 1_100.0},
        {"call": "b", "text": "Hello.", "atMs": 1_000.0},
        {"call": "a", "text": "x" * 200, "atMs": 5_000.0},
    ]
    seen = {"a My bill is wrong.": 1_900.0, f"a {'x' * 160}": 5_600.0}

    found = compared(said, seen)

    assert (found["events"], found["overtaken"], found["lost"]) == (2, 1, 1)
    assert (found["median"], found["p95"], found["worst"]) == (700.0, 800.0, 800.0)


def test_an_operator_s_hour_is_what_its_polls_ask_for() -> None:
    poll = {"requests": 2, "cpu_ms": 10, "read_units": 8, "write_units": 0.2, "bytes_mean": 2_000}

    usd = hour_usd(poll, 3_600, slower=2.0)

    assert usd["gateway"] == pytest.approx(0.0036)
    assert usd["reads"] == pytest.approx(0.0036)
    assert usd["sent"] == pytest.approx(0.000648)
    assert hour_usd(poll, 3_600, slower=1.0)["function"] > usd["function"]


def test_a_budget_that_is_missed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.line("kept", 2.0, 2, "KB")
    table.line("too large", 2.01, 2, "KB")

    assert table.missed == ["too large"]
    assert "2.01 KB    ≤ 2       MISSED" in capsys.readouterr().out


def test_a_group_waits_for_its_own_and_a_batch_for_all_that_is_in_it() -> None:
    standard, alone, ten = ARRANGEMENTS
    said = [Message(0, 1, 4_000, hung=True), Message(1, 1, 100, hung=True)]
    said += [Message(2, 2, 100, hung=False)]
    assert play(said, standard, routers=2).hung_ms == [4_000, 100]
    assert play(said, standard, routers=2).others_ms == [199]  # the first to be free takes it
    assert play(said, alone, routers=2).hung_ms == [4_000, 4_099]
    assert play(said, alone, routers=2).others_ms == [100]
    # One router: what came while it was taken goes in one batch, in order.
    assert play([Message(0, 3, 50, hung=False), *said], ten, routers=1).others_ms == [50, 4_248]
    assert play([Message(0, 3, 50, hung=False), *said], ten, routers=1).batches == 2


def test_all_that_is_sent_is_handed_out_in_the_end_whichever_way() -> None:
    messages = calls_at_chance(20, 10)
    assert messages == calls_at_chance(20, 10)
    for how in ARRANGEMENTS:
        played = play(messages, how)
        assert played.messages == len(messages) > 500
        assert usd_a_thousand(played, how, 20) > 0
