"""Callers as data: one TOML file is one person who calls (the format: docs/callers.md).

Times are milliseconds of simulated speech. Every mistake in a file is told with the file's
name, the field and what is wanted there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from local.vapi.rules import E164
from local.vapi.scripts.line_steps import LineStep, read_line_step
from local.vapi.scripts.script_tables import CallerError, Table, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WAITS = ("reply", "silence", "speaking", "destination", "transfer", "now", "put_through")
ENVELOPES = ("vapi", "tutorial")
TOOL_SHAPES = ("object", "string", "parameters", "flat")
MODES = ("normal", "simplified")
VISITS = (  # what a visit at our own number may come to
    "served", "transferred", "callback_done", "callback_failed", "voicemail", "closed",
    "abandoned_waiting", "abandoned_talking", "resumed_elsewhere", "failed",
)  # fmt: skip
DEFAULT_PATIENCE_MS = 15_000
DEFAULT_PAUSE_MS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Expects:
    """The ground truth of a call: where it ought to go, and what we ought to do.

    Attributes:
        destination: A department's key, an assistant's name, `person`, or `nowhere`.
        mode: `simplified` if the assistant ought to be told to speak more simply.
        clarifications: How often the caller ought to be asked again.
        actions: The commands Vapi ought to get, in order.
        ended_reason: How the call ought to end, in Vapi's words.
        visit: What a visit at our own number ought to come to, one of `VISITS`.
    """

    destination: str
    mode: str | None = None
    clarifications: int | None = None
    actions: tuple[str, ...] | None = None
    ended_reason: str | None = None
    visit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool call that the model makes, in one of the four shapes seen in use."""

    name: str
    arguments: dict[str, Any]
    shape: str = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens in a call; exactly one of the actions is set.

    `wait_for` says what must have happened, `pause_ms` how long after that it is done.
    """

    wait_for: str = "reply"
    pause_ms: int = DEFAULT_PAUSE_MS
    say: str | None = None
    duration_ms: int | None = None
    noise_ms: int | None = None
    press: str | None = None
    tool: ToolUse | None = None
    model_says: str | None = None
    hang_up: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong on the way to our server; 0 means never, 3 every third message."""

    duplicate_every: int = 0
    reorder_every: int = 0
    delay_every: int = 0
    delay_ms: int = 0
    drop_every: int = 0
    drop_types: tuple[str, ...] = ()
    report_before_ended: bool = False
    stalls: bool = False
    passing_reason: bool = False
    swallowed_handoffs: int = 0
    swallowed_transfers: int = 0
    credential_withheld: bool = False
    number_shown_as: str | None = None
    late_outputs: int = 0  # seconds after the end: they are not in the report

    @property
    def moods(self) -> tuple[str, ...]:
        """In which ways Vapi is as it is at times, in words for a table."""
        there = {
            "handoff accepted and swallowed": self.swallowed_handoffs,
            "credential withheld": self.credential_withheld,
            "passing ended reason": self.passing_reason,
            "customer without number": self.number_shown_as is not None,
            "answers after the report": self.late_outputs,
        }
        return tuple(words for words, has in there.items() if has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person who calls, or is called: what they do, and what we ought to do.

    Attributes:
        picks_up: When we call: `answers`, or what the telephone does instead (see callees).
        answer_lost: When we call: the order is obeyed, but its answer never comes.
        on_the_line: What they do where no assistant listens, in order: in a queue, say.
        outcome: What a model would answer about the call: by question of call_outcomes.toml.
        queue_patience_ms: They hang up when they have waited in a queue for so long; 0: never.
        by_hand: Somebody may say what they do while the call lasts (calls/by_hand.py).
    """

    name: str
    file: str
    number: str
    expects: Expects
    steps: tuple[Step, ...]
    envelope: str = "vapi"
    patience_ms: int = DEFAULT_PATIENCE_MS
    person_answers: bool = True
    person_answers_after_ms: int = 1500
    picks_up: str = "answers"
    answer_lost: bool = False
    faults: Faults = field(default_factory=Faults)
    on_the_line: tuple[LineStep, ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    queue_patience_ms: int = 0
    by_hand: bool = False
    call_back: Caller | None = None
    call_back_after_ms: int = 0


def load_callers(folder: Path) -> list[Caller]:
    """Read every *.toml of a folder, in the order of their names.

    Raises:
        CallerError: No such folder, no file in it, or a mistake in one of them.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise CallerError(f"{folder}: no caller (*.toml) in this folder")
    return [load_caller(file) for file in files]


def load_caller(file: Path) -> Caller:
    """Read one caller's file.

    Raises:
        CallerError: The file cannot be read or played; the message names file and field.
    """
    return _caller(read_tables(file), file.name)


def _caller(table: Table, file: str, first: Caller | None = None) -> Caller:
    number = table.text("number", first.number if first else None)
    if not E164.fullmatch(number):
        raise table.wrong("number", f"must be a number such as +14155550123, not {number!r}")
    steps = tuple(read_step(step) for step in table.tables("steps"))
    made = Caller(
        name=table.text("name", f"{first.name}, calling back" if first else None),
        file=file,
        number=number,
        expects=_expects(table.table("expects")),
        steps=steps,
        envelope=table.text("envelope", "vapi", ENVELOPES),
        patience_ms=table.whole("patience_ms", DEFAULT_PATIENCE_MS),
        person_answers=table.flag("person_answers", default=True),
        person_answers_after_ms=table.whole("person_answers_after_ms", 1500),
        faults=read_faults(table.table("faults")) if table.has("faults") else Faults(),
        on_the_line=tuple(read_line_step(step) for step in table.tables("on_the_line")),
        outcome=table.anything("outcome"),
        queue_patience_ms=table.whole("queue_patience_ms", 0),
    )
    if first is None and table.has("call_back"):
        back = table.table("call_back")
        after_ms = back.whole("after_ms", 1000)
        again = _caller(back, file, made)
        made = replace(made, call_back=again, call_back_after_ms=after_ms)
    table.close()
    return made


def _expects(table: Table) -> Expects:
    expects = Expects(
        destination=table.text("destination"),
        mode=table.text("mode", "normal", MODES) if table.has("mode") else None,
        clarifications=table.whole("clarifications") if table.has("clarifications") else None,
        actions=table.texts("actions") if table.has("actions") else None,
        ended_reason=table.text("ended_reason") if table.has("ended_reason") else None,
        visit=table.text("visit", "served", VISITS) if table.has("visit") else None,
    )
    table.close()
    return expects


def caller_at_telephone(told: object) -> Caller:
    """A caller who may be played by hand, out of what a file of callers could say.

    What ought to come of the call may be left out: whoever is at the telephone judges that.

    Raises:
        CallerError: It cannot be played; the message names the field.
    """
    if not isinstance(told, dict):
        raise CallerError("telephone: must be a table")
    expected = {"expects": {"destination": "nowhere"}, "name": "At the telephone"}
    return replace(_caller(Table({**expected, **told}, "telephone"), "telephone"), by_hand=True)


def step_at_telephone(told: object) -> Step:
    """One thing that such a caller does next. Raises CallerError naming the field."""
    if not isinstance(told, dict):
        raise CallerError("telephone: must be a table")
    return read_step(Table({"wait_for": "silence", "pause_ms": 300, **told}, "telephone"))


_ACTIONS = ("say", "noise_ms", "press", "tool", "model_says", "hang_up")


def read_step(table: Table) -> Step:
    """One of a script's steps. Raises CallerError."""
    chosen = [name for name in _ACTIONS if table.has(name)]
    if len(chosen) != 1:
        wanted = ", ".join(_ACTIONS)
        raise table.wrong("say", f"a step has exactly one of {wanted}; this one has {chosen}")
    step = Step(
        wait_for=table.text("wait_for", "reply", WAITS),
        pause_ms=table.whole("pause_ms", DEFAULT_PAUSE_MS),
        say=table.text("say") if table.has("say") else None,
        duration_ms=table.whole("duration_ms") if table.has("duration_ms") else None,
        noise_ms=table.whole("noise_ms") if table.has("noise_ms") else None,
        press=_digits(table) if table.has("press") else None,
        tool=_tool(table.table("tool")) if table.has("tool") else None,
        model_says=table.text("model_says") if table.has("model_says") else None,
        hang_up=table.text("hang_up", "", ("hangs up", "line drops"))
        if table.has("hang_up")
        else None,
    )
    table.close()
    return step


def _digits(table: Table) -> str:
    digits = table.text("press")
    if set(digits) - set("0123456789*#"):
        raise table.wrong("press", f"must be telephone keys, not {digits!r}")
    return digits


def _tool(table: Table) -> ToolUse:
    tool = ToolUse(
        name=table.text("name"),
        arguments=table.anything("arguments"),
        shape=table.text("shape", "object", TOOL_SHAPES),
    )
    table.close()
    return tool


def read_faults(table: Table) -> Faults:
    """What a script says goes wrong on the way. Raises CallerError."""
    faults = Faults(
        duplicate_every=table.whole("duplicate_every", 0),
        reorder_every=table.whole("reorder_every", 0),
        delay_every=table.whole("delay_every", 0),
        delay_ms=table.whole("delay_ms", 0),
        drop_every=table.whole("drop_every", 0),
        drop_types=table.texts("drop_types"),
        report_before_ended=table.flag("report_before_ended", default=False),
        stalls=table.flag("stalls", default=False),
        passing_reason=table.flag("passing_reason", default=False),
        swallowed_handoffs=table.whole("swallowed_handoffs", 0),
        swallowed_transfers=table.whole("swallowed_transfers", 0),
        credential_withheld=table.flag("credential_withheld", default=False),
        number_shown_as=table.text("number_shown_as") if table.has("number_shown_as") else None,
        late_outputs=table.whole("late_outputs", 0),
    )
    table.close()
    return faults
