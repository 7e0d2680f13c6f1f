"""One request to a server of this machine, on a thread, so that the page's others need not wait."""

from __future__ import annotations

import base64
import http.client
import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_SECONDS = 20.0
USER_AGENT = "switchboard-telephone/1"


class Told(NamedTuple):
    """An answer: its status, 0 when there was none, and the JSON that it holds."""

    status: int
    body: Any


def bearer(token: str) -> str:
    """Who has a token."""
    return f"Bearer {token}"


def basic(name: str, secret: str) -> str:
    """Who has a name and a secret."""
    return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"


def ask(base: str, method: str, target: str, who: str, body: object = None) -> Told:
    """Ask, and wait for the answer.

    Args:
        base: Of the server: http://127.0.0.1:3000.
        method: GET or POST.
        target: The path with its query.
        who: Who asks, as Authorization has it: `bearer` or `basic`.
        body: Sent as JSON; None: nothing.
    """
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS
    )
    headers: Mapping[str, str] = {
        "Authorization": who,
        "User-Agent": USER_AGENT,
        "Content-Type": "application/json",
    }
    sent = None if body is None else json.dumps(body).encode()
    try:
        connection.request(method, target, sent, dict(headers))
        answer = connection.getresponse()
        return Told(answer.status, json.loads(answer.read() or b"null"))
    except (OSError, http.client.HTTPException, ValueError):
        return Told(0, None)
    finally:
        connection.close()
