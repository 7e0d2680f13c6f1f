"""How many calls at once until which quota is met: on paper, of what one call asks for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.calls import DOOR_GB, ROUTER_GB
from tests.benchmarks.machine_pace import times_slower
from tests.benchmarks.prices import prices
from tests.benchmarks.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cloud.emulator import Emulator
    from tests.benchmarks.prices import Prices

QUOTAS = Path(__file__).with_name("aws_quotas.toml")
MANY = 10_000
LINES_OF_A_CALL = 2  # taken and freed
RECORD, SECONDS_A_MINUTE = "CALL RECORD", 60

type Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """What is allowed of one kind, and what moves it."""

    what: str
    kind: str
    limit: float
    moved_by: str


def show_capacity(emulator: Emulator) -> None:
    """Count one call, reckon, print."""
    found = Stage(emulator).work("call_worker", VAPI_WEBHOOK_AUTH="none", ONE_CALL="1")
    slower = max(1.0, times_slower(found["loop_ms"]))
    asks = asked_by(found["calls"][0], prices(), slower)
    as_of, quotas = read_quotas()
    print(f"\nCalls of three minutes at once until a quota is met (quotas as of {as_of})")
    print(f"  {'calls at once':>13}  {'at 10,000':>10}  what; moved by")
    for quota in sorted(quotas, key=lambda one: one.limit / asks[one.kind]):
        share = MANY * asks[quota.kind] / quota.limit
        print(
            f"  {quota.limit / asks[quota.kind]:>13,.0f}  {share:>9.1f}x"
            f"  {quota.what}; {quota.moved_by}"
        )
    print("\n  one call asks for")
    for kind, rate in asks.items():
        print(f"    {rate:>9.4f}  {kind}")


def read_quotas() -> tuple[str, list[Quota]]:
    """The list, and of which day it is."""
    document = tomllib.loads(QUOTAS.read_text(encoding="utf-8"))
    return str(document["as_of"]), [Quota(**one) for one in document["quota"]]


def asked_by(call: Json, price: Prices, slower: float) -> dict[str, float]:
    """What one call that is on keeps asking for, by kind.

    Args:
        call: As call_worker counted it.
        price: For what has to be assumed of answers.
        slower: How many times as long as on a usual machine it took.
    """
    seconds = call["minutes"] * SECONDS_A_MINUTE
    assumed = price.assumed
    door_ms = _takes_ms(call["door_cpu_ms"] / slower, DOOR_GB, assumed)
    door_ms += call["door_requests"] * assumed["request_ms"]
    router_ms = _takes_ms(call["router_cpu_ms"] / slower, ROUTER_GB, assumed)
    router_ms += call["router_requests"] * assumed["request_ms"]
    router_ms += call["commands"] * assumed["control_ms"]
    return {
        "calls": 1.0,
        "messages_a_second": call["messages"] / seconds,
        "executions": (door_ms + router_ms) / 1_000 / seconds,
        "router_executions": router_ms / 1_000 / seconds,
        "write_units_a_second": call["write_units"] / seconds,
        "read_units_a_second": call["read_units"] / seconds,
        "record_writes_a_second": call["writes_by_key"][RECORD] / seconds,
        "line_writes_a_second": LINES_OF_A_CALL / seconds,
    }


def _takes_ms(cpu_ms: float, memory_gb: float, assumed: Mapping[str, float]) -> float:
    return cpu_ms / min(1.0, memory_gb / assumed["processor_gb"])
