"""All that runs after a call: the real services, where everything else may go wrong.

Vapi ─► the door ─► [call-events] ─► the router ─► the calls table ─┬► effects ─► the CRM
          │ slots                        ▲                           ├► figures
          ▼                              └── what was looked up ◄────┤
       callers                                                       └► forgotten, in every store
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.messages import Question, QuestionKind, ToolCall
from contact_center.conversations.services.book_demo import BookingParts, book_demo
from contact_center.conversations.services.look_after_calls import LookAfterParts, look_after_calls
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.conversations.services.route_message import QueuedMessage, route_message
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.figures.services.keep_day_book import (
    BEHIND_MS,
    LONGEST_MS,
    DayBookParts,
    enter_late,
    extend_day_book,
)
from contact_center.forgetting.adapters.erase_objects import ThenObjects
from contact_center.forgetting.domain.forgetting import AGAIN_MS
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_desk import ForgetDesk, begin_forgetting
from contact_center.forgetting.services.forget_person import ForgetParts, forget_person
from contact_center.kernel.ports import PassingError, QueueUnavailableError
from contact_center.kernel.time_left import always
from contact_center.permission.domain.forgotten import forgotten_mark
from tests.fakes.day_book import FakeBookedCalls, FakeDayBook, placed
from tests.fakes.figures import FakeFigures
from tests.fakes.forgettings import FakeForgettings, FakeRegister
from tests.fakes.forgotten_calls import FakeCallsEraser
from tests.fakes.look_ups import FakeLookUps
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.visits import FakeVisits
from tests.simulation.after import after_messages
from tests.simulation.after.after_ports import (
    BookedAtTheDoor,
    CallsAndEffects,
    SimulatedArchive,
    SimulatedBookedCalls,
    SimulatedCalendar,
    SimulatedCrmEraser,
    SimulatedDayBook,
    SimulatedFacts,
    SimulatedFigures,
    SimulatedForgettings,
    SimulatedLookUps,
    SimulatedQueuesEraser,
    SimulatedRegister,
    SimulatedReports,
    TableRequests,
)
from tests.simulation.after.after_router import router_of
from tests.simulation.after.after_truth import (
    DAY_MS,
    AfterTruth,
    LivedCall,
    PlannedCall,
    SimulatedTwilio,
    SimulatedVapi,
)
from tests.simulation.after.effects_system import (
    BEGIN_MS,
    TICK_MS,
    CountedIds,
    EffectsLoad,
    EffectsSystem,
)
from tests.simulation.queues import SimulatedQueue
from tests.simulation.simulated_ports import SimulatedCivilTime
from tests.simulation.template_figures import mapping_of, timeout_ms
from tests.simulation.world import CALM
from tests.unit.records.calendars import ONE_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.records.domain.effects import Effect

KEY = "the key of marks"
MOST_MS = 20 * DAY_MS
MOST_BOUNDARIES = 20_000  # twenty times what a history takes
SETTLED_MS = 15 * TICK_MS  # by then whoever was at work when a store was closed is over
STORES = (Store.REPORTS, Store.CALLS, Store.VAPI, Store.TWILIO, Store.HUBSPOT, Store.QUEUES)


@dataclass(frozen=True, kw_only=True)
class AfterLoad(EffectsLoad):
    """What happens in one history.

    Attributes:
        lived: The calls.
        forgets: When (from the beginning) who asks to be forgotten.
        stalled_ms: The router takes nothing before.
    """

    lived: Sequence[PlannedCall]
    forgets: Sequence[tuple[float, str]] = ()
    stalled_ms: float = 0
    calls: Sequence[tuple[float, str, int]] = ()
    most_ms: float = MOST_MS


class StandingKey:
    """ForgetKey."""

    def current(self) -> str:
        return KEY


@dataclass
class Looked:
    """What was seen of whoever is forgotten, where, at an instant."""

    at_ms: float
    where: list[str] = field(default_factory=list)


class AfterSystem(EffectsSystem):
    """One account with its calls, one receiver, its providers."""

    load: AfterLoad
    calls_mapping = mapping_of("CallEvents", "CallRouter", 3)

    # -- what runs -----------------------------------------------------------------------------

    def _begin(self) -> None:
        world, client = self.world, self.client
        self.lived = AfterTruth(world)
        self.store = CallsAndEffects(
            lines=self.tables,
            now_ms=self.clock.now_ms,
            caused=self._caused,
            swept=self._booking_forgotten,
        )
        self.calendar = BookedAtTheDoor(rules=ONE_HOUR, calls=self.store)
        self.archive = FakeReportArchive()
        self.figures = FakeFigures(self.store, FakeVisits())
        self.look_ups = FakeLookUps(self.store)
        self.forgettings, self.register = FakeForgettings(), FakeRegister()
        self.lists = SimulatedQueue(
            world, "importer", mapping_of("ListJobs", "Importer", 2), self._worked
        )
        self.router = router_of(self, SimulatedArchive(client, self.archive))
        vapi, twilio = SimulatedVapi(world, self.lived), SimulatedTwilio(world, self.lived)
        self.look_after = LookAfterParts(
            book=SimulatedLookUps(client, self.look_ups),
            reports=vapi,
            prices=twilio,
            queue=SimulatedFacts(self.calls),
            clock=self.clock,
            metrics=self.metrics,
        )
        figures = SimulatedFigures(client, self.figures)
        self.day_book = FakeDayBook()
        self.booking_days = DayBookParts(
            book=SimulatedDayBook(client, self.day_book),
            calls=SimulatedBookedCalls(
                client, FakeBookedCalls(self.store), self.store.first_heard_ms
            ),
            clock=self.clock,
        )
        self.counting = CountParts(
            book=figures,
            dials=figures,
            offers_of=lambda _: (),
            clock=self.clock,
            metrics=self.metrics,
            late=partial(enter_late, parts=self.booking_days),
        )
        self.booking = BookingParts(
            calendar=SimulatedCalendar(client, self.calendar),
            civil_at=SimulatedCivilTime().at,
            metrics=self.metrics,
        )
        self._forgetting(vapi, twilio)
        for plan in self.load.lived:
            world.later(plan.begins_ms, partial(self._ring, plan))
        for at_ms, number in self.load.forgets:
            world.later(at_ms, partial(self._ask_to_forget, number))
        for at_ms in self.load.replays:
            world.later(at_ms, self._replay)
        world.later(world.chance.uniform(0, TICK_MS), self._tick)

    def _forgetting(self, vapi: SimulatedVapi, twilio: SimulatedTwilio) -> None:
        client, world = self.client, self.world
        kept = SimulatedForgettings(client, self.forgettings, self._closed)
        requests = TableRequests(client)
        calls = FakeCallsEraser(
            self.store, self.tables, self.clock, requests, self._booking_forgotten
        )
        reports = SimulatedReports(calls, requests, self.archive)
        erasers: dict[Store, Any] = {
            Store.REPORTS: reports,
            Store.CALLS: ThenObjects(calls, (reports,)),
            Store.VAPI: vapi,
            Store.TWILIO: twilio,
            Store.HUBSPOT: SimulatedCrmEraser(client, self.truth),
            Store.QUEUES: SimulatedQueuesEraser(world, (self.calls, self.hints), AGAIN_MS),
        }
        self.forget = ForgetParts(
            forgettings=kept,
            register=SimulatedRegister(client, self.register),
            erasers={store: partial(erasers.__getitem__, store) for store in STORES},
            key=StandingKey(),
            clock=self.clock,
            civil=SimulatedCivilTime(),
            metrics=self.metrics,
        )
        self.desk = ForgetDesk(
            forgettings=kept,
            used=STORES,
            hint=self.lists.send,
            key=StandingKey(),
            ids=CountedIds(),
            clock=self.clock,
            civil=SimulatedCivilTime(),
            metrics=self.metrics,
        )
        self.looked: list[Looked] = []
        self.endless = False
        self.ever_closed: set[str] = set()

    def run(self) -> None:
        """Until nothing is left to happen, or it has gone on for too long."""
        world, load = self.world, self.load
        world.at(BEGIN_MS + load.faulty_ms, self._calm_down)
        world.run(BEGIN_MS + load.most_ms)
        self.look()
        world.stop()

    def _calm_down(self) -> None:
        self.world.faults = CALM

    # -- a call --------------------------------------------------------------------------------

    def _ring(self, plan: PlannedCall) -> None:
        call = LivedCall(plan, int(self.world.now))
        self.lived.calls[plan.call_id] = call
        for stage, after_ms in after_messages.stages_of(plan, self.world.chance):
            self.world.later(after_ms, partial(self.post, f"{plan.call_id}/{stage}"))
        if plan.slot is not None:
            self.world.later(after_messages.TOOL_AFTER_MS, partial(self._wish, call, 0))

    def post(self, key: str, tries: int = 0) -> None:
        """Vapi tells something, and again until it is acknowledged."""
        call = self.lived.calls[key.partition("/")[0]]
        if key.endswith("/report"):
            key = self.lived.report_key(call, self.world.now)

        def body() -> bool:
            return self._queued(key)

        def told(how: str, stored: object) -> None:
            if (how != "returned" or not stored) and tries < 20:
                wait_ms = 1_000 * 2 ** min(tries, 5)
                self.world.later(wait_ms, partial(self.post, key, tries + 1))

        self.world.spawn("webhook", timeout_ms("VapiWebhook"), body, told)

    def _queued(self, key: str) -> bool:
        message = QueuedMessage(body=key.encode(), received_at_ms=self.clock.now_ms())
        try:
            self.calls.send(message)
        except QueueUnavailableError:
            return False
        return True

    def _wish(self, call: LivedCall, tries: int) -> None:
        """He wishes a slot; a call in which nothing came of it asks again."""

        def body() -> str:
            stage = f"tool-{tries}"
            self._queued(f"{call.plan.call_id}/{stage}")
            question = Question(
                kind=QuestionKind.TOOLS,
                call_id=call.plan.call_id,
                at_ms=after_messages.at_ms(call, stage),
                customer_number=call.plan.number,
            )
            wish = ToolCall(
                tool_call_id=stage, name="bookDemo", arguments=after_messages.wish_of(call)
            )
            return book_demo(wish, question, self.booking).text

        def told(how: str, answer: object) -> None:
            if how == "returned" and str(answer).startswith("Booked"):
                self.lived.booked.append((call.plan.call_id, str(answer)))
            elif tries < 2 and self.world.now < call.ended_ms:
                wait_ms = self.world.chance.uniform(1_000, 9_000)
                self.world.later(wait_ms, partial(self._wish, call, tries + 1))

        self.world.spawn("webhook", timeout_ms("VapiWebhook"), body, told)

    # -- the router ----------------------------------------------------------------------------

    def _taken(self, pairs: Sequence[tuple[int, Any]]) -> list[int]:
        if self.world.now < BEGIN_MS + self.load.stalled_ms:
            return [number for number, _ in pairs]
        failed = []
        for number, message in pairs:
            if self.ever_closed:  # it may be of somebody who is forgotten
                self.world.later(SETTLED_MS, self.look)
            try:
                route_message(message, self.router)
            except (PassingError, HistoryMovedOnError):
                failed.append(number)
        return failed

    def _caused(self, effects: Sequence[Effect]) -> None:
        self.caused += effects

    # -- what ticks ----------------------------------------------------------------------------

    def _tick(self) -> None:
        world = self.world
        for due_ms, tick in self._dues():
            if due_ms is not None and due_ms <= world.now + TICK_MS:
                self.ticks(*tick)
        for queue in (self.calls, self.lists):
            if world.faults is CALM and queue.dead:
                queue.redrive()
        self._again()

    def _dues(self) -> list[tuple[float | None, tuple[str, str, Callable[[], None]]]]:
        looks = [one.look_at_ms for one in self.store.histories.values() if one.look_at_ms]
        counts = [due for due, _ in self.store.to_count.values()]
        forgets = [one.look_ms for one in self.forgettings.items.values() if one.look_ms]
        return [
            (_least(self.tables.due_ms.values()), ("tick", "CrmUpdater", self._ticked)),
            (_least(looks), ("reconciler", "Reconciler", self._look_after)),
            (_least(counts), ("figures", "Reconciler", self._count)),
            (self._book_due_ms(), ("day book", "Reconciler", self._keep_book)),
            (_least(forgets), ("importer", "Importer", self._send_open)),
        ]

    def _again(self) -> None:
        """The next tick; those that would find nothing are spared."""
        world = self.world
        dues = [due for due, _ in self._dues() if due is not None]
        if world.idle and not dues:
            return
        if world.boundaries > MOST_BOUNDARIES:
            self.endless = True
            world.stop()
            return
        soonest = min([*dues, world.next_ms])
        ticks = max(1, int((soonest - world.now) // TICK_MS))
        world.later(ticks * TICK_MS, self._tick)

    def _look_after(self) -> None:
        try:
            look_after_calls(self.look_after, self._time_left())
        except PassingError:
            return

    def _count(self) -> None:
        try:
            count_due(self.counting, always)
        except PassingError:
            return

    def _keep_book(self) -> None:
        try:
            extend_day_book(self.booking_days, always)
        except PassingError:
            return

    def _book_due_ms(self) -> float | None:
        """When the book has to come to a call that is in no leaf."""
        began = [place.began_ms for _, place in placed(self.store)]
        newest = self.day_book.newest(self.clock.now_ms())
        if newest is None:
            return self.clock.now_ms() if began else None
        if not any(one >= newest.until_ms for one in began):
            return None
        return newest.until_ms + LONGEST_MS + BEHIND_MS

    # -- who is forgotten ----------------------------------------------------------------------

    def _ask_to_forget(self, number: str) -> None:
        asked_ms = self.world.now

        def told(how: str, stored: object) -> None:
            if how == "returned" and stored:
                self.lived.asked[number] = (asked_ms, self.world.now)
            else:
                self.world.later(30_000, partial(self._ask_to_forget, number))

        def body() -> bool:
            try:
                begin_forgetting(number, self.desk)
            except PassingError:
                return False
            return True

        self.world.spawn("operator_api", timeout_ms("OperatorApi"), body, told)

    def _send_open(self) -> None:
        for forget_id, one in list(self.forgettings.items.items()):
            if one.look_ms is not None and one.look_ms <= self.clock.now_ms():
                try:
                    self.lists.send(forget_id)
                except QueueUnavailableError:
                    return

    def _worked(self, pairs: Sequence[tuple[int, Any]]) -> list[int]:
        process = self.world.running
        assert process is not None
        failed = []
        for number, forget_id in pairs:
            try:
                forget_person(forget_id, int(process.deadline_ms), self.forget)
            except PassingError:
                failed.append(number)
        return failed

    def _booking_forgotten(self, call_id: str) -> None:
        self.calendar.meetings.pop(call_id, None)

    def _closed(self, forgetting: Forgetting) -> None:
        self.ever_closed.add(forgetting.forget_id)
        self.world.later(SETTLED_MS, self.look)

    def look(self) -> None:
        """Note where anything of somebody is who was forgotten, when nobody is at work."""
        world = self.world
        if world.faults is not CALM or self.calls.messages or self.hints.messages:
            return
        if self.looked and world.now - self.looked[-1].at_ms < TICK_MS and not world.idle:
            return
        looked = Looked(world.now)
        for number, (asked_ms, _) in self.lived.asked.items():
            stands = self.forgettings.items.get(forgotten_mark(KEY, number))
            closed_ms = None if stands is None or stands.round == 1 else stands.closed_ms
            if closed_ms is not None and world.now - closed_ms >= SETTLED_MS:
                looked.where += self._where(number, asked_ms, closed_ms)
        self.looked.append(looked)

    def _where(self, number: str, asked_ms: float, closed_ms: int) -> list[str]:
        """Where his words are, and his number, unless he has rung again since.

        Of a call of which nobody had told when all was closed the last round knows.
        """
        his = [call for call in self.lived.calls.values() if call.plan.number == number]
        heard = self.store.first_heard_ms
        old = [
            call
            for call in his
            if call.began_ms <= asked_ms and heard.get(call.plan.call_id, 0) <= closed_ms
        ]
        words = {call.plan.name for call in old}
        if len(old) == len(his):
            words.add(number)
        return [
            f"{place} holds {word} of {number}"
            for place, held in self._everything()
            for word in words
            if word in held
        ]

    def _everything(self) -> list[tuple[str, str]]:
        """Every store, as it is written down."""
        lived = self.lived.calls.values()
        return [
            ("calls", repr(self.store.histories)),
            ("effects", repr((self.tables.kept, self.tables.lines, self.tables.dead_ones))),
            ("slots", repr((self.calendar.held, self.calendar.meetings))),
            ("bucket", repr(self.archive.objects)),
            ("day book", repr(self.day_book.kept)),
            ("figures", repr((self.figures.roll_ups, self.figures.counted))),
            ("queues", repr([one.body for one in self.calls.letters + self.hints.letters])),
            ("crm", repr(self.truth.kept)),
            ("vapi", repr([call.plan for call in lived if call.at_vapi])),
            ("twilio", repr([call.plan for call in lived if call.at_twilio])),
        ]

    # -- for the judge -------------------------------------------------------------------------

    @property
    def must_be_told(self) -> set[str]:
        return after_messages.effects_of(self, certain=True)

    @property
    def may_be_told(self) -> set[str]:
        return after_messages.effects_of(self, certain=False)

    @property
    def swallowed(self) -> set[str]:
        calls = {name for name, call in self.lived.calls.items() if self.lived.forgotten(call)}
        return {one.effect_id for one in self.caused if one.call_id in calls}

    def _time_left(self) -> Callable[[], bool]:
        process = self.world.running
        assert process is not None
        return lambda: process.deadline_ms - self.world.now > 10_000


def _least(dues: Any) -> float | None:
    return min(dues, default=None)
