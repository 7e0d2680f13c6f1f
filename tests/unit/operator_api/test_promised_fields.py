"""The page reads what openapi.json promises and no other field: each shape it names is compared."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

import pytest

from contact_center.conversations.domain.deciding.routing import ActionKind
from contact_center.conversations.domain.folding.whereabouts import Reason
from operator_api.page import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT: dict[str, Any] = json.loads((FOLDER.parent / "openapi.json").read_text(encoding="utf-8"))
PROMISED = re.compile(
    r'promised\(\s*"([A-Z]+)",\s*"([^"]+)",\s*(`[^`]*`|"[^"]*"|[A-Z_]+(?:\.shape)?)\s*,?\s*\)'
)
NAMED = re.compile(r'const ([A-Z_]+) = (`[^`]*`|"[^"]*");')

type Fields = dict[str, Fields | None]
type Schema = dict[str, Any]


def shapes() -> list[tuple[str, str, str, str]]:
    """File, method, path and shape, of every operation that the page asks for."""
    found = []
    for path in sorted(FOLDER.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        names = {name: said[1:-1] for name, said in NAMED.findall(text)}
        calls = PROMISED.findall(text)
        assert len(calls) == len(re.findall(r"\bpromised\(", text)) - text.count(
            "function promised("
        ), path.name
        by_name = dict(
            re.findall(
                r'const ([A-Z_]+) = promised\(\s*"[A-Z]+",\s*"[^"]+",\s*(`[^`]*`|"[^"]*")', text
            )
        )
        for method, address, said in calls:
            shape = (
                by_name[said.removesuffix(".shape")][1:-1]
                if said.endswith(".shape")
                else names[said]
                if said in names
                else said[1:-1]
            )
            while inner := re.search(r"\$\{([A-Z_]+)\}", shape):
                shape = shape.replace(inner[0], names[inner[1]])
            found.append((path.name, method, address, shape))
    return found


def parsed(shape: str) -> Fields:
    words = re.findall(r"[\w*]+|[{}]", shape)
    assert "".join(words) == re.sub(r"\s", "", shape), "a shape has names and braces"

    def level(at: int) -> tuple[Fields, int]:
        fields: Fields = {}
        while at < len(words) and words[at] != "}":
            name, at = words[at], at + 1
            within: Fields | None = None
            if at < len(words) and words[at] == "{":
                within, at = level(at + 1)
                at += 1
            fields[name] = within
        return fields, at

    return level(0)[0]


def variants(schema: Schema) -> list[Schema]:
    """What a value of it may be: references followed, alternatives opened, lists their items."""
    if "$ref" in schema:
        return variants(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return [one for part in schema[several] for one in variants(part)]
    if "items" in schema:
        return variants(schema["items"])
    return [] if schema.get("type") == "null" else [schema]


def unpromised(fields: Fields, schema: Schema, where: str) -> list[str]:
    objects = variants(schema)
    faults = []
    for name, within in fields.items():
        if name == "*":
            found = [
                one["additionalProperties"]
                for one in objects
                if isinstance(one.get("additionalProperties"), dict)
            ]
            opened = any(one.get("additionalProperties") is True for one in objects)
        else:
            found = [
                one["properties"][name] for one in objects if name in one.get("properties", {})
            ]
            opened = False
        if not found and not opened:
            faults.append(f"{where}.{name} is not promised")
        for one in found:
            named = any("properties" in inner for inner in variants(one))
            if within is None and named:
                faults.append(f"{where}.{name} is read whole: name its fields")
            if within is not None:
                faults += unpromised(within, one, f"{where}.{name}")
    return faults


@pytest.mark.parametrize(("file", "method", "path", "shape"), shapes())
def test_every_field_that_the_page_reads_is_promised(
    file: str, method: str, path: str, shape: str
) -> None:
    operation = DOCUMENT["paths"][path][method.lower()]
    answers = [
        content["schema"]
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
    ]

    assert answers, f"{file} reads an answer of {method} {path}, which has none"
    for schema in answers:
        assert unpromised(parsed(shape), schema, f"{method} {path}") == []


def test_every_kind_of_need_has_its_words_on_the_page() -> None:
    kinds = DOCUMENT["components"]["schemas"]["Need"]["properties"]["kind"]
    named = (FOLDER / "live.js").read_text(encoding="utf-8").split("export const NEEDS = {")[1]

    for kind in variants(kinds)[0]["enum"]:
        assert f"  {kind}: " in named.split("};")[0], kind


@pytest.mark.parametrize(
    ("words", "named"),
    [("BECAUSE", get_args(Reason)), ("DEEDS", [one.value for one in ActionKind])],
)
def test_every_decision_and_every_reason_of_one_has_its_words_on_the_page(
    words: str, named: Sequence[str]
) -> None:
    text = (FOLDER / "moments.js").read_text(encoding="utf-8")
    known = text.split(f"const {words} = {{")[1].split("};")[0]

    for one in named:
        assert f"  {one}: " in known, one


def test_a_field_that_nobody_promises_is_found() -> None:
    schema = DOCUMENT["paths"]["/api/calls"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]

    assert unpromised(parsed("calls{id colour}"), schema, "it") == [
        "it.calls.colour is not promised"
    ]
    assert unpromised(parsed("calls"), schema, "it") == ["it.calls is read whole: name its fields"]
