"""What the calls of a day come to: by status, outcome and department, how soon they were answered.

Pure: records in, figures out. What a record does not know is left out of a mean and said to be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from contact_center.campaigns.domain.campaign_wishes import MICROS
from contact_center.conversations.domain.departments import PERSON
from contact_center.dialing.domain.call_outcomes import disposition_of
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.services.ports import CallRow

type Json = dict[str, object]

UNKNOWN = "unknown"
NOWHERE = "none"
INBOUND, OUTBOUND = "inbound", "outbound"

# The customer was handed to a telephone number, and it was taken.
FORWARDED = "assistant-forwarded-call"


@dataclass(slots=True)
class _Times:
    """Durations: how many, their sum, the longest. A clock that ran backwards counts as none."""

    count: int = 0
    total_ms: int = 0
    longest_ms: int = 0

    def add(self, since_ms: int | None, until_ms: int | None) -> None:
        if since_ms is None or until_ms is None or until_ms < since_ms:
            return
        self.count += 1
        self.total_ms += until_ms - since_ms
        self.longest_ms = max(self.longest_ms, until_ms - since_ms)

    def shown(self) -> Json:
        mean_ms = self.total_ms / self.count if self.count else None
        return {
            "known": self.count,
            "meanSeconds": None if mean_ms is None else round(mean_ms / 1000, 3),
            "longestSeconds": round(self.longest_ms / 1000, 3) if self.count else None,
        }


@dataclass(slots=True)
class _Direction:
    calls: int = 0
    answered: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    to_answer: _Times = field(default_factory=_Times)

    def add(self, record: CallRecord) -> None:
        self.calls += 1
        self.answered += record.answered_at_ms is not None
        self.to_answer.add(record.started_at_ms, record.answered_at_ms)
        if record.ended:
            self.outcomes[_outcome(record)] += 1

    def shown(self) -> Json:
        return {
            "calls": self.calls,
            "answered": self.answered,
            "timeToAnswer": self.to_answer.shown(),
            "byOutcome": _sorted(self.outcomes),
        }


@dataclass(slots=True)
class _Day:
    counted: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    departments: Counter[str] = field(default_factory=Counter)
    ways: dict[str, _Direction] = field(
        default_factory=lambda: {way: _Direction() for way in (INBOUND, OUTBOUND, UNKNOWN)}
    )
    talk: _Times = field(default_factory=_Times)
    transfers: Counter[str] = field(default_factory=Counter)
    micros: int = 0

    def add(self, row: CallRow) -> None:
        record = row.record
        self.statuses[record.status or UNKNOWN] += 1
        self.departments[row.glance.destination or NOWHERE] += 1
        self.ways.get(record.value("direction") or UNKNOWN, self.ways[UNKNOWN]).add(record)
        self.talk.add(record.answered_at_ms, record.ended_at_ms)
        price = _price_micros(record)
        self.micros += price or 0
        self.counted["calls"] += 1
        self.counted["priced"] += price is not None
        self.counted["interruptions"] += row.glance.interruptions
        self.counted["clarifications"] += row.glance.clarifications
        self.transfers.update(_listed(record.value("transfers")))
        self.counted["forwarded"] += record.value("ended_reason") == FORWARDED

    def shown(self) -> Json:
        calls, priced = self.counted["calls"], self.counted["priced"]
        to_persons = self.departments[PERSON]
        return {
            "counted": calls,
            "byStatus": _sorted(self.statuses),
            "byDepartment": _sorted(self.departments),
            **{way: told.shown() for way, told in self.ways.items()},
            "talk": self.talk.shown(),
            "interruptions": self.counted["interruptions"],
            "clarifications": self.counted["clarifications"],
            "transfers": {
                "toDepartments": calls - self.departments[NOWHERE] - to_persons,
                "toPersons": to_persons,
                "forwarded": self.counted["forwarded"],
            },
            "spend": {
                "usd": self.micros / MICROS,
                "pricedCalls": priced,
                "unpricedCalls": calls - priced,
            },
        }


class CallFigures(NamedTuple):
    """What calls come to.

    Attributes:
        shown: Figures, ready for JSON. A call is answered when its status was told to be in
            progress; time to answer is from the beginning of the call to that, so for inbound
            calls the speed to answer, for outbound ones how long it rang. Outcomes are those of
            the retry policy (call_outcomes.py); departments are where calls were last sent,
            `none` for those that were sent nowhere; a price is known once the call's report has
            come.
        transfers: What came of transfers at Vapi's own number, in the words of `OfferOutcome`.
    """

    shown: Json
    transfers: Mapping[str, int]


def count_calls(rows: Iterable[CallRow]) -> CallFigures:
    """Add up calls.

    Args:
        rows: Each call once.
    """
    day = _Day()
    for row in rows:
        day.add(row)
    return CallFigures(day.shown(), day.transfers)


def _outcome(record: CallRecord) -> str:
    return disposition_of(record.value("ended_reason"), talked=record.talked).value


def _listed(said: str | None) -> list[str]:
    return said.split(",") if said else []


def _price_micros(record: CallRecord) -> int | None:
    said = record.value("cost_usd")
    return None if said is None else round(float(said) * MICROS)


def _sorted(counts: Counter[str]) -> Json:
    return {name: count for name, count in sorted(counts.items()) if count}
