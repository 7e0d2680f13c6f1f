"""What the router and the operators' side need of the environment."""

from __future__ import annotations

import pytest

from contact_center.kernel.environment import Environment, SettingsError
from contact_center.wiring.call_router import RouterSettings
from contact_center.wiring.operator_settings import OperatorSettings

ROUTER = {
    "CALL_EVENTS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/call-events",
    "CALLS_TABLE": "calls",
    "REPORTS_BUCKET": "reports",
}
OPERATOR = {"CALLS_TABLE": "calls", "OPERATOR_TOKENS_NAME": "tokens", "AUDIT_KEY_NAME": "key"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("PERSON_NUMBER", "555-0177"), ("VAPI_BASE_URL", "api.vapi.ai")],
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
    assert not OperatorSettings.read(Environment(OPERATOR)).health_shows_calls
