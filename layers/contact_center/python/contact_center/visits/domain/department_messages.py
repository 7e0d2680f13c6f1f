"""What callers of a department hear first while many call: a message that operators turn on.

It is said once a visit, before whatever follows, so it is short: an assistant that was ordered
waits for it.
"""

from __future__ import annotations

from dataclasses import replace

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.spoken import longest_seconds

LONGEST_SECONDS = 12  # said by a slow voice
LONGEST_TEXT = 144  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentMessage:
    """A department's message. Times are ms since 1970.

    Attributes:
        text: What is said; "": none was ever written.
        on_ms: Since when it is on; None: it is off.
        until_ms: When it ends by itself; None: when somebody turns it off.
    """

    text: str = ""
    on_ms: int | None = None
    until_ms: int | None = None

    def said_at(self, now_ms: int) -> str | None:
        """What is said then, or None."""
        is_over = self.until_ms is not None and now_ms >= self.until_ms
        return None if self.on_ms is None or is_over else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWish:
    """What an operator wants of a department's message.

    Attributes:
        text: None: the one that was said last.
    """

    on: bool
    text: str | None = None
    until_ms: int | None = None


def turned(message: DepartmentMessage, wish: MessageWish, now_ms: int) -> DepartmentMessage:
    """The message as wished for; wished again, it is on since the first time.

    Raises:
        FieldError: There is nothing to say, it takes too long to say, or it would be over.
    """
    if not wish.on:
        return replace(message, on_ms=None, until_ms=None)
    text = message.text if wish.text is None else wish.text
    if not text:
        raise FieldError("text", "is needed the first time")
    if longest_seconds(text) > LONGEST_SECONDS:
        raise FieldError("text", f"must take at most {LONGEST_SECONDS} s to say")
    if wish.until_ms is not None and wish.until_ms <= now_ms:
        raise FieldError("until", "must be later than now")
    is_on = message.said_at(now_ms) == text
    on_ms = message.on_ms if is_on else now_ms
    return DepartmentMessage(text=text, on_ms=on_ms, until_ms=wish.until_ms)
