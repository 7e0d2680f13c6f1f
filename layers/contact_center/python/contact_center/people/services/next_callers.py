"""Who waits in line for a person is offered to whoever is ready: the earliest place first.

The person is held before the entry is taken for the offer: were nobody to be had once it is taken,
whoever came after him would have gone before him. One caller is offered once; when the offer, and
whichever were made beside it, have ended the entry is over or back at its place. Who died in
between is followed by the tick, which takes back what was offered for too long, by the person's
lease, and by whoever looks next.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.people.domain.offer_outcomes import (
    LEFT_SECONDS,
    MEETING_SECONDS,
    RING_SLACK_SECONDS,
)
from contact_center.people.domain.offers import OfferOutcome, Ring
from contact_center.people.domain.people import Held, PersonState, PersonStateError
from contact_center.people.domain.person_steps import as_of
from contact_center.people.domain.ring_groups import (
    in_the_way,
    of_round,
    offer_name,
    was_asked,
)
from contact_center.people.services.ask_person import (
    AskedMeanwhileError,
    ask_person,
    let_go,
    let_go_unless_asked,
)
from contact_center.people.services.call_back_for import call_back_for
from contact_center.people.services.change_person import offer_caller
from contact_center.people.services.deserted_callers import let_deserted_go
from contact_center.queue.domain.waiting import (
    EntryState,
    Left,
    LeftBecause,
    Offered,
    TakenBack,
    WaitsFor,
)
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.out_of_line import cannot_be_looked_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.ask_person import OfferTimings
    from contact_center.people.services.tell_offer import AskParts
    from contact_center.people.services.who_can_take import TakerParts
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.change_entry import QueueParts

ASKED_AGAIN_MS = 120_000  # whoever has declined a caller is left alone about him for so long
# Of a queue so many are looked at; where all of them are in the way, because he has declined them a
# moment ago or nobody can read them, so many: in two minutes nobody declines more.
HEADS, MOST_HEADS = 3, 30


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

        Who waits for a department that all its people have left is let go after a while.

        Returns:
            How many are being asked now.

        Raises:
            ContentionError, StoreUnavailableError: To be asked again, for one of them at least.
        """
        now_ms = self._waiting.clock.now_ms()
        waited_for = self._waited_for()
        colleagues = self._takers.roster.people.values()
        wanted = [one.person_id for one in colleagues if waited_for & set(one.departments)]
        stored = self._takers.book.read_many(wanted).people.values() if wanted else ()
        people = [as_of(person, now_ms) for person in stored]
        ready = [person for person in people if person.state is PersonState.READY]
        asked: set[str] = set()
        failed = self._let_deserted_go(waited_for, people)
        for person in sorted(ready, key=lambda person: (person.since_ms, person.person_id)):
            if person.person_id in asked:  # beside another
                continue
            try:
                _, beside = self._offer_next(person.person_id)
            except PersonStateError:
                continue  # somebody else was faster
            except PassingError as error:
                failed = error  # whoever is ready as well may take him, or the next
                continue
            asked |= beside
        if failed is not None:
            raise failed
        return len(asked)

    def offer_next(self, person_id: str) -> str | None:
        """Offer the next caller of the person's departments; see WaitingCallers.

        Raises CallBackNextError as well, where nobody can be called back.
        """
        return self._offer_next(person_id)[0]

    def _offer_next(self, person_id: str) -> tuple[str | None, set[str]]:
        """The visit, and who is being asked about it: the person, and others at the same time."""
        colleague = self._takers.roster.people[person_id]
        for head in self._heads(colleague):
            try:
                asked = self._offers_him(head, colleague)
            except (PassingError, PersonStateError, CallBackNextError):
                raise
            except Exception as error:  # noqa: BLE001  one bad entry never stops the next
                self._waiting.metrics.count("caller_not_offered")
                log_broken("caller_not_offered", error)
                cannot_be_looked_after(head, WaitsFor.PERSON, error, self._waiting)
                continue
            if asked:
                return head.visit_id, asked
        return None, set()

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

    def _waited_for(self) -> set[str]:
        """Departments for whose people somebody waits: mostly nobody does."""
        people = self._takers.roster.people.values()
        departments = dict.fromkeys(key for one in people for key in one.departments)
        return {key for key in departments if self._waiting.queue.heads(key, WaitsFor.PERSON, 1)}

    def _let_deserted_go(
        self, departments: Iterable[str], people: Iterable[Person]
    ) -> PassingError | None:
        """Let go who waits where nobody is logged in any more; why it is to be done again.

        Where one of them cannot be read nobody knows that, and nobody is let go.
        """
        stood = {person.person_id: person for person in people}
        failed: PassingError | None = None
        for department in filter(self._takers.is_open, departments):
            theirs = [one.person_id for one in self._takers.roster.of_department(department)]
            if not stood.keys() >= set(theirs):
                continue
            try:
                let_deserted_go(department, [stood[one] for one in theirs], self._waiting)
            except PassingError as error:
                failed = error
        return failed

    def _heads(self, colleague: Colleague) -> Iterator[Head]:
        """Who may be his next, the earliest place first; further back when all those are not."""
        departments = [key for key in colleague.departments if self._takers.is_open(key)]
        seen: set[str] = set()
        for most in (HEADS, MOST_HEADS):
            found = [
                head
                for department in departments
                for head in self._waiting.queue.heads(department, WaitsFor.PERSON, most)
            ]
            new = (head for head in found if head.visit_id not in seen)
            yield from sorted(new, key=lambda head: (head.place_ms, head.visit_id))
            if len(found) < most:
                return
            seen = {head.visit_id for head in found}

    def _offers_him(self, head: Head, colleague: Colleague) -> set[str]:
        """Who is being asked about him now: the person and, where several are rung, others."""
        visit_id, book = head.visit_id, self._offers.book
        offers = book.of_visit(visit_id)
        entry = _settled(visit_id, offers, self._waiting)
        if entry is not None and entry.state is EntryState.KEPT and not self._rings:
            raise CallBackNextError(visit_id)  # and nobody goes before him
        if entry is not None and entry.state is EntryState.KEPT and self._calls is not None:
            called = call_back_for(entry, colleague, self._calls, self._offers.people)
            return {colleague.person_id} if called else set()
        if entry is None or entry.state is not EntryState.WAITING:
            return set()
        now_ms = self._waiting.clock.now_ms()
        if any(_was_asked_lately(offer, colleague, now_ms) for offer in offers):
            return set()
        if in_the_way(offers, colleague.person_id, self._at_once(entry)) is not None:
            return set()  # somebody is asked about him for his wish still
        group = [colleague, *self._beside(colleague, entry, offers, now_ms)]
        token = offer_name(visit_id, len(offers) + 1)  # the first offer's own id
        ring_seconds = max(one.ring_seconds for one in group)
        seconds = LEFT_SECONDS + ring_seconds + RING_SLACK_SECONDS + MEETING_SECONDS
        until_ms = now_ms + (seconds + self._timings.brief_seconds) * 1_000
        offered = Offered(token=token, person_id=colleague.person_id, until_ms=until_ms)
        entry = self._taken(entry, colleague, offered)
        if entry is None:
            return set()  # somebody else was faster
        asked = self._asked(entry, group)
        if not asked:
            _settled(visit_id, book.of_visit(visit_id), self._waiting)
        return asked

    def _taken(
        self, before: QueueEntry, colleague: Colleague, offered: Offered
    ) -> QueueEntry | None:
        """The entry, taken for an offer whose person is held; None: somebody else has taken it.

        Raises PersonStateError: the person is not to be had, and the entry is as it was.
        """
        held = Held(offer_id=offered.token, visit_id=before.visit_id)
        offer_caller(colleague, held, self._timings.wrap_seconds, self._offers.people)
        entry = change_entry(before.visit_id, offered, self._waiting, known=before)
        if entry is None or entry.state is not EntryState.OFFERED:
            return None  # the lease ends: somebody else may be about to ask the same person
        if (entry.token, entry.person_id) != (offered.token, offered.person_id):
            let_go(colleague.person_id, held, self._offers)
            return None
        return entry

    def _beside(
        self, colleague: Colleague, entry: QueueEntry, offers: Sequence[Offer], now_ms: int
    ) -> list[Colleague]:
        """Who else is asked about him at the same time; nobody where a person asked for him."""
        more = self._at_once(entry) - 1
        if not more:
            return []
        others = [
            one
            for one in self._takers.of(entry.department).ready
            if one.person_id != colleague.person_id
            and not any(_was_asked_lately(offer, one, now_ms) for offer in offers)
        ]
        return others[:more]

    def _at_once(self, entry: QueueEntry) -> int:
        return self._waiting.rules.of(entry.department).ring_at_once if self._rings else 1

    def _asked(self, entry: QueueEntry, group: Sequence[Colleague]) -> set[str]:
        """Who of them is being asked. Raises PersonStateError: not even the first can be."""
        first, visit_id, token = group[0], entry.visit_id, entry.token or ""
        at_once = self._at_once(entry)
        ask = self._ask if at_once == 1 else partial(self._ask, at_once=at_once)
        try:
            offer = ask(visit_id, first, self._timings, self._offers, as_offer=token)
        except (AskedMeanwhileError, PersonStateError) as error:
            _take_back(entry, self._waiting)
            if isinstance(error, PersonStateError):
                raise
            held = Held(offer_id=token, visit_id=visit_id)
            let_go_unless_asked(first.person_id, held, self._offers)
            return set()
        asked = [(first, offer)]
        for one in group[1:]:
            with suppress(PersonStateError):  # somebody else was faster
                asked.append((one, ask(visit_id, one, self._timings, self._offers)))
        return {
            one.person_id
            for one, offer in asked
            if offer.ended is None and offer.person_id == one.person_id
        }


