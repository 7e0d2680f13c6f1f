"""What a transfer asks of AWS, and what that costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local.cloud.emulator import ACCOUNT
from tests.benchmarks.machine_pace import loop_ms, times_slower
from tests.benchmarks.prices import prices
from tests.benchmarks.transfers.scene import DOOR, RECEPTIONIST, play_transfers
from tests.emulator import Account
from tests.simulation.template_figures import memory_gb

if TYPE_CHECKING:
    from local.cloud.emulator import Emulator
    from tests.benchmarks.prices import Prices
    from tests.benchmarks.transfers.counting import Step, Steps

OF_ITS_OWN = 5  # an account beside those of the other parts
FUNCTION = {DOOR: "TwilioWebhook", RECEPTIONIST: "Receptionist"}
HEADS = ("invoked", "requests", "items", "read units", "write units", "CPU ms")


def show_transfers(emulator: Emulator, count: int) -> None:
    """Measure and print; the last line is JSON.

    Args:
        emulator: Where tables and queues are.
        count: Transfers, one after the other.
    """
    account = Account(emulator.endpoint_url, str(int(ACCOUNT) + OF_ITS_OWN))
    try:
        stretches = play_transfers(account, count)
    finally:
        account.close()
    slower = max(1.0, times_slower(loop_ms()))
    _show_steps(stretches, count, slower)
    _show_asked(stretches, count)
    _show_usd(stretches, count, slower)


def _show_steps(stretches: tuple[Steps, Steps], count: int, slower: float) -> None:
    print(f"\nA caller who waits is brought to a person who takes him (means over {count})")
    print(f"  {'':<32}" + "".join(f"{head:>12}" for head in HEADS))
    for told, steps in zip(("until both are together", "the end of it"), stretches, strict=True):
        rows = {name: _row(step, count, slower) for name, step in steps.found.items()}
        sums = [sum(column) for column in zip(*rows.values(), strict=True)]
        for name, row in rows.items():
            print(f"  {name:<32}" + _cells(row))
        print(f"  {told:<32}" + _cells(sums))


def _row(step: Step, count: int, slower: float) -> list[float]:
    meter = step.meter
    read = (meter.items_read, meter.read_units)
    figures = (step.invocations, step.requests, *read, meter.write_units, step.cpu_ms / slower)
    return [figure / count for figure in figures]


def _cells(row: list[float]) -> str:
    return "".join(f"{figure:>12.1f}" for figure in row)


def _show_asked(stretches: tuple[Steps, Steps], count: int) -> None:
    print("\n  what it asked for\n     requests   units")
    asked: dict[str, tuple[int, float]] = {}
    for step in (step for steps in stretches for step in steps.found.values()):
        for what, (times, units) in step.meter.asked.items():
            before = asked.get(what, (0, 0.0))
            asked[what] = (before[0] + times, before[1] + units)
    for what, (times, units) in sorted(asked.items(), key=lambda one: (-one[1][1], -one[1][0])):
        print(f"    {times / count:>9.1f}{units / count:>8.1f}  {what}")


def _show_usd(stretches: tuple[Steps, Steps], count: int, slower: float) -> None:
    list_of = prices()
    together, over = (_usd_of_1000(steps, count, list_of, slower) for steps in stretches)
    print(f"\n  USD per 1,000, prices as of {list_of.as_of}")
    for part, usd in together.items():
        print(f"    {part:<34}{usd + over[part]:.4f}")
    print(
        f"  CPU as on a usual machine: this one takes {slower:.1f} times as long. An answer of AWS "
        f"is assumed\n  to take {list_of.assumed['request_ms']:.0f} ms, one of Twilio's as long as "
        f"one of Vapi's, {list_of.assumed['control_ms']:.0f} ms."
    )
    cpu_ms, requests = (
        sum(steps.total(figure) for steps in stretches) / count
        for figure in (lambda step: step.cpu_ms / slower, lambda step: step.requests)
    )
    figures = {
        "usd_per_1000": round(sum(together.values()) + sum(over.values()), 4),
        "until_together_usd_per_1000": round(sum(together.values()), 4),
        "requests": round(requests, 1),
        "cpu_ms": round(cpu_ms, 1),
    }
    print(json.dumps(figures))


def _usd_of_1000(steps: Steps, count: int, price: Prices, slower: float) -> dict[str, float]:
    """USD of a thousand, by part."""
    assumed = price.assumed

    def function(of: str) -> float:
        cpu_ms = steps.total(lambda step: step.cpu_ms, of) / slower
        waits_ms = steps.total(lambda step: step.requests, of) * assumed["request_ms"]
        waits_ms += steps.total(lambda step: step.of_twilio, of) * assumed["control_ms"]
        invocations = steps.total(lambda step: step.invocations, of)
        used = price.function_usd(cpu_ms, waits_ms, memory_gb(FUNCTION[of]))
        return used + price.usd("invocations", invocations)

    webhooks = steps.total(lambda step: step.invocations, DOOR)
    hints = steps.requests["sqs SendMessage"]
    all_of_them = {
        "API Gateway": price.usd("api_requests", webhooks),
        "door": function(DOOR),
        "receptionist": function(RECEPTIONIST),
        "reception-jobs": price.usd("queue_requests", hints * assumed["requests_a_message"]),
        "writes": price.usd("write_units", steps.total(lambda step: step.meter.write_units)),
        "reads": price.usd("read_units", steps.total(lambda step: step.meter.read_units)),
    }
    return {part: usd / count * 1_000 for part, usd in all_of_them.items()}
