"""Who waits in line for a person is offered to whoever is ready: the earliest place first.

The entry is taken for the offer before the person is asked, so one caller is offered once; when the
offer has ended the entry is over or back at its place. Who died in between is followed by the tick,
which takes back what was offered for too long, and by whoever looks next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import PassingError
from contact_center.people.domain.offers import (
    LEFT_SECONDS,
    MEETING_SECONDS,
    RING_SLACK_SECONDS,
    OfferOutcome,
    Ring,
)
from contact_center.people.domain.people import PersonState, PersonStateError
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.ask_person import ask_person
from contact_center.people.services.call_back_for import call_back_for
from contact_center.queue.domain.waiting import (
    EntryState,
    Left,
    LeftBecause,
    Offered,
    TakenBack,
    WaitsFor,
)
from contact_center.queue.services.change_entry import change_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.ask_person import OfferTimings
    from contact_center.people.services.tell_offer import AskParts
    from contact_center.people.services.who_can_take import TakerParts
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.change_entry import QueueParts

ASKED_AGAIN_MS = 120_000  # whoever has declined a caller is left alone about him for so long
HEADS = 3  # of a queue: those that are in the way do not stop the next


class CallBackNextError(Exception):
    """It is the turn of a caller who has hung up, and who is called by whoever may ring."""

    def __init__(self, visit_id: str) -> None:
        super().__init__(visit_id)
        self.visit_id = visit_id


class NextCallers:
    """WaitingCallers, out of the departments' queues."""

    def __init__(  # noqa: PLR0913 - who is offered to whom, and how
        self,
        offers: AskParts,
        takers: TakerParts,
        waiting: QueueParts,
        timings: OfferTimings,
        *,
        calls: CallParts | None = None,
        ask: Callable[..., Offer] = ask_person,
        rings: bool = True,
    ) -> None:
        """Keep the parts.

        Args:
            offers: Of callers to people.
            takers: Who takes them.
            waiting: Who waits.
            timings: How long things take.
            calls: What calling back works with; None: nobody is called back.
            ask: How a person is asked.
            rings: Whether somebody can be called back here at all.
        """
        self._ask = ask
        self._rings = rings
        self._offers = offers
        self._takers = takers
        self._waiting = waiting
        self._timings = timings
        self._calls = calls

    def offer_to_all(self) -> int:
        """Offer a caller to each who is ready, whoever is ready the longest first.

        Returns:
            How many are being asked now.

        Raises:
            ContentionError, StoreUnavailableError: To be asked again.
        """
        now_ms = self._waiting.clock.now_ms()
        wanted = self._who_can_be_asked()
        stored = self._takers.book.read_many(wanted).people.values() if wanted else ()
        people = [as_of(person, now_ms) for person in stored]
        ready = [person for person in people if person.state is PersonState.READY]
        asked = 0
        for person in sorted(ready, key=lambda person: (person.since_ms, person.person_id)):
            try:
                asked += self.offer_next(person.person_id) is not None
            except PersonStateError:
                continue  # somebody else was faster
        return asked

    def offer_next(self, person_id: str) -> str | None:
        """Offer the next caller of the person's departments; see WaitingCallers.

        Raises CallBackNextError as well, where nobody can be called back.
        """
        colleague = self._takers.roster.people[person_id]
        for head in self._heads(colleague):
            try:
                if self._offers_him(head, colleague):
                    return head.visit_id
            except (PassingError, PersonStateError, CallBackNextError):
                raise
            except Exception:  # noqa: BLE001  one bad entry never stops the next
                self._waiting.metrics.count("caller_not_offered")
        return None

    def settle(self, visit_id: str, offers: Sequence[Offer]) -> None:
        """Let a caller's place be over, or his again, once the offer it was taken for has ended.

        Back at his place, he is offered to the next who is ready.

        Raises ContentionError, StoreUnavailableError.
        """
        before = self._waiting.queue.read(visit_id)
        if before is None or before.state is not EntryState.OFFERED:
            return
        entry = _settled(visit_id, offers, self._waiting)
        if entry is not None and entry.state is EntryState.WAITING:
            self.offer_to_all()

    def _who_can_be_asked(self) -> list[str]:
        """Ids of all to whose departments somebody waits: mostly nobody does."""
        people = self._takers.roster.people.values()
        departments = dict.fromkeys(key for one in people for key in one.departments)
        waited_for = {
            key for key in departments if self._waiting.queue.heads(key, WaitsFor.PERSON, 1)
        }
        return [one.person_id for one in people if waited_for & set(one.departments)]

    def _heads(self, colleague: Colleague) -> list[Head]:
        found = [
            head
            for department in colleague.departments
            if self._takers.of(department).is_open
            for head in self._waiting.queue.heads(department, WaitsFor.PERSON, HEADS)
        ]
        return sorted(found, key=lambda head: (head.place_ms, head.visit_id))

    def _offers_him(self, head: Head, colleague: Colleague) -> bool:
        """Whether the person is being asked about him now."""
        visit_id, book = head.visit_id, self._offers.book
        offers = book.of_visit(visit_id)
        entry = _settled(visit_id, offers, self._waiting)
        if entry is not None and entry.state is EntryState.KEPT and not self._rings:
            raise CallBackNextError(visit_id)  # and nobody goes before him
        if entry is not None and entry.state is EntryState.KEPT and self._calls is not None:
            return call_back_for(entry, colleague, self._calls, self._offers.people)
        if entry is None or entry.state is not EntryState.WAITING:
            return False
        now_ms = self._waiting.clock.now_ms()
        if any(_was_asked_lately(offer, colleague, now_ms) for offer in offers):
            return False
        token = f"{visit_id}.{len(offers) + 1}"  # the offer's own id
        seconds = LEFT_SECONDS + colleague.ring_seconds + RING_SLACK_SECONDS + MEETING_SECONDS
        until_ms = now_ms + (seconds + self._timings.brief_seconds) * 1_000
        offered = Offered(token=token, person_id=colleague.person_id, until_ms=until_ms)
        entry = change_entry(visit_id, offered, self._waiting)
        if entry is None or entry.token != token:
            return False  # somebody else was faster
        try:
            offer = self._ask(visit_id, colleague, self._timings, self._offers)
        except PersonStateError:
            _take_back(entry, self._waiting)
            raise
        if offer.ended is None and offer.person_id == colleague.person_id:
            return True
        _settled(visit_id, book.of_visit(visit_id), self._waiting)
        return False


