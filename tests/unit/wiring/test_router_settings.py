"""What the router and the operators' side need of the environment."""

from __future__ import annotations

import pytest

from contact_center.settings import (
    Environment,
    OperatorSettings,
    RouterSettings,
    SettingsError,
)

AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
ROUTER = AWS | {
    "CALL_EVENTS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/call-events",
    "CALLS_TABLE": "calls",
    "REPORTS_BUCKET": "reports",
}
OPERATOR = AWS | {"CALLS_TABLE": "calls", "OPERATOR_TOKENS_NAME": "tokens"}


@pytest.mark.parametrize(
    "name", ["CALL_EVENTS_QUEUE_URL", "CALLS_TABLE", "REPORTS_BUCKET", "AWS_REGION"]
)
def test_the_router_names_what_is_missing(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        RouterSettings.read(Environment({**ROUTER, name: " "}))
    assert refused.value.name == name


@pytest.mark.parametrize("name", ["CALLS_TABLE", "OPERATOR_TOKENS_NAME"])
def test_the_operators_side_names_what_is_missing(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        OperatorSettings.read(Environment({**OPERATOR, name: ""}))
    assert refused.value.name == name


@pytest.mark.parametrize(
    ("name", "value"),
    [("PERSON_NUMBER", "555-0177"), ("VAPI_BASE_URL", "api.vapi.ai"), ("RETENTION_DAYS", "-7")],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        RouterSettings.read(Environment(ROUTER | {name: value}))
    assert refused.value.name == name
    assert value not in str(refused.value)


def test_what_may_be_left_out_has_a_default() -> None:
    settings = RouterSettings.read(Environment(ROUTER))
    assert (settings.vapi_base_url, settings.person_number, settings.bedrock_model_id) == (
        None,
        None,
        None,
    )
    assert settings.retention_days == 90
    assert not OperatorSettings.read(Environment(OPERATOR)).health_shows_calls
