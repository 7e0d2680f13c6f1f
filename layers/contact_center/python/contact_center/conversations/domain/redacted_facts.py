"""Facts as they are stored: without what nobody is to keep, and meaning the same.

What facts mean is judged from the words as they came; only then are words taken out. What a fold
would read off them later is kept beside them (plain_words.py, `KeyPressed.command`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CallSeen,
    Fact,
    KeyPressed,
    Noticed,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.domain.kept_arguments import kept_arguments
from contact_center.conversations.domain.plain_words import judgement
from contact_center.records.domain.redaction import Redacted, redact, redact_unfinished
from contact_center.records.domain.redaction_turns import Turn, amended
from contact_center.records.domain.spoken_numbers import lowered, runs_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy
    from contact_center.records.domain.redaction_kinds import Redaction

# What is said beside the news of a message, by whoever may have heard it from the customer.
_BESIDE: dict[type[Fact], tuple[str, ...]] = {
    CallSeen: ("customer_name",),
    StatusChanged: ("ended_reason",),
    CallEnded: ("ended_reason", "summary", "success"),
    Noticed: ("detail",),
    ToolCalled: ("name", "answer", "timezone"),
}


def redacted_called(called: ToolCalled, rules: Redaction) -> ToolCalled:
    """A tool call as it is stored: at the door, before the router hears of it."""
    kept = replace(called, arguments=kept_arguments(called.name, called.arguments, rules))
    return _redacted_beside(kept, rules)


def redacted_fact(fact: Fact, rules: Redaction, policy: Policy, departments: Departments) -> Fact:
    """A fact as it is stored, until another turn says more.

    Args:
        fact: With what it means (record_facts.py).
        rules: An owner's.
        policy: By which its words are judged.
        departments: Whose keys on the telephone are commands.
    """
    match fact:
        case UtteranceHeard(final=False):
            text = redact_unfinished(fact.text)
            return fact if text == fact.text else replace(fact, text=text)
        case UtteranceHeard():
            return _saying(fact, redact(fact.text, rules), policy)
        case KeyPressed():
            return _pressing(fact, redact(fact.digits, rules), policy, departments)
        case ToolCalled():
            return redacted_called(fact, rules)
        case AnswersTold():
            answers = {name: redact(said, rules).text for name, said in fact.answers.items()}
            return replace(fact, answers=answers)
        case _:
            return _redacted_beside(fact, rules)


def amended_facts(
    known: Iterable[Fact], rules: Redaction, policy: Policy, departments: Departments
) -> dict[str, Fact]:
    """Facts that have to be stored otherwise, as several turns dictate one number; by key.

    Args:
        known: All of a call, as they are stored or are to be.
        rules: An owner's.
        policy: By which words are judged before they go.
        departments: Whose keys on the telephone are commands.
    """
    said = {fact.key: fact for fact in known if _is_turn(fact)}
    changed = amended(map(_turn, said.values()), rules)
    facts = dict[str, Fact]()
    for key, kept in changed.items():
        fact = said[key]
        if isinstance(fact, UtteranceHeard):
            facts[key] = _saying(fact, kept, policy)
        elif isinstance(fact, KeyPressed):
            facts[key] = _pressing(fact, kept, policy, departments)
    return facts


def is_dictated(fact: Fact) -> bool:
    """Whether a fact may be part of a number that is dictated over several turns."""
    return _is_turn(fact) and bool(runs_in(lowered(_words(fact))))


def goes_back_to(
    until_ms: int, known: Iterable[Fact], new: Iterable[Fact], rules: Redaction
) -> bool:
    """Whether a number that new facts dictate may have begun in turns of up to a moment.

    Args:
        until_ms: The moment, by the sender's clock, ms since 1970.
        known: Turns since.
        new: Those that are told now.
        rules: An owner's: how far apart turns of one number may be.
    """
    told = [fact.at_ms for fact in new if is_dictated(fact)]
    before = sorted((f.at_ms for f in known if is_dictated(f)), reverse=True) if told else []
    for since_ms in told:
        for at_ms in before:
            if since_ms - rules.gap_ms <= at_ms <= since_ms:
                since_ms = at_ms  # noqa: PLW2901 - it may go on from there
        if since_ms - rules.gap_ms <= until_ms:
            return True
    return False


def _is_turn(fact: Fact) -> bool:
    return isinstance(fact, KeyPressed) or (isinstance(fact, UtteranceHeard) and fact.final)


def _turn(fact: Fact) -> Turn:
    who = fact.role if isinstance(fact, UtteranceHeard) else "customer"
    behind = fact.behind if isinstance(fact, UtteranceHeard | KeyPressed) else ()
    return Turn(fact.at_ms, fact.key, who, Redacted(_words(fact), behind))


def _words(fact: Fact) -> str:
    if isinstance(fact, UtteranceHeard):
        return fact.text
    return fact.digits if isinstance(fact, KeyPressed) else ""


def _saying(fact: UtteranceHeard, kept: Redacted, policy: Policy) -> UtteranceHeard:
    if kept.text == fact.text and kept.behind == fact.behind:
        return fact
    judged = fact.judged
    if judged is None and fact.role == "customer":
        judged = judgement(fact.text, policy)
    return replace(fact, text=kept.text, behind=kept.behind, judged=judged)


def _pressing(
    fact: KeyPressed, kept: Redacted, policy: Policy, departments: Departments
) -> KeyPressed:
    if kept.text == fact.digits:
        return fact
    command = fact.command
    if command is None:
        command = _command(fact.digits, policy, departments)
    return replace(fact, digits=kept.text, behind=kept.behind, command=command)


def _command(digits: str, policy: Policy, departments: Departments) -> str:
    """The keys, as far as they are a command; "" where they are nothing to us."""
    pressed = digits.rstrip("#")
    alone = set(pressed)
    if alone in ({policy.opt_out_key}, {policy.resume_key}):
        return pressed[0]
    return pressed if departments.by_keypad(pressed) is not None else ""


def _redacted_beside[F: Fact](fact: F, rules: Redaction) -> F:
    names = _BESIDE.get(type(fact), ())
    said: dict[str, Any] = {name: getattr(fact, name) for name in names}
    kept: dict[str, Any] = {
        name: redact(text, rules).text for name, text in said.items() if isinstance(text, str)
    }
    return replace(fact, **kept) if any(kept[name] != said[name] for name in kept) else fact
