"""Settings are checked at start, and the one that is wrong is named."""

from __future__ import annotations

import pytest

from contact_center.kernel.environment import Environment, SettingsError
from contact_center.vapi.webhooks.webhook_credentials import HmacPlan, Mode
from contact_center.vapi.webhooks.webhook_settings import WebhookSettings

GIVEN = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret-access-key",
    "AWS_SESSION_TOKEN": "session-token",
    "CALL_EVENTS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/111111111111/call-events",
    "CALLS_TABLE": "calls",
    "REPORTS_BUCKET": "reports",
    "VAPI_SECRET_NAME": "vapi-webhook",
}


def settings(**changed: str) -> WebhookSettings:
    return WebhookSettings.read(Environment(GIVEN | changed))


def test_what_the_template_leaves_empty_has_its_default() -> None:
    read = settings(VAPI_WEBHOOK_AUTH="", PUBLIC_BASE_URL="", VAPI_SQUAD_ID="", PERSON_NUMBER="")
    assert read.modes == (Mode.HMAC,)
    assert read.hmac_plan == HmacPlan()
    assert (read.public_base_url, read.squad_id, read.person_number) == (None, None, None)
    assert read.retention_days == 90


@pytest.mark.parametrize("name", sorted(set(GIVEN) - {"AWS_SESSION_TOKEN"}))
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_setting_is_named(name: str, value: str | None) -> None:
    given = {key: each for key, each in GIVEN.items() if key != name}
    if value is not None:
        given[name] = value
    with pytest.raises(SettingsError) as raised:
        WebhookSettings.read(Environment(given))
    assert str(raised.value) == f"{name} is required"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAPI_WEBHOOK_AUTH", "oauth2"),
        ("VAPI_WEBHOOK_AUTH", "hmac,none"),
        ("PUBLIC_BASE_URL", "switchboard.example"),
        ("PUBLIC_BASE_URL", "ftp://switchboard.example"),
        ("PUBLIC_BASE_URL", "https://["),
        ("AWS_ENDPOINT_URL", "nowhere"),
        ("PERSON_NUMBER", "0800 123"),
        ("PERSON_NUMBER", "+1"),
        ("RETENTION_DAYS", "0"),
        ("RETENTION_DAYS", "ninety"),
        ("RETENTION_DAYS", "-1"),
        ("VAPI_HMAC_INCLUDE_TIMESTAMP", "maybe"),
        ("VAPI_HMAC_SECRET_IS_BASE64", "2"),
        ("VAPI_HMAC_SIGNATURE_HEADER", "x signature"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(**{name: value})
    assert raised.value.name == name
    assert len(value) < 3 or value not in str(raised.value).replace(name, "")


@pytest.mark.parametrize(
    "changed",
    [
        {"VAPI_HMAC_ALGORITHM": "md5"},
        {"VAPI_HMAC_ENCODING": "base32"},
        {"VAPI_HMAC_PAYLOAD_FORMAT": "{timestamp}"},
        {"VAPI_HMAC_PAYLOAD_FORMAT": "{body}"},
        {"VAPI_HMAC_PAYLOAD_FORMAT": "{timestamp}.{body}", "VAPI_HMAC_INCLUDE_TIMESTAMP": "false"},
    ],
)
def test_an_hmac_that_makes_no_sense_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"^VAPI_HMAC_\* cannot be used: "):
        settings(**changed)


def test_every_option_of_the_hmac_is_read() -> None:
    read = settings(
        VAPI_HMAC_ALGORITHM="SHA512",
        VAPI_HMAC_SIGNATURE_HEADER="Webhook-Signature",
        VAPI_HMAC_TIMESTAMP_HEADER="Webhook-Timestamp",
        VAPI_HMAC_INCLUDE_TIMESTAMP="true",
        VAPI_HMAC_PAYLOAD_FORMAT="{svix-id}.{timestamp}.{body}",
        VAPI_HMAC_PREFIX="v1,",
        VAPI_HMAC_ENCODING="base64",
        VAPI_HMAC_SECRET_IS_BASE64="true",
        VAPI_HMAC_MESSAGE_ID_HEADER="Webhook-Id",
    )
    assert read.hmac_plan == HmacPlan(
        algorithm="sha512",
        signature_header="webhook-signature",
        timestamp_header="webhook-timestamp",
        include_timestamp=True,
        payload_format="{svix-id}.{timestamp}.{body}",
        prefix="v1,",
        encoding="base64",
        secret_is_base64=True,
        message_id_header="webhook-id",
    )


@pytest.mark.parametrize(
    "written", ["hmac,bearer", "hmac bearer", "HMAC, Bearer", "hmac,bearer,hmac"]
)
def test_several_modes_are_read(written: str) -> None:
    assert settings(VAPI_WEBHOOK_AUTH=written).modes == (Mode.HMAC, Mode.BEARER)


def test_no_authentication_needs_no_secret() -> None:
    given = {name: value for name, value in GIVEN.items() if name != "VAPI_SECRET_NAME"}
    read = WebhookSettings.read(Environment(given | {"VAPI_WEBHOOK_AUTH": "none"}))
    assert (read.modes, read.secret_name) == ((Mode.NONE,), None)


def test_credentials_are_not_in_the_settings_text() -> None:
    text = repr(settings())
    assert "secret-access-key" not in text
    assert "session-token" not in text
    assert "AKIDEXAMPLE" not in text


def test_numbers_come_as_a_list() -> None:
    read = Environment({"TEST_CALL_NUMBERS": "+12125550123, +442079460958,"}).numbers
    assert read("TEST_CALL_NUMBERS") == {"+12125550123", "+442079460958"}
    assert Environment({}).numbers("TEST_CALL_NUMBERS") == frozenset()


@pytest.mark.parametrize(
    "value", ["212 555 0123", "+12125550123;+12125550124", "+1212555012x", "+1"]
)
def test_one_bad_number_of_a_list_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^TEST_CALL_NUMBERS must be numbers") as raised:
        Environment({"TEST_CALL_NUMBERS": f"+12125550123,{value}"}).numbers("TEST_CALL_NUMBERS")
    assert len(value) < 3 or value not in str(raised.value)
