"""What somebody does on a telephone line that is not the assistant's: a queue, a key, a talk.

The format of `[[rings.steps]]` of people who are called, and of `[[on_the_line]]` of callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.vapi.scripts.script_tables import Table

WAITS = ("now", "asked", "joined", "queued", "streaming", "words")
ACTIONS = ("press", "say", "hang_up")
DEFAULT_PAUSE_MS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStep:
    """One thing that a person does; exactly one of the actions is set.

    Attributes:
        wait_for: What must hold first: `asked`, keys or words are waited for; `joined`, somebody
            is on the line; `queued`; `streaming`, a stream is open; `words`, these were heard.
        words: Part of what must have been heard.
        pause_ms: How long after that.
    """

    wait_for: str = "now"
    words: str = ""
    pause_ms: int = DEFAULT_PAUSE_MS
    press: str = ""
    say: str = ""
    hang_up: bool = False


def read_line_step(table: Table) -> LineStep:
    """One step of a script. Raises CallerError."""
    chosen = [name for name in ACTIONS if table.has(name)]
    if len(chosen) != 1:
        raise table.wrong("press", f"a step has exactly one of {', '.join(ACTIONS)}, not {chosen}")
    wait_for = table.text("wait_for", "now", WAITS)
    if (wait_for == "words") != table.has("words"):
        raise table.wrong("words", 'belong to wait_for = "words", which needs them')
    step = LineStep(
        wait_for=wait_for,
        words=table.text("words") if table.has("words") else "",
        pause_ms=table.whole("pause_ms", DEFAULT_PAUSE_MS),
        press=_keys(table) if table.has("press") else "",
        say=table.text("say") if table.has("say") else "",
        hang_up=table.flag("hang_up", default=False),
    )
    if table.has("hang_up") and not step.hang_up:
        raise table.wrong("hang_up", "can only be true")
    table.close()
    return step


def _keys(table: Table) -> str:
    keys = table.text("press")
    if set(keys) - set("0123456789*#"):
        raise table.wrong("press", f"must be telephone keys, not {keys!r}")
    return keys
