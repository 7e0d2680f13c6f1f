"""A worker: what comes after inbound calls, by the router, crm_updater and what ticks.

report of 60 KB ─► router ─► record, effects ─► crm_updater ─► the built-in CRM
                                  └─► counted, for the figures, so many calls at once
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection
from contact_center.figures.adapters.dynamodb_counts import DynamoDBCountBook
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.kernel.time_left import always
from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.adapters.sqs_effect_hints import hint_text
from contact_center.records.services.effect_hints import EffectHint, HintKind
from tests.benchmarks.call_script import BEGAN_MS
from tests.benchmarks.call_worker import record_of
from tests.benchmarks.machine_pace import loop_ms
from tests.benchmarks.meter import Meter
from tests.benchmarks.peak import peak_kb
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.redaction import utterances
from tests.benchmarks.stage import answer
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.functional.conversations.routing_rig import Context
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, WARM, REPORT_BYTES = 30, 5, 60_000
BATCH = 10  # hints that are handed over at once, as template.yaml has it
SAID = "I would like to know what it costs to change the number of people in our contract"
LATER_MS = 10 * 60_000

type Json = dict[str, Any]


@dataclass
class Step:
    """What one step asked for, in all."""

    requests: Counter[str] = field(default_factory=Counter)
    write_units: float = 0.0
    read_units: float = 0.0
    cpu_ms: list[float] = field(default_factory=list)


class After:
    """The handlers as they start, and a count of what each step asks for."""

    def __init__(self) -> None:
        self.receiver = Meter()
        self.meter = Meter(aside=self.receiver)
        self.meter.install()
        self.lean = 0
        self._count_lean_requests()
        self.router = importlib.import_module("call_router.app")
        self.updater = importlib.import_module("crm_updater.app")
        self.steps = {name: Step() for name in ("report", "effects", "receiver", "figures")}
        self._count_the_receiver()

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        """One step; what it asked for and computed is added to it."""
        self.meter.take()
        self.lean, before = 0, time.process_time()
        done = do()
        self._add(name, self.meter, (time.process_time() - before) * 1_000)
        self.steps[name].requests += Counter(lean=self.lean)
        self._add("receiver", self.receiver, 0.0)
        return done

    def _add(self, name: str, meter: Meter, cpu_ms: float) -> None:
        taken, step = meter.take(), self.steps[name]
        step.requests += Counter(taken["requests"])
        step.write_units += taken["write_units"]
        step.read_units += taken["read_units"]
        step.cpu_ms.append(cpu_ms)

    def _count_lean_requests(self) -> None:
        """Those that the meter does not see: of neither kind of client."""
        send = AwsConnection.send

        def counting(this: AwsConnection, *request: Any) -> tuple[int, bytes]:
            self.lean += not this._again_if_unanswered  # which are LeanDynamoDB's
            return send(this, *request)

        vars_of: Any = AwsConnection
        vars_of.send = counting

    def _count_the_receiver(self) -> None:
        """What the built-in CRM asks of the table is the receiver's own."""
        deliver = BuiltInReceiver.deliver

        def counting(this: BuiltInReceiver, effect: Any) -> Any:
            with self.meter.counting_aside():
                return deliver(this, effect)

        vars_of: Any = BuiltInReceiver
        vars_of.deliver = counting

    def take(self, name: str | None, message: Json) -> None:
        """Let the router take a message; a step of its own, or none."""
        event = {"Records": [record_of(json.dumps({"message": message}))]}

        def handle() -> Json:
            done: Json = self.router.lambda_handler(event, Context(60_000))
            return done

        done = self.step(name, handle) if name else handle()
        if done["batchItemFailures"]:
            raise BenchmarkError(f"the router did not take a {message['type']}")


def messages_of(number: int) -> tuple[list[Json], Json]:
    """A call of three minutes: what was told of it before its end, and a report of 60 KB."""
    call = {
        "id": f"bench-after-{number}",
        "type": "inboundPhoneCall",
        "createdAt": "2026-08-20T23:00:00.000Z",
        "customer": {"number": f"+1415555{number:04d}"},
    }
    said = utterances()
    turns = [
        {
            "role": "user" if turn % 2 else "bot",
            "message": said[turn % len(said)],
            "time": BEGAN_MS + turn * 1_000,
            "endTime": BEGAN_MS + turn * 1_000 + 900,
            "secondsFromStart": float(turn),
            "duration": 900.0,
        }
        for turn in range(180)
    ]
    lines = "\n".join(f"User: {one['message']}" for one in turns)
    outcome = {"summary": SAID, "achieved": "question_answered"}
    artifact = {
        "messages": turns,
        "transcript": lines,
        "structuredOutputs": {"1": {"name": "call_outcome", "result": outcome}},
    }
    report: Json = {
        "type": "end-of-call-report",
        "timestamp": BEGAN_MS + 180_000,
        "call": call,
        "endedReason": "customer-ended-call",
        "startedAt": "2026-08-20T23:00:00.000Z",
        "endedAt": "2026-08-20T23:03:00.000Z",
        "cost": 0.21,
        "costs": [{"type": "model", "cost": 0.2}],
        "artifact": artifact,
    }
    report["artifact"]["transcript"] += "." * max(0, REPORT_BYTES - len(json.dumps(report)))
    told = {"timestamp": BEGAN_MS, "call": call}
    words = {"role": "user", "transcriptType": "final", "transcript": SAID}
    return [
        {"type": "status-update", "status": "in-progress", **told},
        {"type": "transcript", **words, **told},
        {"type": "status-update", "status": "ended", **told, "endedReason": "customer-ended-call"},
    ], report


def main() -> Json:
    """Play what comes after the calls; what each step asked for."""
    after = After()
    for number in range(WARM + CALLS):
        before, report = messages_of(number)
        for message in before:
            after.take(None, message)
        after.take("report" if number >= WARM else None, report)
    hints = [
        EffectHint(HintKind.LINE, "built_in", f"+1415555{number:04d}")
        for number in range(WARM, WARM + CALLS)
    ]
    for first in range(0, CALLS, BATCH):
        records = [
            {"messageId": str(place), "body": hint_text(hint)}
            for place, hint in enumerate(hints[first : first + BATCH])
        ]
        event = {"Records": records}
        after.step("effects", partial(after.updater.lambda_handler, event, Context(90_000)))
    counted = after.step("figures", lambda: _count(after))
    return {
        "calls": CALLS,
        "counted": counted,
        "steps": {name: _told(step) for name, step in after.steps.items()},
        "report_cpu_ms": statistics.median(after.steps["report"].cpu_ms),
        "peak_mb": peak_kb() / 1024,
        "loop_ms": loop_ms(),
    }


def _count(after: After) -> int:
    """A tick some minutes later: the calls are in the figures."""
    store = after.router.PARTS.router.record.store
    client, table, clock = store._client, store._table, FakeClock(now_ms() + LATER_MS)
    parts = CountParts(
        book=DynamoDBCountBook(client, table, clock, 90),
        dials=DynamoDBDials(client, table),
        offers_of=lambda _: (),
        clock=clock,
        metrics=CountedMetrics(),
    )
    return count_due(parts, always)


def _told(step: Step) -> Json:
    return {
        "requests": sum(step.requests.values()),
        "write_units": step.write_units,
        "read_units": step.read_units,
        "cpu_ms": sum(step.cpu_ms),
    }


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(), out)
