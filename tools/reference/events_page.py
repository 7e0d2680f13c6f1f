"""docs/reference/events.md: what moves between the functions, and what is kept of a call."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, cast

from contact_center.conversations.domain import facts as facts_module
from contact_center.conversations.domain.facts import Fact
from contact_center.records.domain.effects import EffectKind
from contact_center.vapi.webhooks.fields import ALIASES
from tools.reference.markdown import code, first_sentence, table
from tools.reference.words_page import members

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local.cloud.template_reader import Template

    type Json = Mapping[str, object]

HEAD = """# Events

What moves inside, in the order in which a call meets it. What a webhook of yours is sent:
[CRM and webhooks](../crm.md#webhooks).

## Queues

A message is a hint or a fact; the tables are the truth. What fails as often as stands here goes to
the dead queue, where an [alarm](metrics.md#alarms) sounds.
"""
TICKS = """## Ticks

What a lost hint left behind is found by these.
"""
FACTS = """## Facts of a call

What is kept of a call is the merge of these, whatever order and however often they come
(`conversations/domain/facts.py`); the conversation's policy is a fold over them.
"""
EFFECTS = """## Effects

What must happen elsewhere once a call came to something; each once at its receiver, a customer's in
their order.
"""
SPELLINGS = """## Other spellings of Vapi's messages

Read as what they are called today.
"""
SAMPLES = """## Samples

One file of each in `events/`, which `sam local invoke -e` takes too. Beside `make up`:
`make invoke FUNCTION=call_router EVENT=events/sqs-transcript-final.json`.
"""


def events_page(root: Path, template: Template) -> str:
    """The page, of the template's queues and timers, the facts' classes, the files of events/."""
    ticks = [
        (code(one.function), code(one.expression), code(one.payload)) for one in template.schedules
    ]
    effects = [(code(word), said) for word, said in members(EffectKind)]
    spelled = [(code(other), code(today)) for other, today in ALIASES.items()]
    samples = (f"- {code(file.name)}" for file in sorted((root / "events").glob("*.json")))
    parts = [
        HEAD,
        table(("queue", "taken by", "at once", "tries", "then"), _queues(template)),
        TICKS,
        table(("function", "when", "with"), sorted(ticks)),
        FACTS,
        table(("fact", "what it says", "fields"), _facts()),
        EFFECTS,
        table(("effect", "what it is"), effects),
        SPELLINGS,
        table(("spelling", "read as"), spelled),
        SAMPLES,
        "\n".join(samples),
    ]
    return "\n".join(f"{part}\n" for part in parts)


def _queues(template: Template) -> list[tuple[str, ...]]:
    """Each queue that a function takes from: batch, tries, and the queue of what failed."""
    rows = []
    for mapping in template.queue_mappings:
        redrive = cast("Json", template.resources[mapping.queue].properties["RedrivePolicy"])
        rows.append(
            (
                code(mapping.queue),
                code(mapping.function),
                str(mapping.batch_size),
                str(redrive["maxReceiveCount"]),
                code(_dead_queue(template, redrive["deadLetterTargetArn"])),
            )
        )
    return sorted(rows)


def _dead_queue(template: Template, target: object) -> str:
    """The name of the queue that `!GetAtt Name.Arn` points to."""
    words = str(target)
    return next(
        queue.name
        for queue in sorted(template.of_kind("AWS::SQS::Queue"), key=lambda one: -len(one.name))
        if queue.name in words
    )


def _facts() -> list[tuple[str, str, str]]:
    of_every_fact = {one.name for one in fields(Fact)}
    classes = [
        one
        for _, one in inspect.getmembers(facts_module, inspect.isclass)
        if issubclass(one, Fact) and one is not Fact
    ]
    return [
        (
            code(one.__name__),
            first_sentence(inspect.getdoc(one)),
            ", ".join(code(each.name) for each in fields(one) if each.name not in of_every_fact),
        )
        for one in sorted(classes, key=lambda one: one.__name__)
    ]
