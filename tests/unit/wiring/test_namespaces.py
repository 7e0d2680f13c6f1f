"""Counters are in a namespace of the stack's own: two stacks may share an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.environment import Environment
from contact_center.vapi.webhooks.webhook_settings import WebhookSettings
from contact_center.wiring.shop import Shop
from contact_center.wiring.twilio_webhook import twilio_webhook_parts
from contact_center.wiring.vapi_webhook import webhook_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.observability import StdoutMetrics

TOLD = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "CALLS_TABLE": "calls",
    "DIALING_TABLE": "dialing",
    "CONTACTS_TABLE": "contacts",
    "CALL_EVENTS_QUEUE_URL": "http://127.0.0.1/call-events",
    "REPORTS_BUCKET": "reports",
    "VAPI_SECRET_NAME": "vapi-secret",
    "TWILIO_SECRET_NAME": "twilio-keys",
}
WHO_COUNTS: dict[str, Callable[[Environment], StdoutMetrics]] = {
    "any function": lambda told: Shop("Dialer", told).metrics,
    "Vapi's door": lambda told: webhook_parts(WebhookSettings.read(told)).metrics,
    "Twilio's door": lambda told: twilio_webhook_parts(told).metrics,
}
SNAPSHOT = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
}


@pytest.mark.parametrize("who", WHO_COUNTS)
@pytest.mark.parametrize(
    ("more", "namespace"),
    [
        ({"STACK_NAME": "switchboard-dev"}, "switchboard-dev"),
        ({"STACK_NAME": "switchboard-dev", **SNAPSHOT}, "switchboard-dev"),
        ({}, "Switchboard"),
    ],
    ids=["a stack", "a snapshot", "no stack"],
)
def test_each_counts_in_its_stack_s_namespace(
    who: str, more: dict[str, str], namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = WHO_COUNTS[who](Environment(TOLD | more))
    capsys.readouterr()
    metrics.count("counted")
    metrics.flush()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    named = {one["Namespace"] for line in lines for one in line["_aws"]["CloudWatchMetrics"]}
    assert named == {namespace}
