"""What must happen elsewhere because of a call: whoever keeps customers' stories is told.

What a caller booked or left is told as soon as it is recorded, and that somebody is needed for it.
That a call is over follows from the
end-of-call report when that is written down first, so it is written with it and once; a report that
never comes tells nobody. What a model answered may come seconds later, and that a person had the
caller much later: each is told then, once, as the same record, which says more now. What is told of
words was redacted with the facts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.conversations.domain.effects.deal_effects import completes_deal, effect_of_deal
from contact_center.conversations.domain.effects.left_effects import effect_of_what_was_left
from contact_center.conversations.domain.effects.notice_effects import (
    effect_of_notice,
    needs_somebody,
)
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    DetailsLeft,
    MeetingBooked,
    PersonMet,
)
from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of
from contact_center.kernel.caller_numbers import caller_number
from contact_center.records.domain.effect_fields import LONGEST_LINE, fitting
from contact_center.records.domain.effect_names import (
    customer_of_call,
    customer_of_visit,
    effect_name,
)
from contact_center.records.domain.effects import AMENDS, Effect, EffectKind
from contact_center.records.domain.receivers import takes
from contact_center.records.domain.webhooks import (
    BOOKED,
    DEAL,
    ENDED,
    LEAD,
    NEEDED,
    UPDATED,
    WISHED,
    takes_events,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallGlance
    from contact_center.conversations.services.record_parts import RecordParts

# The words of CRMs for how a call went; the class that it ended in says more.
_STATUS = {
    Disposition.COMPLETED: "completed",
    Disposition.DROPPED: "completed",
    Disposition.VOICEMAIL: "completed",
    Disposition.BUSY: "busy",
    Disposition.NO_ANSWER: "no_answer",
    Disposition.FAILED: "failed",
    Disposition.CAPACITY: "failed",
    Disposition.BAD_NUMBER: "failed",
    Disposition.CONFIGURATION: "failed",
    Disposition.REFUSED: "failed",
    Disposition.CANCELLED: "canceled",
    Disposition.NOT_CALLED: "canceled",
    Disposition.EXPIRED: "canceled",
}
_EVENTS = {  # in the words of Standard Webhooks
    EffectKind.CALL: ENDED,
    EffectKind.TASK: BOOKED,
    EffectKind.LEAD: LEAD,
    EffectKind.SUBSCRIBE: WISHED,
    EffectKind.DEAL: DEAL,
    EffectKind.NOTICE: NEEDED,
}
# What a call is told of once more for, if it comes after its report: each once.
_SAYS_MORE: Mapping[str, Callable[[Fact], bool]] = {
    "answers": lambda fact: isinstance(fact, AnswersTold) and bool(fact.answers),
    "person": lambda fact: isinstance(fact, PersonMet),
}


def call_effects(
    known: Iterable[Fact],
    new: Iterable[Fact],
    record: CallRecord,
    glance: CallGlance,
    parts: RecordParts,
) -> tuple[Effect, ...]:
    """What new facts of a call cause at each receiver: what was left, the call's end, its answers.

    Args:
        known: Facts that were written down before.
        new: Those that are written now.
        record: The call, knowing all of them.
        glance: What was made of it.
        parts: Who is told, of what.

    Returns:
        In the order in which they are to happen, each in its receiver's words.
    """
    told, before = list(new), list(known)
    telling = _telling(before, told)
    caused: list[Effect] = []
    for receiver in parts.call_receivers:
        caused += _left(told, customer_of(record), receiver)
        if telling is not None:
            caused.append(_of_call(record, glance, receiver, telling))
        if parts.deal is not None and completes_deal(before, told, parts.deal):
            facts = [*before, *told]
            caused.append(effect_of_deal(facts, parts.deal, customer_of(record), receiver))
    taken = (one for one in caused if takes(one.receiver, one.kind))
    said = (_in_words_of(one.receiver, one) for one in taken)
    return tuple(one for one in said if _is_wanted(one, parts))


def _left(new: Sequence[Fact], customer: str, receiver: str) -> Iterator[Effect]:
    """Of what was left: itself, and that somebody is needed for it."""
    for fact in new:
        if isinstance(fact, MeetingBooked | DetailsLeft):
            yield effect_of_what_was_left(fact, customer=customer, number=0, receiver=receiver)
        kind = needs_somebody(fact)
        if kind is not None:
            yield effect_of_notice(fact, kind, customer, receiver)


def _is_wanted(effect: Effect, parts: RecordParts) -> bool:
    """Whether its receiver wants such events; of most all are wanted."""
    wanted = parts.wanted_events.get(effect.receiver)
    return wanted is None or effect.told.get("type") in wanted


class _Telling(NamedTuple):
    """That a call is told of: with its report, or once more when more of it is known, by what."""

    report: CallEnded
    because: str = ""


def _telling(before: Sequence[Fact], new: Sequence[Fact]) -> _Telling | None:
    told, comes = ([one for one in facts if isinstance(one, CallEnded)] for facts in (before, new))
    if not told:
        return _Telling(comes[0]) if comes else None
    for because, says_more in _SAYS_MORE.items():
        if any(map(says_more, new)) and not any(map(says_more, before)):
            return _Telling(told[0], because)
    return None


def _of_call(record: CallRecord, glance: CallGlance, receiver: str, telling: _Telling) -> Effect:
    name = effect_name(EffectKind.CALL, receiver, record.call_id)
    said = _told(record, glance, telling.report.at_ms)
    return Effect(
        effect_id=effect_name(EffectKind.CALL, telling.because, name) if telling.because else name,
        customer=customer_of(record),
        number=0,
        kind=EffectKind.CALL,
        receiver=receiver,
        told={**said, AMENDS: name} if telling.because else said,
        caused_at_ms=record.ended_at_ms or telling.report.at_ms,
        call_id=record.call_id,
    )


def _in_words_of(receiver: str, effect: Effect) -> Effect:
    """The effect in the receiver's own words: an owner's webhook takes events."""
    if not takes_events(receiver):
        return effect
    whose = {"customer": effect.customer, "call_id": effect.call_id}
    type_ = _EVENTS[effect.kind] if effect.amended is None else UPDATED
    told = {"type": type_, "data": {**effect.told, **whose}}
    return replace(effect, kind=EffectKind.EVENT, told=told)


def customer_of(record: CallRecord) -> str:
    """Whose story it is; a call of nobody we could know again is a story of its own."""
    number = caller_number(record.value("customer_number"))
    if number is not None:
        return number
    post = record.value("visit_post")
    if post is not None:
        return customer_of_visit(post.rpartition(".")[0])
    return customer_of_call(record.call_id)


def _told(record: CallRecord, glance: CallGlance, at_ms: int) -> dict[str, object]:
    began_ms, ended_ms = record.started_at_ms, record.ended_at_ms
    came_to = record.achieved.what
    said: dict[str, object | None] = {
        "title": _title(record, glance),
        "started_at_ms": began_ms or record.first_seen_ms or at_ms,
        "ended_at_ms": ended_ms,
        "duration_ms": max(0, ended_ms - began_ms) if began_ms and ended_ms else None,
        "body": record.value("summary"),
        "direction": record.value("direction"),
        "status": _STATUS.get(disposition_of(record.value("ended_reason"), talked=record.talked)),
        "our_number": caller_number(record.value("called_number")),
        "ended_reason": _line(record.value("ended_reason")),
        "achieved": came_to,
        "intent": glance.intent,
        "destination": _line(glance.destination),
        "campaign_id": _line(record.value("campaign_id")),
        "attempt_id": _line(record.value("attempt_id")),
        "cost_micros": record.costs.micros,
    }
    known = {name: value for name, value in said.items() if value is not None}
    return fitting(EffectKind.CALL, known)


def _title(record: CallRecord, glance: CallGlance) -> str:
    way = "Call of ours" if record.value("direction") == "outbound" else "Call"
    about = glance.intent or "nothing in particular"
    came_to = record.achieved.what
    return f"{way} about {about}" + (f": {came_to.replace('_', ' ')}" if came_to else "")


def _line(said: str | None) -> str | None:
    """Somebody else's word as one line that is not too long; None when nothing is left of it."""
    return " ".join(said.split())[:LONGEST_LINE] or None if said else None
