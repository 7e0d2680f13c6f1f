"""Twilio's door in processes of its own: the check of a webhook, and a wait document."""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

from twilio.request_validator import RequestValidator

from contact_center.aws.api_gateway import request_of
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.system_clock import SystemClock
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.domain.waiting import Entered, WaitsFor
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.visits.domain.visit_parts import visit_of
from tests.benchmarks.artefact import Artefact
from tests.benchmarks.payloads import (
    DISTINCT,
    SECRET,
    TWILIO_BASE_URL,
    TWILIO_FIELDS,
    gateway_event,
    transcripts,
    twilio_event,
)
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.webhooks import alone
from tests.fakes.counted_metrics import CountedMetrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.cloud.emulator import Emulator

CHECKS, SERIES = 300, 60  # short ones, many: some are left alone by whatever else runs here
MOST_CHECK_US = 120.0
MOST_DOCUMENT_RATIO = 2.0
WAIT = "/twilio/queue/wait"
LATER = f"{WAIT}/support-line/7"  # as all but the first of a caller's are asked for
OF_ITS_OWN = "111111111119"  # an account, beside that of other parts


def show_check() -> None:
    """Measure and print what the check of one webhook costs, beside the package's own."""
    ours, theirs = _checks()
    found: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(SERIES):
        found["ours"].append(_microseconds(ours))
        found["theirs"].append(_microseconds(theirs))
    least = {name: min(values) for name, values in found.items()}
    median = statistics.median(found["ours"])
    reached = "reached" if least["ours"] <= MOST_CHECK_US else "missed"
    print(
        f"\nCheck of a webhook of {len(TWILIO_FIELDS)} fields, CPU (the least of {SERIES} series)"
    )
    print(f"  twilio.request_validator alone   {least['theirs']:>8.0f} µs")
    print(
        f"  our door's: size, form, keys     {least['ours']:>8.0f} µs"
        f"{least['ours'] / least['theirs']:>8.2f}x   ≤ {MOST_CHECK_US:.0f} µs {reached}"
        f"   (median {median:.0f} µs)"
    )


def _checks() -> tuple[Callable[[], object], Callable[[], object]]:
    request = request_of(json.loads(twilio_event(WAIT, {})))
    check = WebhookCheck(TWILIO_BASE_URL, lambda: SECRET, CountedMetrics())
    now_ms = SystemClock().now_ms()
    if check.check(request, now_ms).refusal is not None:
        raise BenchmarkError("the benchmark's own webhook is refused")
    validator = RequestValidator(SECRET)
    signature = validator.compute_signature(TWILIO_BASE_URL + WAIT, TWILIO_FIELDS)

    def ours() -> object:
        return check.check(request, now_ms)

    def theirs() -> object:
        return validator.validate(TWILIO_BASE_URL + WAIT, TWILIO_FIELDS, signature)

    return ours, theirs


def _microseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(CHECKS):
        work()
    return (time.process_time() - began) / CHECKS * 1e6


def show_wait_document(scratch: Path, emulator: Emulator, rounds: int, count: int) -> None:
    """Measure and print the CPU of a wait document beside that of a 2 KB transcript.

    Args:
        scratch: Where the functions are laid out.
        emulator: What they read.
        rounds: Series of each, in turn.
        count: Webhooks in a series.
    """
    folder = scratch / "document"
    folder.mkdir()
    artefact = Artefact(folder, emulator, OF_ITS_OWN)
    found, _ = artefact.subjects()
    subjects = {each.name: each for each in found}
    waits = [
        twilio_event(LATER, {"CallSid": leg, "QueueSid": "QU" + "0" * 32})
        for leg in _wait(artefact)
    ]
    told = [gateway_event(body) for body in transcripts()]
    series: dict[str, list[float]] = {"VapiWebhook": [], "TwilioWebhook": []}
    for _ in range(rounds):
        series["VapiWebhook"].append(alone(subjects["VapiWebhook"], told, count))
        series["TwilioWebhook"].append(alone(subjects["TwilioWebhook"], waits, count))
        artefact.forget_messages()
    transcript, document = (statistics.median(series[name]) * 1_000 for name in series)
    ratio = document / transcript
    reached = "reached" if ratio <= MOST_DOCUMENT_RATIO else "missed"
    print(f"\nCPU of a wait document: {artefact.description}, handlers alone (medians)")
    print(f"  2 KB transcript at Vapi's door   {transcript:>8.3f} ms")
    print(
        f"  wait document at Twilio's door   {document:>8.3f} ms{ratio:>8.2f}x"
        f"   ≤ {MOST_DOCUMENT_RATIO:g} x {reached}"
    )


def _wait(artefact: Artefact) -> list[str]:
    """Let callers wait; returns their legs."""
    account, clock = artefact.account, SystemClock()
    table = account.dialing_table
    queue = DynamoDBQueue(account.lean(), table, LineWrites(table, CALLING_ACCOUNT), clock)
    legs = [f"CA{number:032x}" for number in range(DISTINCT)]
    for leg in legs:
        now_ms = clock.now_ms()
        entered = Entered(
            visit_id=visit_of(leg),
            department="support",
            waits_for=WaitsFor.LINE,
            leg=leg,
            number=None,
            place_ms=now_ms,
            at_ms=now_ms,
            due_at_ms=now_ms + 600_000,
        )
        made = after(None, entered)
        if made is not None:
            queue.commit(QueueChange(before=None, after=made))
    return legs
