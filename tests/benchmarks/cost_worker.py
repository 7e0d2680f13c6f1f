"""A worker: a campaign's calls from the planner's tick to the reported outcome, by real handlers.

planner ─► dial-jobs ─► dialer ─► POST ─► webhooks ─► router ─► reconciler ─► campaign
each step's requests to AWS and write units are counted apart
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.dial_attempts import AttemptState
from tests.benchmarks.meter import Meter
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.stage import answer
from tests.functional.conversations.routing_rig import Context
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.domain.dial_attempts import DialAttempt

PLAN, DIAL, REPORT = "planner", "dialer", "reconciler"
RINGING, ENDED, TOLD = "router, ringing", "router, ended", "router, report"
STEPS = (PLAN, DIAL, RINGING, ENDED, TOLD, REPORT)
JOB_SECONDS = 20.0
TICKS = 20

type Json = dict[str, Any]
type Asked = dict[str, dict[str, tuple[int, float]]]  # of a step, what: how often, write units


class Calls:
    """The handlers as cold starts, and a count of what each step asks for."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.meter.install()
        self.planner = importlib.import_module("campaign_planner.app")
        self.dialer = importlib.import_module("dialer.app")
        self.router = importlib.import_module("call_router.app")
        self.reconciler = importlib.import_module("reconciler.app")
        self.ledger = self.planner.PARTS.plan.ledger
        self.counted = {step: Counter[str]() for step in STEPS}
        self.asked: Asked = {step: {} for step in STEPS}
        self.in_time = 0  # dials that missed no slot: of those a dialer's share is taken

    def step(self, name: str, handle: Callable[[Json, Context], Json], event: Json) -> Json:
        """One invocation; what it asked for is added to its step."""
        self.meter.take()
        done = handle(event, Context(60_000))
        taken = self.meter.take()
        self.counted[name] += Counter(taken["requests"])
        self.counted[name]["write units"] += taken["write_units"]
        self.counted[name]["items read"] += taken["items_read"]
        self.counted[name]["invocations"] += 1
        self.asked[name] = _with(self.asked[name], taken["asked"])
        return done

    def jobs(self, wanted: int) -> list[Json]:
        """The jobs that were sent, taken out of the queue as AWS's poller does."""
        jobs = self.planner.PARTS.plan.jobs
        found: list[Json] = []
        deadline = time.monotonic() + JOB_SECONDS
        while len(found) < wanted:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"{len(found)} of {wanted} jobs came")
            got = jobs._client.receive_message(
                QueueUrl=jobs._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            ).get("Messages", [])
            for one in got:
                jobs._client.delete_message(
                    QueueUrl=jobs._queue_url, ReceiptHandle=one["ReceiptHandle"]
                )
            found += [{"messageId": one["MessageId"], "body": one["Body"]} for one in got]
        return found

    def dial(self, job: Json) -> DialAttempt:
        """Let the dialer take a job until its call is placed; the attempt then."""
        attempt_id = json.loads(job["body"])["attemptId"]
        for tried in range(5):
            before = self.counted[DIAL].copy(), self.asked[DIAL]
            self.step(DIAL, self.dialer.lambda_handler, {"Records": [job]})
            attempt: DialAttempt = self.ledger.read(attempt_id)
            if tried or not attempt.call_id:  # a slot was missed: how often is the machine's doing
                self.counted[DIAL], self.asked[DIAL] = before
            if attempt.call_id:
                self.in_time += not tried
                return attempt
            if attempt.state is not AttemptState.QUEUED:
                break
            [job] = self.jobs(1)  # a slot was missed: the job was sent again
        raise BenchmarkError(f"a call was not placed: {attempt.state} {attempt.reason}")

    def hear(self, attempt: DialAttempt) -> None:
        """The webhooks of a call that nobody answers, one message a batch."""
        busy = {"endedReason": "customer-busy"}
        for step, after_ms, kind, said in (
            (RINGING, 500, "status-update", {"status": "ringing"}),
            (ENDED, 20_000, "status-update", {"status": "ended"} | busy),
            (TOLD, 21_000, "end-of-call-report", {"cost": 0.01} | busy),
        ):
            record = _record(attempt, after_ms, {"type": kind} | said)
            done = self.step(step, self.router.lambda_handler, {"Records": [record]})
            if done["batchItemFailures"]:
                raise BenchmarkError(f"the router did not take a {kind}")


def _with(
    so_far: dict[str, tuple[int, float]], taken: dict[str, tuple[int, float]]
) -> dict[str, tuple[int, float]]:
    added = dict(so_far)
    for what, (times, units) in taken.items():
        before = added.get(what, (0, 0.0))
        added[what] = (before[0] + times, before[1] + units)
    return added


def _record(attempt: DialAttempt, after_ms: int, said: Json) -> Json:
    call = {
        "id": attempt.call_id,
        "type": "outboundPhoneCall",
        "name": attempt.name,
        "assistantOverrides": {"metadata": {"attemptId": attempt.name}},
        "createdAt": "2026-07-08T17:00:00.000Z",
        "customer": {"number": attempt.request.number},
    }
    message = said | {"timestamp": attempt.slot_at_ms + after_ms, "call": call}
    told = {"version": "1", "source": "vapi", "received_at_ms": str(now_ms())}
    return {
        "messageId": f"{attempt.name}-{after_ms}",
        "body": json.dumps({"message": message}),
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in told.items()
        },
    }


def main(count: int) -> Json:
    """Make so many calls; what each step asked for, in all."""
    calls = Calls()
    planned = calls.step(PLAN, calls.planner.lambda_handler, {})["planned"]
    if planned != count:
        raise BenchmarkError(f"{planned} of {count} calls were planned")
    progress = Progress("calls", count)
    attempts = []
    for job in calls.jobs(count):
        attempts.append(calls.dial(job))
        calls.hear(attempts[-1])
        progress.at(len(attempts))
    progress.end()
    for _ in range(TICKS):
        calls.step(REPORT, calls.reconciler.lambda_handler, {})
        stored = [calls.ledger.read(one.attempt_id) for one in attempts]
        if all(one.reported for one in stored):
            return {"counted": calls.counted, "asked": calls.asked, "in_time": calls.in_time}
        time.sleep(1)  # an attempt falls due in a moment; the schedule's own pace is a minute
    raise BenchmarkError(f"{sum(not one.reported for one in stored)} calls were not reported")


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(int(sys.argv[1])), out)
