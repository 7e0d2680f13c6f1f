"""What was seen of a load, as tables, and whether it is what a caller may expect."""

from __future__ import annotations

import os
from statistics import fmean
from typing import TYPE_CHECKING

from local.demo.figures import percentile
from tests.benchmarks.load.memory import LEAST_SECONDS, growing, memory_over_time
from tests.benchmarks.load.processes import processor_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.vapi.log import Entry
    from tests.benchmarks.load.many import Run

WAITED_FOR = ("assistant-request", "tool-calls")
# Who answers a call is asked apart from what is told of it, and never asked again.
SENT = frozenset({"message-sent", "server-answered"})
MOST_MS = 1_000.0
OK = range(200, 300)


def reached(run: Run) -> bool:
    """Whether every call ended as scripted, every webhook was kept, and nobody waited long.

    Over five minutes and more the memory of our functions is to be flat as well.
    """
    return not unreached(run)


def unreached(run: Run) -> list[str]:
    """What of that was not reached, a word or two each."""
    waits = [percentile(took(run, kind), 99) for kind in WAITED_FOR]
    held = {
        "calls as scripted": not wrong(run),
        "records that agree": not run.differ,
        "an empty queue": not any(run.left),
        "every webhook acknowledged": not refused(run),
        "every final word kept": not unkept(run),
        "answers of each kind": None not in waits,
        "quick answers": all(wait is None or wait <= MOST_MS for wait in waits),
        "flat memory": not growing(run.readings),
    }
    return [aim for aim, is_held in held.items() if not is_held]


def took(run: Run, kind: str) -> list[float]:
    """Milliseconds that each webhook of a kind took while so many were on."""
    return [
        float(entry["took_ms"])
        for entry in _sent(run)
        if entry["type"].startswith(kind) and run.began_ms <= entry["at_ms"] <= run.ended_ms
    ]


def wrong(run: Run) -> list[str]:
    """What was not as scripted, a line each."""
    return [f"{one.caller}: {problem}" for one in run.results for problem in one.problems]


def refused(run: Run) -> int:
    """Webhooks that were not acknowledged at the last try."""
    return sum(entry["status"] not in OK for entry in _sent(run) if not entry.get("again"))


def unkept(run: Run) -> dict[str, int]:
    """Of which calls final words that were told are not in our records, and how many."""
    return {call: told - run.kept[call] for call, told in run.told.items() if told > run.kept[call]}


def busy(run: Run) -> dict[str, float]:
    """Shares of what there is that were in use, on average: what is nearest to one gives way."""
    routers = run.routers
    at_work = [min(held, routers) / routers for held in run.held.values()]
    shares = {"processors": sum(_shares(run).values()) / (os.cpu_count() or 1)}
    return shares | ({"routers": fmean(at_work)} if at_work else {})


def show(run: Run) -> None:
    """Print everything of one run."""
    seconds = (run.ended_ms - run.began_ms) / 1_000
    on = [entry for entry in _sent(run) if run.began_ms <= entry["at_ms"] <= run.ended_ms]
    print(f"\n{run.calls} calls at once for {seconds:.0f} s")
    print(f"  calls                {len(run.results):>7,}   as scripted {_share_right(run)}")
    print(
        f"  webhooks             {len(_sent(run)):>7,}   {len(on) / seconds:.0f} a second, "
        f"not acknowledged {refused(run)}"
    )
    print(
        f"  left when all was over {sum(run.left):>5,}   the queue was empty after "
        f"{run.empty_seconds:.1f} s; our records differ in {len(run.differ)}"
    )
    told, lost = run.told.total(), sum(unkept(run).values())
    of = len(unkept(run))
    print(f"  final words          {told:>7,}   not in our records {lost}, of {of} calls")
    for kind in (*WAITED_FOR, "transcript", "end-of-call-report"):
        print(f"  {kind:<20} {_times(took(run, kind))}")
    decided = [ms for one in run.results for ms in one.decision_ms]
    print(f"  routing decision     {_times(decided)}")
    _show_processes(run)
    _show_busy(run)
    print(f"  not reached          {', '.join(unreached(run)) or 'nothing: all of it was'}")
    for line in [*wrong(run), *run.differ][:10]:
        print(f"    {line}")


def show_steps(runs: Sequence[Run]) -> None:
    """One line a run, and what saturates first."""
    print("\nhow it grows")
    print("  at once  webhooks/s  asked p99 ms  decision p95 ms  processors  busiest")
    for run in runs:
        seconds = (run.ended_ms - run.began_ms) / 1_000
        on = [one for one in _sent(run) if run.began_ms <= one["at_ms"] <= run.ended_ms]
        decided = percentile([ms for one in run.results for ms in one.decision_ms], 95) or 0.0
        asked = percentile(took(run, WAITED_FOR[0]), 99) or 0.0
        shares = _shares(run)
        busiest = max(shares, key=lambda name: shares[name], default="")
        print(
            f"  {run.calls:>7}  {len(on) / seconds:>10.1f}  {asked:>12.0f}  {decided:>15.0f}"
            f"  {sum(shares.values()):>9.2f}   {busiest} {shares.get(busiest, 0):.2f}"
        )


def _sent(run: Run) -> list[Entry]:
    return [entry for entry in run.entries if entry["event"] in SENT]


def _share_right(run: Run) -> str:
    right = sum(not one.problems for one in run.results)
    return f"{right} of {len(run.results)}"


def _times(values: Sequence[float]) -> str:
    if not values:
        return "none"
    p50, p99 = percentile(values, 50), percentile(values, 99)
    worst = max(values)
    return f"n {len(values):>6,}   p50 {p50:>6.0f} ms   p99 {p99:>6.0f} ms   worst {worst:>6.0f} ms"


def _shares(run: Run) -> dict[str, float]:
    """Processors in use by name, on average."""
    if len(run.readings) < 2:
        return {}
    times = sorted(run.readings)
    first, last = (
        processor_seconds(run.readings[times[0]]),
        processor_seconds(run.readings[times[-1]]),
    )
    return {
        name: max(0.0, seconds - first.get(name, 0.0)) / (times[-1] - times[0])
        for name, seconds in last.items()
    }


def _show_processes(run: Run) -> None:
    """Processors in use, and memory of each kind of process over time."""
    shares, seen = _shares(run), memory_over_time(run.readings)
    print("  process                  processors   MB of the largest, in five steps   grew by")
    for name in sorted(seen, key=lambda one: -shares.get(one, 0.0)):
        one = seen[name]
        steps = " ".join(f"{each:6.1f}" for each in one.largest_mb)
        said = "flat" if one.flat else "grew"
        kind, share = f"{name} ({one.processes})", shares.get(name, 0.0)
        print(f"  {kind:<26} {share:>8.2f}   {steps}   {one.grew_mb:>6.1f}   {said}")
    if max(run.readings, default=0.0) < LEAST_SECONDS:
        print(f"  memory is judged from {LEAST_SECONDS:.0f} s on")


def _show_busy(run: Run) -> None:
    """What was in use of what there is, how many messages waited, and what gives way first."""
    shares = busy(run)
    waits = [max(0, held - run.routers) for held in run.held.values()]
    said = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    print(f"  in use               {said}; {run.routers} routers, {os.cpu_count()} processors")
    print(f"  facts that waited    mean {fmean(waits or [0]):.0f}, most {max(waits, default=0)}")
    first = max(shares, key=lambda name: shares[name])
    print(f"  gives way first      {first}")
