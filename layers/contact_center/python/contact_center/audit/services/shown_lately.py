"""Whom somebody was shown lately: a page that asks each second makes an entry once a while.

Each process remembers for itself, so there is one entry too many at most for each of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.audit.domain.entries import numbers_in

if TYPE_CHECKING:
    from contact_center.audit.domain.entries import Asked

LATELY_MS = 15 * 60_000
MOST_REMEMBERED = 20_000  # somebody and a number: two megabytes


class ShownLately:
    """Who was shown whom or what, and when."""

    def __init__(self) -> None:
        """Remember nobody."""
        self._at_ms: dict[tuple[str, str], int] = {}

    def without(self, asked: Asked, now_ms: int) -> Asked:
        """A request as if it showed only those whom that person was not shown lately.

        What its path names is whole when that person has not looked at it lately.
        """
        if asked.names and self._is_new(asked.who, _named(asked), now_ms):
            return asked
        shown = dict.fromkeys(numbers_in(asked.answer))
        fresh = [one for one in shown if self._is_new(asked.who, one, now_ms)]
        names = asked.names if fresh else ()
        return replace(asked, names=names, answer={"shown": fresh})

    def _is_new(self, who: str, what: str, now_ms: int) -> bool:
        return now_ms - self._at_ms.get((who, what), -LATELY_MS) >= LATELY_MS

    def noted(self, asked: Asked, now_ms: int) -> None:
        """Remember whom a request has shown, once that is written down."""
        if len(self._at_ms) > MOST_REMEMBERED:
            self._at_ms = {key: at for key, at in self._at_ms.items() if now_ms - at < LATELY_MS}
        if len(self._at_ms) > MOST_REMEMBERED:
            self._at_ms.clear()  # then they are written down again
        named = [_named(asked)] if asked.names else []
        for one in (*named, *numbers_in(asked.answer)):
            self._at_ms[asked.who, one] = now_ms


def _named(asked: Asked) -> str:
    """What its path names, which is no number."""
    return " ".join((asked.action, *asked.names))
