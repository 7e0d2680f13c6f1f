"""Every figure, defined once: from which counters it is made (docs/figures.md says it in words).

A figure is a quotient, told with what it was made of, so that whoever reads it can add up: those of
three departments are the sums of their numerators over the sums of their denominators. Where there
was nothing to divide by, its value is None, never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.figures.domain.counts import added
from contact_center.kernel.data_classes import dataclass
from contact_center.people.domain.offers import OfferOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

type Json = dict[str, object]

MILLIS, MICROS = 1_000, 1_000_000
# What came of transfers at Vapi's own number, and of people who were asked at ours.
TRANSFER, OFFER = "transfer.", "offer."
ACHIEVED, OUTCOME, VISIT = "achieved.", "outcome.", "visit."
INBOUND, OUTBOUND, UNKNOWN = "inbound", "outbound", "unknown"

# Somebody was talked to: a machine that takes a call is none.
HUMAN = frozenset({Disposition.COMPLETED, Disposition.DROPPED})
# What a call can come to that nobody set out for.
NO_ACHIEVEMENT = frozenset({"nothing", "opted_out"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a quotient of two counters.

    Attributes:
        above: What is counted, or summed.
        below: Of how many.
        unit: What `above` is divided by to be told: thousandths of a second, millionths of a USD.
    """

    above: str
    below: str
    unit: int = 1


FIGURES: Mapping[str, Figure] = {
    "intentAccuracy": Figure("intent.right", "intent.judged"),
    "intentAccuracyCorrected": Figure("correction.right", "correction.made"),
    "transferSuccess": Figure("transfers.succeeded", "transfers.tried"),
    "speedToAnswerSeconds": Figure("speed.ms", "speed.known", MILLIS),
    "waitSeconds": Figure("wait.ms", "wait.known", MILLIS),
    "waitToldSeconds": Figure("told.ms", "had.known", MILLIS),
    "waitHadSeconds": Figure("had.ms", "had.known", MILLIS),
    "waitHeld": Figure("told.held", "had.known"),
    "routingSeconds": Figure("routing.ms", "routing.known", MILLIS),
    "handleSeconds": Figure("talk.ms", "talk.known", MILLIS),
    "containment": Figure("contained", "contacts"),
    "abandonment": Figure("abandoned", "contacts"),
    "interruptionsPerCall": Figure("interruptions", "calls"),
    "answerRate": Figure("dials.human", "dials"),
    "achievedPerContact": Figure("achieving", "reached"),
    "costPerCallUsd": Figure("cost.micros", "calls", MICROS),
    "costPerAchievedUsd": Figure("cost.micros", "achieving", MICROS),
}
# By the hour: divided by how many of those that are asked about have begun.
HOURLY: Mapping[str, str] = {"dialsPerHour": "dials", "humanAnswersPerHour": "dials.human"}


def figures_of(counts: Mapping[str, int], hours: int) -> Json:
    """All figures of some counters.

    Args:
        counts: Of a bucket, or of several added up.
        hours: How many hours they are of.

    Returns:
        Ready for JSON, by name; plain counts beside them.
    """
    causes = added((_by(counts, TRANSFER), _by(counts, OFFER)))
    known = dict(counts) | {
        "transfers.tried": causes.total(),
        "transfers.succeeded": causes[OfferOutcome.ANSWERED.value],
    }
    told: Json = {
        "calls": known.get("calls", 0),
        "contacts": known.get("contacts", 0),
        "callsWithFinalCost": known.get("cost.final", 0),
        "transfersByCause": {one.value: causes[one.value] for one in OfferOutcome},
        "achieved": _by(counts, ACHIEVED),
        "visits": _by(counts, VISIT),
    }
    for name, figure in FIGURES.items():
        above, below = known.get(figure.above, 0), known.get(figure.below, 0)
        told[name] = _quotient(above, below, figure.unit)
    for name, counter in HOURLY.items():
        told[name] = _quotient(known.get(counter, 0), hours, 1)
    return told


def _by(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): count
        for name, count in sorted(counts.items())
        if name.startswith(prefix) and count
    }


def _quotient(above: int, below: int, unit: int) -> Json:
    numerator = above if unit == 1 else round(above / unit, 6)
    value = round(above / unit / below, 6) if below else None
    return {"value": value, "numerator": numerator, "denominator": below}
