"""What a function counts that somebody is told of, it may note: each of those behind the doors."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING

import pytest

from contact_center.figures.domain.notices import CAUSES

if TYPE_CHECKING:
    from tests.emulator import Account

FUNCTIONS = (
    *("call_router", "receptionist", "crm_updater", "dialer", "reconciler", "campaign_planner"),
    *("importer", "operator_api"),
)
COUNTS = "PARTS.metrics.count(cause)\nPARTS.metrics.flush()\n"


@pytest.mark.emulator
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cause_that_a_function_counts_is_noted(
    account: Account, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    cause = min(CAUSES)
    for name, value in _environment(account).items():
        monkeypatch.setenv(name, value)
    sys.modules.pop(f"{function}.app", None)
    app = importlib.import_module(f"{function}.app")
    sys.modules.pop(f"{function}.app", None)

    # in the function's own file, as its handler does at the end of an event
    exec(compile(COUNTS, str(app.__file__), "exec"), vars(app) | {"cause": cause})  # noqa: S102

    noted = account.client("dynamodb").query(
        TableName=account.calls_table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "CAUSES"}},
    )["Items"]
    assert cause in json.dumps(noted)


def _environment(account: Account) -> dict[str, str]:
    return dict(account.environment) | {
        "NOTICE_TOPIC_ARN": "arn:aws:sns:us-east-1:111111111111:notices",
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": account.dialing_table,
        "CONTACTS_TABLE": account.contacts_table,
        "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
        "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
        "LIST_JOBS_QUEUE_URL": account.list_jobs_queue,
        "RECEPTION_JOBS_QUEUE_URL": account.reception_jobs_queue,
        "EFFECTS_QUEUE_URL": account.effects_queue,
        "REPORTS_BUCKET": account.reports_bucket,
        "VAPI_API_KEY_NAME": "vapi-key",
        "OPERATOR_TOKENS_NAME": "tokens",
        "AUDIT_KEY_NAME": "audit-key",
        "TWILIO_ADMISSION": "bypass",
        "TWILIO_SECRET_NAME": "twilio-keys",
        "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
        "TWILIO_PHONE_NUMBER": "+14155550100",
        "PUBLIC_BASE_URL": "https://calls.example.com",
    }
