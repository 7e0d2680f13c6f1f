"""How Vapi is told to prove itself, by what our door takes."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.kernel.environment import Environment
from contact_center.vapi.webhooks.credential_plan import authentication_plan
from contact_center.vapi.webhooks.webhook_settings import read_hmac_plan, read_modes

HMAC = {
    "type": "hmac",
    "algorithm": "sha256",
    "signatureHeader": "x-signature",
    "timestampHeader": "x-timestamp",
    "includeTimestamp": True,
    "payloadFormat": "{timestamp}.{body}",
    "signatureEncoding": "hex",
    "secretIsBase64": False,
}
BODY_ALONE = {
    **{name: value for name, value in HMAC.items() if name != "timestampHeader"},
    "signatureHeader": "x-vapi-signature",
    "includeTimestamp": False,
    "payloadFormat": "{body}",
}
BEARER = {"type": "bearer", "headerName": "Authorization", "bearerPrefixEnabled": True}
SECRET = {"type": "bearer", "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}


@pytest.mark.parametrize(
    ("settings", "said", "key"),
    [
        ({}, HMAC, "secretKey"),
        ({"VAPI_WEBHOOK_AUTH": "hmac-body"}, BODY_ALONE, "secretKey"),
        ({"VAPI_WEBHOOK_AUTH": "bearer"}, BEARER, "token"),
        ({"VAPI_WEBHOOK_AUTH": "secret"}, SECRET, "token"),
        ({"VAPI_WEBHOOK_AUTH": "hmac, secret"}, HMAC, "secretKey"),  # the first that is written
        ({"VAPI_WEBHOOK_AUTH": "secret hmac"}, SECRET, "token"),
        (
            {"VAPI_HMAC_PREFIX": "v1=", "VAPI_HMAC_MESSAGE_ID_HEADER": "svix-id"},
            {**HMAC, "signaturePrefix": "v1=", "messageIdHeader": "svix-id"},
            "secretKey",
        ),
    ],
)
def test_the_plan_is_what_the_door_takes_first(
    settings: dict[str, str], said: dict[str, Any], key: str
) -> None:
    environment = Environment(settings)
    modes, plan = read_modes(environment), read_hmac_plan(environment)
    assert authentication_plan(modes, plan, "the key") == (said, {key: "the key"})


def test_where_nothing_is_proved_there_is_no_plan() -> None:
    environment = Environment({"VAPI_WEBHOOK_AUTH": "none"})
    modes, plan = read_modes(environment), read_hmac_plan(environment)
    assert authentication_plan(modes, plan, "") == ({}, {})
