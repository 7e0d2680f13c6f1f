"""What may be said in a log of an error nobody expected."""

from __future__ import annotations


def place_of(error: BaseException) -> str:
    """File and line in which an error was raised: its own words may be a person's.

    `unknown` for one that was never raised. The traceback module would say the same and cost
    every cold start 5 ms.
    """
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return "unknown"
    return f"{last.tb_frame.f_code.co_filename.rpartition('/')[2]}:{last.tb_lineno}"
