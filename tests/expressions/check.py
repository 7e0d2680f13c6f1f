"""Judges what was sent: as a whole by AWS's rules of requests, part by part by the parser."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.expressions.planted import PLANTED
from tests.expressions.request_rules import faults, singles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.expressions.recorder import Request
    from tests.expressions.strict_parser import StrictParser

KINDS = ("Condition", "Update", "KeyCondition", "Filter", "Projection")


@dataclass
class Findings:
    """What came of a check.

    Attributes:
        refused: In words, each once.
        judged: Single requests given to the parser.
        elsewhere: Requests about tables that the template does not have: tests of refusals.
    """

    refused: dict[str, int] = field(default_factory=Counter)
    judged: int = 0
    elsewhere: int = 0


def check(requests: Iterable[Request], parser: StrictParser) -> Findings:
    """Give every request to the parser, in the order in which it was sent."""
    found = Findings()
    for request in requests:
        if not tables_of(request.body) <= parser.keys.keys():
            found.elsewhere += 1
            continue
        for why in wrongs(request.operation, request.body, parser, found):
            found.refused[f"{request.adapter}  {request.operation}: {why}"] += 1
    return found


def wrongs(
    operation: str, body: dict[str, Any], parser: StrictParser, found: Findings | None = None
) -> list[str]:
    """What AWS would refuse in a request, in words; nothing when all is well."""
    why = faults(operation, body, parser.keys)
    for single, part in singles(operation, body):
        if found is not None:
            found.judged += 1
        verdict = parser.judge(single, part)
        if verdict.refused:
            why.append(f"{verdict.why}  {json.dumps(texts_of(part))}")
    return why


def let_through(parser: StrictParser) -> list[str]:
    """The planted mistakes that nobody noticed."""
    return [
        planted.mistake
        for planted in PLANTED
        if not wrongs(planted.operation, planted.body, parser)
    ]


def expressions(requests: Sequence[Request]) -> Iterator[tuple[str, str, str, str]]:
    """Operation, kind, text and adapter of every expression that was sent."""
    for request in requests:
        for operation, part in singles(request.operation, request.body):
            shown = operation if operation == request.operation else f"{request.operation}"
            for kind, text in texts_of(part).items():
                yield shown, kind, text, request.adapter


def texts_of(part: dict[str, Any]) -> dict[str, str]:
    """The expressions of a single request, by kind."""
    return {kind: part[f"{kind}Expression"] for kind in KINDS if f"{kind}Expression" in part}


def tables_of(body: dict[str, Any]) -> set[str]:
    """The tables that a request names, wherever it does."""
    found = set(body.get("RequestItems", ()))
    for part in (body, *(one for two in body.get("TransactItems", ()) for one in two.values())):
        if "TableName" in part:
            found.add(part["TableName"])
    return found
