"""Calls that were ordered for callers on our own line, found again by name or id, and ended.

Whether Vapi tells once more what leads a leg there is documented nowhere (docs/sources.md, Vapi):
it is used where it does, and where it does not the call is ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.call_commands import EndCall
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.vapi.calls.bypass import joined_assistant
from contact_center.visits.domain.courtesies import AFTER_ASSISTANT
from contact_center.visits.services.visit_ports import OrderedCall

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.calls import CallControl
    from contact_center.dialing.services.voice_ports import FoundCall, VoiceProvider


class VapiOrderedCalls:
    """OrderedCalls on Vapi's REST API and its control URLs."""

    def __init__(self, voice: VoiceProvider, control: CallControl, base_url: str) -> None:
        """Keep what finds calls, what steers them, and where Vapi's API is."""
        self._voice = voice
        self._control = control
        self._base_url = base_url

    def look_up(self, name: str, call_id: str | None, since_ms: int) -> OrderedCall | None:
        """An ordered call, by its id where that is known; see OrderedCalls."""
        if call_id is not None:
            found = self._voice.get_call(call_id)
            return None if found is None else self._read(found)
        calls = sorted(self._voice.find_calls(name, since_ms).calls, key=lambda one: one.ended)
        return self._read(calls[0]) if calls else None

    def end(self, call: OrderedCall) -> bool:
        """Have a call ended, once; see OrderedCalls."""
        if call.control_url is None:
            return False
        outcome = self._control.send(call.control_url, EndCall())
        return outcome in {ControlOutcome.SENT, ControlOutcome.UNKNOWN}

    def _read(self, found: FoundCall) -> OrderedCall:
        twiml = found.twiml
        join = None if twiml is None else joined_assistant(twiml, self._base_url, AFTER_ASSISTANT)
        return OrderedCall(
            call_id=found.call_id, ended=found.ended, join=join, control_url=found.control_url
        )
