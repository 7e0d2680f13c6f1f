"""docs/reference/errors.md: how a request is refused, and the words that answers give as causes."""

from __future__ import annotations

import ast
import inspect
import json
import re
from http import HTTPStatus
from textwrap import dedent
from typing import TYPE_CHECKING, Any, cast, get_args

from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.console.domain.needs import NeedKind
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.forgetting.domain.forgetting import StoreState
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.people.domain.supervised_talks import WhyNot
from contact_center.permission.domain import contactability
from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.records.domain.achieved import Proof
from contact_center.records.domain.recordings import RecordingState
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import Outcome, Stage
from tools.reference.markdown import code, first_sentence, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum
    from pathlib import Path

    type Json = Mapping[str, Any]

PROBLEMS = {str(int(one)) for one in HTTPStatus if one.is_client_error or one.is_server_error}
HEAD = """# Errors, states and causes

## How a request is refused

Whatever the API cannot answer is a problem by [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457):
`status`, `title`, a `detail` that says what to do and repeats no value, and `field`, `reason` or
`state` where there is one.
"""
PERMISSION = """## Why somebody may not be called

`reason` of a refused trigger, of `/api/contactability` and of an attempt that was not called: the
first that holds. What each rests on: [compliance](../compliance.md).
"""
STATES = """## States and causes

Words of answers, of the page and of exports. Each has its one meaning everywhere.
"""
# What an operator reads of what, in the order of a call's life.
WORDS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("an attempt: state", AttemptState),
    ("an attempt: what it waits for", WaitsFor),
    ("an attempt: how it ended", Disposition),
    ("a contact of a campaign: state", ContactState),
    ("a campaign: state", CampaignState),
    ("a visit: what the caller is doing", Stage),
    ("a visit: what it came to", Outcome),
    ("a leg of a visit: status", LegStatus),
    ("a place in the queue: state", EntryState),
    ("a place in the queue: why it was left", LeftBecause),
    ("a person: state", PersonState),
    ("an offer to a person: what came of it", OfferOutcome),
    ("a supervisor: why not", WhyNot),
    ("an action in a call: how it went", ControlOutcome),
    ("a call: what it achieved, by our own facts", Proof),
    ("a recording: state", RecordingState),
    ("what needs somebody", NeedKind),
    ("a store of somebody who is forgotten: state", StoreState),
)


def words_page(root: Path) -> str:
    """The page, of the OpenAPI document's responses and the enumerations in WORDS."""
    document = json.loads(
        (root / "functions/operator_api/openapi.json").read_text(encoding="utf-8")
    )
    parts = [HEAD, _statuses(document), PERMISSION, _reasons(), STATES]
    for heading, enumeration in WORDS:
        parts += [
            f"### {heading}\n",
            first_sentence(inspect.getdoc(enumeration)) + "\n",
        ]
        parts.append(
            table(("word", ""), [(code(word), said) for word, said in members(enumeration)]) + "\n"
        )
    return "\n".join(f"{part}\n" for part in parts)


def _reasons() -> str:
    """The words of `Reason` with the comment behind each, in the order in which they are asked."""
    source = inspect.getsource(contactability).partition("Reason = Literal[")[2].partition("]")[0]
    found = re.findall(r'^ +"(\w+)",(?:  # (.+))?$', source, re.MULTILINE)
    if [word for word, _ in found] != list(get_args(contactability.Reason)):
        message = "the reasons of contactability.py are no longer written one a line"
        raise ValueError(message)
    return table(("reason", ""), [(code(word), said) for word, said in found])


def members(enumeration: type[StrEnum]) -> list[tuple[str, str]]:
    """Each value of an enumeration with the comment behind it, from its source."""
    lines = inspect.getsource(enumeration).splitlines()
    tree = ast.parse(dedent("\n".join(lines)))
    made = cast("ast.ClassDef", tree.body[0])
    return [
        (node.value.value, _comment(lines[node.lineno - 1]))
        for node in made.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def _comment(line: str) -> str:
    return line.partition("  # ")[2].strip()


def _said(answer: Json, document: Json) -> str:
    name = answer.get("$ref", "").rpartition("/")[2]
    shared = document["components"]["responses"]
    return str(shared[name]["description"] if name else answer["description"])


def _statuses(document: Json) -> str:
    """Each status that some route declares, with its meaning."""
    used: dict[str, tuple[str, int]] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status in PROBLEMS:
                    used[status] = (_said(answer, document), used.get(status, ("", 0))[1] + 1)
    rows = [(code(status), said, str(count)) for status, (said, count) in sorted(used.items())]
    return table(("status", "when", "routes"), rows)
