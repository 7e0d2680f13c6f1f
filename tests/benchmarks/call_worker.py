"""A worker: inbound calls from their first webhook to the report, by the door and the router.

webhook ─► door ─► call-events ─► router, one message a batch, as template.yaml has it
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection
from contact_center.configuration import compiled_config
from tests.benchmarks.call_script import BEGAN_MS, MANNERS, PLAIN, WARM_UP, messages_of
from tests.benchmarks.machine_pace import loop_ms
from tests.benchmarks.meter import Meter
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.stage import answer
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import Context
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.benchmarks.call_script import Manner

MINUTES = (3, 15, 60)
ONE_CALL = "ONE_CALL"  # in the environment: the first alone
PLAIN_MINUTES = "PLAIN_MINUTES"  # there: plain ones of so many minutes alone

type Json = dict[str, Any]


@dataclass
class Counted:
    """What one call asked for.

    Attributes:
        minutes, manner: Of the call.
        messages: Webhooks.
        door_requests, router_requests: To AWS, without the pollers'.
        items: Items read, message by message.
        door_cpu_ms, router_cpu_ms: On this machine.
        commands: To Vapi's control URL.
        decisions: That were made in it, in order: kind and department.
        writes_by_key: Items written by the router, by the heads of their keys.
        asked: What was asked of DynamoDB, such as "PutItem CALL TURN": how often, with units of it.
    """

    minutes: int
    manner: str
    messages: int = 0
    door_requests: int = 0
    router_requests: int = 0
    write_units: float = 0.0
    read_units: float = 0.0
    items: list[int] = field(default_factory=list)
    door_cpu_ms: float = 0.0
    router_cpu_ms: float = 0.0
    commands: int = 0
    decisions: list[str] = field(default_factory=list)
    writes_by_key: dict[str, int] = field(default_factory=dict)
    asked: dict[str, tuple[int, float]] = field(default_factory=dict)


class Calls:
    """Door and router as they start, and who plays Vapi."""

    def __init__(self, vapi: ControlServer) -> None:
        self.meter = Meter()
        self.meter.install()
        self.vapi = vapi
        self.sent_by_door = 0
        self._count_the_door()
        self.door = importlib.import_module("vapi_webhook.app")
        self.router = importlib.import_module("call_router.app")

    def play(self, minutes: int, manner: Manner, asked: Mapping[str, Collection[str]]) -> Counted:
        """One call, message by message."""
        counted = Counted(minutes, manner.name)
        call_id = f"bench-{minutes}-{manner.name}"
        progress = Progress(f"minutes of a {manner.name} call", minutes)
        for message in messages_of(minutes, manner, asked):
            self._hear(call_id, message, counted)
            progress.at(int((message["timestamp"] - BEGAN_MS) / 60_000))
        progress.end()
        history = self.router.PARTS.router.record.store.read(call_id)
        counted.decisions = [f"{one.kind} {one.department or ''}" for one in history.decisions]
        counted.commands = len(self.vapi.asked_of(call_id))
        return counted

    def _hear(self, call_id: str, message: Json, counted: Counted) -> None:
        call = {
            "id": call_id,
            "type": "inboundPhoneCall",
            "createdAt": "2026-08-20T23:00:00.000Z",
            "customer": {"number": "+14155550123"},
            "monitor": {"controlUrl": self.vapi.control_url(call_id)},
        }
        body = json.dumps({"message": message | {"call": call}})
        before, self.sent_by_door = time.process_time(), 0
        said = self.door.lambda_handler(_event(body), None)
        counted.door_cpu_ms += (time.process_time() - before) * 1000
        if said["statusCode"] != 200:
            raise BenchmarkError(f"the door answered {said['statusCode']} to {message['type']}")
        counted.door_requests += self.sent_by_door
        self.meter.take()
        before = time.process_time()
        done = self.router.lambda_handler({"Records": [record_of(body)]}, Context(60_000))
        counted.router_cpu_ms += (time.process_time() - before) * 1000
        if done["batchItemFailures"]:
            raise BenchmarkError(f"the router did not take a {message['type']}")
        taken = self.meter.take()
        counted.messages += 1
        counted.router_requests += sum(taken["requests"].values())
        counted.write_units += taken["write_units"]
        counted.read_units += taken["read_units"]
        counted.items.append(taken["items_read"])
        for key, writes in taken["writes_by_key"].items():
            counted.writes_by_key[key] = counted.writes_by_key.get(key, 0) + writes
        for what, (times, units) in taken["asked"].items():
            so_far, used = counted.asked.get(what, (0, 0.0))
            counted.asked[what] = (so_far + times, used + units)

    def _count_the_door(self) -> None:
        """Its connections are not botocore's."""
        send = AwsConnection.send

        def counting(this: AwsConnection, *request: Any) -> tuple[int, bytes]:
            self.sent_by_door += 1
            return send(this, *request)

        vars_of: Any = AwsConnection
        vars_of.send = counting


def _event(body: str) -> Json:
    http = {"method": "POST", "path": "/vapi/webhook", "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "rawPath": "/vapi/webhook",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": http, "requestId": "bench"},
        "body": body,
        "isBase64Encoded": False,
    }


def record_of(body: str) -> Json:
    """A message as the queue's poller hands it over."""
    told = {"version": "1", "source": "vapi", "received_at_ms": str(now_ms())}
    return {
        "messageId": "bench",
        "body": body,
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in told.items()
        },
    }


def main() -> Json:
    """Play the calls; what each asked for."""
    with ControlServer() as vapi:
        os.environ["VAPI_BASE_URL"] = vapi.url
        calls = Calls(vapi)
        members = compiled_config.load_contact_center().squad["members"]
        asked = {one["assistant"]["name"]: one["assistant"]["serverMessages"] for one in members}
        calls.play(1, WARM_UP, asked)  # a process serves thousands: its first call is none of them
        if os.environ.get(ONE_CALL):
            return {"calls": [asdict(calls.play(MINUTES[0], PLAIN, asked))], "loop_ms": loop_ms()}
        if wished := os.environ.get(PLAIN_MINUTES):
            lengths = [int(each) for each in wished.split(",")]
            played = [calls.play(minutes, PLAIN, asked) for minutes in lengths]
            return {"calls": [asdict(one) for one in played], "loop_ms": loop_ms()}
        plan = [(minutes, PLAIN) for minutes in MINUTES]
        plan += [(MINUTES[0], manner) for manner in MANNERS if manner is not PLAIN]
        played = [calls.play(minutes, manner, asked) for minutes, manner in plan]
        return {"calls": [asdict(one) for one in played], "loop_ms": loop_ms()}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(), out)
