"""A person's calls at Twilio, with their recordings, erased there: found by the number.

Calls from and to the number are Twilio's own list of them, so legs that nobody told us of are found
too. Of a call the recordings go first, and before each what was understood of it: once it is gone,
nobody finds them by it. A call that was over a moment ago is refused (20009), for up to 14 days in
rare cases: again later.

A number of the account itself is nobody's who calls: everybody's calls are from or to it, and none
of them is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.twilio.api import PAGE
from contact_center.visits.services.telephone_ports import Gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.twilio.api import TwilioApi

LATER, MORE = "Twilio cannot erase a call yet", "it takes longer"
OURS = "it is a number of the account: everybody's calls are from or to it"
UNREADABLE = Unknown("unreadable")


class TwilioEraser:
    """Eraser of calls and recordings at Twilio."""

    def __init__(self, api: TwilioApi) -> None:
        """Keep the API."""
        self._api = api

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have each of his calls and recordings erased; see Eraser."""
        ours = self._api.asked(lambda client: _is_ours(client, person), unreadable=UNREADABLE)
        if not isinstance(ours, bool):
            return Erased(later=LATER)
        if ours:
            return Erased(impossible=OURS)
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
        words = 0
        for recording in found:
            understood = self._words_gone(recording)
            if understood is None or not self._erased("recordings", recording):
                return None
            words += understood
        return words + len(found) + 1 if self._erased("calls", call) else None

    def _words_gone(self, recording: str) -> int | None:
        """How many transcriptions of a recording are erased; None: not all of them are.

        Nobody finds them once the recording is gone.
        """
        found = self._api.asked(
            lambda client: _transcriptions(client, recording), unreadable=UNREADABLE
        )
        if isinstance(found, Gone):
            return 0
        if not isinstance(found, list):
            return None
        gone = all(self._erased("transcriptions", sid, recording) for sid in found)
        return len(found) if gone else None

    def _erased(self, kind: str, sid: str, recording: str | None = None) -> bool:
        """Whether one thing is gone, that stands below a recording or below the account."""

        def delete(client: Any) -> Any:  # noqa: ANN401 - twilio's, untyped
            whose = client if recording is None else client.recordings(recording)
            return getattr(whose, kind)(sid).delete()

        done = self._api.asked(delete, unreadable=False)
        return done is True or isinstance(done, Gone)


def _is_ours(client: Any, person: Person) -> bool:  # noqa: ANN401 - twilio's, untyped
    """Whether the account has this number."""
    page = client.incoming_phone_numbers.page(phone_number=person.number, page_size=PAGE)
    return any(str(told.phone_number) == person.number for told in _all_of(page))


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


def _transcriptions(client: Any, recording: str) -> list[str]:  # noqa: ANN401 - twilio's, untyped
    page = client.recordings(recording).transcriptions.page(page_size=PAGE)
    return [str(told.sid) for told in _all_of(page)]


def _all_of(page: Any) -> Iterator[Any]:  # noqa: ANN401 - twilio's, untyped
    while page is not None:
        yield from page
        page = page.next_page() if page.next_page_url is not None else None
