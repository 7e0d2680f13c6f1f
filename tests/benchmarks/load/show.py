"""What was seen of a load, as tables, and whether it is what a caller may expect."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from local.demo.figures import percentile
from tests.benchmarks.load.processes import MEGABYTE, processor_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from local.vapi.log import Entry
    from tests.benchmarks.load.many import Run
    from tests.benchmarks.load.processes import Used

WAITED_FOR = ("assistant-request", "tool-calls")
MOST_MS = 1_000.0
GROWTH_MB = 5.0
OK = range(200, 300)


def reached(run: Run) -> bool:
    """Whether every call ended as scripted, every webhook was kept, and nobody waited long."""
    waits = [percentile(took(run, kind), 99) or 0.0 for kind in WAITED_FOR]
    return not (wrong(run) or run.differ or any(run.left) or refused(run)) and (
        max(waits) <= MOST_MS
    )


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
    for kind in (*WAITED_FOR, "transcript", "end-of-call-report"):
        print(f"  {kind:<20} {_times(took(run, kind))}")
    decided = [ms for one in run.results for ms in one.decision_ms]
    print(f"  routing decision     {_times(decided)}")
    _show_processes(run)
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
    return [entry for entry in run.entries if entry["event"] == "message-sent"]


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
    """Memory of each kind of process at the beginning and at the end, and processors in use."""
    times = sorted(run.readings)
    early, late = _largest(run.readings[times[len(times) // 3]]), _largest(run.readings[times[-1]])
    shares = _shares(run)
    print("  process                  processors   MB after a third, at the end")
    for name in sorted(late, key=lambda one: -shares.get(one, 0.0)):
        before, after = early.get(name, 0) / MEGABYTE, late[name] / MEGABYTE
        grew = "" if after - before <= GROWTH_MB else "   grew"
        print(f"  {name:<24} {shares.get(name, 0.0):>9.2f}   {before:>8.1f} {after:>8.1f}{grew}")


def _largest(readings: Iterable[Used]) -> dict[str, int]:
    largest: dict[str, int] = defaultdict(int)
    for one in readings:
        largest[one.name] = max(largest[one.name], one.resident_bytes)
    return dict(largest)
