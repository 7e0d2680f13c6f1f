"""Who asks, in a call of ours, not to be called again: known by whom we rang."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id, post_name
from tests.functional.vapi.test_webhook_function import CUSTOMER, event, permissions

if TYPE_CHECKING:
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

RUNG = "+14155550177"
ATTEMPT = attempt_id("trigger", RUNG)


def test_whom_we_rang_is_put_on_the_list_whatever_number_the_webhook_tells(
    function: ModuleType, account: Account
) -> None:
    request = DialRequest(
        attempt_id=ATTEMPT,
        number=RUNG,
        prefix="+1415",
        purpose="marketing",
        assistant="sales",
        created_at_ms=1,
        expires_at_ms=2,
    )
    account.client("dynamodb").put_item(
        TableName=account.dialing_table, Item=attempt_item(DialAttempt(request=request), 2**31)
    )
    called = {
        "type": "tool-calls",
        "call": {
            "id": "call-1",
            "type": "outboundPhoneCall",
            "metadata": {"attemptId": post_name(ATTEMPT, 1)},
            "customer": {"number": CUSTOMER},
        },
        "toolCallList": [{"id": "t1", "name": "stopCalling", "arguments": {}}],
    }

    answer = function.lambda_handler(event(called), None)

    (result,) = json.loads(answer["body"])["results"]
    assert result["result"].startswith("Done: nobody calls this customer again.")
    assert permissions(account).read(RUNG).suppressed_at is not None
    assert permissions(account).read(CUSTOMER).suppressed_at is None
