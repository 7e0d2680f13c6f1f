"""The real services of the reception, on tables and providers of one simulated world."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.change_attempt import LedgerParts
from contact_center.dialing.services.hold_visit_lines import VisitLineParts
from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.dialing.services.settle_attempt import SettleParts
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import PassingError
from contact_center.people.domain.roster import Colleague, Roster
from contact_center.people.services.ask_person import OfferTimings
from contact_center.people.services.call_back_for import let_go
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts
from contact_center.people.services.people_desk import PeopleDesk
from contact_center.people.services.people_ports import NobodyWaits
from contact_center.people.services.tell_offer import OfferParts
from contact_center.people.services.who_can_take import TakerParts
from contact_center.permission.domain.contactability import may_call
from contact_center.queue.services.call_kept_place import CallParts
from contact_center.queue.services.change_entry import Keeping, QueueParts
from contact_center.queue.services.judge_kept_place import CallBackJudge
from contact_center.queue.services.look_at_kept_place import KeptPlaceCalls, LookParts
from contact_center.queue.services.serve_next import ServeParts
from contact_center.reception.services.callbacks.callback_desk import CallbackDesk
from contact_center.reception.services.callbacks.ring_back import (
    RingBackParts,
    look_after_breaks,
    ring_back,
)
from contact_center.reception.services.colleagues.find_parts import FindParts
from contact_center.reception.services.colleagues.find_person import look_for_people
from contact_center.reception.services.colleagues.hear_of_wish import WishesHeard
from contact_center.reception.services.colleagues.person_desk import PersonDesk
from contact_center.reception.services.do_job import JobParts
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.reception.services.late_answers import LateParts, look_for_late_answer
from contact_center.reception.services.look_up_visits import LookUpParts
from contact_center.reception.services.lost_legs import LostLegParts, look_for_lost_leg
from contact_center.reception.services.reception_parts import Reception
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.opening_hours import Hours, OpeningHours, Span
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook
from tests.fakes.resumptions import FakeResumptions
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.simulation.simulated_ports import (
    CountedIds,
    SimulatedMetrics,
    SimulatedSleeper,
    TableClient,
)
from tests.simulation.visits.break_judge import RESUME_MINUTES
from tests.simulation.visits.provider_truth import OrderedAtVapi
from tests.simulation.visits.reception_ports import (
    SimulatedLines,
    SimulatedOfferBook,
    SimulatedPersonBook,
    SimulatedQueueBook,
    SimulatedVisits,
)
from tests.simulation.world import WorldClock
from tests.unit.conversations.histories import departments
from tests.unit.people.test_people import OFFER_WORDS, SUPERVISOR_WORDS
from tests.unit.people.test_people import WORDS as LOG_IN_WORDS
from tests.unit.permission.dialing_examples import shipped
from tests.unit.queue.queue_scene import rules
from tests.unit.reception.callback_scene import CALL_BACK as EVERY_CALL_BACK
from tests.unit.reception.desk import COURTESIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from contact_center.conversations.domain.resuming import EarlierCall
    from contact_center.queue.domain.queue_rules import CallBackRules, QueueRules
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from tests.simulation.visits.provider_truth import Providers
    from tests.simulation.world import World

DEPARTMENTS = DEPARTMENT, OTHER_DEPARTMENT = "sales", "support"
OURS = "+14155550100"
LONGEST_MS = 1_200_000
WRAP_SECONDS = 30
TIMINGS = OfferTimings(brief_seconds=25, wrap_seconds=WRAP_SECONDS)
SWALLOWED = {
    "line_not_freed",
    "serving_failed",
    "entry_not_looked_after",
    "entry_unreadable",
    "offer_not_looked_at",
    "caller_not_offered",
    "person_not_freed",
}
EXPLAINED = (PassingError, VoiceUnavailableError)
DAY_MINUTES = 1_440


# As long as three tries take, and some: a history has no day.
CALL_BACK = replace(EVERY_CALL_BACK, longest_ms=30 * 60_000)
dialing_rules = cache(shipped)


@dataclass
class CountedTokens:
    """Ids as they are in addresses."""

    used: int = 0

    def new(self) -> str:
        self.used += 1
        return f"{self.used:032x}"


@dataclass
class ReceptionMetrics(SimulatedMetrics):
    """What a loop over many swallowed, and no fault of the world explains, is judged."""

    def count(self, name: str, **dimensions: str) -> None:
        super().count(name, **dimensions)
        swallowed = sys.exception()
        if name in SWALLOWED and swallowed is not None and not isinstance(swallowed, EXPLAINED):
            self.world.strange.append(swallowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who works here, and when: drawn for each history.

    Attributes:
        departments: Of each person, by id.
        closes_minute: When the second department closes, after midnight; None: it does not.
        keeps_places: Whether callers may hang up and be called back.
        by_name: Whether callers ask for them by name.
        rings_back: Whether callers whose line broke are rung back.
    """

    departments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closes_minute: int | None = None
    keeps_places: bool = False
    by_name: bool = False
    rings_back: bool = False

    def roster(self) -> Roster:
        people = {
            name: Colleague(
                person_id=name,
                name=name,
                departments=departments,
                address=f"+1415555013{number}",
                ring_seconds=20,
            )
            for number, (name, departments) in enumerate(self.departments.items())
        }
        return Roster(
            people=people,
            wrap_seconds=WRAP_SECONDS,
            words=LOG_IN_WORDS,
            offer_words=OFFER_WORDS,
            supervisor_words=SUPERVISOR_WORDS,
        )

    def hours(self) -> OpeningHours:
        until = self.closes_minute
        own = {} if until is None else {OTHER_DEPARTMENT: _open_until(until)}
        last = DAY_MINUTES if self.keeps_places else DAY_MINUTES - 1
        return OpeningHours(_open_until(last), own)

    def queue_rules(self) -> QueueRules:
        """How callers wait here."""
        if not self.keeps_places:
            return rules(longest_ms=LONGEST_MS)
        return replace(rules(longest_ms=LONGEST_MS, keeps_places=True), call_back=self.call_back)

    @property
    def call_back(self) -> CallBackRules:
        """How callers are called."""
        return replace(CALL_BACK, rings_back=self.rings_back)


