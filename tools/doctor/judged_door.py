"""What was found at our own door, and what came there, judged. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from tools.doctor.lines import Finding, cannot_tell, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_APART_MS = 10_000  # of clocks; a header's time is a whole second, a request may take a few
REFUSED_BEYOND = "a signature is refused beyond five minutes, and so are requests to AWS"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request of ours came to. `status` None: no answer, for that reason."""

    status: int | None
    reason: str = ""
    took_ms: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class CameIn:
    """What came to the door lately, as its log says.

    Attributes:
        accepted: Webhooks that were taken, our own probes left out.
        refused: How often for which reason, with which headers, both as the log has them.
        hours: Of how many it is known; a busy door's log is too long for a day of it.
    """

    accepted: int
    refused: Mapping[tuple[str, str], int]
    hours: int = 24

    @property
    def lately(self) -> str:
        """Since when, in words."""
        return "the last day" if self.hours >= 24 else f"the last {self.hours} h"  # noqa: PLR2004


def judged_public(asked: Asked, url: str, start: str) -> Finding:
    """Whether our address answers."""
    if asked.status is None:
        return wrong(f"{url} was not reached ({asked.reason})", start)
    if asked.status != HTTPStatus.OK or not asked.version:
        return wrong(
            f"{url} answers, and not as we do (HTTP {asked.status})",
            "something else is at this address: set PUBLIC_BASE_URL to ours",
        )
    return ok(f"{url} answers in {asked.took_ms} ms, version {asked.version}")


def judged_bare(asked: Asked) -> Finding:
    """Whether a webhook without a signature is refused."""
    if asked.status is None:
        return cannot_tell(f"no answer ({asked.reason})", "mend the address first")
    if asked.status == HTTPStatus.UNAUTHORIZED:
        return ok("refused, as it must be")
    if asked.status < HTTPStatus.MULTIPLE_CHOICES:
        return wrong(
            "the door takes webhooks that nobody signed: anybody may write into your calls",
            "set VAPI_WEBHOOK_AUTH to hmac, then make provision (docs/security.md)",
        )
    return cannot_tell(f"HTTP {asked.status}, where 401 was expected", "look at VapiWebhook's log")


def judged_signed(asked: Asked, *, arrived: bool | None, waited_seconds: float) -> Finding:
    """Whether a webhook that we signed came in and arrived in the table.

    Args:
        asked: What the door answered.
        arrived: Whether it was seen in the table; None: nobody looked.
        waited_seconds: For how long at most.
    """
    if asked.status is None:
        return wrong(f"it was not taken: no answer ({asked.reason})", "mend the address first")
    if asked.status == HTTPStatus.UNAUTHORIZED:
        return wrong(
            "the door refuses what is signed with the key and the options that are set",
            "a changed key counts after five minutes; else PUBLIC_BASE_URL or VAPI_HMAC_* differ",
        )
    if asked.status != HTTPStatus.OK:
        return wrong(
            f"the door answers HTTP {asked.status}",
            "look at VapiWebhook's log (docs/operations.md#webhook-fails)",
        )
    if not arrived:
        return wrong(
            f"the door took it, and after {waited_seconds:.0f} s it is not in the table",
            "look at CallRouter's log and at call-events (docs/operations.md#facts-wait-too-long)",
        )
    return ok("taken at the door, seen in the table; it goes by itself within the hour")


def judged_headers(came: CameIn | None, expected: Sequence[str], env: str) -> Finding:
    """By which header webhooks really prove themselves, against those that are set.

    Args:
        came: None: the log cannot be read.
        expected: Names of headers, in lower case; none: no proof is wanted.
        env: What the make targets are told besides.
    """
    if not expected:
        return wrong("VAPI_WEBHOOK_AUTH is none: no header is looked at", "set it to hmac")
    ours = " or ".join(expected)
    if came is None:
        return cannot_tell("the door's log could not be read", f"{ours} is expected")
    named = Counter({key: times for key, times in came.refused.items() if key[1] != NOTHING})
    for (reason, header), times in named.most_common(1):
        if not set(header.split()) & set(expected):
            return wrong(
                f"{header} came where {ours} is expected, {times} times",
                f"make provision{env} gives the number our credential; or set VAPI_WEBHOOK_AUTH to "
                "the mode of that header (docs/configuration.md)",
            )
        return wrong(f"{header} came, and was refused {times} times: {reason}", _WHY[reason])
    bare = sum(came.refused.values())
    knocks = f"; {bare} without any were refused, of strangers" if bare else ""
    if came.accepted:
        return ok(f"{ours}, on {came.accepted} webhooks of {came.lately}{knocks}")
    return cannot_tell(
        f"no webhook of a call came in {came.lately}{knocks}",
        "call the number and ask again; if calls leave no trace, the number's server has no "
        "credential",
    )


_NOT_OURS = "it was signed with another key: make provision gives Vapi today's"
_WHY = {
    "wrong_signature": _NOT_OURS,
    "no_timestamp": "VAPI_HMAC_TIMESTAMP_HEADER or the credential's timestamp is not as set",
    "bad_timestamp": "VAPI_HMAC_TIMESTAMP_HEADER names another header than the time's",
    "outside_window": "a clock is off, or somebody sends old webhooks again",
    "no_signature": _NOT_OURS,
}


def judged_clock(apart_ms: Mapping[str, int]) -> Finding:
    """This machine's clock against those of others.

    Args:
        apart_ms: By whose clock, how far that is ahead of ours; without those that did not say.
    """
    if not apart_ms:
        return cannot_tell("nobody told a time", "mend the addresses first")
    far = {name: ms for name, ms in apart_ms.items() if abs(ms) > MOST_APART_MS}
    names = ", ".join(apart_ms)
    if not far:
        return ok(f"within {MOST_APART_MS // 1000} s of {names}")
    if len(far) == len(apart_ms):
        seconds = -round(next(iter(far.values())) / 1000)
        where = "ahead of" if seconds > 0 else "behind"
        return wrong(
            f"this machine's clock is {abs(seconds)} s {where} {names}",
            f"set it by the network's time; {REFUSED_BEYOND}",
        )
    told = ", ".join(f"{name} by {abs(ms) / 1000:.0f} s" for name, ms in far.items())
    return wrong(f"clocks are apart: {told}", f"find out whose is wrong; {REFUSED_BEYOND}")
