"""What calls come to: what each adds to the figures, and the figures of a day that are made of it.

Pure: records in, counters out. What a record does not know is left out of a mean and said to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contact_center.campaigns.domain.campaign_wishes import MICROS
from contact_center.dialing.domain.call_outcomes import disposition_of
from contact_center.figures.domain.counts import (
    NOWHERE,
    Counted,
    Counting,
    added,
    bucket_of,
    longest_ms,
)
from contact_center.figures.domain.definitions import (
    ACHIEVED,
    HUMAN,
    INBOUND,
    NO_ACHIEVEMENT,
    OUTBOUND,
    OUTCOME,
    TRANSFER,
    UNKNOWN,
)
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.services.ports.calls import CallGlance, CallRow
    from contact_center.figures.domain.counts import Bucket

type Json = dict[str, object]

WAYS = (INBOUND, OUTBOUND, UNKNOWN)
STATUS = "status."

# The customer was handed to a telephone number, and it was taken.
FORWARDED = "assistant-forwarded-call"


def count_call(record: CallRecord, glance: CallGlance) -> Counted:
    """What a call adds, as far as it is known by now.

    Args:
        record: Of the call, over or not.
        glance: What the policy made of it.
    """
    made = Counting()
    way = record.value("direction")
    way = way if way in WAYS else UNKNOWN
    made.count("calls")
    made.count(f"{STATUS}{record.status or UNKNOWN}")
    made.count(f"calls.{way}")
    made.count(f"answered.{way}", record.answered_at_ms is not None)
    made.length(f"answer.{way}", record.started_at_ms, record.answered_at_ms)
    made.length("talk", record.answered_at_ms, record.ended_at_ms)
    made.count("interruptions", glance.interruptions)
    made.count("clarifications", glance.clarifications)
    made.count("forwarded", record.value("ended_reason") == FORWARDED)
    for cause in _listed(record.value("transfers")):
        made.count(f"{TRANSFER}{cause}")
    _count_understanding(record, glance, made)
    _count_correction(record, glance, made)
    _count_money(record, made)
    if record.ended:
        _count_end(record, glance, way, made)
    began_ms = record.started_at_ms or record.first_seen_ms or 0
    return Counted(
        bucket_of(began_ms, glance.destination, record.value("campaign_id")), made.counts()
    )


def _count_understanding(record: CallRecord, glance: CallGlance, made: Counting) -> None:
    """Whether what was first understood was right, and how soon it was."""
    made.last("routing", record.answered_at_ms or record.started_at_ms, glance.routed_ms)
    # Who ends with a person may have been with the right department before: nobody can tell.
    ended_elsewhere = glance.destination == PERSON != glance.understood
    if glance.understood is not None and record.ended and not ended_elsewhere:
        made.count("intent.judged")
        made.count("intent.right", glance.understood == glance.destination)


def _count_correction(record: CallRecord, glance: CallGlance, made: Counting) -> None:
    """What somebody who listened says; nothing understood was wrong as well."""
    corrected = record.value("corrected_to")
    if corrected is not None and record.ended:
        made.count("correction.made")
        made.count("correction.right", glance.understood == corrected)


def _count_money(record: CallRecord, made: Counting) -> None:
    price = _price_micros(record)
    made.count("priced", price is not None)
    made.count("price.micros", price or 0)
    costs = record.costs
    made.count("cost.micros", costs.micros)
    made.count("cost.final", record.ended and costs.final)


def _count_end(record: CallRecord, glance: CallGlance, way: str, made: Counting) -> None:
    outcome = disposition_of(record.value("ended_reason"), talked=record.talked)
    made.count(f"{OUTCOME}{way}.{outcome.value}")
    achieved = record.achieved
    if achieved.what is not None:
        made.count(f"{ACHIEVED}{achieved.what}")
        made.count("achieving", achieved.what not in NO_ACHIEVEMENT)
    made.count("disputed", achieved.disagrees)
    talked = outcome in HUMAN and record.talked
    made.count("reached", talked)
    if way == OUTBOUND:
        made.count("dials")
        made.count("dials.human", talked)
    elif way == INBOUND and record.value("visit_post") is None:  # else the visit is the contact
        made.count("contacts")
        made.count("abandoned", not record.talked)
        made.last("speed", record.started_at_ms, record.answered_at_ms)
        to_person = glance.destination == PERSON or record.value("transfers") is not None
        made.count("contained", talked and not to_person)


class CallFigures(NamedTuple):
    """What calls come to.

    Attributes:
        shown: Figures, ready for JSON. A call is answered when its status was told to be in
            progress; time to answer is from the beginning of the call to that, so for inbound
            calls the speed to answer, for outbound ones how long it rang; the longest is told to
            three digits. Outcomes are those of the retry policy (call_outcomes.py); departments
            are where calls were last sent, `none` for those that were sent nowhere; a price is
            known once the call's report has come.
        transfers: What came of transfers at Vapi's own number, in the words of `OfferOutcome`.
    """

    shown: Json
    transfers: Mapping[str, int]


def count_calls(rows: Iterable[CallRow]) -> CallFigures:
    """Add up calls.

    Args:
        rows: Each call once.
    """
    counted = [count_call(row.record, row.glance) for row in rows]
    return call_figures([(one.bucket, one.counts) for one in counted])


def call_figures(parts: Iterable[tuple[Bucket, Mapping[str, int]]]) -> CallFigures:
    """The figures of calls that are counted.

    Args:
        parts: Counters by what they count for; a bucket may come several times.
    """
    parts = list(parts)
    counts = added(counts for _, counts in parts)
    departments = added({bucket.department: counts.get("calls", 0)} for bucket, counts in parts)
    calls, priced = counts["calls"], counts["priced"]
    to_persons = departments[PERSON]
    shown: Json = {
        "counted": calls,
        "byStatus": _by(counts, STATUS),
        "byDepartment": {name: n for name, n in sorted(departments.items()) if n},
        **{way: _way(counts, way) for way in WAYS},
        "talk": _times(counts, "talk"),
        "interruptions": counts["interruptions"],
        "clarifications": counts["clarifications"],
        "transfers": {
            "toDepartments": calls - departments[NOWHERE] - to_persons,
            "toPersons": to_persons,
            "forwarded": counts["forwarded"],
        },
        "spend": {
            "usd": counts["price.micros"] / MICROS,
            "pricedCalls": priced,
            "unpricedCalls": calls - priced,
        },
    }
    return CallFigures(shown, _by(counts, TRANSFER))


def _way(counts: Mapping[str, int], way: str) -> Json:
    return {
        "calls": counts.get(f"calls.{way}", 0),
        "answered": counts.get(f"answered.{way}", 0),
        "timeToAnswer": _times(counts, f"answer.{way}"),
        "byOutcome": _by(counts, f"{OUTCOME}{way}."),
    }


def _times(counts: Mapping[str, int], name: str) -> Json:
    known, longest = counts.get(f"{name}.known", 0), longest_ms(counts, name)
    mean_ms = counts.get(f"{name}.ms", 0) / known if known else None
    return {
        "known": known,
        "meanSeconds": None if mean_ms is None else round(mean_ms / 1000, 3),
        "longestSeconds": None if longest is None else round(longest / 1000, 3),
    }


def _by(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): count
        for name, count in sorted(counts.items())
        if name.startswith(prefix) and count
    }


def _listed(said: str | None) -> list[str]:
    return said.split(",") if said else []


def _price_micros(record: CallRecord) -> int | None:
    said = record.value("cost_usd")
    return None if said is None else round(float(said) * MICROS)
