"""What may be said in a log of an error nobody expected."""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """File and line in which an error was raised: its own words may be a person's."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
