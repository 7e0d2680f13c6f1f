"""What an inbound call asks of AWS, from its first webhook to the report, and what that costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.benchmarks.machine_pace import times_slower
from tests.benchmarks.prices import prices
from tests.benchmarks.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cloud.emulator import Emulator
    from tests.benchmarks.prices import Prices

DOOR_GB = ROUTER_GB = 0.5  # template.yaml
AIM_USD, AIM_MESSAGES, AIM_UNITS, AIM_HOUR = 0.10, 35, 120, 21
A_HUNDRED = 100

type Json = dict[str, Any]


def show_calls(emulator: Emulator, minutes: Sequence[int] | None = None) -> None:
    """Measure and print; the last line is JSON.

    Args:
        emulator: Where the tables are.
        minutes: Lengths of plain calls, and no others; None: the usual ones, in all manners.
    """
    plain = {"PLAIN_MINUTES": ",".join(map(str, minutes))} if minutes else {}
    found = Stage(emulator).work("call_worker", VAPI_WEBHOOK_AUTH="none", **plain)
    slower = max(1.0, times_slower(found["loop_ms"]))
    list_of = prices()
    calls = [(call, _usd_of_1000(call, list_of, slower)) for call in found["calls"]]
    print(f"\nAWS for one inbound call, prices as of {list_of.as_of}")
    print(
        f"  {'':<20}{'webhooks':>9}{'write units':>12}{'read units':>11}{'items read':>11}", end=""
    )
    print(f"{'requests':>9}{'CPU s':>7}{'USD per 1,000':>15}")
    for call, usd in calls:
        name = f"{call['minutes']} minutes, {call['manner']}"
        cpu = (call["door_cpu_ms"] + call["router_cpu_ms"]) / 1000 / slower
        requests = call["door_requests"] + call["router_requests"]
        print(
            f"  {name:<20}{call['messages']:>9}{call['write_units']:>12.0f}"
            f"{call['read_units']:>11.0f}{sum(call['items']):>11}{requests:>9}{cpu:>7.2f}"
            f"{sum(usd.values()):>15.4f}"
        )
    first, by_part = calls[0]
    print("\n  of the first, USD per 1,000")
    for part, dollars in by_part.items():
        print(f"    {part:<34}{dollars:.4f}")
    print(f"    decided: {', '.join(first['decisions'])}; {first['commands']} commands to Vapi")
    print(
        f"  CPU as on a usual machine: this one takes {slower:.1f} times as long. An answer of AWS "
        f"is assumed\n  to take {list_of.assumed['request_ms']:.0f} ms, one of Vapi's "
        f"{list_of.assumed['control_ms']:.0f} ms."
    )
    print("\n  what it asked for\n     requests   units")
    for what, (times, units) in sorted(first["asked"].items(), key=_dearest):
        print(f"    {times:>9}{units:>8.0f}  {what}")
    hour = max((call for call, _ in calls), key=lambda one: one["minutes"])
    first_usd, hour_usd = (
        sum(_usd_of_1000(call, list_of, slower).values()) for call in (first, hour)
    )
    print(
        f"  aims: {AIM_USD} USD, {AIM_MESSAGES} webhooks, {AIM_UNITS} write units; an hour at most "
        f"{AIM_HOUR} times three minutes: {hour_usd / first_usd:.1f}"
    )
    figures = {
        "usd_per_1000": round(first_usd, 4),
        "messages": first["messages"],
        "write_units": first["write_units"],
        "items_read_first_100": _mean(hour["items"][:A_HUNDRED]),
        "items_read_last_100": _mean(hour["items"][-A_HUNDRED:]),
    }
    print(json.dumps(figures))


def _dearest(one: tuple[str, tuple[int, float]]) -> tuple[float, int]:
    times, units = one[1]
    return -units, -times


def _mean(counts: list[int]) -> float:
    return round(sum(counts) / len(counts), 1)


def _usd_of_1000(call: Json, price: Prices, slower: float) -> dict[str, float]:
    """USD of a thousand such calls, by part."""
    messages, assumed = call["messages"], price.assumed
    router_waits = (
        call["router_requests"] * assumed["request_ms"] + call["commands"] * assumed["control_ms"]
    )
    door = price.function_usd(
        call["door_cpu_ms"] / slower, call["door_requests"] * assumed["request_ms"], DOOR_GB
    )
    router = price.function_usd(call["router_cpu_ms"] / slower, router_waits, ROUTER_GB)
    each = {
        "API Gateway": price.usd("api_requests", messages),
        "door": door + price.usd("invocations", messages),
        "call-events": price.usd("queue_requests", messages * assumed["requests_a_message"]),
        "router": router + price.usd("invocations", messages),
        "writes": price.usd("write_units", call["write_units"]),
        "reads": price.usd("read_units", call["read_units"]),
    }
    return {part: usd * 1000 for part, usd in each.items()}
