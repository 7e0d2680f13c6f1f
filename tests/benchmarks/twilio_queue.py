"""Callers at our own number: how long they wait for us, and what they ask of AWS.

Twilio's door and the receptionist's serving, in this process, on the emulator, between the strict
simulators of Twilio and Vapi. What Vapi takes is not ours and is taken off.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, override

import pytest

from contact_center.aws.connection import AwsConnection
from contact_center.configuration import compiled_config
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.vapi.calls.assistant_orders import VapiAssistants
from contact_center.visits.domain.visit_parts import Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.cloud.emulator import ACCOUNT
from tests.benchmarks.freed_people import (
    DECLINES,
    Receptionist,
    leaves_line,
    offered_ms,
    telephone,
    waits_for_person,
)
from tests.benchmarks.prices import prices
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.emulator import Account
from tests.functional.twilio.reception_rig import ReceptionRig, with_config
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.cloud.emulator import Emulator
    from local.twilio.telephones.people_format import Person

VOICE, WAIT, STATUS = "/twilio/voice", "/twilio/queue/wait", "/twilio/call-status"
READS = {"GetItem", "BatchGetItem", "Query"}
MOST_READS, MOST_TRANSACTIONS = 3, 1
MOST_VOICE_MS, MOST_WEBHOOK_MS = 50.0, 2_000.0
MOST_MEDIAN_MS, MOST_P95_MS = 300.0, 1_000.0
MOST_ADMITTED_USD, MOST_WAITS_USD = 0.03, 0.025
WAIT_SECONDS = 300
AT_VAPI = 1_000  # who has hung up is a while in a call there
DOOR_GB = 0.5


@dataclass
class Asked:
    """What the door and the receptionist asked of AWS.

    Attributes:
        requests: By operation, or by service where it is not DynamoDB.
        items: That DynamoDB returned.
        units: That writes consumed.
    """

    requests: Counter[str] = field(default_factory=Counter)
    items: int = 0
    units: float = 0.0

    @property
    def reads(self) -> int:
        """Requests that read."""
        return sum(self.requests[name] for name in READS)

    @property
    def writes(self) -> int:
        """Requests that write."""
        writes = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
        return sum(self.requests[name] for name in writes)

    @property
    def usd(self) -> float:
        """USD for that: units, reads of one unit each, messages."""
        list_of = prices()
        return (
            list_of.usd("write_units", self.units)
            + list_of.usd("read_units", max(self.items, self.reads))
            + list_of.usd("queue_requests", self.requests["SendMessage"])
        )


class MeasuredRig(ReceptionRig):
    """A door whose answers are timed, without what Vapi took."""

    took_ms: list[tuple[str, float]]
    vapi_ms: float
    counts: Asked
    voice: list[tuple[int, int]]

    @override
    def handle(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
        self.vapi_ms = 0.0
        before = self.counts.reads, self.counts.requests["TransactWriteItems"]
        began = time.perf_counter()
        with redirect_stdout(StringIO()):  # metrics are not the figures
            said = super().handle(path, body, headers)
        self.took_ms.append((path, (time.perf_counter() - began) * 1_000 - self.vapi_ms))
        if path == VOICE:
            transactions = self.counts.requests["TransactWriteItems"]
            self.voice.append((self.counts.reads - before[0], transactions - before[1]))
        if said[0] >= 400:
            raise BenchmarkError(f"{path} answered {said[0]}")
        return said

    def times_of(self, path: str) -> list[float]:
        """Milliseconds of each answer at a path."""
        return [took for at, took in self.took_ms if at == path or at.startswith(f"{path}/")]


def show_queue(emulator: Emulator, callers: int, crowd: int) -> None:
    """Measure and print.

    Args:
        emulator: Where tables and queues are.
        callers: Calls that are admitted, and servings, one after the other.
        crowd: Callers at once, on ten lines.
    """
    asked = Asked()
    with pytest.MonkeyPatch.context() as patch, counted_requests(patch, asked):
        progress = Progress("callers at our own number", 3 * callers + 2 * crowd)
        _show_voice(emulator, callers, asked, patch, progress)
        _show_served(emulator, callers, asked, patch, progress)
        _show_freed(emulator, callers, asked, patch)
        _show_crowd(emulator, crowd, asked, patch, progress)


@contextmanager
def counted_requests(patch: pytest.MonkeyPatch, asked: Asked) -> Iterator[None]:
    """Count each request of a lean connection, and ask DynamoDB what writes consumed."""
    call = AwsConnection.call

    def counted(self: AwsConnection, target: str, body: bytes, content_type: str) -> Any:
        operation = target.rpartition(".")[2]
        asked.requests[operation] += 1
        if target.startswith("DynamoDB"):
            request = {**json.loads(body), "ReturnConsumedCapacity": "TOTAL"}
            body = json.dumps(request).encode()
        answer = call(self, target, body, content_type)
        used = answer.get("ConsumedCapacity", []) if operation not in READS else []
        asked.units += sum(one["CapacityUnits"] for one in _listed(used))
        if operation in READS:
            asked.items += _items_in(answer)
        return answer

    patch.setattr(AwsConnection, "call", counted)
    yield


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _items_in(answer: Mapping[str, Any]) -> int:
    by_table = answer.get("Responses")
    if isinstance(by_table, dict):
        return sum(len(items) for items in by_table.values())
    return len(answer.get("Items", [answer["Item"]] if answer.get("Item") else []))


@contextmanager
def _rig(  # noqa: PLR0913, PLR0917 - whose, how many, and what is counted
    emulator: Emulator,
    lines: int,
    patch: pytest.MonkeyPatch,
    account: int,
    asked: Asked,
    people: tuple[Person, ...] = (),
) -> Iterator[MeasuredRig]:
    opened = Account(emulator.endpoint_url, str(int(ACCOUNT) + account))
    order = VapiAssistants.order
    try:
        settings = {"CALL_LINES": str(lines)}
        with MeasuredRig(opened, patch, settings, people, lines=AT_VAPI) as rig:

            def ordered(self: VapiAssistants, request: Any) -> Any:
                began = time.perf_counter()
                try:
                    return order(self, request)
                finally:
                    rig.vapi_ms += (time.perf_counter() - began) * 1_000

            patch.setattr(VapiAssistants, "order", ordered)
            rig.took_ms, rig.voice, rig.counts = [], [], asked
            yield rig
    finally:
        patch.setattr(VapiAssistants, "order", order)
        opened.close()


def _lines(rig: MeasuredRig) -> DynamoDBLines:
    account = rig.account
    return DynamoDBLines(account.client("dynamodb"), account.dialing_table, CALLING_ACCOUNT)


def _comes_in(rig: MeasuredRig, number: int) -> str:
    e164 = f"+1212555{number:04d}"
    rig.vapi.people[e164] = caller(number=e164, patience_ms=600_000)
    return rig.comes_in(from_=e164)


def _hang_up(rig: MeasuredRig, leg: str) -> None:
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()


def _show_voice(
    emulator: Emulator, count: int, asked: Asked, patch: pytest.MonkeyPatch, progress: Progress
) -> None:
    with _rig(emulator, 10, patch, 1, asked) as rig:
        _hang_up(rig, _comes_in(rig, 0))  # warm
        rig.took_ms.clear()
        rig.voice.clear()
        before = Asked(Counter(asked.requests), asked.items, asked.units)
        for number in range(1, count + 1):
            progress.at(number)
            _hang_up(rig, _comes_in(rig, number))
        used = _since(before, asked)
        took, voice = rig.times_of(VOICE), rig.voice
        webhooks = len(rig.took_ms) / count
    p99 = _nearest_rank(took, 0.99)
    print(f"\nA caller is admitted ({count} calls, warm, without Vapi's time)")
    print(
        f"  voice webhook to TwiML      p50 {statistics.median(took):>6.1f} ms   "
        f"p99 {p99:>6.1f} ms   {_reached(p99, MOST_VOICE_MS, 'ms')}"
    )
    reads, transactions = (max(counted) for counted in zip(*voice, strict=True))
    print(
        f"  of AWS in that webhook      {reads} requests that read   "
        f"{_reached(reads, MOST_READS, 'reads')}   {transactions} transaction   "
        f"{_reached(transactions, MOST_TRANSACTIONS, 'transaction')}"
    )
    print(
        f"  of AWS, ring to hang-up     {used.reads / count:.1f} requests that read, "
        f"{used.writes / count:.1f} that write, {used.units / count:.1f} write units, "
        f"{webhooks:.1f} webhooks"
    )
    usd = _usd(used, count, webhooks, statistics.fmean(took for _, took in rig.took_ms))
    print(
        f"  a thousand of them          {usd:.4f} USD   {_reached(usd, MOST_ADMITTED_USD, 'USD')}"
    )


def _since(before: Asked, asked: Asked) -> Asked:
    return Asked(
        asked.requests - before.requests, asked.items - before.items, asked.units - before.units
    )


def _usd(used: Asked, count: float, webhooks: float, mean_ms: float) -> float:
    """USD of a thousand, by list prices; what a function takes is counted as its time here."""
    list_of = prices()
    door = list_of.usd("api_requests", webhooks) + list_of.usd("invocations", webhooks)
    took = list_of.usd("gb_seconds", webhooks * mean_ms / 1_000 * DOOR_GB)
    return (used.usd / count + door + took) * 1_000


def _show_served(
    emulator: Emulator, count: int, asked: Asked, patch: pytest.MonkeyPatch, progress: Progress
) -> None:
    served_ms = []
    with _rig(emulator, 2, patch, 2, asked) as rig:
        _lines(rig).admit("call:another", 1)  # which leaves one
        talking = _comes_in(rig, 0)
        for number in range(1, count + 1):
            progress.at(count + 2 * number)
            waiting = _comes_in(rig, number)
            rig.took_ms.clear()
            _hang_up(rig, talking)
            freed_ms = sum(rig.times_of(STATUS))
            began = time.perf_counter()
            if rig.serve() != 1:
                raise BenchmarkError("nobody was sent for, beside a free line")
            served_ms.append(freed_ms + (time.perf_counter() - began) * 1_000)
            rig.twilio.advance(1)
            talking = waiting
        _hang_up(rig, talking)
        _show_waits(rig, asked)
    median, p95 = statistics.median(served_ms), _nearest_rank(served_ms, 0.95)
    print(f"\nA line comes free ({count} times; SQS's own delivery is not in it)")
    print(
        f"  hang-up told, next caller's redirect sent   median {median:>6.1f} ms   "
        f"{_reached(median, MOST_MEDIAN_MS, 'ms')}   p95 {p95:>6.1f} ms   "
        f"{_reached(p95, MOST_P95_MS, 'ms')}"
    )


def _show_freed(
    emulator: Emulator, count: int, asked_of_aws: Asked, patch: pytest.MonkeyPatch
) -> None:
    offered = []
    with _rig(emulator, 2, patch, 4, asked_of_aws, telephone(DECLINES)) as rig:
        receptionist = Receptionist(rig, patch)
        asked = _comes_in(rig, 0)
        waits_for_person(rig, asked)
        receptionist.log_in()
        receptionist.take(ReceptionJob(JobKind.PERSON))
        for number in range(1, count + 1):
            waiting = _comes_in(rig, number)
            waits_for_person(rig, waiting)
            rig.jobs()
            offered.append(offered_ms(rig, receptionist, asked, waiting))
            _hang_up(rig, asked)
            leaves_line(rig, asked)
            asked = waiting
    median, p95 = statistics.median(offered), _nearest_rank(offered, 0.95)
    print(f"\nA person comes free ({count} times; SQS's own delivery is not in it)")
    print(
        f"  end of the telephone told, next ring asked for   median {median:>6.1f} ms   "
        f"{_reached(median, MOST_MEDIAN_MS, 'ms')}   p95 {p95:>6.1f} ms   "
        f"{_reached(p95, MOST_P95_MS, 'ms')}"
    )


def _show_waits(rig: MeasuredRig, asked: Asked) -> None:
    first, second = _comes_in(rig, 9_001), _comes_in(rig, 9_002)
    rig.took_ms.clear()
    before = Asked(Counter(asked.requests), asked.items, asked.units)
    rig.twilio.advance(WAIT_SECONDS)
    used, took = _since(before, asked), rig.times_of(WAIT)
    for leg in (second, first):
        _hang_up(rig, leg)
    documents = len(took)
    print(f"\nA caller waits for {WAIT_SECONDS // 60} minutes")
    print(
        f"  {documents} wait documents, {used.items / max(1, documents):.1f} items read and "
        f"{used.units:.0f} write units for one"
    )
    usd = _usd(used, 1, documents, statistics.fmean(took))
    print(f"  a thousand of them          {usd:.4f} USD   {_reached(usd, MOST_WAITS_USD, 'USD')}")


def _show_crowd(
    emulator: Emulator, crowd: int, asked: Asked, patch: pytest.MonkeyPatch, progress: Progress
) -> None:
    lines = 10
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as room,
        _room_for(crowd, room, Path(folder)),
        _rig(emulator, lines, patch, 3, asked) as rig,
    ):
        legs = []
        for number in range(crowd):
            progress.at(crowd + number)
            legs.append(_comes_in(rig, number))
        slowest = max(took for _, took in rig.took_ms)
        stages = Counter(rig.visit(leg).state for leg in legs)
        order = []
        for leg in legs[: 2 * lines]:
            _hang_up(rig, leg)
            rig.serve()
            rig.twilio.advance(1)
            order += [
                one
                for one in legs[lines:]
                if one not in order and rig.visit(one).state is not Stage.WAITING
            ]
        kept = order == legs[lines : lines + len(order)]
    lost = crowd - stages[Stage.TALKING] - stages[Stage.WAITING]
    print(f"\n{crowd} callers at once on {lines} lines")
    print(
        f"  {stages[Stage.TALKING]} talk, {stages[Stage.WAITING]} wait, {lost} lost; "
        f"{len(order)} served as lines came free, order {'kept' if kept else 'BROKEN'}   "
        f"0 lost, order kept: {'reached' if kept and not lost else 'missed'}"
    )
    print(
        f"  the slowest webhook         {slowest:>6.1f} ms   "
        f"{_reached(slowest, MOST_WEBHOOK_MS, 'ms')}"
    )


@contextmanager
def _room_for(crowd: int, patch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """Let as many wait: the shipped configuration sends the fifty-first elsewhere."""
    queue = json.loads(compiled_config.COMPILED_FILE.read_bytes())["queue"]
    with_config(patch, folder, queue={"company": {**queue["company"], "most_waiting": crowd}})
    yield


def _nearest_rank(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _reached(value: float, most: float, unit: str) -> str:
    return f"≤ {most:g} {unit} " + ("reached" if value <= most else "missed")
