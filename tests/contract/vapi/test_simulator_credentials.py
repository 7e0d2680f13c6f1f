"""Whatever mode the settings choose, the door accepts what the simulator sends."""

from __future__ import annotations

import base64

import pytest

from contact_center.kernel.environment import Environment
from contact_center.vapi.webhooks.webhook_settings import WebhookSettings
from contact_center.vapi.webhooks.webhook_signatures import Signed, Verifier
from local.vapi.webhooks.credentials import credential_from_settings
from local.vapi.webhooks.messages import ORG_ID

SECRET = base64.b64encode(b"a webhook key of 24 bytes").decode()
NOW_MS = 1_787_266_800_000
URL = "http://127.0.0.1:3000/vapi/webhook"
BODY = b'{"message":{"type":"hang"}}'
AWS = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "CALL_EVENTS_QUEUE_URL": "http://127.0.0.1/queue",
    "CALLS_TABLE": "calls",
    "REPORTS_BUCKET": "reports",
    "VAPI_SECRET_NAME": "secret",
    "SWITCHBOARD_VERSION": "test",
}


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"VAPI_WEBHOOK_AUTH": "hmac-body"},
        {"VAPI_WEBHOOK_AUTH": "secret"},
        {"VAPI_WEBHOOK_AUTH": "bearer hmac"},
        {"VAPI_WEBHOOK_AUTH": "none"},
        {
            "VAPI_HMAC_ALGORITHM": "sha512",
            "VAPI_HMAC_SIGNATURE_HEADER": "x-own-signature",
            "VAPI_HMAC_TIMESTAMP_HEADER": "x-own-time",
            "VAPI_HMAC_PAYLOAD_FORMAT": "{svix-id}.{timestamp}.{method}.{url}.{body}",
            "VAPI_HMAC_PREFIX": "v1=",
            "VAPI_HMAC_ENCODING": "base64",
            "VAPI_HMAC_SECRET_IS_BASE64": "true",
            "VAPI_HMAC_MESSAGE_ID_HEADER": "svix-id",
        },
        {"VAPI_HMAC_INCLUDE_TIMESTAMP": "false", "VAPI_HMAC_PAYLOAD_FORMAT": "{body}"},
    ],
    ids=lambda chosen: " ".join(chosen.values()) or "default",
)
@pytest.mark.parametrize("key", [SECRET, f"{SECRET[:-4]}AAAA"], ids=["ours", "another"])
def test_the_door_accepts_the_simulators_credential_and_no_other(
    chosen: dict[str, str], key: str
) -> None:
    settings = WebhookSettings.read(Environment({**AWS, **chosen}))
    verifier = Verifier(settings.modes, settings.hmac_plan, (SECRET,))
    headers = credential_from_settings(chosen, key).headers(
        body=BODY, url=URL, now_ms=NOW_MS, message_id=ORG_ID
    )
    lowered = {name.lower(): value for name, value in headers.items()}
    verdict = verifier.check(
        Signed(method="POST", url=URL, headers=lowered, body=BODY), NOW_MS + 1000
    )
    accepts_anything = chosen.get("VAPI_WEBHOOK_AUTH") == "none"
    assert (verdict.refusal is None) == (accepts_anything or key == SECRET)
