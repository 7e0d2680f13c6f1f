"""Where a page of an answer ended, as text that only its own list takes back."""

from __future__ import annotations

import base64
import binascii
import json

from contact_center.kernel.ports import BadCursorError

LONGEST = 512


def sealed(of: str, cursor: str | None) -> str | None:
    """A store's cursor as an answer carries it; None stays None.

    Args:
        of: Which list it belongs to.
        cursor: What the store has returned.
    """
    if cursor is None:
        return None
    told = json.dumps([of, cursor], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode("ascii").rstrip("=")


def opened(of: str, text: str | None) -> str | None:
    """The store's cursor in what a request carries; None stays None.

    Raises:
        BadCursorError: It is not one of this list.
    """
    if text is None:
        return None
    if len(text) > LONGEST:
        raise BadCursorError
    try:
        padded = text + "=" * (-len(text) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursorError from None
    match told:
        case [str(its_list), str(cursor)] if its_list == of:
            return cursor
        case _:
            raise BadCursorError
