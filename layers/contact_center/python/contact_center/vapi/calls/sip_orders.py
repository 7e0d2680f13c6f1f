"""An assistant for a caller who is on our own line, by SIP: his leg rings at Vapi's address.

Nothing is ordered: Vapi hears of the call when it comes in, and asks us who answers it. By the
header it proves then whose it is (sip_calls.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import NotSent
from contact_center.vapi.webhooks.sip_calls import VISIT_HEADER
from contact_center.visits.domain.instructions import RingAssistant
from contact_center.visits.services.visit_ports import Rings

if TYPE_CHECKING:
    from contact_center.visits.services.visit_ports import AssistantRequest

# An assistant-request may take 7.5 s and the call is answered after it.
RING_SECONDS = 20


class SipAssistants:
    """Assistants at a SIP address."""

    def __init__(self, address: str, longest_seconds: int) -> None:
        """Keep where they are, and how long a call with one may last."""
        self._address = address
        self._longest_seconds = longest_seconds

    def order(self, request: AssistantRequest) -> Rings | NotSent:
        """Let the caller's leg ring there, once; see Assistants."""
        if request.proof is None:  # nobody would know the call
            return NotSent("no_proof")
        return Rings(
            RingAssistant(
                address=self._address,
                headers={VISIT_HEADER: f"{request.name}.{request.proof}"},
                ring_seconds=RING_SECONDS,
                after=request.after,
                longest_seconds=self._longest_seconds,
            )
        )
