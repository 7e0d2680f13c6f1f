"""The door: exact routes, each throttled, and a log that repeats nobody's words."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from tests import sam

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

# DESIGN §7, as far as it is built.
ROUTES = {
    "POST /vapi/webhook": "VapiWebhook",
    "POST /webhook/vapi": "VapiWebhook",
    "POST /webhook/inbound": "VapiWebhook",
    "POST /twilio/voice": "TwilioWebhook",
    "POST /twilio/voice/{step}": "TwilioWebhook",
    "POST /twilio/{path+}": "TwilioWebhook",
    "POST /twilio/call-status": "TwilioWebhook",
    "POST /webhook/call-completed": "TwilioWebhook",
    "POST /twilio/fallback": "TwilioFallback",
    "GET /health": "OperatorApi",
    "GET /console": "OperatorApi",
    "GET /console/assets/{path+}": "OperatorApi",
    "GET /dashboard": "OperatorApi",
    "GET /api/calls": "OperatorApi",
    "GET /api/calls/{id}": "OperatorApi",
    "GET /api/calls/{id}/effects": "OperatorApi",
    "GET /api/calls/{id}/story": "OperatorApi",
    "POST /api/customers/story": "OperatorApi",
    "GET /api/calls/{id}/recording": "OperatorApi",
    "GET /api/follow-ups": "OperatorApi",
    "POST /api/follow-ups/{id}/attend": "OperatorApi",
    "GET /api/effects": "OperatorApi",
    "POST /api/effects/replay": "OperatorApi",
    "POST /api/effects/{id}/replay": "OperatorApi",
    "POST /trigger/outbound": "OperatorApi",
    "GET /api/attempts/{id}": "OperatorApi",
    "DELETE /api/attempts/{id}": "OperatorApi",
    "POST /api/attempts/{id}/resolve": "OperatorApi",
    "POST /api/attempts/{id}/take-up": "OperatorApi",
    "POST /api/dialing/stop": "OperatorApi",
    "POST /api/dialing/resume": "OperatorApi",
    "POST /api/campaigns": "OperatorApi",
    "GET /api/campaigns": "OperatorApi",
    "GET /api/campaigns/{id}": "OperatorApi",
    "GET /api/campaigns/{id}/progress": "OperatorApi",
    "POST /api/campaigns/{id}/start": "OperatorApi",
    "POST /api/campaigns/{id}/pause": "OperatorApi",
    "POST /api/campaigns/{id}/resume": "OperatorApi",
    "POST /api/campaigns/{id}/cancel": "OperatorApi",
    "POST /api/campaigns/{id}/contacts": "OperatorApi",
    "GET /api/campaigns/{id}/contacts": "OperatorApi",
    "DELETE /api/campaigns/{id}/contacts": "OperatorApi",
    "GET /api/imports/{id}": "OperatorApi",
    "POST /api/imports/{id}/confirm": "OperatorApi",
    "POST /api/campaigns/{id}/preview": "OperatorApi",
    "GET /api/campaigns/{id}/preview": "OperatorApi",
    "GET /api/campaigns/{id}/results": "OperatorApi",
    "POST /api/campaigns/{id}/results": "OperatorApi",
    "POST /api/campaigns/{id}/test-call": "OperatorApi",
    "POST /api/national-list": "OperatorApi",
    "GET /api/national-list": "OperatorApi",
    "GET /api/caller-numbers": "OperatorApi",
    "POST /api/caller-numbers/{id}/rest": "OperatorApi",
    "DELETE /api/caller-numbers/{id}/rest": "OperatorApi",
    "POST /api/suppressions": "OperatorApi",
    "DELETE /api/suppressions": "OperatorApi",
    "POST /api/consents": "OperatorApi",
    "DELETE /api/consents": "OperatorApi",
    "POST /api/contactability": "OperatorApi",
    "GET /api/metrics": "OperatorApi",
    "GET /api/figures": "OperatorApi",
    "GET /api/audit": "OperatorApi",
    "POST /api/calls/search": "OperatorApi",
    "GET /api/limits": "OperatorApi",
    "POST /api/calls/{id}/actions": "OperatorApi",
    "POST /api/calls/{id}/correction": "OperatorApi",
    "GET /api/live": "OperatorApi",
    "GET /api/needs": "OperatorApi",
    "POST /api/needs/{id}/take-up": "OperatorApi",
    "POST /console/login": "OperatorApi",
    "POST /console/logout": "OperatorApi",
    "GET /console/session": "OperatorApi",
    "POST /api/forget": "OperatorApi",
    "POST /api/forget/again": "OperatorApi",
    "GET /api/forget/{id}": "OperatorApi",
    "GET /api/queue": "OperatorApi",
    "GET /api/people": "OperatorApi",
    "GET /api/people/{id}": "OperatorApi",
    "PUT /api/people/{id}": "OperatorApi",
    "POST /api/people/{id}/next": "OperatorApi",
    "GET /api/departments/{id}/message": "OperatorApi",
    "POST /api/departments/{id}/message": "OperatorApi",
    "GET /api/visits/{id}": "OperatorApi",
    "POST /api/visits/{id}/supervisions": "OperatorApi",
    "PUT /api/visits/{id}/supervisions/{number}": "OperatorApi",
    "GET /api/callbacks": "OperatorApi",
    "POST /api/callbacks": "OperatorApi",
    "POST /api/callbacks/{id}/now": "OperatorApi",
    "DELETE /api/callbacks/{id}": "OperatorApi",
    "GET /api/openapi.json": "OperatorApi",
}


def test_the_template_names_these_routes_and_no_others(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    [api] = of_kind(written, "HttpApi").values()
    routes = [
        (
            f"{method.upper()} {path}",
            called_by(operation)["Ref"].removesuffix(".Alias"),
        )
        for path, operations in api["DefinitionBody"]["paths"].items()
        for method, operation in operations.items()
    ]

    assert sorted(routes) == sorted(ROUTES.items())
    events = [
        event["Type"]
        for function in of_kind(written, "Function").values()
        for event in function.get("Events", {}).values()
    ]
    assert "HttpApi" not in events  # each would be a permission of its own (test_limits.py)


def called_by(operation: dict[str, Any]) -> dict[str, str]:
    """The function's alias that a route calls."""
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    assert uri[0].endswith(":lambda:path/2015-03-31/functions/${live}/invocations")
    alias: dict[str, str] = uri[1]["live"]
    return alias


