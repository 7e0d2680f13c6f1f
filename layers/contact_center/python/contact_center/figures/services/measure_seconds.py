"""After dials were counted: how many began in the worst second around each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.figures.domain.definitions import OUTBOUND
from contact_center.figures.domain.worst_seconds import Dial, spans, worst_seconds
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.figures.domain.worst_seconds import Worst


class DialBook(Protocol):
    """Dials by time, and the worst seconds. Each method may raise StoreUnavailableError."""

    def dials(self, first_ms: int, last_ms: int) -> Sequence[Dial]:
        """Calls that went out and began within a span, both ends included; an index may lag."""
        ...

    def raise_worst(self, hours: Mapping[int, Worst]) -> None:
        """Note worst seconds of hours since 1970, where they are worse than what is noted."""
        ...

    def worst(self, first: str, last: str) -> Mapping[int, Worst]:
        """What is noted of the hours of some days, YYYY-MM-DD, both included."""
        ...


def dial_of(record: CallRecord) -> Dial | None:
    """A call as a dial; None: it did not go out from us, or nobody told when it began."""
    if record.value("direction") != OUTBOUND or record.started_at_ms is None:
        return None
    try:
        prefix = parse_phone_number(record.value("customer_number")).prefix
    except FieldError:
        prefix = ""  # one area: rather one too many there than one too few
    return Dial(record.started_at_ms, prefix)


def measure_seconds(starts: Iterable[int], book: DialBook) -> None:
    """Look at the seconds around some dials, and note how many began in the worst of each hour.

    Args:
        starts: When the dials began, ms since 1970.
        book: Where dials are, and what is noted.

    Raises:
        StoreUnavailableError: The table did not answer.
    """
    for first_ms, last_ms in spans(starts):
        found = worst_seconds(book.dials(first_ms, last_ms))
        if found:
            book.raise_worst(found)
