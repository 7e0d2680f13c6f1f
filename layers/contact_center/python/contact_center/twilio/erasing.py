"""A person's calls at Twilio, with their recordings, erased there: found by the number.

Calls from and to the number are Twilio's own list of them, so legs that nobody told us of are found
too. Of a call the recordings go first: once it is gone, nobody finds them by it. A call that was
over a moment ago is refused (20009), for up to 14 days in rare cases: again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.twilio.api import PAGE
from contact_center.visits.services.telephone_ports import Gone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.twilio.api import TwilioApi

LATER, MORE = "Twilio cannot erase a call yet", "it takes longer"
UNREADABLE = Unknown("unreadable")


class TwilioEraser:
    """Eraser of calls and recordings at Twilio."""

    def __init__(self, api: TwilioApi) -> None:
        """Keep the API."""
        self._api = api

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have each of his calls and recordings erased; see Eraser."""
        found = self._api.asked(lambda client: _calls(client, person), unreadable=UNREADABLE)
        if not isinstance(found, list):
            return Erased(later=LATER)
        count, later = 0, False
        for call in found:
            if not in_time():
                return Erased(count=count, later=MORE)
            gone = self._gone(call)
            later = later or gone is None
            count += gone or 0
        return Erased(count=count, later=LATER if later else None)

    def _gone(self, call: str) -> int | None:
        """How much of a call is erased, recordings counted; None: not all of it is."""
        found = self._api.asked(lambda client: _recordings(client, call), unreadable=UNREADABLE)
        if isinstance(found, Gone):
            return 0
        if not isinstance(found, list):
            return None
        for recording in found:
            done = self._api.asked(_deletes("recordings", recording), unreadable=False)
            if done is not True and not isinstance(done, Gone):
                return None
        done = self._api.asked(_deletes("calls", call), unreadable=False)
        if done is not True and not isinstance(done, Gone):
            return None
        return len(found) + 1


def _deletes(kind: str, sid: str) -> Callable[[Any], Any]:
    return lambda client: getattr(client, kind)(sid).delete()


def _calls(client: Any, person: Person) -> list[str]:  # noqa: ANN401 - twilio's, untyped
    """Calls from and to his number that were made until then, each once."""
    found: dict[str, None] = {}
    for side in ("to", "from_"):
        for told in _all_of(client.calls.page(**{side: person.number}, page_size=PAGE)):
            made = told.date_created
            if made is None or made.timestamp() * 1_000 <= person.until_ms:
                found[str(told.sid)] = None
    return list(found)


def _recordings(client: Any, call: str) -> list[str]:  # noqa: ANN401 - twilio's, untyped
    return [str(told.sid) for told in _all_of(client.calls(call).recordings.page(page_size=PAGE))]


def _all_of(page: Any) -> Iterator[Any]:  # noqa: ANN401 - twilio's, untyped
    while page is not None:
        yield from page
        page = page.next_page() if page.next_page_url is not None else None
