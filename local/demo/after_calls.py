"""What came of the calls when they were over: outcomes, costs, who was told, what was not kept.

Outcomes, costs and marks are read from our API, as an operator would; who was told, and how often,
stands in the logs of those who were: the simulators of HubSpot and of somebody's webhook.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contact_center.records.domain.webhooks import ENDED
from local.demo.demo_records import asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local.crm.both import CrmSimulators

Json = dict[str, Any]

TOLD_SECONDS = 20.0  # hints are taken at once; who is slow is found by the tick
POLL_SECONDS = 0.25
# What stands in words instead of what was taken out (records/domain/redaction_kinds.py).
MARKS = (
    *("[card]", "[account]", "[social security number]"),
    *("[email]", "[phone]", "[date of birth]"),
)


@dataclass(frozen=True, slots=True)
class AfterVerdict:
    """What is told of it, and whether everybody was told once."""

    text: str
    figures: Mapping[str, object]
    passed: bool


def after_calls(
    url: str, token: str, call_ids: Sequence[str], crm: CrmSimulators, seconds: float = TOLD_SECONDS
) -> AfterVerdict:
    """Look at the calls of a run once those who are told of them had time.

    Args:
        url: The base URL of our gateway.
        token: A bearer token that may read calls.
        call_ids: All of them.
        crm: Whoever is told.
        seconds: How long that may take.
    """
    until = time.monotonic() + seconds
    while _untold(call_ids, crm) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    records = [asked(f"{url}/api/calls/{call_id}", token)[1] for call_id in call_ids]
    return _verdict(records, call_ids, crm)


def _untold(call_ids: Sequence[str], crm: CrmSimulators) -> set[str]:
    heard = set(_told(crm))
    written = len(crm.hubspot.records("calls"))
    return set(call_ids) - heard if written >= len(call_ids) else set(call_ids)


def _told(crm: CrmSimulators) -> list[str]:
    """Calls whose end the webhook was told; it hears of more than that."""
    events = crm.webhooks.events.values()
    return [event["data"]["call_id"] for event in events if event["type"] == ENDED]


def _verdict(records: Sequence[Json], call_ids: Sequence[str], crm: CrmSimulators) -> AfterVerdict:
    events = _told(crm)
    calls, contacts = crm.hubspot.records("calls"), crm.hubspot.records("contacts")
    achieved = Counter(record.get("achieved") or "not known" for record in records)
    marks = sum(_marks(record) for record in records)
    disputed = sum(bool(record.get("achievedDisputed")) for record in records)
    micros = sum(int(record.get("costMicros", 0)) for record in records)
    once = sorted(events) == sorted(call_ids) and len(calls) == len(call_ids)
    rows = [
        ("what the calls achieved", ", ".join(f"{what} {n}" for what, n in achieved.most_common())),
        ("claimed by a model and not by our facts", str(disputed)),
        ("what they cost", f"{micros / 1_000_000:.4f} USD, in {_parts(records)} parts"),
        ("told to the webhook", f"{len(events)} of {len(call_ids)} calls"),
        ("written into HubSpot", f"{len(calls)} calls of {len(contacts)} contacts"),
        ("requests there", f"{len(crm.hubspot.asked())}, most in 10 s {_most(crm)}"),
        ("taken out of words before they were stored", f"{marks} marks"),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    heading = "after the calls"
    text = "\n".join([heading, "-" * (width + 32), *lines])
    if not once:
        text += "\nNOT EVERY CALL WAS TOLD EVERYWHERE, ONCE."
    figures: Json = {
        "achieved": dict(achieved),
        "disputed": disputed,
        "cost_micros": micros,
        "told": len(events),
        "written": len(calls),
        "marks": marks,
    }
    return AfterVerdict(text, figures, passed=once)


def _marks(record: Json) -> int:
    said = str(record.get("timeline"))
    return sum(said.count(mark) for mark in MARKS)


def _parts(records: Sequence[Json]) -> int:
    return sum(len(record.get("costs", ())) for record in records)


def _most(crm: CrmSimulators) -> int:
    return crm.hubspot.log.most_in(10_000)
