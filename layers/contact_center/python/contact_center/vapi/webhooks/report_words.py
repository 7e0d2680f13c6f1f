"""The reduced end-of-call report without what nobody is to keep of words.

Ids, times, kinds and the parties' own numbers are what a report is found and counted by; all else
was said by somebody, or made by a model of what was said. Its messages and the lines of its
transcripts are turns: a number that is dictated over several goes from all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.records.domain.redaction import Redacted, may_hold, redact
from contact_center.records.domain.redaction_turns import Turn, amended
from contact_center.records.domain.redaction_values import redacted_value
from contact_center.records.domain.spoken_numbers import lowered

if TYPE_CHECKING:
    from contact_center.records.domain.redaction_kinds import Redaction

# By their names in the report itself; in what a model made (_FREE) names mean nothing.
_NO_WORDS = frozenset(
    (
        *("id", "type", "subType", "role", "status", "provider", "externalId", "number"),
        *("phoneNumberId", "assistantId", "squadId", "toolCallId", "assistantName"),
        *("timestamp", "createdAt", "startedAt", "endedAt", "time", "endTime"),
        *("secondsFromStart", "duration", "durationSeconds", "minutes", "cost", "costs"),
        *("costBreakdown", "performanceMetrics"),
    )
)
_FREE = frozenset({"structuredData", "structuredOutputs", "arguments", "result", "message"})
_TRANSCRIPT = "transcript"
_POST_NAME = ("call", "name")  # of our own making
_MESSAGES, _WORDS = ("artifact", "messages"), "message"
_SPEAKER = re.compile(r"\s*(AI|Assistant|Bot|User|Customer):\s*", re.IGNORECASE)
_LINES_APART = 4  # so many lines of a transcript, which tells no time, count as one gap


def redacted_report(report: dict[str, Any], rules: Redaction) -> dict[str, Any]:
    """The report as it is archived.

    Args:
        report: Reduced (reports.py).
        rules: An owner's.
    """
    return _Report(rules).redacted(report, ())  # type: ignore[no-any-return]


class _Report:
    """One report: the same words stand in its messages and in two transcripts."""

    def __init__(self, rules: Redaction) -> None:
        self._rules = rules
        self._said = dict[str, Redacted | None]()
        self._transcripts = dict[str, str]()

    def redacted(self, value: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        """A part of the report, by the names that lead to it."""
        if isinstance(value, list):
            return [self.redacted(one, path) for one in value]
        if not isinstance(value, dict):
            return redacted_value(value, self._rules)
        return {
            name: one if name in _NO_WORDS else self._field((*path, name), one)
            for name, one in value.items()
        }

    def _field(self, path: tuple[str, ...], value: Any) -> Any:  # noqa: ANN401 - any JSON
        name = path[-1]
        if path == _POST_NAME:
            return value
        if path == _MESSAGES and isinstance(value, list):
            return self._messages(value)
        if name == _TRANSCRIPT and isinstance(value, str):
            return self._transcript(value)
        return redacted_value(value, self._rules) if name in _FREE else self.redacted(value, path)

    def _messages(self, told: list[Any]) -> list[Any]:
        turns = dict[int, Turn]()
        for number, one in enumerate(told):
            words = one.get(_WORDS) if isinstance(one, dict) else None
            if isinstance(words, str) and (said := self._of(words)) is not None:
                at_ms, who = self._at_ms(one, number), str(one.get("role"))
                turns[number] = Turn(at_ms, f"{number:06d}", who, said)
        kept = self._kept(turns)
        return [
            self._message(one, kept.get(number))
            if isinstance(one, dict)
            else self.redacted(one, _MESSAGES)
            for number, one in enumerate(told)
        ]

    def _message(self, told: dict[str, Any], words: str | None) -> dict[str, Any]:
        """A message that says these words, None: its own; all else of it as anywhere."""
        kept = dict[str, Any]()
        for name, one in told.items():
            if name in _NO_WORDS:
                kept[name] = one
            elif name == _WORDS and isinstance(one, str):
                kept[name] = one if words is None else words
            else:
                kept[name] = self._field((*_MESSAGES, name), one)
        return kept

    def _kept(self, turns: dict[int, Turn]) -> dict[int, str]:
        """What is kept of turns, by their numbers."""
        changed = amended(turns.values(), self._rules)
        return {number: changed.get(turn.key, turn.said).text for number, turn in turns.items()}

    def _at_ms(self, message: dict[str, Any], number: int) -> int:
        at = message.get("time")
        if isinstance(at, int | float):
            return int(at)
        return number * self._rules.gap_ms // _LINES_APART

    def _transcript(self, text: str) -> str:
        if text not in self._transcripts:
            self._transcripts[text] = self._lines(text.split("\n"))
        return self._transcripts[text]

    def _lines(self, lines: list[str]) -> str:
        turns = dict[int, Turn]()
        for number, line in enumerate(lines):
            who = _speaker(line)
            said = self._of(line[len(who) :])
            if said is not None:
                at_ms = number * self._rules.gap_ms // _LINES_APART
                turns[number] = Turn(at_ms, f"{number:06d}", who.strip().lower(), said)
        kept = self._kept(turns)
        return "\n".join(
            _speaker(line) + kept[number] if number in kept else line
            for number, line in enumerate(lines)
        )

    def _of(self, words: str) -> Redacted | None:
        """Words by themselves, looked at once however often they stand in the report.

        None, of most: nothing is in them that goes, or that other words may go on with.
        """
        if words in self._said:
            return self._said[words]
        core = words.strip()
        if core not in self._said:
            is_plain = not may_hold(lowered(core))
            self._said[core] = None if is_plain else redact(core, self._rules)
        said = self._said[core]
        if said is not None and len(core) < len(words):
            begins = words.find(core)
            around = (words[:begins], words[begins + len(core) :])
            said = self._said[words] = Redacted(said.text.join(around), said.behind)
        return said


def _speaker(line: str) -> str:
    found = _SPEAKER.match(line)
    return "" if found is None else found[0]
