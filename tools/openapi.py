"""`make openapi`: the API's OpenAPI document, made of its routes and their models.

It is kept in the repository and served as it stands there; a test makes it anew and compares.
With --against it is compared with another one, but for what only people read: `$ref`s are
resolved, descriptions, titles and examples left out, order does not count.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import tomllib
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from contact_center.audit.domain.actions import ACTIONS
from contact_center.aws.api_fields import RULE, YEARS
from contact_center.campaigns.adapters.api_models import NUMBER_ID
from operator_api.asking import SESSION_COOKIE, Asking
from operator_api.problems import KEY
from operator_api.requests import PAGE_DEFAULT, PAGE_LIMIT
from operator_api.resources.every_route import every_route
from operator_api.routes import JSON, NOTHING, OPTIONAL_JSON, SHORT_JSON, model_of
from tools.openapi_differences import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pydantic import BaseModel
    from pydantic_core import core_schema

    from contact_center.aws.operator_tokens import OperatorTokens
    from contact_center.console.services.log_in import LogInParts
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.routes import Operation, Route

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "functions" / "operator_api" / "openapi.json"
EXAMPLES = Path(__file__).with_name("openapi_examples.json")
SCHEMAS = "#/components/schemas/"

INFO: Json = {
    "title": "Switchboard",
    "summary": "The operators' API of a contact center with no server to keep.",
    "description": (
        "All bodies are JSON with times in ISO 8601; a time in an answer is in UTC. Whatever "
        "cannot be answered is an RFC 9457 problem. Numbers stand in bodies, never in paths, "
        "because paths are logged. Whole numbers and links to files are for operators: in what "
        "anybody else is told each number is masked. An unexpected failure is a 500 of the same "
        "shape."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}
TAGS = [
    {"name": "monitors"},
    {"name": "calls"},
    {"name": "dialing"},
    {"name": "campaigns"},
    {"name": "contacts"},
    {"name": "people", "description": "What people permit."},
    {"name": "figures"},
    {"name": "audit", "description": "Who did what."},
    {"name": "console", "description": "The operators' page: logging in, and what is live."},
    {"name": "effects", "description": "What must happen elsewhere because of a call."},
    {
        "name": "reception",
        "description": "Colleagues who take callers, callers' visits, and what callers hear first.",
    },
]
SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": SESSION_COOKIE,
    "description": (
        "Of a browser that has logged in. What is no GET needs `Sec-Fetch-Site: same-origin`, "
        "`X-Console: 1` and a Content-Type of application/json besides."
    ),
}
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "From the secret of operators' tokens. Roles: viewer may look and is shown no whole "
        "number; operator may do all."
    ),
}
REFUSALS = {
    400: "A field, a parameter or the body breaks a rule; `field` names it.",
    401: "There is no valid token, and no session.",
    403: "The token is a viewer's, and it takes an operator's.",
    404: "There is no such thing.",
    409: (
        "It cannot be done as things stand: `state` of the campaign, or `reason` and "
        "`nextAllowedAt` of the person. A test call: there are none, or not now. A colleague: "
        "`reason` is the state, or that nobody waits. A call: `call_over`, or `not_possible`."
    ),
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: (
        "The idempotency key came before with another body. A test call: the settings do not name "
        "this telephone."
    ),
    429: "Too many wrong tokens came from this address: this one was not looked at.",
    503: "Busy, or a store did not answer. Try again in a moment.",
}
OF_BODY: dict[str | None, tuple[int, ...]] = {
    None: (),
    SHORT_JSON: (400,),
    **dict.fromkeys((NOTHING, JSON, OPTIONAL_JSON), (400, 413, 415)),
}
TEXT = {"type": "string"}
LIST = TEXT | {"pattern": r"\S"}
DAY: Json = {"type": "string", "format": "date"} | YEARS
PARAMETERS: dict[str, Json] = {
    "from": {
        "description": "The first day, in UTC; the last one when left out.",
        "schema": DAY,
    },
    "to": {
        "description": (
            "The last day, today when left out; at most 92 days from the first, 7 by the hour."
        ),
        "schema": DAY,
    },
    "by": {
        "description": "How long a bucket is.",
        "schema": {"type": "string", "enum": ["hour", "day"], "default": "day"},
    },
    "group": {
        "description": "What buckets of one time are told apart by.",
        "schema": {
            "type": "string",
            "enum": ["none", "department", "campaign"],
            "default": "none",
        },
    },
    "day": {
        "description": "In UTC; today when left out.",
        "schema": DAY,
    },
    "limit": {
        "description": "Rows of a page.",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": PAGE_LIMIT,
            "default": PAGE_DEFAULT,
        },
    },
    "cursor": {"description": "The `nextCursor` of the page before.", "schema": TEXT},
    "state": {
        "description": "What is open, or what was given up.",
        "schema": {"type": "string", "enum": ["open", "dead"], "default": "open"},
    },
    "cause": {
        "description": "Of those that were given up, the ones with this cause alone.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    },
    "who": {
        "description": "What this person did: the name in the secret of operators' tokens.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    },
    "action": {
        "description": "An operationId of this document.",
        "schema": TEXT | {"enum": sorted(ACTIONS)},
    },
    "call": {"description": "The open call, by its id.", "schema": TEXT | {"maxLength": 2048}},
    "after": {
        "description": "The `cursor` that came with the open call last.",
        "schema": TEXT | {"pattern": r"^[0-9]{1,12}\.[0-9]{1,14}\.[pqo]$"},
    },
    "customer": {
        "description": "E.164, its + escaped as %2B. What was done to this number, and who saw it.",
        "schema": TEXT | {"format": "phone"},
    },
    "job": {"description": "The `jobId` that asking for it gave out.", "schema": TEXT},
    "region": {
        "description": "ISO country of numbers without a country code.",
        "schema": {"type": "string", "pattern": "^[A-Z]{2}$", "default": "US"},
    },
    KEY: {
        "in": "header",
        "description": "The same key and body give the same campaign.",
        "schema": {"type": "string", "pattern": "^[!-~](?:[ -~]{0,198}[!-~])?$"},
    },
}
LISTS = {
    "text/csv": "phone,name\n+12125550123,Ada\n",
    "text/plain": "2125550123\n2125550124\n",
}


class Schemas(GenerateJsonSchema):
    """Schemas as people write them: no titles, no defaults, `null` among the types."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - pydantic's
        """A field's name is enough."""
        del schema
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        """What is left out is said in words."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Json:
        """A simple type, or null."""
        inner = self.generate_inner(schema["schema"])
        if not isinstance(inner.get("type"), str):
            return {"anyOf": [inner, {"type": "null"}]}
        words = {"enum": [*inner["enum"], None]} if "enum" in inner else {}
        return inner | {"type": [inner["type"], "null"]} | words


def document() -> Json:
    """The document of the routes as they are now."""
    routes = _routes()
    names = {name for route in routes for name in _models(route.operation)} | {"Problem"}
    schemas = _schemas([model_of(name) for name in sorted(names)])
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    paths: dict[str, Json] = {}
    for route in routes:
        operation = {route.method.lower(): _operation(route, schemas)}
        paths.setdefault(re.sub(r"<\w+>", "{id}", route.path), {}).update(operation)
    return {
        "openapi": "3.1.0",
        "info": INFO | {"version": version},
        "servers": [{"url": "/", "description": "Where this document came from."}],
        "tags": TAGS,
        "paths": paths,
        "components": {
            "securitySchemes": {"token": TOKEN, "session": SESSION},
            "responses": {_title(status): _refusal(status) for status in REFUSALS},
            "schemas": schemas,
        },
    }


def written(told: Json) -> str:
    """The document as its file holds it."""
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _routes() -> list[Route]:
    names = (
        "desk",
        "listen",
        "follow_ups",
        "dialing",
        "campaigns",
        "figures",
        "roll_ups",
        "people",
        "callbacks",
        "visits",
        "messages",
        "effects",
        "audit",
        "forgetting",
    )
    parts = SimpleNamespace(**dict.fromkeys(names))
    nobody = Asking(cast("OperatorTokens", None), cast("Callable[[], LogInParts]", None))
    return every_route(cast("OperatorParts", parts), nobody).known


def _models(operation: Operation) -> Iterator[str]:
    yield from (model for _, model in operation.tells.values())
    if operation.reads is not None:
        yield operation.reads


def _schemas(models: Sequence[type[BaseModel]]) -> Json:
    _, found = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=SCHEMAS + "{model}",
        schema_generator=Schemas,
    )
    examples: Json = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    schemas: Json = _plain(found["$defs"])
    for name, example in examples.items():
        schemas[name]["examples"] = [example]
    return schemas


def _plain(said: Any) -> Any:  # noqa: ANN401 - any JSON
    """Schemas without the names that models have as classes, and without our own words."""
    if isinstance(said, dict):
        dropped = {RULE} | ({"title"} if isinstance(said.get("title"), str) else set())
        return {name: _plain(one) for name, one in said.items() if name not in dropped}
    return [_plain(one) for one in said] if isinstance(said, list) else said


def _operation(route: Route, schemas: Json) -> Json:
    operation, (summary, description) = route.operation, _said(route)
    told: Json = {"operationId": operation.name, "tags": [operation.tag], "summary": summary}
    if description:
        told["description"] = description
    told["security"] = _security(operation)
    parameters = [*_path_parameters(route.path), *_parameters(operation, schemas)]
    if parameters:
        told["parameters"] = parameters
    if operation.reads is not None:
        told["requestBody"] = _body(operation)
    told["responses"] = _answers(operation)
    return told


def _said(route: Route) -> tuple[str, str]:
    summary, _, rest = (inspect.getdoc(route.handler) or "").partition("\n")
    return summary.removesuffix("."), " ".join(rest.split())


def _security(operation: Operation) -> list[Json]:
    if operation.role is not None:
        return [{"token": [operation.role]}, {"session": [operation.role]}]
    return [{}, {"token": ["viewer"]}, {"session": ["viewer"]}] if operation.knows_viewers else []


def _path_parameters(path: str) -> Iterator[Json]:
    for name in re.findall(r"<(\w+)>", path):
        what = f"Of the {name.removesuffix('_id')}."
        schema = TEXT | ({"pattern": NUMBER_ID} if name == "number" else {})
        yield {"name": "id", "in": "path", "required": True, "description": what, "schema": schema}


def _parameters(operation: Operation, schemas: Json) -> Iterator[Json]:
    """Those of the query; what stands in for a body has the fields of the body's model."""
    for name in operation.query:
        known = PARAMETERS.get(name)
        if known is None:
            fields = schemas[str(operation.reads).rpartition(".")[2]]["properties"]
            schema = dict(fields[name])
            known = {"description": schema.pop("description"), "schema": schema}
        needed = {"required": True} if name in operation.needs else {}
        yield {"name": name, "in": "query"} | needed | known


