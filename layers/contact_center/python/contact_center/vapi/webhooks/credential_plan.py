"""Vapi's credential that proves itself as our door asks: CreateCustomCredentialDTO's plan. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.vapi.webhooks.webhook_credentials import TUTORIAL_PLAN, HmacPlan, Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

SECRET_HEADER = "X-Vapi-Secret"  # noqa: S105 - the name of a header


def authentication_plan(modes: Sequence[Mode], plan: HmacPlan, secret: str) -> tuple[Json, Json]:
    """How Vapi is to prove itself, by the first mode that the door takes.

    All that has a default of Vapi's is said all the same: a default may change.

    Args:
        modes: Those of the door.
        plan: The options of its HMAC.
        secret: The key in force.

    Returns:
        The plan without its key, and what it holds the key in; both empty where nothing is
        proved.
    """
    match modes[0]:
        case Mode.NONE:
            return {}, {}
        case Mode.BEARER:
            said = {"headerName": "Authorization", "bearerPrefixEnabled": True}
            return {"type": "bearer", **said}, {"token": secret}
        case Mode.SECRET:
            said = {"headerName": SECRET_HEADER, "bearerPrefixEnabled": False}
            return {"type": "bearer", **said}, {"token": secret}
        case Mode.HMAC_BODY:
            return _hmac(TUTORIAL_PLAN), {"secretKey": secret}
    return _hmac(plan), {"secretKey": secret}


def _hmac(plan: HmacPlan) -> Json:
    said: Json = {
        "type": "hmac",
        "algorithm": plan.algorithm,
        "signatureHeader": plan.signature_header,
        "includeTimestamp": plan.include_timestamp,
        "payloadFormat": plan.signed_format,
        "signatureEncoding": plan.encoding,
        "secretIsBase64": plan.secret_is_base64,
    }
    if plan.include_timestamp:
        said["timestampHeader"] = plan.timestamp_header
    if plan.prefix:
        said["signaturePrefix"] = plan.prefix
    if plan.message_id_header:
        said["messageIdHeader"] = plan.message_id_header
    return said
