"""What the fragment of a webhook's address says of its delivery: `#rc=3&rp=5xx,ct,rt`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urldefrag

REASONS = frozenset({"4xx", "5xx", "ct", "rt"})
MOST_RETRIES = 5
LIMITS_MS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000)}
FIRST_BAD, FIRST_SERVER_ERROR = 400, 500


class OverrideError(Exception):
    """A fragment says what cannot be; Twilio's code is 11243."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a request is sent. Times are real milliseconds.

    Attributes:
        connect_ms, read_ms, total_ms: Most time for each; the total includes retries.
        retries: How often it is sent again, at most.
        retried: After what: `ct` no connection, `rt` no answer in time, `4xx`, `5xx`.
    """

    connect_ms: int = 5_000
    read_ms: int = 15_000
    total_ms: int = 15_000
    retries: int = 1
    retried: frozenset[str] = frozenset({"ct"})

    def again(self, status: int, failure: str) -> bool:
        """Whether an attempt that ended so is repeated."""
        if failure:
            return failure in self.retried
        if status >= FIRST_SERVER_ERROR:
            return "5xx" in self.retried
        return status >= FIRST_BAD and "4xx" in self.retried


def read_overrides(address: str) -> tuple[str, Delivery]:
    """An address without its fragment, and what the fragment says.

    Raises:
        OverrideError: It says what cannot be.
    """
    url, fragment = urldefrag(address)
    delivery = Delivery()
    for name, value in parse_qsl(fragment, keep_blank_values=True):
        if name == "rp":
            delivery = replace(delivery, retried=_reasons(value))
        elif name == "rc":
            delivery = replace(delivery, retries=_number(name, value, 0, MOST_RETRIES))
        elif name in LIMITS_MS:
            delivery = _limited(delivery, name, _number(name, value, *LIMITS_MS[name]))
        elif name not in {"e", "sni"}:
            raise OverrideError(f"{name} is no override of a connection")
    return url, delivery


def _limited(delivery: Delivery, name: str, limit_ms: int) -> Delivery:
    if name == "ct":
        return replace(delivery, connect_ms=limit_ms)
    if name == "rt":
        return replace(delivery, read_ms=limit_ms)
    return replace(delivery, total_ms=limit_ms)


def _reasons(text: str) -> frozenset[str]:
    named = frozenset(text.split(","))
    if named == {"all"}:
        return REASONS
    if not named <= REASONS:
        raise OverrideError(f"rp={text}: known are all, {', '.join(sorted(REASONS))}")
    return named


def _number(name: str, text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise OverrideError(f"{name}={text}: must be a whole number, {least} to {most}")
    return int(text)
