"""Wrong designs of what comes after a call, planted to be found: each within so many histories.

Those of effects alone are in planted_effects.py. That a campaign passes its cap is planted among
campaigns (tests/simulation/planted_campaigns.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain import calls
from contact_center.conversations.domain.effects.deal_effects import completes_deal
from contact_center.conversations.domain.facts import CallEnded, CostTold, MeetingBooked
from contact_center.conversations.services import call_effects
from contact_center.forgetting.domain.forgetting import closed
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services import forget_person
from contact_center.forgetting.services.forget_ports import Erased
from tests.fakes import forgotten_calls
from tests.fakes.calendar import FakeCalendar
from tests.fakes.call_store import FakeCallStore
from tests.fakes.effects import FakeEffects
from tests.fakes.figures import FakeFigures
from tests.fakes.forgettings import FakeForgettings
from tests.fakes.forgotten_calls import FakeCallsEraser
from tests.fakes.look_ups import FakeLookUps
from tests.simulation.after import after_ports, after_system, after_truth
from tests.simulation.after.after_ports import BookedAtTheDoor, CallsAndEffects
from tests.simulation.conversations import SimulatedCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.figures.services.roll_up_ports import Change, Subject
    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.records.domain.deals import DealRule
    from contact_center.records.domain.effects import Effect


@dataclass(frozen=True, kw_only=True)
class PlantedAfter:
    """A wrong design; `caught`: a part of what the broken invariant says."""

    plant: Callable[[pytest.MonkeyPatch], None]
    caught: str
    seeds: int = 120


def _outside_the_transaction(patch: pytest.MonkeyPatch) -> None:
    """A fact is written, and then what it causes."""
    honest = SimulatedCalls.commit

    def commit(
        self: SimulatedCalls, *given: Any, effects: Sequence[Effect] = (), **named: Any
    ) -> None:
        honest(self, *given, **named)
        if effects:
            assert isinstance(self.tables, CallsAndEffects)
            tables = self.tables

            def write() -> None:
                assert tables.lines is not None
                tables.lines.write(effects, tables.now_ms())
                tables.caused(effects)

            self.client.write("effects", write, transaction=True)

    patch.setattr(SimulatedCalls, "commit", commit)


def _deal_of_answers_alone(patch: pytest.MonkeyPatch) -> None:
    """A deal is looked for when answers come, and not when the booking or the report comes last."""
    honest = completes_deal

    def completes(known: Sequence[Fact], new: Sequence[Fact], rule: DealRule) -> bool:
        late = any(isinstance(one, CallEnded | MeetingBooked) for one in new)
        return honest(known, new, rule) and not late

    patch.setattr(call_effects, "completes_deal", completes)


def _second_writer(patch: pytest.MonkeyPatch) -> None:
    """Who writes effects puts the line as he has read it, with his own behind."""
    honest = SimulatedCalls.commit

    def commit(
        self: SimulatedCalls, *given: Any, effects: Sequence[Effect] = (), **named: Any
    ) -> None:
        assert isinstance(self.tables, CallsAndEffects)
        lines = self.tables.lines
        assert lines is not None
        seen = self.client.read("line", lambda: dict(lines.lines))
        real = lines._append

        def append(name: Any, effect_id: str, now_ms: int) -> None:
            real(name, effect_id, now_ms)
            before = seen[name].waiting if name in seen else ()
            own = tuple(one.effect_id for one in effects)
            lines.lines[name] = replace(lines.lines[name], waiting=(*before, *own))

        def write(*told: Any) -> None:
            lines._append = append  # type: ignore[method-assign]
            try:
                FakeEffects.write(lines, *told)
            finally:
                lines._append = real  # type: ignore[method-assign]

        lines.write = write  # type: ignore[assignment, method-assign]
        honest(self, *given, effects=effects, **named)

    patch.setattr(SimulatedCalls, "commit", commit)


def _late_fact_after_forgetting(patch: pytest.MonkeyPatch) -> None:
    """Of a call that is forgotten nothing stays by which what comes late is known."""
    patch.setattr(FakeCallStore, "mark_forgotten", lambda *_: None)


def _cost_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """What a source tells is kept beside what it had told before."""

    merges: Any = calls._MERGES
    honest = merges[CostTold]

    def with_cost(record: CallRecord, fact: CostTold) -> Any:
        return honest(record, replace(fact, source=f"{fact.source} {fact.key}"))

    patch.setitem(merges, CostTold, with_cost)


def _report_never_asked_for(patch: pytest.MonkeyPatch) -> None:
    """Whose report never comes is not looked up."""
    patch.setattr(FakeLookUps, "due", lambda *_: [])


def _roll_up_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """A count is written whether or not it is as it was read."""
    patch.setattr(FakeFigures, "_has_changed", lambda *_: False)


def _counted_beside(patch: pytest.MonkeyPatch) -> None:
    """What was counted of a call before stays in the figures beside what is counted now."""
    honest = FakeFigures._subject

    def subject(self: FakeFigures, name: str) -> Subject:
        return replace(honest(self, name), before=None)

    def write(self: FakeFigures, change: Change) -> None:
        self.counted.pop(change.subject.name, None)
        wrote(self, change)

    wrote = FakeFigures._write
    patch.setattr(FakeFigures, "_subject", subject)
    patch.setattr(FakeFigures, "_write", write)


def _booking_doubled(patch: pytest.MonkeyPatch) -> None:
    """A slot that was free when it was looked at is booked."""
    honest = BookedAtTheDoor.book

    def book(self: BookedAtTheDoor, meeting: MeetingBooked) -> MeetingBooked | None:
        rules, self.rules = self.rules, replace(self.rules, capacity=9)
        try:
            return honest(self, meeting)
        finally:
            self.rules = rules

    patch.setattr(BookedAtTheDoor, "book", book)


def _booking_without_its_fact(patch: pytest.MonkeyPatch) -> None:
    """A slot is taken, and nothing is written of it with the call."""
    patch.setattr(BookedAtTheDoor, "book", FakeCalendar.book)


def _asked_once(patch: pytest.MonkeyPatch) -> None:
    """What waited in queues while the stores were asked is left to the second round."""

    def once(known: Forgetting, now_ms: int) -> Forgetting:
        return closed(known, Store.QUEUES, 0, now_ms, None)

    patch.setattr(forget_person, "once_more", once)


def _erased_before_it_is_noted(patch: pytest.MonkeyPatch) -> None:
    """A call goes, and then its id is noted, by which its provider is to forget it."""
    patch.setattr(forgotten_calls, "NOT_NOTED", None)
    honest = after_ports.SimulatedReports.erase

    def erase(self: Any, *given: Any) -> Erased:
        return replace(honest(self, *given), call_ids=())

    patch.setattr(after_ports.SimulatedReports, "erase", erase)


def _effects_by_their_time(patch: pytest.MonkeyPatch) -> None:
    """What a call causes that goes on while he asks is another story."""
    honest = FakeCallsEraser._forget_customer
    patch.setattr(
        FakeCallsEraser,
        "_forget_customer",
        lambda self, person, _calls: honest(self, person, ()),
    )


def _opt_out_forgotten_too(patch: pytest.MonkeyPatch) -> None:
    """Whoever is forgotten may be called again."""
    honest = FakeForgettings.write
    patch.setattr(
        FakeForgettings, "write", lambda self, forgetting, *_: honest(self, forgetting, None)
    )


def _nothing(_self: object, person: Person, _in_time: object) -> Erased:
    return Erased(call_ids=person.call_ids)


def _omits(store: str, owner: Any) -> PlantedAfter:
    """A store says that it is done, and nothing of it was."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(owner, "erase", _nothing)

    return PlantedAfter(plant=plant, caught=f"{store} holds")


