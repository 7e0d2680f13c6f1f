"""Nobody can use up what others need: throttles, executions, and a way to stop beside the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.template_reader import read_template
from tests.sam import ROOT
from tests.template.test_api import ROUTES, stage
from tests.template.test_resources import mappings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

NEW_ACCOUNT = 10  # executions, none of which may be reserved
KEPT_FOR_THE_DOOR = 2
OURS = {"TWILIO_PHONE_NUMBER": "+14155550100"}
FEWEST = {"ROUTER_CONCURRENCY": "2", "DIALER_CONCURRENCY": "2"}
ACCOUNT_RATE = 10_000  # of API Gateway, a second, all routes of a region together
ACCOUNT_BURST = 5_000

DOORS = {"VapiWebhook", "TwilioWebhook", "TwilioFallback"}
DOOR = {route for route, function in ROUTES.items() if function in DOORS}
STOPS = {
    "POST /api/dialing/stop",
    "POST /api/suppressions",
    "DELETE /api/consents",
    "POST /api/campaigns/{id}/pause",
    "POST /api/campaigns/{id}/cancel",
}


def test_what_must_get_through_has_room_to_spare(template: dict[str, Any]) -> None:
    routes = stage(template)["RouteSettings"]
    others = [limits for route, limits in routes.items() if route not in DOOR | STOPS]

    for limit, account in (
        ("ThrottlingRateLimit", ACCOUNT_RATE),
        ("ThrottlingBurstLimit", ACCOUNT_BURST),
    ):
        most = max(limits[limit] for limits in others)
        assert all(routes[route][limit] >= 10 * most for route in DOOR | STOPS)
        assert all(routes[route][limit] <= account // 2 for route in DOOR | STOPS)
    # a flood at any one of them leaves the account's own throttle to the others
    assert sum(routes[route]["ThrottlingRateLimit"] for route in routes) <= ACCOUNT_RATE


def most_executions(settings: dict[str, str]) -> dict[str, int | None]:
    """What the queues may take at once, as deployed with these settings."""
    mappings = read_template(ROOT / "template.yaml", settings).queue_mappings
    return {mapping.function: mapping.maximum_concurrency for mapping in mappings}


@pytest.mark.parametrize(
    ("settings", "queues"),
    [
        ({}, {"CallRouter", "Dialer", "Importer"}),
        (OURS | {"TWILIO_ADMISSION": "vapi"}, {"CallRouter", "Dialer", "Importer"}),
        # as docs/security.md has it for callers at our own number
        (OURS | FEWEST, {"CallRouter", "Dialer", "Importer", "Receptionist"}),
    ],
    ids=["nothing set", "callers come in at Vapi", "callers come in here"],
)
def test_queues_leave_executions_of_a_new_account_to_the_door(
    settings: dict[str, str], queues: set[str]
) -> None:
    most = most_executions(settings)

    assert set(most) == queues
    assert all(one is not None and one >= 2 for one in most.values())  # the least that AWS takes
    assert sum(one or 0 for one in most.values()) <= NEW_ACCOUNT - KEPT_FOR_THE_DOOR


def test_mappings_that_are_always_there_stay_below_a_new_account(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    most = []
    for name, mapping, _ in mappings_of(template, of_kind):
        told = mapping["ScalingConfig"]["MaximumConcurrency"]
        if isinstance(told, dict):
            told = template["Parameters"][told["Ref"]]["Default"]
        assert 2 <= told <= NEW_ACCOUNT - KEPT_FOR_THE_DOOR, name
        most += [] if "Fn::If" in str(mapping.get("Enabled")) else [told]

    assert len(most) == 3  # the others begin with a setting
    assert sum(most) <= NEW_ACCOUNT - KEPT_FOR_THE_DOOR


@pytest.mark.parametrize(
    ("function", "parameter"),
    [("VapiWebhook", "WebhookConcurrency"), ("OperatorApi", "OperatorConcurrency")],
)
def test_what_strangers_can_reach_has_executions_of_its_own_where_there_are_enough(
    template: dict[str, Any], of_kind: OfKind, function: str, parameter: str
) -> None:
    reserved = of_kind(template, "Function")[function]["ReservedConcurrentExecutions"]
    condition = f"Reserves{parameter}"

    assert reserved == {"Fn::If": [condition, {"Ref": parameter}, {"Ref": "AWS::NoValue"}]}
    assert template["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, 0]}]
    }
    assert template["Parameters"][parameter]["Default"] == 0  # or a new account cannot deploy


def test_every_429_is_counted_at_the_doors_own_log_and_alarmed(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    counter = of_kind(template, "MetricFilter")["RequestThrottled"]
    [told] = counter["MetricTransformations"]

    assert counter["LogGroupName"] == {"Ref": "ApiAccessLogs"}
    assert counter["FilterPattern"] == '{ $.status = "429" }'
    assert '"status":"$context.status"' in stage(template)["AccessLogSettings"]["Format"]
    alarms = of_kind(template, "Alarm")
    throttled = alarms["RequestsAreThrottled"]
    assert (throttled["Namespace"], throttled["MetricName"]) == (
        told["MetricNamespace"],
        told["MetricName"],
    )
    assert throttled["Threshold"] == 0
    assert alarms["StrangersKnock"]["MetricName"] == "4xx"
    assert alarms["DoorHasNoExecutions"]["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "VapiWebhook"}}
    ]


def test_the_second_way_to_stop_is_a_command_about_the_dialer(template: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r'--function-name "\$(\w+)"', page)

    assert named == ["DialerFunction"] * 2
    assert "--reserved-concurrent-executions 0" in page
    assert template["Outputs"]["DialerFunction"]["Value"] == {"Ref": "Dialer"}


def test_documents_name_the_parameters_there_are(written: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(\w+Concurrency)`", page))

    assert named == {name for name in written["Parameters"] if name.endswith("Concurrency")}
