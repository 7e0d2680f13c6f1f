"""What redaction costs of an utterance, of a report of 60 KB and of hostile words.

The floor is one pass of one compiled pattern that finds the words of the same text: whoever looks
for anything in words has to read them once.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from contact_center.config import COMPILED_FOLDER
from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.vapi.webhooks.report_words import redacted_report

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
REPORT_BYTES = 60_000
HOSTILE_BYTES = 5_600
MOST_UTTERANCE_US, MOST_REPORT_MS = 50.0, 5.0
WORD = re.compile(r"\w+")
HOSTILE = ("4 and then ", "1/1/", "a at dot ", "double one ", "[card] ")


def show_redaction() -> None:
    """Measure and print."""
    said = utterances()
    report = _report(said)
    text = json.dumps(report)
    floor_us = _seconds(lambda: [_words(one) for one in said]) / len(said) * 1e6
    floor_ms = _seconds(lambda: _words(text)) * 1e3
    utterance_us = _seconds(lambda: [redact(one) for one in said]) / len(said) * 1e6
    report_ms = _seconds(lambda: redacted_report(report, EVERYTHING)) * 1e3
    print(
        f"\nRedaction, CPU, medians of {ROUNDS}, beside one pass that finds the words of the text"
    )
    _row("an utterance", utterance_us, floor_us, "us", MOST_UTTERANCE_US)
    _row(f"a report of {len(text) // 1000} KB", report_ms, floor_ms, "ms", MOST_REPORT_MS)
    for sign in HOSTILE:
        hostile = sign * (HOSTILE_BYTES // len(sign))
        cost = _seconds(partial(redact, hostile)) * 1e3
        floor = _seconds(partial(_words, hostile)) * 1e3
        _row(f"5.6 KB of {sign.strip()!r}", cost, floor, "ms")


def _row(what: str, cost: float, floor: float, unit: str, most: float | None = None) -> None:
    told = f"  {what:<26}{cost:>9.2f} {unit}   floor {floor:>7.2f} {unit}{cost / floor:>8.1f}x"
    if most is not None:
        told += f"   <= {most:g} {unit} {'reached' if cost <= most else 'missed on this machine'}"
    print(told)


def _words(text: str) -> int:
    return sum(1 for _ in WORD.finditer(text))


def _seconds(work: Callable[[], object]) -> float:
    work()
    return statistics.median(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def utterances() -> list[str]:
    """What the product's own examples say, line by line."""
    files = sorted((COMPILED_FOLDER.parent / "examples").glob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _report(said: list[str]) -> dict[str, Any]:
    """As Vapi sends it: what was said stands in the messages and, whole, in two transcripts."""
    messages, lines, size = list[dict[str, Any]](), list[str](), 0
    for number, one in enumerate(said * 10):
        role, speaker = (("user", "User"), ("bot", "AI"))[number % 2]
        messages.append({"role": role, "message": one, "time": 1_787_266_800_000 + number * 4_000})
        lines.append(f"{speaker}: {one}")
        size += len(one) * 3 + 90
        if size > REPORT_BYTES:
            break
    transcript = "\n".join(lines)
    return {
        "type": "end-of-call-report",
        "transcript": transcript,
        "analysis": {"summary": " ".join(said[:10])},
        "artifact": {"messages": messages, "transcript": transcript},
    }
