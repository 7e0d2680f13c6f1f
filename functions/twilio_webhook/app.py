"""POST /twilio/voice and what follows it: Twilio's webhooks, checked and answered. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.api_gateway import event_response, request_of
from contact_center.kernel.failures import BrokenError, place_of
from contact_center.kernel.observability import log
from contact_center.twilio.door import answer_twilio
from contact_center.wiring.twilio_webhook import twilio_webhook_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = twilio_webhook_parts()
PARTS.warm()  # while Lambda lends a whole CPU: a share of one would keep the first caller waiting


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Handle one HTTP API event (payload format 2.0)."""
    try:
        return event_response(answer_twilio(request_of(event), PARTS.door))
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        log("ERROR", "webhook broken", None, error=type(error).__name__, place=place_of(error))
        raise BrokenError from None  # Lambda logs the words of what escapes, and counts it
    finally:
        PARTS.metrics.flush()
