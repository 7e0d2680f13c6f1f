"""A call whose telephone line is somebody else's: Vapi dials nobody, and waits for the sound.

Vapi answers the order with TwiML that leads the sound to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = dict[str, Any]

BYPASS = "phoneCallProviderBypassEnabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowedLine:
    """The line of a call, when somebody else holds it; told from the call's own thread.

    Attributes:
        call_sid: The line's call, by its provider's name.
        ended: Vapi's side is over.
        caller_left: The caller, whom the script plays, has hung up.
    """

    call_sid: str
    ended: Callable[[], None]
    caller_left: Callable[[], None]


def is_bypassed(asked: Mapping[str, Any]) -> bool:
    """Whether an order leaves the telephone line to whoever ordered."""
    return asked.get(BYPASS) is True


def provider_details(base_url: str, call_id: str) -> Json:
    """What the answer to such an order says of the line."""
    host = urlsplit(base_url).netloc
    stream = f'<Stream url="wss://{host}/{call_id}/transport"/>'
    return {"twiml": f"<Response><Connect>{stream}</Connect></Response>"}


def call_of_stream(address: str) -> str:
    """The id of the call that a stream's address belongs to; empty when it is none of ours."""
    call_id, _, rest = urlsplit(address).path.strip("/").partition("/")
    return call_id if rest == "transport" else ""
