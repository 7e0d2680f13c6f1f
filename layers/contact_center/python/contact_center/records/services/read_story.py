"""What happened with a customer, as operators look at it: his calls, what he left, what was to do.

It is what the built-in receiver was told, effect by effect, the newest first: words that were
redacted before they were kept. Whoever is no operator is told what kind of thing it was and how it
went, in words of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.instants import LATEST_MS, iso
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.path_ids import path_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIST = "story"
TITLE, TEXTS = "title", ("body", "said")
TIME = "_at_ms"  # how the name of an instant ends
OURS = ("direction", "status", "duration_ms", "achieved", "intent", "destination", "campaign_id")
# What somebody said, or what was made of it.
THEIRS = ("ended_reason", "priority", "first_name", "last_name", "email", "company", "interest")
ABOUT = ("topic", "amount", "pipeline", "stage", "due_at_ms", "agreed_at_ms", "close_at_ms")

type Json = dict[str, object]


class Happened(NamedTuple):
    """One thing; `kind` and `told` are an effect's (records/domain/effect_fields.py)."""

    kind: str
    at_ms: int
    call_id: str | None
    told: Mapping[str, object]


class StoryPage(NamedTuple):
    """A page of a story; a cursor of None: there is no more."""

    happened: Sequence[Happened]
    cursor: str | None


class StoryReads(Protocol):
    """The stories of customers."""

    def page(self, customer: str, limit: int, cursor: str | None) -> StoryPage:
        """The newest first.

        Args:
            customer: His key, as an effect has it.
            limit: At most so many.
            cursor: Of the page before, of the same customer.

        Raises:
            StoreUnavailableError, StoreRefusedError.
        """
        ...


def show_story(
    reads: StoryReads, customer: str, limit: int, cursor: str | None, *, whole: bool
) -> Json:
    """A page of what happened with a customer.

    Args:
        reads: Where from.
        customer: His key, as an effect has it.
        limit: At most so many rows.
        cursor: The `nextCursor` of the page before, or None.
        whole: Whether to tell what was said and left.

    Raises:
        BadCursorError: The cursor is not one of a story.
        StoreUnavailableError, StoreRefusedError.
    """
    page = reads.page(customer, limit, opened(LIST, cursor))
    rows = [_row(one, whole=whole) for one in page.happened]
    return {"happened": rows, "nextCursor": sealed(LIST, page.cursor)}


def _row(one: Happened, *, whole: bool) -> Json:
    told = one.told
    shown = (*OURS, *THEIRS, *ABOUT) if whole else OURS
    text = next((said for name in TEXTS if isinstance(said := told.get(name), str)), None)
    return {
        "kind": one.kind,
        "at": _instant(one.at_ms),
        "callId": None if one.call_id is None else path_id(one.call_id),
        "title": told.get(TITLE) if whole else None,
        "text": text if whole else None,
        "details": [
            {"name": name.removesuffix("_ms"), "value": _value(name, told[name])}
            for name in shown
            if name in told
        ],
    }


def _value(name: str, said: object) -> str:
    return _instant(said) if name.endswith(TIME) and isinstance(said, int) else str(said)


def _instant(at_ms: int) -> str:
    """What lies beyond every calendar is a broken clock's, and keeps no row from being shown."""
    return iso(min(max(at_ms, 0), LATEST_MS)) or ""