def _open_until(minute: int) -> Hours:
    return Hours(zone="UTC", week=((Span(0, minute),),) * 7, closing=COURTESIES.nobody_free)


class Tables:
    """What is stored."""

    def __init__(self, clock: WorldClock) -> None:
        self.ledger = FakeLedger(clock)
        self.visits = FakeVisits()
        self.queue = FakeQueue(self.ledger)
        self.people = FakePersonBook()
        self.offers = FakeOfferBook()


class Services:
    """What the four functions run on."""

    def __init__(  # noqa: PLR0913  the parts of a world
        self,
        world: World,
        house: House,
        tables: Tables,
        providers: Providers,
        *,
        jobs: ReceptionJobs,
        document: Callable[[Iterable[Instruction]], str],
    ) -> None:
        self.world, self.house, self.tables, self.jobs = world, house, tables, jobs
        self.providers, self.document = providers, document
        self.clock, self.metrics = WorldClock(world), ReceptionMetrics(world)
        self.client = TableClient(world)
        self.records: dict[str, EarlierCall] = {}
        self.visits = SimulatedVisits(self.client, tables.visits)
        wrote = providers.people.wrote_down
        self.offers = SimulatedOfferBook(self.client, tables.offers, wrote)
        self.people = PersonParts(
            book=SimulatedPersonBook(self.client, tables.people, providers.people.talks),
            clock=self.clock,
            metrics=self.metrics,
        )
        self.hinted = replace(self.people, hints=jobs)  # as whoever changes people has it
        self.roster, self.hours = house.roster(), house.hours()
        self.waiting = QueueParts(
            queue=SimulatedQueueBook(self.client, tables.queue),
            rules=house.queue_rules(),
            clock=self.clock,
            metrics=self.metrics,
            hints=jobs,
            keeping=Keeping(hours=self.hours, civil=CivilClock(), numbers=CALL_BACK.numbers),
        )
        self._lines()
        self._called_back()
        self._behind_queues()
        self.follower = CallsHeard(self.visits, self.clock)
        self.wishes = WishesHeard(self.visits, jobs)
        self.desk = self._desk()
        self.api = PeopleDesk(roster=self.roster, people=self.hinted, callers=NobodyWaits())

    def _lines(self) -> None:
        providers, ports = self.providers, SimulatedLines(self.client, self.tables.ledger)
        lines = VisitLineParts(
            lines=ports,
            customers=ports,
            clock=self.clock,
            metrics=self.metrics,
            timings=DialTimings(),
            below=providers.lines,
        )
        ledger = LedgerParts(
            ledger=ports,  # type: ignore[arg-type] # callers are no attempts
            clock=self.clock,
            civil=CivilClock(),
            metrics=self.metrics,
            timings=lines.timings,
        )
        self.settling = SettleParts(ledger=ledger, lines=ports)
        self.looking_up = LookUpParts(
            visits=self.visits, leases=ports, lines=lines, voice=providers, jobs=self.jobs
        )
        self.late = LateParts(
            visits=self.visits,
            calls=OrderedAtVapi(providers),
            telephone=providers,
            lines=lines,
            resumptions=FakeResumptions(),  # nobody's call broke off
            document=self.document,
            hints=self.jobs,
        )
        self.reception = Reception(
            visits=self.visits,
            lines=lines,
            assistants=providers,
            queue=self.waiting,
            jobs=self.jobs,
            hours=self.hours,
            courtesies=COURTESIES,
            department=DEPARTMENT,
            caller_id=OURS,
            document=self.document,
            clock=self.clock,
            civil=CivilClock(),
            sleeper=SimulatedSleeper(self.world),
            metrics=self.metrics,
            new_proof=CountedIds("proof").new if providers.by_sip else lambda: None,
        )

    def _called_back(self) -> None:
        ports, waiting = SimulatedLines(self.client, self.tables.ledger), self.waiting
        judge = CallBackJudge(
            judge=JudgeParts(may_call=may_call, rules=dialing_rules(), civil=CivilClock()),
            hours=self.hours,
            circumstances=ports.circumstances,
        )
        self.calls = CallParts(
            waiting=waiting,
            rules=self.house.call_back,
            telephone=self.providers,
            ids=CountedTokens(),
            judge=judge,
            caller_id=OURS,
            lines=self.providers.lines,
        )
        release = partial(let_go, people=self.people)
        looks = LookParts(calls=self.calls, visits=self.visits, release=release)
        self.kept = KeptPlaceCalls(looks)
        self.callback_desk = CallbackDesk(
            queue=waiting,
            judge=judge,
            rules=CALL_BACK,
            departments=frozenset(DEPARTMENTS),
            jobs=self.jobs,
            ids=CountedTokens(),
        )

    def _behind_queues(self) -> None:
        people = self.roster.people.values()
        offers = OfferParts(
            book=self.offers,
            people=self.hinted,
            deeds=OfferDeeds(
                telephone=self.providers,
                callers=VisitCallers(self.visits, self.waiting, self.jobs, self.metrics),
                clock=self.clock,
                metrics=self.metrics,
                address_of={one.person_id: one.address for one in people},
                caller_id=OURS,
                left=OFFER_WORDS.left,
            ),
        )
        finding = FindParts(
            visits=self.visits,
            offers=offers,
            takers=TakerParts(
                roster=self.roster,
                hours=self.hours,
                book=self.people.book,
                clock=self.clock,
                civil=CivilClock(),
            ),
            waiting=self.waiting,
            timings=TIMINGS,
            urls=self.providers,
            control=self.providers,
            calls=self.calls if self.house.keeps_places else None,
        )
        self.job_parts = JobParts(
            serve=ServeParts(
                waiting=self.waiting,
                telephone=self.providers,
                ids=CountedIds(),
                departments=DEPARTMENTS,
                lines=self.providers.lines,
                hints=self.jobs,
                kept=self.kept if self.house.keeps_places else None,
            ),
            offers=offers,
            find_person=partial(look_for_people, parts=finding),
            late=self._late(),
        )
        if self.house.rings_back:
            self._rung_back()

    def _rung_back(self) -> None:
        parts = RingBackParts(
            visits=self.visits,
            breaks=self.visits,
            memory=_Records(self.client, self.records),  # type: ignore[arg-type] # no more is asked
            calls=self.calls,
            departments=departments(),
            resume_minutes=RESUME_MINUTES,
            hints=self.jobs,
        )
        self.job_parts = replace(
            self.job_parts,
            ring_back=partial(ring_back, parts=parts),
            breaks=partial(look_after_breaks, parts),
        )

    def _late(self) -> Callable[[str], object]:
        if not self.providers.by_sip:
            return partial(look_for_late_answer, parts=self.late)
        lost = LostLegParts(
            visits=self.visits,
            telephone=self.providers,
            lines=self.late.lines,
            hints=self.jobs,
        )
        return partial(look_for_lost_leg, parts=lost)

    def _desk(self) -> PersonDesk:
        return PersonDesk(
            roster=self.roster,
            book=self.offers,
            people=self.people,
            visits=self.visits,
            waiting=self.waiting,
            briefs=_Briefs(self.visits),
            log_in=None,
            jobs=self.jobs,
            caller_id=OURS,
        )


@dataclass
class _Records:
    """CallMemory, as far as calls are read by their ids."""

    client: TableClient
    calls: Mapping[str, EarlierCall]

    def call(self, call_id: str) -> EarlierCall | None:
        return self.client.read("record", lambda: self.calls.get(call_id))


@dataclass
class _Briefs:
    """Briefs: the visit is read for them, and what is said is always the same."""

    visits: SimulatedVisits

    def of(self, visit_id: str) -> str:
        self.visits.read(visit_id)
        return "A caller."
