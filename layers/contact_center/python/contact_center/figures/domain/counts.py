"""What one call or one visit adds to the figures, and the difference when more is known of it.

A contribution is whole numbers by name, in one bucket: the hour, the department and the campaign it
counts for. Roll-ups are sums of contributions, so whatever is told late or twice is one subtraction
and one addition, and recounting is adding up again. Durations are a number and a sum; their longest
cannot be taken back from a maximum, so how many there were of each length is counted as well, to
three digits.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOUR_MS = 3_600_000
NOWHERE = NO_CAMPAIGN = "none"
LENGTHS = "length."  # counters of how many durations of a kind had a length: of a day alone
LONGEST_WORD = 100  # a bucket's words are parts of keys
_DIGITS = 1_000


class Bucket(NamedTuple):
    """What a contribution counts for: an hour since 1970, a department, a campaign."""

    hour: int
    department: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A contribution; of two that are equal only one is ever in the figures."""

    bucket: Bucket
    counts: Mapping[str, int] = field(default_factory=dict)


def hour_text(hour: int) -> str:
    """An hour since 1970 as 2026-11-29T07."""
    return datetime.fromtimestamp(hour * HOUR_MS / 1000, tz=UTC).strftime("%Y-%m-%dT%H")


def hour_of(said: str) -> int:
    """The hour of such a text, or the first of a day, 2026-11-29. Raises ValueError."""
    at = datetime.fromisoformat(said).replace(tzinfo=UTC)
    return round(at.timestamp() * 1000) // HOUR_MS


def bucket_of(at_ms: int, department: str | None, campaign: str | None) -> Bucket:
    """Where something that began at an instant counts."""
    return Bucket(
        max(at_ms, 0) // HOUR_MS,
        (department or NOWHERE)[:LONGEST_WORD],
        (campaign or NO_CAMPAIGN)[:LONGEST_WORD],
    )


def difference(before: Counted | None, after: Counted | None) -> dict[Bucket, dict[str, int]]:
    """What is to be added to which bucket, so that `after` is counted in place of `before`."""
    sums: dict[Bucket, Counter[str]] = {}
    for counted, sign in ((before, -1), (after, 1)):
        if counted is not None:
            into = sums.setdefault(counted.bucket, Counter())
            for name, count in counted.counts.items():
                into[name] += sign * count
    changed = {bucket: {n: c for n, c in into.items() if c} for bucket, into in sums.items()}
    return {bucket: counts for bucket, counts in changed.items() if counts}


def added(parts: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Counters added up."""
    whole: Counter[str] = Counter()
    for part in parts:
        for name, count in part.items():
            whole[name] += count
    return whole


def text_of(counted: Counted) -> str:
    """A contribution as it is kept; equal ones have equal texts."""
    said = {"of": list(counted.bucket), "counts": dict(counted.counts)}
    return json.dumps(said, separators=(",", ":"), sort_keys=True)


def counted_in(said: str | None) -> Counted | None:
    """Read one back; None: nothing is counted. Raises ValueError, LookupError or TypeError."""
    if said is None:
        return None
    told = json.loads(said)
    hour, department, campaign = told["of"]
    counts = {str(name): int(count) for name, count in told["counts"].items()}
    return Counted(Bucket(int(hour), str(department), str(campaign)), counts)


class Counting:
    """Counters of one contribution while it is made; what is nothing is left out."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counts: Counter[str] = Counter()

    def count(self, name: str, times: int = 1) -> None:
        """So many of something."""
        self._counts[name] += times

    def last(self, name: str, since_ms: int | None, until_ms: int | None) -> None:
        """A duration. A clock that ran backwards counts as none."""
        if since_ms is None or until_ms is None or until_ms < since_ms:
            return
        lasted_ms = until_ms - since_ms
        self._counts[f"{name}.known"] += 1
        self._counts[f"{name}.ms"] += lasted_ms

    def length(self, name: str, since_ms: int | None, until_ms: int | None) -> None:
        """A duration of which the longest of a day is told as well."""
        self.last(name, since_ms, until_ms)
        if since_ms is not None and until_ms is not None and until_ms >= since_ms:
            self._counts[f"{LENGTHS}{name}.{_to_three_digits(until_ms - since_ms)}"] += 1

    def counts(self) -> dict[str, int]:
        """What there is."""
        return {name: count for name, count in sorted(self._counts.items()) if count}


def longest_ms(counts: Mapping[str, int], name: str) -> int | None:
    """The longest duration of a kind, to three digits; None: there was none."""
    prefix = f"{LENGTHS}{name}."
    lengths = [
        int(each.removeprefix(prefix))
        for each, count in counts.items()
        if each.startswith(prefix) and count > 0
    ]
    return max(lengths, default=None)


def _to_three_digits(lasted_ms: int) -> int:
    step = 1
    while lasted_ms // step >= _DIGITS:
        step *= 10
    return lasted_ms // step * step
