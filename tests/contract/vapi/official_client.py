"""Vapi's own client at work, in its own environment: a line of JSON in, a line of JSON out.

    {"read": "CreateSquadDto", "body": {...}}             → {"faults": [...]}
    {"ask": "calls.create", "with": {"name": "a"}}        → {"told": {...}} or {"refused": 400, ...}

Its models take almost anything when it reads an answer by itself. Here pydantic reads, by the same
models: what has the wrong type is a fault, and so is a field that they have no name for.

    .venvs/vapi-client/bin/python tests/contract/vapi/official_client.py BASE_URL KEY
"""

from __future__ import annotations

import argparse
import json
import sys
import typing
from functools import cache
from importlib import import_module
from re import sub
from typing import TYPE_CHECKING, Any

import pydantic
from vapi import Vapi
from vapi.core.api_error import ApiError
from vapi.core.unchecked_base_model import UncheckedBaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

type Json = Any


def model_of(name: str) -> type[pydantic.BaseModel]:
    """A model of the client's; one file each, so the two thousand others stay unread."""
    snake = sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    found: type[pydantic.BaseModel] = getattr(import_module(f"vapi.types.{snake}"), name)
    return found


def faults(name: str, body: Json) -> list[str]:
    """What pydantic finds wrong with a body, and the fields that the model does not know."""
    try:
        read = model_of(name).model_validate(body)
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return list(_unknown(read, name))


def _unknown(read: object, path: str) -> Iterator[str]:
    if isinstance(read, pydantic.BaseModel):
        yield from (f"{path}.{name} is unknown" for name in read.model_extra or ())
        for name in type(read).model_fields:
            yield from _unknown(getattr(read, name), f"{path}.{name}")
    elif isinstance(read, list):
        for one in read:
            yield from _unknown(one, path)


def ask(client: Vapi, path: str, said: dict[str, Json]) -> Json:
    """Call a method of the client, arguments read by their own types."""
    method: Any = client
    for name in path.split("."):
        method = getattr(method, name)
    read = {
        argument: reader(method.__func__, argument).validate_python(value)
        for argument, value in said.items()
    }
    try:
        told = method(**read)
    except ApiError as error:
        return {"refused": error.status_code, "body": error.body}
    return {"told": _plain(told)}


@cache
def hints(method: Callable[..., Any]) -> dict[str, Any]:
    """The types of a method's arguments."""
    return typing.get_type_hints(method, include_extras=True)


@cache
def reader(method: Callable[..., Any], argument: str) -> pydantic.TypeAdapter[Any]:
    """What reads an argument: two thousand models make it slow to build."""
    return pydantic.TypeAdapter(hints(method)[argument])


def _plain(told: object) -> Json:
    if isinstance(told, list):
        return [_plain(one) for one in told]
    if isinstance(told, UncheckedBaseModel):
        return json.loads(told.json())
    return told


def main() -> None:
    """Answer until there is no more to answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    arguments = parser.parse_args()
    client = Vapi(token=arguments.key, base_url=arguments.url)
    for line in sys.stdin:
        asked = json.loads(line)
        if "read" in asked:
            answer = {"faults": faults(asked["read"], asked["body"])}
        else:
            answer = ask(client, asked["ask"], asked.get("with", {}))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