def _body(operation: Operation) -> Json:
    content: Json = {
        kind: {"schema": LIST, "examples": {"list": {"value": LISTS[kind]}}}
        for kind in operation.lists
    }
    content["application/json"] = {"schema": _reference(operation.reads or "")}
    return {"required": operation.body != OPTIONAL_JSON, "content": content}


def _answers(operation: Operation) -> Json:
    told: dict[int, Json] = {
        status: {
            "description": what,
            "content": {"application/json": {"schema": _reference(model)}},
        }
        for status, (what, model) in operation.tells.items()
    }
    if operation.polled:
        told[HTTPStatus.NOT_MODIFIED] = {"description": "Nothing has changed since that ETag."}
    of_role = {None: (), "viewer": (401, 503), "operator": (401, 403, 503)}[operation.role]
    for status in (*of_role, *OF_BODY[operation.body], *operation.refuses):
        told[status] = {"$ref": f"#/components/responses/{_title(status)}"}
    return {str(status): told[status] for status in sorted(told)}


def _refusal(status: int) -> Json:
    told: Json = {"description": REFUSALS[status]}
    if status == HTTPStatus.UNAUTHORIZED:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    told["content"] = {"application/problem+json": {"schema": _reference("Problem")}}
    return told


def _reference(model: str) -> Json:
    return {"$ref": SCHEMAS + model.rpartition(".")[2]}


def _title(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def main(argv: Sequence[str] | None = None) -> int:
    """Write the document, or compare it; 1 when it differs."""
    parser = argparse.ArgumentParser(prog="tools.openapi", description=__doc__)
    parser.add_argument("--against", type=Path, help="a document to compare with; writes nothing")
    arguments = parser.parse_args(argv)
    if arguments.against is None:
        FILE.write_text(written(document()), encoding="utf-8")
        print(f"Written: {FILE.relative_to(ROOT)}")
        return 0
    found = differences(json.loads(arguments.against.read_text(encoding="utf-8")), document())
    print("\n".join(found) or "The same document.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
