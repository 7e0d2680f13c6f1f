"""What `make demo` prints of the campaigns: how calls ended, where contacts stand, the promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.demo.campaign_figures import Judge
from local.demo.campaign_plan import CALL_SPEED, PACE, SPEED, STAGGER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.demo.campaign_demo import CampaignOutcome
    from local.demo.campaign_figures import Measure

WIDTH = 100
KEPT, BROKEN, NOT_JUDGED = "kept", "BROKEN", "not judged"


@dataclass(frozen=True, slots=True)
class CampaignVerdict:
    """What is printed, what goes into the line of JSON, and whether every promise was kept."""

    text: str
    figures: Mapping[str, object]
    passed: bool


def settings_told() -> str:
    """The settings of the run, as the environment would spell them."""
    pace = " ".join(f"{name}={value}" for name, value in PACE.items())
    return (
        f"LOCAL_SPEED={SPEED} {pace}; {STAGGER_SECONDS} s between two calls of a campaign; "
        f"what is said goes {CALL_SPEED:g} times as fast"
    )


def judge_campaigns(outcome: CampaignOutcome) -> CampaignVerdict:
    """Measure a run and put it into words."""
    judge = Judge(outcome.run)
    measures = judge.measures()
    problems = [*outcome.problems, *judge.differences()]
    verdicts = {_verdict(measure, outcome) for measure in measures}
    passed = BROKEN not in verdicts and not problems
    figures: dict[str, object] = {
        "passed": passed,
        "patient": outcome.patient,
        "contacts": len(outcome.run.ends),
        "calls": len(judge.calls),
        "ended": dict(judge.reasons()),
        "contacts_ended": dict(judge.ends()),
        "recounted": {
            f"{one.campaign} {one.label}": [one.told, one.counted] for one in judge.recounts()
        },
        "dialers_killed": outcome.killed,
        "machines": dict(zip(("left_message", "hung_up"), judge.machines(), strict=True)),
        "called_back": judge.callbacks()[0],
        "found_by_asking": judge.found_by_asking(),
        "slots_missed": outcome.missed,
        **{measure.key: measure.value for measure in measures},
        "problems": problems,
        "seconds": round(outcome.seconds, 1),
    }
    return CampaignVerdict("\n".join(_lines(outcome, judge, measures, problems)), figures, passed)


def _lines(
    outcome: CampaignOutcome, judge: Judge, measures: Sequence[Measure], problems: Sequence[str]
) -> Iterator[str]:
    yield _heading("how our calls ended, in Vapi's words", "calls")
    for reason, count in judge.reasons().most_common():
        yield f"{reason:<60}{count:>10}"
    yield ""
    yield _heading("where the contacts ended, by our API", "contacts")
    for label, count in judge.ends().most_common():
        yield f"{label:<60}{count:>10}"
    yield ""
    yield f"{'figures of each campaign, beside a recount from outside':<60}{'told':>10}  recounted"
    yield "-" * WIDTH
    for one in judge.recounts():
        yield f"{f'{one.campaign}: {one.label}':<60}{one.told:>10}{one.counted:>11}"
    yield ""
    yield f"{'promise, measured at the receiver':<60}{'found':>10}  limit"
    yield "-" * WIDTH
    for measure in measures:
        verdict = _verdict(measure, outcome)
        yield f"{measure.name:<60}{measure.found:>10}  {measure.limit:<12}{verdict}"
    yield f"{'dialer processes killed while dialing':<60}{outcome.killed:>10}"
    spoken, silent = judge.machines()
    yield f"{'machines left a message, machines hung up on':<60}{f'{spoken}, {silent}':>10}"
    yield f"{'callbacks made at the time agreed on':<60}{judge.callbacks()[0]:>10}"
    yield f"{'calls that no webhook told of, found by asking':<60}{judge.found_by_asking():>10}"
    yield f"{'slots missed by milliseconds, given up and taken anew':<60}{outcome.missed:>10}"
    yield from (f"  !! {problem}" for problem in problems)


def _verdict(measure: Measure, outcome: CampaignOutcome) -> str:
    if measure.kept:
        return KEPT
    return NOT_JUDGED if measure.timed and outcome.patient else BROKEN


def _heading(name: str, counted: str) -> str:
    return f"{name:<60}{counted:>10}\n{'-' * 70}"
