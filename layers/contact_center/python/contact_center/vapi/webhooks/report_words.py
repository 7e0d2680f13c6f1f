"""The reduced end-of-call report without what nobody is to keep of words.

Ids, times, kinds and the parties' own numbers are what a report is found and counted by; all else
was said by somebody, or made by a model of what was said. Its messages and the lines of its
transcripts are turns: a number that is dictated over several goes from all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_turns import Turn, amended
from contact_center.records.domain.redaction_values import redacted_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.records.domain.redaction import Redacted
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
_SPEAKER = re.compile(r"\s*(AI|Assistant|Bot|User|Customer):", re.IGNORECASE)
_LINES_APART = 4  # so many lines of a transcript, which tells no time, count as one gap


def redacted_report(report: dict[str, Any], rules: Redaction) -> dict[str, Any]:
    """The report as it is archived.

    Args:
        report: Reduced (reports.py).
        rules: An owner's.
    """
    kept: dict[str, Any] = _redacted(report, rules, ())
    artifact = kept.get("artifact")
    if isinstance(artifact, dict) and isinstance(artifact.get("messages"), list):
        told = report["artifact"]["messages"]
        artifact["messages"] = _messages(told, artifact["messages"], rules)
    return kept


def _redacted(value: Any, rules: Redaction, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_redacted(one, rules, path) for one in value]
    if not isinstance(value, dict):
        return redacted_value(value, rules)
    kept = dict[str, Any]()
    for name, one in value.items():
        if name in _NO_WORDS or (*path, name) == _POST_NAME:
            kept[name] = one
        elif name == _TRANSCRIPT and isinstance(one, str):
            kept[name] = _transcript(one, rules)
        elif name in _FREE:
            kept[name] = redacted_value(one, rules)
        else:
            kept[name] = _redacted(one, rules, (*path, name))
    return kept


def _messages(told: Iterable[Any], kept: list[Any], rules: Redaction) -> list[Any]:
    """Messages, each redacted by itself already, with what they dictate together."""
    turns = list[Turn]()
    for number, one in enumerate(told):
        if isinstance(one, dict) and isinstance(one.get("message"), str):
            said = redact(one["message"], rules)
            turns.append(Turn(_at_ms(one, number, rules), f"{number:06d}", _who(one), said))
    return [
        one | {"message": now.text} if (now := changed.get(f"{number:06d}")) else one
        for changed in (amended(turns, rules),)
        for number, one in enumerate(kept)
    ]


def _who(message: dict[str, Any]) -> str:
    return str(message.get("role"))


def _at_ms(message: dict[str, Any], number: int, rules: Redaction) -> int:
    at = message.get("time")
    if isinstance(at, int | float):
        return int(at)
    return number * rules.gap_ms // _LINES_APART


def _transcript(text: str, rules: Redaction) -> str:
    lines = text.split("\n")
    said = [redact(line, rules) for line in lines]
    turns = [
        Turn(number * rules.gap_ms // _LINES_APART, f"{number:06d}", who, _after(one, who))
        for number, (line, one) in enumerate(zip(lines, said, strict=True))
        for who in (_speaker(line),)
    ]
    changed = amended(turns, rules)
    return "\n".join(
        one.text if (now := changed.get(f"{number:06d}")) is None else turns[number].who + now.text
        for number, one in enumerate(said)
    )


def _speaker(line: str) -> str:
    found = _SPEAKER.match(line)
    return "" if found is None else found[0]


def _after(line: Redacted, who: str) -> Redacted:
    """What was said of a line; whoever is named there says nothing by that."""
    return type(line)(line.text[len(who) :], line.behind)
