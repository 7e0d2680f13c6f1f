"""The document that describes the API says what the API does, all of it and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.emulator import template
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.operator_api.openapi_document import (
    FILE,
    PROBLEM,
    document,
    faults,
    operations,
    resolved,
)
from tests.functional.operator_api.operator_rig import VIEWER
from tools.openapi import document as generated
from tools.openapi import written
from tools.openapi_differences import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

SHAPE = Path(__file__).with_name("openapi_shape.json")
OPERATIONS = [
    pytest.param(method, path, operation, id=f"{method.upper()} {path}")
    for method, path, operation in operations()
]
SCHEMAS = sorted(document()["components"]["schemas"])


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(account, monkeypatch)
    yield made
    made.close()


def unnamed(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"[<{][^>}]+[>}]", "*", path)


def described() -> set[tuple[str, str]]:
    return {(method.upper(), unnamed(path)) for method, path, _ in operations()}


# -- all of it and nothing else --------------------------------------------------------------


@pytest.mark.emulator
def test_every_route_of_the_function_is_described_and_the_other_way_round(
    api: CampaignRig,
) -> None:
    app = api.app.app
    served = {
        (method, unnamed(route.openapi_path))
        for route in (*app._static_routes, *app._dynamic_routes)
        for method in ([route.method] if isinstance(route.method, str) else route.method)
    }
    assert served == described()


def test_every_route_of_the_template_is_described_and_the_other_way_round() -> None:
    routed = {
        tuple(route.key.split(" ", 1))
        for route in template().routes
        if route.function == "OperatorApi"
    }
    page = {("GET", "/console"), ("GET", "/console/assets/{path+}"), ("GET", "/dashboard")}
    assert {(method, unnamed(path)) for method, path in routed - page} == described()


@pytest.mark.emulator
def test_it_is_served_to_anyone_as_it_stands_in_the_repository(api: CampaignRig) -> None:
    assert api.ask("GET", "/api/openapi.json", token=None) == (200, document())


# -- a valid document ------------------------------------------------------------------------


def test_it_is_what_its_routes_and_their_models_say() -> None:
    """`make openapi` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == written(generated())


@pytest.mark.parametrize(
    ("place", "name", "said"),
    [
        (("components", "schemas", "Campaign", "properties"), "reason", {"type": "string"}),
        (("components", "schemas", "Campaign"), "required", ["id"]),
        (("paths", "/api/queue", "get", "responses"), "418", {"description": "A teapot."}),
        (("paths", "/api/calls", "get", "parameters", 1, "schema"), "maximum", 7),
        (("components", "schemas", "Problem", "properties", "title"), "type", "integer"),
    ],
)
def test_two_documents_that_promise_differently_are_told_apart(
    place: tuple[Any, ...], name: str, said: object
) -> None:
    other = json.loads(written(generated()))
    found: Any = other
    for step in place:
        found = found[step]
    found[name] = said

    assert differences(document(), other)


def test_what_only_people_read_and_where_a_schema_stands_is_no_difference() -> None:
    other = json.loads(written(generated()))
    schemas = other["components"]["schemas"]
    schemas["Call"]["description"] = "Another word for it."
    schemas["CallPage"]["properties"]["calls"]["items"] = schemas["Call"]
    schemas["Call"]["required"].reverse()
    schemas["Call"]["properties"]["status"] = {"anyOf": [{"type": "null"}, {"type": "string"}]}

    assert differences(document(), other) == []


def test_it_has_the_shape_of_an_openapi_document() -> None:
    shape = json.loads(SHAPE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(shape)
    found = Draft202012Validator(shape).iter_errors(document())
    assert [f"{error.json_path}: {error.message[:200]}" for error in found] == []


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, said in value.items():
            if name == "$ref":
                yield said
            else:
                yield from references(said)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def test_every_reference_leads_somewhere_and_everything_is_referred_to() -> None:
    referred = set(references(document()))
    for reference in referred:
        assert resolved({"$ref": reference})
    components = document()["components"]
    known = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in components[kind]
    }
    assert known == referred


