"""What calls tell, and what has to follow from it: a second reading, of the judge's own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CallSeen,
    CostTold,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.services.route_message import Told
from tests.simulation.after.after_truth import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from contact_center.conversations.domain.facts import Fact
    from tests.simulation.after.after_system import AfterSystem
    from tests.simulation.after.after_truth import LivedCall, PlannedCall

CRM = "crm"
WORDS_AFTER_MS, TOOL_AFTER_MS = 5_000, 12_000
HOURS = range(10, 11)  # of a day that can be booked (tests/unit/records/calendars.py)
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23")


def stages_of(plan: PlannedCall, chance: Random) -> Iterator[tuple[str, float]]:
    """What Vapi tells of a call, and how long after it began; its own backoff comes on top."""
    yield "in-progress", chance.uniform(0, 900)
    yield "words", WORDS_AFTER_MS + chance.uniform(0, 900)
    over_ms = plan.lasts_ms
    for stage in ("ended", "report"):
        if stage == "report" and plan.report == "never":
            continue
        late = DAY_MS if stage == "report" and plan.report == "late" else 0
        yield stage, over_ms + late + chance.uniform(0, 4_000)
        if plan.report == "twice" or chance.random() < 0.1:
            yield stage, over_ms + late + chance.choice([6_000, 900_000, DAY_MS])


def at_ms(call: LivedCall, stage: str) -> int:
    """When what a message tells happened."""
    if stage.startswith("tool"):
        return call.began_ms + TOOL_AFTER_MS + int(stage.partition("-")[2]) * 4_000
    after = {"in-progress": 400, "words": WORDS_AFTER_MS}
    return call.began_ms + after[stage] if stage in after else call.ended_ms


def wish_of(call: LivedCall) -> dict[str, object]:
    """The slot that he wishes, in words of a model."""
    assert call.plan.slot is not None
    day = DAYS[call.plan.slot % len(DAYS)]
    return {
        "day": day,
        "time": f"{HOURS[0]}:00",
        "timezone": "America/New_York",
        "name": call.plan.name,
        "topic": f"{call.plan.name} wants a demo",
    }


def told_of(call: LivedCall, stage: str) -> Told:
    """The facts of one message."""
    plan, now_ms = call.plan, at_ms(call, stage.partition("+")[0])
    seen = CallSeen(
        call_id=plan.call_id,
        at_ms=now_ms,
        key=f"seen:{stage}",
        direction="inbound",
        customer_number=plan.number,
        customer_name=plan.name,
        twilio_call_sid=f"CA{plan.call_id}",
        created_at_ms=call.began_ms,
    )
    facts: list[Fact] = [seen, *_news(call, stage, now_ms)]
    if not stage.startswith("report"):
        return Told(facts=facts)
    words = {"summary": f"{plan.name} wants a demo", "customer": plan.number}
    return Told(facts=facts, report=words, began_at_ms=call.began_ms)


def _news(call: LivedCall, stage: str, now_ms: int) -> Iterator[Fact]:
    plan = call.plan
    of: dict[str, Any] = {"call_id": plan.call_id, "at_ms": now_ms}
    if stage == "in-progress":
        yield StatusChanged(**of, key="status:in-progress", status="in-progress")
        yield AssistantStarted(**of, key="assistant", assistant_name="router")
    elif stage == "words":
        text = f"My name is {plan.name}, and I wish to see it"
        yield UtteranceHeard(**of, key="said:1", role="customer", text=text, final=True)
    elif stage.startswith("tool"):
        arguments: dict[str, object] = {"name": plan.name}
        tool = stage.partition("-")[2]
        yield ToolCalled(
            **of, key=f"tool:{tool}", tool_call_id=tool, name="bookDemo", arguments=arguments
        )
    elif stage == "ended":
        yield StatusChanged(
            **of, key="status:ended", status="ended", ended_reason="customer-ended-call"
        )
    else:
        yield from _report(call, stage, of)


def _report(call: LivedCall, stage: str, of: dict[str, Any]) -> Iterator[Fact]:
    plan = call.plan
    answered = stage.endswith("+answers")
    micros = call.charged_by_vapi if answered else plan.vapi
    yield CallEnded(
        **of,
        key="ended",
        ended_reason="customer-ended-call",
        started_at_ms=call.began_ms,
        ended_at_ms=call.ended_ms,
        cost_usd=plan.vapi / 1_000_000,
        summary=f"{plan.name} wants a demo",
    )
    later = {**of, "at_ms": call.ended_ms + answered}
    yield CostTold(
        **later,
        key=f"cost:vapi:{micros}",
        source="vapi",
        parts={
            "model": plan.vapi,
            **({"analysis": micros - plan.vapi} if micros > plan.vapi else {}),
        },
    )
    if answered:
        answers = {"achieved": "question_answered", "summary": f"{plan.name} was helped"}
        yield AnswersTold(**of, key="answers", answers=answers)


def effects_of(system: AfterSystem, *, certain: bool) -> set[str]:
    """The names of the effects that have to be told, or at most are.

    Of each call its end, and once more what was answered about it if that came later; each
    appointment that somebody was told of, or that holds a slot, and the deal that it is with
    answers.
    """
    lived = system.lived
    held = {call_id for calls in system.calendar.held.values() for call_id in calls}
    booked = {call_id for call_id, _ in lived.booked}
    names: set[str] = set()
    for call_id, call in lived.calls.items():
        if certain and lived.forgotten(call):
            continue
        names.add(ended := end_of(call_id))
        if not certain and call.plan.answers != "nowhere":
            names.add(_sha(f"call\nanswers\n{ended}"))
        if call_id in (booked if certain else held | booked):
            names.add(_blake(f"{call_id}\x1fmeeting\x1f{CRM}"))
            if call.plan.answers != "nowhere":
                names.add(_sha(f"deal\n{CRM}\n{call_id}"))
    return names


def end_of(call_id: str) -> str:
    """The name of the effect that a call is over."""
    return _sha(f"call\n{CRM}\n{call_id}")


def _sha(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _blake(words: str) -> str:
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
