"""A webhook of our own that shows that the way in is open: `make doctor` sends it, signed.

    {"message": {"type": "switchboard.probe", "call": {"id": "probe-<24 hexadecimal digits>"}}}

It goes the way of every webhook, through the door and the queue to the router, which notes in the
calls table that it came. It is no call: no fact, no figure, nothing that a page shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.vapi.webhooks.fields import Envelope

PROBE_KIND = "switchboard.probe"
# What `make doctor` calls itself: what is refused of it says nothing of Vapi. Anybody may say so.
PROBE_AGENT = "switchboard-doctor"
PROBE_ID = re.compile(r"probe-[0-9a-f]{24}")


def probe_body(probe_id: str) -> dict[str, object]:
    """What is sent; the id is as of PROBE_ID."""
    return {"message": {"type": PROBE_KIND, "call": {"id": probe_id}}}


def probe_of(envelope: Envelope) -> str | None:
    """Which probe a message is; None: it is none."""
    call_id = envelope.call_id
    if envelope.kind != PROBE_KIND or call_id is None or not PROBE_ID.fullmatch(call_id):
        return None
    return call_id
