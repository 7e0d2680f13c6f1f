"""Says on the terminal that a function fails: a queue behind it would only grow in silence."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from local.cloud.handler_pool import Outcome


class FailureNotices:
    """One line for each kind of failure of each function, until the code changes.

    The message of an error stays in the log, where a customer's words may stand; that of a module
    that could not be loaded holds none and says what to do.
    """

    def __init__(self, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._told: set[tuple[str, str]] = set()

    def tell(self, function: str, outcome: Outcome) -> None:
        """Say it, unless it was said."""
        error = json.loads(outcome.payload)
        kind = error.get("errorType", "Error")
        told = kind if error.get("requestId") else f"{kind}: {error.get('errorMessage')}"
        if (function, told) not in self._told:
            self._told.add((function, told))
            log = self._log_folder / f"{function}.log"
            print(f"{function} failed: {told} (more in {log})", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """The code has changed: say again what still fails."""
        self._told.clear()
