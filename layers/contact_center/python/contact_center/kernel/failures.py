"""What may be said in a log of an error nobody expected."""

from __future__ import annotations

from contact_center.kernel.observability import log


class BrokenError(Exception):
    """What a function ends with when it was broken off; what broke it off is in the log.

    Raised `from None` in place of the error itself, whose words may be a person's: Lambda writes
    whatever escapes into the log.
    """

    def __init__(self) -> None:
        super().__init__("broken off; the line before this one says where")


def cause_of(error: BaseException) -> str:
    """Kind and place of an error, `OverflowError at callbacks.py:83`: never its own words."""
    return f"{type(error).__name__} at {place_of(error)}"


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


def log_broken(counter: str, error: BaseException) -> None:
    """Log what was wrong with one of many, or with what is done without: kind and place of it.

    Args:
        counter: Under which name it is counted; the line says the same.
        error: What broke it off.
    """
    kind = type(error).__name__
    log("ERROR", counter.replace("_", " "), None, error=kind, place=place_of(error))
