"""A walk through Vapi's list of calls, for those that somebody looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contact_center.vapi.calls.found_calls import UnreadableCallError, found_call, iso, ms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.voice_ports import FoundCall

PAGE = 1000  # the most that GET /call gives at once
SMALLER_PAGE = 100  # for when that many calls, transcripts included, are too much at once


class CallSearch:
    """The list, newest first, from page to page.

    Vapi filters by time alone and gives no cursor, so each page ends where the next begins: at
    the oldest call seen, itself included, because others may be of the same millisecond. That
    is right only while a page is sorted; one that is not, or a full one that brings nothing
    new, leaves the search incomplete.
    """

    def __init__(
        self,
        takes: Callable[[Any, FoundCall], bool],
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> None:
        """Look for calls that were created since and until then, ms since 1970.

        `takes` says of a call, as Vapi tells it and as it is read, whether it is wanted.
        """
        self.limit = PAGE
        self.complete = False
        self.found: dict[str, FoundCall] = {}
        self._takes = takes
        self._since_ms = since_ms
        self._until_ms = until_ms
        self._seen: set[str] = set()

    def query(self) -> str:
        """What is asked for next."""
        asked = {} if self._since_ms is None else {"createdAtGe": iso(self._since_ms)}
        asked["limit"] = str(self.limit)
        if self._until_ms is not None:
            asked["createdAtLe"] = iso(self._until_ms)
        return urlencode(asked)

    def ask_for_less(self) -> bool:
        """Ask for smaller pages from now on; False: they are small already."""
        if self.limit == SMALLER_PAGE:
            return False
        self.limit = SMALLER_PAGE
        return True

    def take(self, page: list[Any], now_ms: int) -> None:
        """Take one page, read at this instant.

        Raises UnreadableCallError when nobody can say what it leaves out.
        """
        calls = [found_call(told, now_ms) for told in page]
        for told, call in zip(page, calls, strict=True):
            if self._takes(told, call):
                self.found[call.call_id] = call
        if len(page) < self.limit:
            self.complete = True
            return
        created = [ms_of(told.get("createdAt")) or 0 for told in page]
        news = {call.call_id for call in calls} - self._seen
        if not news or created != sorted(created, reverse=True) or not created[-1]:
            raise UnreadableCallError
        self._seen |= news
        self._until_ms = created[-1] + 1  # their times may be finer than a millisecond
