"""The webhook's function as Lambda starts it, in a test's own account."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.system_clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.emulator import Account

SECRET = "the secret of this stack"
FORGET_KEY = "forget-" + "k" * 30


@pytest.fixture
def function(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A cold start: the module imported anew under this account's environment."""
    environment = dict(account.environment) | {
        "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
        "CALLS_TABLE": account.calls_table,
        "CONTACTS_TABLE": account.contacts_table,
        "DIALING_TABLE": account.dialing_table,
        "LOCAL_NOW": "2026-07-08T10:00:00-07:00",  # a Wednesday morning in California
        "LOCAL_STARTED_AT_MS": str(SystemClock().now_ms()),
        "LOCAL_TEST_NUMBERS": "true",
        "REPORTS_BUCKET": account.reports_bucket,
        "VAPI_SECRET_NAME": account.secret("vapi-webhook", json.dumps({"current": SECRET})),
        "FORGET_KEY_NAME": account.secret("doors-key", json.dumps({"key": FORGET_KEY})),
        "PUBLIC_BASE_URL": "https://switchboard.example",
        "PERSON_NUMBER": "+14155550190",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("vapi_webhook.app", None)
    module = importlib.import_module("vapi_webhook.app")
    yield module
    sys.modules.pop("vapi_webhook.app", None)
    module.PARTS.close()
