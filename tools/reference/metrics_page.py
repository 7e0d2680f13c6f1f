"""docs/reference/metrics.md: every counter, read out of the code, and the alarm that watches it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.reference.markdown import code, first_sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local.cloud.template_reader import Template

HEAD = """# Metrics

Counters in CloudWatch, in a namespace of the stack's name, by Embedded Metric Format: a line of
JSON in the function's log is both. Each has the dimension `function` and those named here; none
holds a number, a name or a word of anybody's. What they add up to for people is in
[figures](../figures.md).
"""
ALARMS = """## Alarms

Each leads to what to do: [when an alarm calls](../operations.md#when-an-alarm-calls).
"""
RUNBOOK = re.compile(r"^(?P<said>.*?)\s*Runbook: docs/(?P<page>operations\.md#[\w-]+)$", re.DOTALL)


class UnknownCounterError(Exception):
    """A counter whose name the page cannot tell."""


@dataclass(slots=True)
class Counter:
    """One counter: with which dimensions, for what, and where it is counted."""

    name: str
    dimensions: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)  # by place


def metrics_page(root: Path, template: Template) -> str:
    """The page, of the functions' code and the template's alarms.

    Raises UnknownCounterError for a counter whose name is neither a word nor a constant.
    """
    alarms = _alarms(template)
    watched = {metric: name for name, metric, _, _ in alarms if metric}
    rows = [
        (
            code(counter.name),
            ", ".join(code(name) for name in sorted(counter.dimensions)),
            " ".join(dict.fromkeys(filter(None, counter.said.values()))),
            ", ".join(code(place) for place in counter.said),
            f"[{watched[counter.name]}](#alarms)" if counter.name in watched else "",
        )
        for counter in sorted(counters(root).values(), key=lambda one: one.name)
    ]
    counted = table(("metric", "dimensions", "counted where we", "in", "alarm"), rows)
    listed = [
        (code(name), said, code(metric), f"[what to do](../{page})")
        for name, metric, said, page in alarms
    ]
    watching = table(("alarm", "it sounds when", "metric", ""), listed)
    return "\n".join(f"{part}\n" for part in (HEAD, counted, "", ALARMS, watching))


def counters(root: Path) -> dict[str, Counter]:
    """Every counter of the layer and the functions, by name."""
    house = root / "layers/contact_center/python/contact_center"
    files = sorted([*house.rglob("*.py"), *(root / "functions").rglob("*.py")])
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    shared: dict[str, str] = {}
    for tree in trees.values():
        shared |= _constants(tree)
    found: dict[str, Counter] = {}
    for file, tree in trees.items():
        base = house if file.is_relative_to(house) else root
        known = {**shared, **_constants(tree)}
        whole = ast.get_docstring(tree)
        for call, function in _counting(tree):
            for name in _names(call.args[0], known, function):
                counter = found.setdefault(name, Counter(name))
                counter.dimensions |= {word.arg for word in call.keywords if word.arg}
                said = ast.get_docstring(function) if function else None
                counter.said[str(file.relative_to(base))] = first_sentence(said or whole)
    return found


type Def = ast.FunctionDef | ast.AsyncFunctionDef


def _counting(node: ast.AST, function: Def | None = None) -> Iterator[tuple[ast.Call, Def | None]]:
    """Each call that counts, with the function it stands in."""
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and _counts(child):
            yield child, inside
        yield from _counting(child, inside)


def _counts(call: ast.Call) -> bool:
    """Whether this is `….metrics.count(…)`; a list's or a text's own `count` is not."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "count" and call.args):
        return False
    who = call.func.value
    name = who.attr if isinstance(who, ast.Attribute) else getattr(who, "id", "")
    return name.lstrip("_") == "metrics"


def _names(said: ast.expr, known: Mapping[str, str], function: Def | None) -> list[str]:
    """The names that one call counts: a word, a constant, one of two; none if passed on."""
    match said:
        case ast.Constant(value=str(word)):
            return [word]
        case ast.IfExp(body=one, orelse=other):
            return [*_names(one, known, function), *_names(other, known, function)]
        case ast.Name(id=name) if name in known:
            return [known[name]]
        case ast.Name(id=name) if function and name in {one.arg for one in function.args.args}:
            return []  # whoever calls that function names it
    raise UnknownCounterError(ast.unparse(said))


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _alarms(template: Template) -> list[tuple[str, str, str, str]]:
    """Name, metric, what it says, and the runbook of each alarm."""
    rows = []
    for alarm in template.of_kind("AWS::CloudWatch::Alarm"):
        said = str(alarm.properties["AlarmDescription"])
        found = RUNBOOK.match(said.strip())
        if not found:
            message = f"{alarm.name}: its description names no runbook"
            raise UnknownCounterError(message)
        metric = str(alarm.properties.get("MetricName", ""))
        rows.append((alarm.name, metric, found["said"], found["page"]))
    return sorted(rows)
