"""The function behind the queue of effects through its handler, on the emulator."""

from __future__ import annotations

import importlib
import itertools
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.records.adapters.sqs_effect_hints import hint_text
from tests.functional.conversations.routing_rig import Context

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

    from contact_center.records.services.effect_hints import EffectHint
    from tests.emulator import Account

PLENTY_MS = 120_000


@dataclass
class UpdaterRig:
    """One cold start of the function."""

    app: ModuleType
    account: Account
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    def handle(self, *bodies: EffectHint | str, remaining_ms: int = PLENTY_MS) -> list[str]:
        """The places of those that come back."""
        records = [
            {
                "messageId": str(place),
                "body": body if isinstance(body, str) else hint_text(body),
            }
            for place, body in enumerate(bodies)
        ]
        answer = self.app.lambda_handler({"Records": records}, Context(remaining_ms))
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def tick(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.app.lambda_handler({}, Context(PLENTY_MS))
        return answer

    def queued(self) -> list[str]:
        """Bodies of the hints that are in the queue."""
        received = self.account.client("sqs").receive_message(
            QueueUrl=self.account.effects_queue, MaxNumberOfMessages=10
        )
        return [one["Body"] for one in received.get("Messages", [])]

    def close(self) -> None:
        self.app.PARTS.effects.deliver.lines._client.close()
        self.app.PARTS.effects.hints._queue._connection.close()


def start_updater(account: Account, monkeypatch: pytest.MonkeyPatch, **more: str) -> UpdaterRig:
    """Import the function as a cold start does; `more` are settings of its own."""
    names = dict(account.environment) | {
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": "dialing",
        "CONTACTS_TABLE": "contacts",
        "EFFECTS_QUEUE_URL": account.effects_queue,
        "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
        **more,
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("crm_updater.app", None)
    app = importlib.import_module("crm_updater.app")
    sys.modules.pop("crm_updater.app", None)
    return UpdaterRig(app, account)