def _book_not_told(patch: pytest.MonkeyPatch) -> None:
    """Who counts a call late leaves the day book as it is."""
    patch.setattr(after_system, "enter_late", lambda *_, **__: None)


AFTER_BUGS: dict[str, PlantedAfter] = {
    "book_not_told": PlantedAfter(plant=_book_not_told, caught="search"),
    "effects_outside_the_transaction": PlantedAfter(plant=_outside_the_transaction, caught="lost"),
    "deal_of_answers_alone": PlantedAfter(plant=_deal_of_answers_alone, caught="lost"),
    "second_writer_of_lines": PlantedAfter(plant=_second_writer, caught="lost"),
    "late_fact_after_forgetting": PlantedAfter(plant=_late_fact_after_forgetting, caught="holds"),
    "cost_counted_twice": PlantedAfter(plant=_cost_counted_twice, caught="cost"),
    "report_never_asked_for": PlantedAfter(plant=_report_never_asked_for, caught="lost"),
    "roll_up_counted_twice": PlantedAfter(plant=_roll_up_counted_twice, caught="figures"),
    "counted_beside": PlantedAfter(plant=_counted_beside, caught="figures"),
    "booking_doubled": PlantedAfter(plant=_booking_doubled, caught="booked twice"),
    "booking_without_its_fact": PlantedAfter(plant=_booking_without_its_fact, caught="lost"),
    "asked_once": PlantedAfter(plant=_asked_once, caught="holds", seeds=500),
    "erased_before_it_is_noted": PlantedAfter(
        plant=_erased_before_it_is_noted, caught="vapi holds", seeds=500
    ),
    "effects_by_their_time": PlantedAfter(plant=_effects_by_their_time, caught="effects holds"),
    "opt_out_forgotten_too": PlantedAfter(plant=_opt_out_forgotten_too, caught="called again"),
    "reports_omitted": _omits("bucket", after_ports.SimulatedReports),
    "calls_omitted": _omits("calls", FakeCallsEraser),
    "vapi_omitted": _omits("vapi", after_truth.SimulatedVapi),
    "twilio_omitted": _omits("twilio", after_truth.SimulatedTwilio),
    "crm_omitted": _omits("crm", after_ports.SimulatedCrmEraser),
}
