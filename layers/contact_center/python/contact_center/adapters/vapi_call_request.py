"""What one POST /call says (Vapi §3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.services.dialing_ports import CallRequest

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class UnknownAssistantError(Exception):
    """No assistant of that name is saved at Vapi or configured here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingAccount:
    """With what we call.

    Attributes:
        phone_number_id: Vapi's id of the number that calls when a request names none.
        saved: By key of ours, Vapi's id of an assistant that is saved there.
        configured: By key of ours, an assistant to send along whole. It names no server: Vapi
            signs nothing for a server that comes in a request, so its messages go to the
            server of the phone number.
    """

    phone_number_id: str | None
    saved: Mapping[str, str] = field(default_factory=dict)
    configured: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def call_body(request: CallRequest, account: CallingAccount) -> bytes:
    """The body of a POST /call as JSON.

    Raises:
        UnknownAssistantError: Nothing was sent.
    """
    metadata = {"attemptId": request.name}
    if request.campaign_id is not None:
        metadata["campaignId"] = request.campaign_id
    body: dict[str, object] = {
        **_assistant(request.assistant, account),
        "name": request.name,
        "customer": {"number": request.number},
        "assistantOverrides": {
            "variableValues": dict(request.variables),
            "metadata": metadata,
        },
    }
    phone_number_id = request.phone_number_id or account.phone_number_id
    if phone_number_id is not None:
        body["phoneNumberId"] = phone_number_id
    return json.dumps(body).encode("ascii")


def _assistant(named: str, account: CallingAccount) -> dict[str, object]:
    if named in account.saved:
        return {"assistantId": account.saved[named]}
    if _ID.fullmatch(named):
        return {"assistantId": named}
    if named in account.configured:
        return {"assistant": dict(account.configured[named])}
    raise UnknownAssistantError
