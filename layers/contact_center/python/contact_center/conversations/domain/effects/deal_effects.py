"""The deal that a call with a booked meeting may be: caused once, by the fact that completes it.

A CRM's own erasure takes a contact and what is tied to it, and leaves deals. So nothing that the
customer said or is called by is in one: who he is says the contact it is tied to, what he wants the
task of the meeting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import AnswersTold, CallEnded, Fact, MeetingBooked
from contact_center.records.domain.effect_names import effect_name
from contact_center.records.domain.effects import Effect, EffectKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.records.domain.deals import DealRule

TITLE = "Meeting booked by telephone"


def completes_deal(known: Sequence[Fact], new: Sequence[Fact], rule: DealRule) -> bool:
    """Whether it is the new facts that make a deal of a call; of none they do twice.

    Of several answers any counts: one that is told later takes no deal back.
    """
    return _is_deal([*known, *new], rule) and not _is_deal(known, rule)


def effect_of_deal(facts: Sequence[Fact], rule: DealRule, customer: str, receiver: str) -> Effect:
    """The effect at one receiver.

    Args:
        facts: All that are known of a call that is one.
        rule: The owner's.
        customer: Whose it is.
        receiver: Where it is to happen.
    """
    answers = next(one for one in facts if isinstance(one, AnswersTold) and _suits(one, rule))
    told = {
        "title": TITLE,
        "body": "\n".join(_said(question, answers.answers[question]) for question in rule.when),
        "pipeline": rule.pipeline,
        "stage": rule.stage,
    }
    return Effect(
        effect_id=effect_name(EffectKind.DEAL, receiver, answers.call_id),
        customer=customer,
        number=0,
        kind=EffectKind.DEAL,
        receiver=receiver,
        told={name: said for name, said in told.items() if said},
        caused_at_ms=max(one.at_ms for one in facts if isinstance(one, CallEnded)),
        call_id=answers.call_id,
    )


def _is_deal(facts: Sequence[Fact], rule: DealRule) -> bool:
    kinds = {type(one) for one in facts}
    return {MeetingBooked, CallEnded} <= kinds and any(_suits(one, rule) for one in facts)


def _suits(fact: Fact, rule: DealRule) -> bool:
    return isinstance(fact, AnswersTold) and rule.is_met_by(fact.answers)


def _said(question: str, answer: str) -> str:
    return f"{question.replace('_', ' ').capitalize()}: {answer}"
