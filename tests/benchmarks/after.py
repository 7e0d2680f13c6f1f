"""What comes after a call: a report of 60 KB to all records and effects, its delivery, its figures.

What is beside what is aimed at (issue 11). The model is of one call with one receiver, the built-in
CRM: what its report asks of the router, its effects, its place in the figures.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.benchmarks.machine_pace import times_slower
from tests.benchmarks.prices import prices
from tests.benchmarks.stage import Stage
from tests.simulation.template_figures import memory_gb

if TYPE_CHECKING:
    from local.cloud.emulator import Emulator
    from tests.benchmarks.prices import Prices

AIM_CPU_MS, AIM_REQUESTS, AIM_EFFECT_REQUESTS, AIM_MB, AIM_USD = 30, 12, 4, 128, 0.03
BATCH = 10

type Json = dict[str, Any]


def show_after(emulator: Emulator) -> None:
    """Measure and print; the last line is JSON."""
    stage = Stage(emulator)
    more = {
        "EFFECT_RECEIVERS": "built_in",
        "EFFECTS_QUEUE_URL": stage.account.effects_queue,
    }
    found = stage.work("after_worker", **more)
    slower = max(1.0, times_slower(found["loop_ms"]))
    calls, steps, list_of = found["calls"], found["steps"], prices()
    usd = _usd_of_1000(found, list_of, slower)
    figures = {
        "report_cpu_ms": round(found["report_cpu_ms"] / slower, 1),
        "report_requests": round(steps["report"]["requests"] / calls, 1),
        "effect_requests": round(steps["effects"]["requests"] / calls, 1),
        "peak_mb": round(found["peak_mb"]),
        "usd_per_1000": round(sum(usd.values()), 4),
    }
    aims = (AIM_CPU_MS, AIM_REQUESTS, AIM_EFFECT_REQUESTS, AIM_MB, AIM_USD)
    names = (
        "a report of 60 KB to all records and effects, CPU ms",
        "  its requests to AWS",
        "an effect: requests besides the receiver's",
        "router and crm_updater in one process, MB at most",
        f"everything after 1,000 calls, USD, prices as of {list_of.as_of}",
    )
    print(f"\n{'After a call':<58}{'is':>10}{'aim':>8}")
    for name, value, aim in zip(names, figures.values(), aims, strict=True):
        print(f"{name:<58}{value:>10}{aim:>8}{'' if value <= aim else '  missed'}")
    print("\n  of it, USD per 1,000")
    for part, dollars in usd.items():
        print(f"    {part:<34}{dollars:.4f}")
    print(f"  write units a call: {_units(steps, calls)}")
    effect_cpu_ms = steps["effects"]["cpu_ms"] / calls / slower
    print(f"  CPU of an effect, without its receiver's: {effect_cpu_ms:.1f} ms")
    print(f"  CPU as on a usual machine: this one takes {slower:.1f} times as long.")
    print(json.dumps(figures))


def _units(steps: Json, calls: int) -> str:
    return ", ".join(f"{name} {one['write_units'] / calls:.1f}" for name, one in steps.items())


def _usd_of_1000(found: Json, price: Prices, slower: float) -> dict[str, float]:
    """USD of what comes after a thousand calls, by part."""
    steps, calls, assumed = found["steps"], found["calls"], price.assumed

    def function(names: tuple[str, ...], memory_gb: float, invocations: float) -> float:
        cpu = sum(steps[name]["cpu_ms"] for name in names) / calls / slower
        requests = sum(steps[name]["requests"] for name in names) / calls
        waits = requests * assumed["request_ms"]
        return price.function_usd(cpu, waits, memory_gb) + price.usd("invocations", invocations)

    units = {
        kind: sum(step[kind] for step in steps.values()) / calls
        for kind in ("write_units", "read_units")
    }
    each = {
        "API Gateway": price.usd("api_requests", 1),
        "queues": price.usd("queue_requests", 2 * assumed["requests_a_message"]),
        "router": function(("report",), memory_gb("CallRouter"), 1),
        "crm_updater": function(("effects", "receiver"), memory_gb("CrmUpdater"), 1 / BATCH),
        "figures": function(("figures",), memory_gb("Reconciler"), 0),
        "writes": price.usd("write_units", units["write_units"]),
        "reads": price.usd("read_units", units["read_units"]),
    }
    return {part: usd * 1_000 for part, usd in each.items()}
