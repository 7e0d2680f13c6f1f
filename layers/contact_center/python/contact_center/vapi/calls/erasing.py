"""A person's calls at Vapi, erased there: DELETE /call/{id} (Vapi §7, docs/sources.md).

answer              what it means
2xx, 404            it is gone
503                 its recording cannot be erased yet: again later
any other           again later; another call's is erased all the same

Vapi may have calls from before all that we keep. No record of ours leads to those, so its list of
them is read for his number, and each is noted before it goes: our copy of its recording may be
here still, and is found by its id alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased

if TYPE_CHECKING:
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.vapi.calls.api import VapiApi

LATER, MORE = "Vapi cannot erase a call yet", "it takes longer"
UNLISTED = "Vapi cannot list its older calls now"
DAY_MS = 86_400_000


class VapiEraser:
    """Eraser of calls at Vapi."""

    def __init__(self, api: VapiApi, kept_days: int) -> None:
        """Keep the API, and for how many days our records know of calls themselves."""
        self._api = api
        self._known_ms = max(kept_days - 1, 0) * DAY_MS

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have each of his calls erased; see Eraser."""
        told = self._erased(person, in_time)
        if told.later is not None:
            return told
        try:
            until_ms = person.until_ms - self._known_ms
            older = self._api.calls_with(person.number, until_ms, in_time)
        except VoiceUnavailableError:
            return replace(told, later=UNLISTED)
        if older is None:
            return replace(told, later=MORE)
        new = tuple(one for one in older if one not in person.call_ids)
        return replace(told, call_ids=new, later=NOT_NOTED) if new else told

    def _erased(self, person: Person, in_time: InTime) -> Erased:
        """Those whose ids are known."""
        count, later = 0, False
        for call_id in person.call_ids:
            if not in_time():
                return Erased(count=count, later=MORE)
            try:
                count += self._api.delete_call(call_id)
            except VoiceUnavailableError:
                later = True
        return Erased(count=count, later=LATER if later else None)
