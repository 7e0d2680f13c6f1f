"""What a fact means to us: whom words or a tool call ask for, what words promise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.conversations.domain.facts import AnswersTold, ToolCalled, UtteranceHeard
from contact_center.conversations.domain.follow_ups import left_by
from contact_center.conversations.domain.resuming import says_goodbye
from contact_center.conversations.domain.routing_tools import department_asked
from contact_center.conversations.services.tools import answer_callback, with_call_at
from contact_center.understanding.domain.intents import UNHEARD
from contact_center.understanding.domain.unfinished import says_enough

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.record_parts import RecordParts
    from contact_center.understanding.domain.intents import Hearing


def _heard(fact: UtteranceHeard, parts: RecordParts) -> Hearing:
    """What a customer's words ask for; what is still being spoken has to say enough."""
    if fact.final:
        return (parts.slow_classifier or parts.classifier).hear(fact.text)
    if says_enough(fact.text, parts.policy.partial_words):
        return parts.classifier.hear(fact.text)
    return UNHEARD


def understood_fact(fact: Fact, parts: RecordParts) -> Fact:
    """A fact with what it means to us: whom words or a tool call ask for, whom words promise.

    A model may name what does not exist; only what is configured counts.
    """
    match fact:
        case UtteranceHeard(role="customer"):
            hearing = _heard(fact, parts)
            return replace(
                fact,
                goodbye=fact.final and says_goodbye(fact.text),
                intent=parts.departments.resolve(hearing.intent),
                confidence=hearing.confidence,
                wants_person=hearing.wants_person,
                perhaps_person=hearing.perhaps_person,
            )
        case UtteranceHeard(final=True):
            promises = parts.policy.promises.made_in(fact.text, parts.departments)
            return replace(fact, goodbye=says_goodbye(fact.text), promises=promises)
        case ToolCalled(name=name) if name == CALLBACK_TOOL:
            judged = answer_callback(
                fact.arguments,
                parts.civil.at(fact.at_ms),
                zone=fact.timezone,
                in_campaign=fact.in_campaign,
                reachable=fact.reachable,
            )
            arguments = with_call_at(fact.arguments, judged)
            return replace(
                fact, arguments=arguments, callback=judged.callback, follow_up=judged.follow_up
            )
        case ToolCalled():
            asked = department_asked(fact.name, fact.arguments, parts.departments)
            left = left_by(fact.name, fact.arguments)
            return replace(fact, department=asked, follow_up=left)
        case AnswersTold():
            found = parts.questions.read(fact.answers)
            return replace(fact, answers=dict(found.known), unknown=len(found.unknown))
        case _:
            return fact
