"""The simulated receiver of webhooks takes what is signed, of now, small and well formed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

import pytest

from local.crm.http import Request
from local.crm.webhook_receiver import SECRET, WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOW_S = 1_795_023_000
BODY = json.dumps({"type": "a.b", "timestamp": "2026-11-18T17:30:00Z", "data": {}}).encode()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    made = WebhookReceiver(now_s=lambda: NOW_S)
    yield made
    made._server.server_close()


def signed(at: object = NOW_S, body: bytes = BODY, message_id: str = "m-1") -> dict[str, str]:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    text = f"{message_id}.{at}.".encode() + body
    right = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{right}",
    }


def status(
    receiver: WebhookReceiver, headers: Mapping[str, str], body: bytes = BODY, method: str = "POST"
) -> int:
    return receiver.answer(Request(method, "/hooks/a", {}, headers, body)).status


def test_what_is_signed_is_taken_once(receiver: WebhookReceiver) -> None:
    assert [status(receiver, signed()) for _ in range(2)] == [200, 200]
    assert list(receiver.events) == ["m-1"]
    assert len(receiver.log.entries("request")) == 2


def test_one_right_signature_among_others_is_enough(receiver: WebhookReceiver) -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1a,x v1,AAAA {headers['webhook-signature']}"
    assert status(receiver, headers) == 200


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing(receiver: WebhookReceiver, name: str) -> None:
    assert status(receiver, {key: value for key, value in signed().items() if key != name}) == 401


@pytest.mark.parametrize(
    "headers",
    [
        signed(NOW_S - 301),
        signed(NOW_S + 301),
        signed("yesterday"),
        signed() | {"webhook-id": "m-2"},
        signed() | {"webhook-signature": "v1,AAAA"},
        signed(body=b"{}"),
    ],
)
def test_what_is_not_of_now_or_not_ours(receiver: WebhookReceiver, headers: dict[str, str]) -> None:
    assert status(receiver, headers) == 401
    assert receiver.events == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"type": "a"}'])
def test_what_is_no_event(receiver: WebhookReceiver, body: bytes) -> None:
    assert status(receiver, signed(body=body), body) == 400


def test_what_is_too_large_is_not_read_and_get_is_no_way(receiver: WebhookReceiver) -> None:
    large = b"x" * 20_001
    assert status(receiver, signed(body=large), large) == 413
    assert status(receiver, signed(), method="GET") == 405


def test_who_wants_nothing_more_says_so(receiver: WebhookReceiver) -> None:
    receiver.gone = True
    assert status(receiver, signed()) == 410
