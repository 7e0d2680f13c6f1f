"""The operators' routes of campaigns through the handler, with headers and raw bodies."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.emulator import BuildingError
from tests.functional.lists.list_rig import list_environment
from tests.functional.operator_api.openapi_document import held
from tests.functional.operator_api.operator_rig import AUDIT_KEY, FORGET_KEY, OPERATOR, VIEWER

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

    from tests.emulator import Account

WISH = {"name": "spring", "purpose": "marketing", "assistant": "sales", "staggerSeconds": 0}
JSON = "application/json"

type Json = dict[str, Any]


@dataclass
class CampaignRig:
    """One cold start of the API."""

    app: ModuleType
    account: Account

    def ask(  # noqa: PLR0913 - keyword only, each with its default
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        kind: str | None = JSON,
        token: str | None = OPERATOR,
        key: str | None = None,
        **query: str,
    ) -> tuple[int, Json]:
        """Status and parsed body; bytes and text go as they are, anything else as JSON."""
        sent = {} if token is None else {"authorization": f"Bearer {token}"}
        if key is not None:
            sent["idempotency-key"] = key
        event: Json = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": sent,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "isBase64Encoded": isinstance(body, bytes),
        }
        if body is not None:
            if kind is not None:
                event["headers"]["content-type"] = kind
            event["body"] = _sent(body)
        answer = self.app.lambda_handler(event, None)
        told = json.loads(answer["body"])
        held(method, path, answer["statusCode"], told)
        return answer["statusCode"], told

    def get(self, path: str, **query: str) -> tuple[int, Json]:
        return self.ask("GET", path, token=VIEWER, **query)

    def create(self, **wish: object) -> str:
        """A draft; its id."""
        status, body = self.ask("POST", "/api/campaigns", WISH | wish)
        assert status == 201, body
        return str(body["id"])

    def add(self, campaign_id: str, text: str | bytes, **query: str) -> Json:
        """Add a list with the request."""
        path = f"/api/campaigns/{campaign_id}/contacts"
        status, body = self.ask("POST", path, text, kind="text/csv", **query)
        assert status == 202, body
        return body

    def close(self) -> None:
        desks = self.app.PARTS.campaigns()
        self.app.PARTS.desk.calls._connection.close()
        self.app.PARTS.people().people.book._connection.close()
        desks.lists.queue._client.close()
        desks.lists.parts.files._client.close()
        desks.lists.parts.campaigns._client.close()


def _sent(body: object) -> str:
    if isinstance(body, bytes):
        return base64.b64encode(body).decode()
    return body if isinstance(body, str) else json.dumps(body)


def start_campaign_api(
    account: Account, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> CampaignRig:
    """Import the function as a cold start does."""
    with suppress(BuildingError):
        account.secret("tokens", json.dumps({"operator": OPERATOR, "viewer": VIEWER}))
    with suppress(BuildingError):
        account.secret("audit-key", json.dumps({"key": AUDIT_KEY}))
    with suppress(BuildingError):
        account.secret("forget-key", json.dumps({"key": FORGET_KEY}))
    of_api = {
        "OPERATOR_TOKENS_NAME": "tokens",
        "AUDIT_KEY_NAME": "audit-key",
        "FORGET_KEY_NAME": "forget-key",
    }
    names = list_environment(account) | of_api | environment
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("operator_api.app", None)
    app = importlib.import_module("operator_api.app")
    sys.modules.pop("operator_api.app", None)
    assert app.PARTS.campaigns()  # made now, from this environment
    return CampaignRig(app, account)