def _settled(visit_id: str, offers: Sequence[Offer], waiting: QueueParts) -> QueueEntry | None:
    """The entry as the offers about its caller leave it."""
    entry = waiting.queue.read(visit_id)
    if entry is None or not entry.in_queue or entry.waits_for is not WaitsFor.PERSON:
        return entry
    theirs = [one for one in offers if not one.wish and one.asked_at_ms >= entry.since_ms]
    # Whoever he was asked about by: somebody may have been asked for his wish as he came to wait.
    if any((one.together_at_ms or 0) >= entry.since_ms for one in offers):
        return change_entry(visit_id, Left(LeftBecause.SERVED), waiting, known=entry)
    if any(one.ended is OfferOutcome.CALLER_GONE for one in theirs):
        return change_entry(visit_id, Left(LeftBecause.GONE), waiting, known=entry)
    if entry.state is not EntryState.OFFERED:
        return entry
    his = of_round(theirs, entry.token or "")
    under_way = not his or any(one.ended is None for one in his)
    return entry if under_way else _take_back(entry, waiting)


def _was_asked_lately(offer: Offer, colleague: Colleague, now_ms: int) -> bool:
    is_theirs = offer.person_id == colleague.person_id and offer.ring is not Ring.LEFT
    return is_theirs and was_asked(offer) and now_ms - offer.asked_at_ms < ASKED_AGAIN_MS


def _take_back(entry: QueueEntry, waiting: QueueParts) -> QueueEntry | None:
    due_at_ms = entry.since_ms + waiting.rules.of(entry.department).longest_ms
    taken_back = TakenBack(entry.token or "", due_at_ms)
    return change_entry(entry.visit_id, taken_back, waiting)