def _settled(visit_id: str, offers: Sequence[Offer], waiting: QueueParts) -> QueueEntry | None:
    """The entry as the offers about its caller leave it."""
    entry = waiting.queue.read(visit_id)
    if entry is None or not entry.in_queue or entry.waits_for is not WaitsFor.PERSON:
        return entry
    theirs = [one for one in offers if not one.wish and one.asked_at_ms >= entry.since_ms]
    # Whoever he was asked about by: somebody may have been asked for his wish as he came to wait.
    if any((one.together_at_ms or 0) >= entry.since_ms for one in offers):
        return change_entry(visit_id, Left(LeftBecause.SERVED), waiting)
    if any(one.ended is OfferOutcome.CALLER_GONE for one in theirs):
        return change_entry(visit_id, Left(LeftBecause.GONE), waiting)
    if entry.state is not EntryState.OFFERED:
        return entry
    his = next((one for one in theirs if one.offer_id == entry.token), None)
    return entry if his is None or his.ended is None else _take_back(entry, waiting)


def _was_asked_lately(offer: Offer, colleague: Colleague, now_ms: int) -> bool:
    is_theirs = offer.person_id == colleague.person_id and offer.ring is not Ring.LEFT
    return is_theirs and now_ms - offer.asked_at_ms < ASKED_AGAIN_MS


def _take_back(entry: QueueEntry, waiting: QueueParts) -> QueueEntry | None:
    due_at_ms = entry.since_ms + waiting.rules.of(entry.department).longest_ms
    return change_entry(entry.visit_id, TakenBack(entry.token or "", due_at_ms), waiting)