def test_every_route_names_its_parameters(written: dict[str, Any], of_kind: OfKind) -> None:
    """As OpenAPI wants it; API Gateway may leave out a route whose parameters it does not know."""
    [api] = of_kind(written, "HttpApi").values()
    for path, operations in api["DefinitionBody"]["paths"].items():
        wanted = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(.*?)}", path)
        ]
        for method, operation in operations.items():
            assert operation.get("parameters", []) == wanted, f"{method} {path}"


ALIAS = {"written": ".Alias", "translated": "Aliaslive"}  # of a function, as it is referred to


@pytest.mark.parametrize("form", ["written", pytest.param("translated", marks=pytest.mark.sam)])
def test_the_alias_that_a_route_calls_may_be_called_by_this_api_and_no_other(
    form: str, request: pytest.FixtureRequest, of_kind: OfKind
) -> None:
    """A permission of the function alone is none of its alias: each webhook would be a 500."""
    may = {
        said["FunctionName"]["Ref"]: said["SourceArn"]["Fn::Sub"]
        for said in of_kind(request.getfixturevalue(form), "Permission").values()
        if said["Principal"] == "apigateway.amazonaws.com"
    }
    api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"

    assert set(may) == {function + ALIAS[form] for function in ROUTES.values()}
    for route, function in ROUTES.items():
        method, _, path = route.partition(" ")
        assert fnmatchcase(f"{api}/{method}{path}", glob_of(may[function + ALIAS[form]])), route


def glob_of(pattern: str) -> str:
    """An ARN's pattern, in which only a star means something."""
    return pattern.replace("[", "[[]")


@pytest.mark.sam
def test_the_deployed_api_has_these_routes_and_no_others(translated: dict[str, Any]) -> None:
    paths = translated["Resources"]["Api"]["Properties"]["Body"]["paths"]

    found = {
        f"{method.upper()} {path}": operation["x-amazon-apigateway-integration"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }

    assert set(found) == set(ROUTES)
    for route, integration in found.items():
        assert integration["type"] == "aws_proxy", route
        assert integration["payloadFormatVersion"] == "2.0", route
        # the alias, not the function: code and layers change together
        alias = integration["uri"]["Fn::Sub"][1]["live"]
        assert alias == {"Ref": f"{ROUTES[route]}Aliaslive"}, route


def stage(template: dict[str, Any]) -> dict[str, Any]:
    for name in ("ApiApiGatewayDefaultStage", "Api"):
        if name in template["Resources"]:
            properties: dict[str, Any] = template["Resources"][name]["Properties"]
            return properties
    pytest.fail("the template has no stage")


def test_the_stage_and_every_route_are_throttled(template: dict[str, Any]) -> None:
    settings = stage(template)

    assert set(settings["RouteSettings"]) == set(ROUTES)
    for route, limits in {
        "all": settings["DefaultRouteSettings"],
        **settings["RouteSettings"],
    }.items():
        assert 0 < limits["ThrottlingRateLimit"] <= 1000, route
        assert 0 < limits["ThrottlingBurstLimit"] <= 2000, route
        assert limits.get("DataTraceEnabled", False) is False, route


def test_the_access_log_holds_no_body_header_query_or_path(template: dict[str, Any]) -> None:
    logged = set(
        re.findall(r"\$context\.([A-Za-z.]+)", stage(template)["AccessLogSettings"]["Format"])
    )

    assert logged == {
        "requestId",
        "requestTimeEpoch",
        "routeKey",
        "status",
        "integrationStatus",
        "responseLatency",
        "responseLength",
    }


@pytest.mark.sam
def test_a_change_in_a_layer_alone_publishes_new_versions(
    translated: dict[str, Any], of_kind: OfKind, tmp_path: Path
) -> None:
    changed = tmp_path / "template.yaml"
    text = sam.TEMPLATE.read_text().replace(
        "ContentUri: layers/contact_center/python", "ContentUri: layers/edited"
    )
    changed.write_text(text)

    def versions(template: dict[str, Any]) -> set[str]:
        return {
            name
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Version"
        }

    before, after = versions(translated), versions(sam.translate(changed))

    assert len(before) == len(after) == len(of_kind(translated, "Function"))
    # What answers when nothing else does shares no layer with what it stands in for.
    (alone,) = before & after
    assert alone.startswith("TwilioFallback")
