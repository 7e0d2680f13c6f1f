"""A request is written down before its answer leaves."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.audit.domain.entries import LEAST_FAILURE, entry_of, makes_entry, needs_key
from contact_center.audit.services.shown_lately import ShownLately
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.observability import log
from contact_center.kernel.ports import (
    SecretUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from contact_center.audit.domain.entries import Asked
    from contact_center.audit.services.audit_ports import AuditBook, MarkKey
    from contact_center.kernel.ports import Clock, Metrics


class Ids(Protocol):
    """Names nobody else has."""

    def new(self) -> str:
        """A fresh one, of 32 hexadecimal digits."""


class NotNotedError(Exception):
    """It could not be written down, and is not answered because of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailParts:
    """What entries are written with; `lately`: whom those who poll were shown."""

    book: AuditBook
    key: MarkKey
    clock: Clock
    ids: Ids
    metrics: Metrics
    lately: ShownLately = field(default_factory=ShownLately)


def note_request(asked: Asked, parts: TrailParts) -> None:
    """Write down a request that makes an entry; it has been done, its answer has not left.

    What stops calls is answered whether or not it is written down, and is written down without the
    customer's mark when the key cannot be had. Everything else is not answered then: nobody is
    shown anything, or told of success, behind the trail's back.

    Raises:
        NotNotedError: It is not written down, and must not be answered.
    """
    now_ms = parts.clock.now_ms()
    shows_again = asked.line.polled and asked.status < LEAST_FAILURE
    if shows_again:
        asked = parts.lately.without(asked, now_ms)
    if not makes_entry(asked):
        return
    try:
        key = parts.key.current() if needs_key(asked) else None
    except SecretUnavailableError:
        parts.metrics.count("audit_unmarked")
        if not asked.line.stops:
            _lost(asked, "SecretUnavailableError", parts)
        key = None
    entry = entry_of(asked, parts.ids.new(), now_ms, key)
    try:
        parts.book.write(entry)
    except (StoreUnavailableError, StoreRefusedError) as error:
        _lost(asked, type(error).__name__, parts)
    else:
        if shows_again:
            parts.lately.noted(asked, now_ms)


def _lost(asked: Asked, error: str, parts: TrailParts) -> None:
    """Count it, and tell the log in words of ours what was done: not by whom, and on nobody."""
    parts.metrics.count("audit_lost")
    log("ERROR", "not in the audit trail", action=asked.action, status=asked.status, error=error)
    if not asked.line.stops:
        raise NotNotedError
