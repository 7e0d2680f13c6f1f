"""Who sends a request: the account by its token."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.cloud.http_server import Request
    from local.twilio.telephones.account import Account


def is_account(request: Request, account: Account) -> bool:
    """Whether its name and token came with it, as HTTP Basic has them."""
    kind, _, encoded = request.header("authorization").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return False
    return kind.lower() == "basic" and given == f"{account.sid}:{account.auth_token}"