def test_operations_have_names_of_their_own_and_known_tags() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in document()["tags"]}
    assert {tag for _, _, operation in operations() for tag in operation["tags"]} == tags


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_the_parameters_of_a_path_are_those_in_it(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    del method
    parameters = [resolved(one) for one in operation.get("parameters", [])]
    named = [one["name"] for one in parameters if one["in"] == "path"]
    assert sorted(named) == sorted(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_closed_and_its_examples_fit(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    Draft202012Validator.check_schema(schema)
    assert list(open_objects(schema)) == []
    for example in schema.get("examples", ()):
        assert faults({"$ref": f"#/components/schemas/{name}"}, example) == []


def open_objects(schema: Any) -> Iterator[object]:
    """Objects with named properties that let others pass, or ask for one they do not describe."""
    for part in parts_of(schema):
        named = part.get("properties", {})
        if named and part.get("additionalProperties", True) is True:
            yield part
        if not set(part.get("required", ())) <= set(named):
            yield part


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and all schemas in it."""
    if not isinstance(schema, dict):
        return
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    for part in (*inner, schema.get("items"), schema.get("additionalProperties")):
        yield from parts_of(part)


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_unknown_property_is_refused(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    for example in schema.get("examples", ()):
        if isinstance(example, dict) and schema.get("type") == "object":
            assert faults({"$ref": f"#/components/schemas/{name}"}, example | {"canary": 1})


def test_every_answer_and_body_with_a_schema_of_its_own_has_an_example() -> None:
    """So that whoever reads the document sees what it looks like."""
    bodies = [operation.get("requestBody", {}) for _, _, operation in operations()]
    answers = [
        resolved(answer)
        for _, _, operation in operations()
        for answer in operation["responses"].values()
    ]
    shown = {
        kind["schema"]["$ref"].rpartition("/")[2]
        for told in (*bodies, *answers)
        for kind in told.get("content", {}).values()
        if "$ref" in kind["schema"]
    }
    schemas = document()["components"]["schemas"]
    assert {name for name in shown if "examples" not in schemas[name]} == {"Document"}


def test_problems_are_problems() -> None:
    for method, path, operation in operations():
        for status, answer in operation["responses"].items():
            if status == "304":
                assert "content" not in answer
                continue
            kinds = list(resolved(answer)["content"])
            expected = PROBLEM if int(status) >= 400 else "application/json"
            assert kinds == [expected], f"{method} {path} {status}"


# -- what it says of tokens is so ------------------------------------------------------------


SOMETIMES = {"exportResults", "searchCalls"}  # what of them is an operator's is in the request


def role_of(operation: dict[str, Any]) -> str | None:
    if {} in operation["security"] or not operation["security"]:
        return None
    [[role], [with_session]] = [
        *(need["token"] for need in operation["security"] if "token" in need),
        *(need["session"] for need in operation["security"] if "session" in need),
    ]
    assert role == with_session
    assert role in {"viewer", "operator"}
    return str(role)


@pytest.mark.emulator
def test_each_route_asks_for_the_token_that_is_described(api: CampaignRig) -> None:
    for method, path, operation in operations():
        asked, role = (method.upper(), path.replace("{id}", "x"), ""), role_of(operation)
        anonymous, told = api.ask(*asked, token=None)
        assert (anonymous == 401) is (role is not None), asked
        named = {resolved(one)["name"] for one in operation.get("parameters", [])}
        query = {"job": "x"} if "job" in named else {}
        by_viewer, _ = api.ask(*asked, token=VIEWER, **query)
        assert (by_viewer == 403) is (role == "operator"), asked
        answers, begins = operation["responses"], operation["operationId"] in SOMETIMES
        logs_in, page = path == "/console/login", path.startswith("/console/log")
        assert ("401" in answers) is (role is not None or logs_in), asked
        assert ("403" in answers) is (role == "operator" or begins or page), asked
        if role is not None:
            assert faults(resolved(answers["401"])["content"][PROBLEM]["schema"], told) == []


def test_the_file_is_written_for_people_to_read() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text.count("\n") > len(list(operations())) * 10
    assert text.endswith("}\n")
