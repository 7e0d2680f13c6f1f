"""What `make demo` prints: a timeline for each call, then the table of figures."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from local.demo.figures import Figure, Outcome
    from local.vapi.log import Entry

WIDTH = 100


def timeline(entries: Sequence[Entry], outcome: Outcome) -> str:
    """One call, a line for each thing that happened; times since the line opened."""
    verdict = "as expected" if not outcome.problems else "NOT AS EXPECTED"
    lines = [f"{outcome.caller}: {outcome.expected} expected, {outcome.went_to} reached: {verdict}"]
    lines += (_line(entry, text) for entry, text in _told(entries))
    lines += (f"     !! {problem}" for problem in outcome.problems)
    return "\n".join(lines)


def table(rows: Sequence[Figure]) -> str:
    """The figures, each with how it is counted."""
    lines = [f"{'figure':<26}{'value':>10}{'n':>5}  {'target':<32}{'':<5}", "-" * WIDTH]
    for row in rows:
        verdict = {True: "pass", False: "FAIL", None: ""}[row.passed]
        lines.append(f"{row.name:<26}{_value(row):>10}{row.n:>5}  {row.target:<32}{verdict:<5}")
        if row.counted != "as above":
            lines += textwrap.wrap(
                row.counted, WIDTH, initial_indent="    ", subsequent_indent="    "
            )
    return "\n".join(lines)


def mood_table(results: Sequence[Outcome]) -> str:
    """How calls went in which Vapi was as it is at times; empty when there was none."""
    calls = Counter(mood for result in results for mood in result.moods)
    good = Counter(mood for result in results for mood in result.moods if not result.problems)
    if not calls:
        return ""
    heading = f"{'what Vapi does at times':<36}{'calls':>8}{'as expected':>14}"
    rows = (f"{mood:<36}{count:>8}{good[mood]:>14}" for mood, count in calls.items())
    return "\n".join([heading, "-" * len(heading), *rows])


def _value(row: Figure) -> str:
    if row.value is None:
        return "none"
    return f"{row.value:.1%}" if row.unit == "%" else f"{row.value:.0f} {row.unit}"


def _line(entry: Entry, text: str) -> str:
    at_seconds = entry.get("v_ms", 0) / 1000
    column = " " * (14 + 13)  # below the words, past the time and the speaker
    return textwrap.fill(
        f"  {at_seconds:7.2f} s  {text}", WIDTH, subsequent_indent=column, drop_whitespace=True
    )


def _told(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    in_order = sorted(entries, key=lambda entry: (entry.get("v_ms", 0), entry["at_ms"]))
    for entry in in_order:
        text = _words(entry)
        if text:
            yield entry, text


def _words(entry: Entry) -> str | None:
    tell = _TELL.get(entry["event"])
    return tell(entry) if tell else None


def _answered(entry: Entry) -> str:
    answer = "; ".join(entry["problems"]) or "we answered"
    return f"rings        {entry['type']}: {answer} in {entry['took_ms']:.0f} ms"


def _tool_called(entry: Entry) -> str | None:
    return f"model        calls {entry['tool']} {entry['arguments']}" if "tool" in entry else None


def _tool_answered(entry: Entry) -> str:
    if entry["problems"]:
        return f"we answer    unusable: {'; '.join(entry['problems'])}"
    return f"we answer    “{entry['answer']}”"


def _taken_over(entry: Entry) -> str | None:
    return None if entry["first"] else f"Vapi         {entry['assistant']} takes over"


def _reached(entry: Entry) -> str | None:
    return f"person       answers at {entry['where']}" if entry["kind"] == "person" else None


def _status(entry: Entry) -> str | None:
    rings = entry["status"] == "forwarding"
    return "Vapi         the person's telephone rings" if rings else None


def _command(entry: Entry) -> str:
    target = f" {entry['target']}" if entry["target"] else ""
    content = f" “{entry['content']}”" if entry["content"] else ""
    refused = "" if entry["accepted"] else f" REFUSED: {'; '.join(entry['problems'])}"
    return f"we           {entry['kind']}{target}{content}{refused}"


_TELL: dict[str, Callable[[Entry], str | None]] = {
    "server-answered": _answered,
    "speech": lambda entry: f"{entry['who']:<12} “{entry['text']}”",
    "speech-cut": lambda entry: f"assistant    (stops after “{entry['text'] or '…'}”)",
    "noise": lambda entry: f"noise        {entry['lasted_ms']} ms of voice activity",
    "interrupted": lambda _: "Vapi         barge-in",
    "keypad": lambda entry: f"customer     presses {entry['digits']}",
    "patience-lost": lambda entry: f"customer     waited in vain for: {entry['waited_for']}",
    "message-leaves": _tool_called,
    "tool-answered": _tool_answered,
    "command": _command,
    "assistant-started": _taken_over,
    "reached": _reached,
    "handoff-swallowed": lambda entry: f"Vapi         swallows the handoff to {entry['where']}",
    "transfer-failed": lambda entry: f"Vapi         {entry['where']}: {entry['why']}",
    "status": _status,
    "call-ended": lambda entry: f"ends         {entry['reason']}",
}
