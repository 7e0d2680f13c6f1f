"""The API's own description, and how tests hold an answer to it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "functions" / "operator_api" / "openapi.json"
HERE = "urn:switchboard:openapi"
METHODS = ("get", "put", "post", "delete", "patch")
FAILED = 500
PROBLEM = "application/problem+json"

type Json = dict[str, Any]

FORMATS = FormatChecker(("date",))


@FORMATS.checks("date-time", ValueError)
def _is_an_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


@FORMATS.checks("uri", ValueError)
def _is_an_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


@cache
def document() -> Json:
    """The document as it is served."""
    read: Json = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def operations() -> Iterator[tuple[str, str, Json]]:
    """Method, path and operation, of each."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def resolved(value: Json) -> Json:
    """What a reference points to; anything else is itself."""
    while "$ref" in value:
        found: Any = document()
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = found
    return value


def validator(schema: Json) -> Draft202012Validator:
    """A validator of one schema of the document, whose references lead into the document."""
    whole = Resource.from_contents(document(), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(HERE, whole)
    rooted = _rooted(schema)
    return Draft202012Validator(rooted, registry=registry, format_checker=FORMATS)


def _rooted(value: Any) -> Any:
    """The schema with references that name the document they lead into."""
    if isinstance(value, dict):
        return {
            name: f"{HERE}{said}" if name == "$ref" and said.startswith("#") else _rooted(said)
            for name, said in value.items()
        }
    return [_rooted(one) for one in value] if isinstance(value, list) else value


def faults(schema: Json, value: object) -> list[str]:
    """What is wrong with a value, each with its place; empty when nothing is."""
    found = validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def operation_of(method: str, path: str) -> Json:
    """The operation that answers a request. Fails the test when there is none."""
    for operation in _operations_at(method, path):
        return operation
    raise AssertionError(f"{method} {path} is not in the document")


def _operations_at(method: str, path: str) -> Iterator[Json]:
    for known_method, known_path, operation in operations():
        if known_method == method.lower() and _matches(known_path, path):
            yield operation


def _matches(template: str, path: str) -> bool:
    known, asked = template.split("/"), path.split("/")
    pairs = zip(known, asked, strict=False)
    return len(known) == len(asked) and all(
        word == said or word.startswith("{") for word, said in pairs
    )


def held(method: str, path: str, status: int, body: object) -> None:
    """Fail the test unless an answer is of its model; every rig that asks the API does so.

    A failure of ours (500) and a path that is not there are told by every test that meets them.
    """
    if status == FAILED or not any(True for _ in _operations_at(method, path)):
        return
    assert answer_faults(method, path, status, body) == [], (method, path, status)


def answer_faults(method: str, path: str, status: int, body: object) -> list[str]:
    """How an answer departs from what the document says of it; empty when it does not."""
    answers = operation_of(method, path)["responses"]
    if str(status) not in answers:
        return [f"{method} {path} answers {status}, which the document does not know"]
    contents = resolved(answers[str(status)])["content"]
    expected = PROBLEM if status >= 400 else "application/json"
    return faults(contents[expected]["schema"], body)
