"""Whether what our API tells of a full house agrees with what the simulators saw.

No figure is made of this: it is a check of our records, printed on a line of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.demo.house.promises import waiting_about
from local.demo.operator_client import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.demo.house.seen import House, Visit
    from local.demo.operator_client import Operator

POLL_SECONDS = 0.5
ORDERED_MS = 5_000  # who is sent for is on his way for as long as an assistant takes to be ordered
AT_REST = frozenset({"off", "ready", "wrapping", "away"})  # of people: with no caller


@dataclass(frozen=True, slots=True)
class Counted:
    """How many callers our API said were waiting.

    Attributes:
        asked_ms, answered_ms: Between which moments, since the log of Twilio was opened.
    """

    asked_ms: float
    answered_ms: float
    waiting: int


def differences(
    operator: Operator, house: House, counted: Sequence[Counted], settle_seconds: float
) -> list[str]:
    """Compare our API's answers with what was seen.

    Args:
        operator: Who asks.
        house: What was seen.
        counted: What `/api/queue` told meanwhile.
        settle_seconds: How long the queues have to drain.

    Returns:
        One sentence for each difference that is still there afterwards.
    """
    deadline = time.monotonic() + settle_seconds
    while True:
        found = [*_of_visits(operator, house), *_of_the_queue(operator)]
        if not found or time.monotonic() > deadline:
            return [*found, *_of_counts(house, counted)]
        time.sleep(POLL_SECONDS)


def _of_visits(operator: Operator, house: House) -> Iterator[str]:
    for visit in house.visits:
        try:
            record = operator.ask("GET", f"/api/visits/v-{visit.leg}")
        except ApiError as error:
            yield f"our record of “{visit.caller}” cannot be read: {error}"
            continue
        if record["outcome"] != visit.came_to:
            yield (
                f"our record of “{visit.caller}” says {record['outcome']} ({record['cause']}), "
                f"the simulators saw {visit.came_to or 'no end'}"
            )
        yield from _of_offers(visit, record, house)


def _of_offers(visit: Visit, record: dict[str, Any], house: House) -> Iterator[str]:
    told = Counter(offer["outcome"] for offer in record["offers"])
    seen = Counter(ring.cause for ring in house.rings if ring.visit == visit.leg)
    if told != seen:
        yield (
            f"our record of “{visit.caller}” says that people who were asked about it "
            f"{_words(told)}, the simulators saw {_words(seen)}"
        )


def _words(causes: Counter[Any]) -> str:
    return ", ".join(f"{cause} {count}" for cause, count in causes.items()) or "nobody"


def _of_the_queue(operator: Operator) -> Iterator[str]:
    try:
        told = operator.ask("GET", "/api/queue")
    except ApiError as error:
        yield f"who waits cannot be read: {error}"
        return
    for caller in told["waiting"]["callers"]:
        yield f"/api/queue shows {caller['visitId']} waiting, everybody has hung up"
    for person in told["people"]["people"]:
        if person["state"] not in AT_REST:
            yield f"/api/queue shows {person['name']} as {person['state']}, every leg has ended"


def _of_counts(house: House, counted: Sequence[Counted]) -> Iterator[str]:
    slack_ms = ORDERED_MS + house.slack_ms
    for one in counted:
        seen = waiting_about(house, one.asked_ms - slack_ms, one.answered_ms + slack_ms)
        if one.waiting not in seen:
            yield (
                f"/api/queue told of {one.waiting} waiting callers {one.asked_ms / 1_000:.0f} s "
                f"after the start, the simulators saw {min(seen)} to {max(seen)}"
            )
