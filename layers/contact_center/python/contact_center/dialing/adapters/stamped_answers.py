"""Watches our clock by the `Date` of answers that a client of AWS gets anyhow."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.clock_evidence import ClockEvidence, with_answer

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock


class StampedAnswers:
    """ClockCheck by one client's answers; no request is made for it."""

    def __init__(self, clock: Clock, allowed_ms: int) -> None:
        """Keep our clock, and how far it may be off."""
        self._clock = clock
        self._allowed_ms = allowed_ms
        self._asked_ms: int | None = None
        self._evidence: ClockEvidence | None = None

    def watch(self, client: Any) -> None:  # noqa: ANN401 - any client of botocore's
        """Look at every answer of a client from now on."""
        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register(f"before-send.{service}", self._asked)
        client.meta.events.register(f"response-received.{service}", self._answered)

    def is_off(self) -> bool:
        """Whether our clock certainly is off by more than it may be. See ClockCheck."""
        return self._evidence is not None and self._evidence.is_off(self._allowed_ms)

    def _asked(self, **_: object) -> None:
        self._asked_ms = self._clock.now_ms()

    def _answered(self, response_dict: dict[str, Any] | None = None, **_: object) -> None:
        answered_ms, asked_ms = self._clock.now_ms(), self._asked_ms
        stamped_ms = _stamp((response_dict or {}).get("headers", {}))
        if asked_ms is not None and stamped_ms is not None:
            self._evidence = with_answer(self._evidence, asked_ms, answered_ms, stamped_ms)


def _stamp(headers: Any) -> int | None:  # noqa: ANN401 - a mapping of botocore's
    said = headers.get("Date") or headers.get("date")
    try:
        return round(parsedate_to_datetime(said).timestamp() * 1000) if said else None
    except (TypeError, ValueError, OverflowError):
        return None
