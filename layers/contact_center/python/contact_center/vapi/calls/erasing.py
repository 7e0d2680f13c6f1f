"""A person's calls at Vapi, erased there: DELETE /call/{id} (Vapi §7, docs/sources.md).

answer              what it means
2xx, 404            it is gone
503                 its recording cannot be erased yet: again later
any other           again later; another call's is erased all the same
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.forgetting.services.forget_ports import Erased

if TYPE_CHECKING:
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.vapi.calls.api import VapiApi

LATER, MORE = "Vapi cannot erase a call yet", "it takes longer"


class VapiEraser:
    """Eraser of calls at Vapi."""

    def __init__(self, api: VapiApi) -> None:
        """Keep the API."""
        self._api = api

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have each of his calls erased; see Eraser."""
        count, later = 0, False
        for call_id in person.call_ids:
            if not in_time():
                return Erased(count=count, later=MORE)
            try:
                count += self._api.delete_call(call_id)
            except VoiceUnavailableError:
                later = True
        return Erased(count=count, later=LATER if later else None)
