"""What the demo says at its end: tables, a word on our records, and one line of JSON."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from local.demo.demo_report import mood_table, table
from local.demo.figures import Figure, Outcome, figures, untimed
from local.demo.machine_pace import SLOW, times_as_slow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from local.demo.after_calls import AfterVerdict
    from local.demo.campaign_report import CampaignVerdict
    from local.demo.house.report import HouseVerdict

PATIENT_COMMAND = "make demo PATIENT=1"


def conclude(  # noqa: PLR0913 (what there is to be told)
    results: Sequence[Outcome],
    differ: Sequence[str],
    seconds: float,
    log_path: Path,
    campaigns: CampaignVerdict | None = None,
    *,
    house: HouseVerdict | None = None,
    after: AfterVerdict | None = None,
    timed: bool = True,
    times_slower: Callable[[], float] = times_as_slow,
) -> int:
    """Print the tables, the word on our records, and the line of JSON; returns the exit status.

    Unless `timed`, what is a matter of time is shown and not judged. Where it was judged and
    something failed, the machine is looked at by `times_slower`: it may have got other work.
    """
    rows = figures(results) if timed else untimed(figures(results))
    good = [result for result in results if not result.problems]
    print(f"\n{table(rows)}\n")
    if moods := mood_table(results):
        print(f"{moods}\n")
    print(f"Calls as their scripts expect: {len(good)} of {len(results)}.")
    print("Every figure is computed from the simulator's own log, not from our records.")
    print("\n".join(differ) or f"Our stored records agree, for all {len(results)} calls.")
    passed = (
        len(good) == len(results) and not differ and all(row.passed is not False for row in rows)
    )
    for part in (after, campaigns, house):
        if part is not None:
            print(f"\n{part.text}\n")
            passed = passed and part.passed
    slower = times_slower() if timed and not passed else None
    if slower is not None:
        print(_told_of_the_machine(slower))
    print(f"Logs: {log_path.parent}. {seconds:.0f} s in all.\n")
    told = summary(rows, results, differ, passed=passed, seconds=seconds)
    parts = {"after": after, "campaigns": campaigns, "house": house}
    judged = {name: part.figures for name, part in parts.items() if part is not None}
    print(json.dumps(told | {"patient": not timed, "times_as_slow": slower} | judged), flush=True)
    return 0 if passed else 1


def _told_of_the_machine(slower: float) -> str:
    patient = f"{PATIENT_COMMAND} waits as long as it takes."
    if slower <= SLOW:
        return f"On a machine that is slow or busy: {patient}"
    return (
        f"Everything takes {slower:.1f} times as long here by now as on a usual machine that is "
        f"quiet: what failed may be a matter of time. {patient}"
    )


def summary(
    rows: Sequence[Figure],
    results: Sequence[Outcome],
    differ: Sequence[str],
    *,
    passed: bool,
    seconds: float,
) -> dict[str, object]:
    """The figures as one JSON object: shares from 0 to 1, times in ms."""
    keys = (
        "intent_accuracy",
        "transfer_success",
        "speed_to_answer_ms_mean",
        "speed_to_answer_ms_max",
        "routing_decision_ms_p50",
        "routing_decision_ms_p95",
    )
    values: dict[str, object] = {
        key: None if row.value is None else round(row.value, 4)
        for key, row in zip(keys, rows, strict=True)
    }
    return {
        "passed": passed,
        "calls": len(results),
        "as_expected": sum(not result.problems for result in results),
        **values,
        "transfers": rows[1].n,
        "records_agree": not differ,
        "unexpected": [result.caller for result in results if result.problems],
        "moods": dict(Counter(mood for result in results for mood in result.moods)),
        "seconds": round(seconds, 1),
    }
