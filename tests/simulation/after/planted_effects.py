"""Wrong designs of effects, planted to be found: each within so many histories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center.records.domain import effect_steps, receiver_health
from contact_center.records.domain.effect_answers import InDoubt, Later
from contact_center.records.domain.effect_names import line_of
from contact_center.records.domain.effect_steps import Answered, Claimed, EffectRun, LookedUp, Stage
from contact_center.records.services import deliver_effects, drain_effects, mind_receiver
from contact_center.records.services.pace_requests import PacedRequests
from tests.fakes.effects import FakeEffects, FakeRequestBook
from tests.simulation.after.crm_truth import SimulatedCrm
from tests.simulation.after.effects_system import EffectsSystem

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_store_ports import Closed, KeptEffect


@dataclass(frozen=True, kw_only=True)
class PlantedEffects:
    """A wrong design; `caught`: a part of what the broken invariant says."""

    plant: Callable[[pytest.MonkeyPatch], None]
    caught: str
    seeds: int = 60


def _outside_the_transaction(patch: pytest.MonkeyPatch) -> None:
    """A fact is written, and then what it causes."""

    def end_call(self: EffectsSystem, name: str, customer: str, effects: int) -> None:
        caused = [self.effect(f"{name}.{index}", customer) for index in range(effects)]
        known = name in self.facts
        self.client.write("call", lambda: self.facts.add(name), transaction=True)

        def write() -> None:
            self.facts.discard(name)
            self.commit(name, caused)

        if not known:
            self.client.write("effects", write, transaction=True)

    patch.setattr(EffectsSystem, "end_call", end_call)


def _second_writer(patch: pytest.MonkeyPatch) -> None:
    """Who writes effects puts the line as he has read it, with his own behind."""

    def end_call(self: EffectsSystem, name: str, customer: str, effects: int) -> None:
        caused = [self.effect(f"{name}.{index}", customer) for index in range(effects)]
        line_name = line_of(caused[0])
        seen = self.client.read("line", lambda: self.tables.read(line_name))

        def write() -> None:
            if name not in self.facts:
                self.commit(name, caused)
                stands = self.tables.lines[line_name]
                before = seen.waiting if seen else ()
                ids = tuple(one.effect_id for one in caused)
                self.tables.lines[line_name] = replace(stands, waiting=before + ids)

        self.client.write("call", write, transaction=True)

    patch.setattr(EffectsSystem, "end_call", end_call)


def _any_of_the_line(patch: pytest.MonkeyPatch) -> None:
    """While the first has to wait another is delivered."""
    honest = FakeEffects.read

    def read(self: FakeEffects, name: LineName) -> EffectLine | None:
        line = honest(self, name)
        if line is None or len(line.waiting) < 2 or line.run.stage is not Stage.WAITING:
            return line
        if not line.run.tries:
            return line
        turned = (*line.waiting[1:], line.waiting[0])
        self.lines[name] = replace(line, waiting=turned, run=EffectRun())
        return self.lines[name]

    patch.setattr(FakeEffects, "read", read)


def _dead_takes_the_next_along(patch: pytest.MonkeyPatch) -> None:
    """A dead one takes the next of its line along: nobody looks at it again."""
    honest = FakeEffects.close

    def close(self: FakeEffects, line: EffectLine, run: EffectRun, *rest: Any) -> Closed:
        closed = honest(self, line, run, *rest)
        if closed and run.stage is Stage.DEAD:
            stands = self.lines[line.name]
            self.lines[line.name] = replace(stands, waiting=stands.waiting[1:])
            if len(stands.waiting) <= 1:
                self.due_ms.pop(line.name, None)
        return closed

    patch.setattr(FakeEffects, "close", close)


def _replay_doubles(patch: pytest.MonkeyPatch) -> None:
    """What is replayed is written, whatever had come of it."""
    honest = FakeEffects.effect

    def effect(self: FakeEffects, line: EffectLine) -> KeptEffect | None:
        kept = honest(self, line)
        return kept and replace(kept, look_first=False)

    patch.setattr(FakeEffects, "effect", effect)


def _lease_ignored(patch: pytest.MonkeyPatch) -> None:
    """Whoever comes takes the effect, while another has it."""
    honest = effect_steps.next_run

    def next_run(run: EffectRun, event: Any, timings: Any) -> EffectRun:
        if isinstance(event, Claimed) and run.stage is Stage.DELIVERING:
            run = replace(run, stage=Stage.WAITING, due_ms=0)
        return honest(run, event, timings)

    patch.setattr(deliver_effects, "next_run", next_run)


def _lease_over_is_no_doubt(patch: pytest.MonkeyPatch) -> None:
    """Who comes after a lease writes, whatever the one before has come to."""
    honest = effect_steps.next_run

    def next_run(run: EffectRun, event: Any, timings: Any) -> EffectRun:
        after = honest(run, event, timings)
        if isinstance(event, Claimed) and run.stage is Stage.DELIVERING:
            return after if after is run else replace(after, in_doubt=run.in_doubt)
        return after

    patch.setattr(deliver_effects, "next_run", next_run)


def _no_look_up(patch: pytest.MonkeyPatch) -> None:
    """A lost answer counts as not written."""
    honest = effect_steps.next_run

    def next_run(run: EffectRun, event: Any, timings: Any) -> EffectRun:
        if isinstance(event, Answered) and isinstance(event.answer, InDoubt):
            event = replace(event, answer=Later(event.answer.cause))
        return honest(run, event, timings)

    patch.setattr(deliver_effects, "next_run", next_run)


def _cannot_tell_is_no(patch: pytest.MonkeyPatch) -> None:
    """A look-up that cannot tell counts as one that found nothing."""
    honest = effect_steps.next_run

    def next_run(run: EffectRun, event: Any, timings: Any) -> EffectRun:
        if isinstance(event, LookedUp) and isinstance(event.found, Later):
            event = replace(event, found=None)
        return honest(run, event, timings)

    patch.setattr(deliver_effects, "next_run", next_run)


def _unconditional_claim(patch: pytest.MonkeyPatch) -> None:
    """Of two who have read the same both have it."""
    honest = FakeEffects.change

    def change(self: FakeEffects, line: EffectLine, run: EffectRun) -> EffectLine | None:
        return honest(self, replace(line, revision=self.lines[line.name].revision), run)

    patch.setattr(FakeEffects, "change", change)


def _short_lease(patch: pytest.MonkeyPatch) -> None:
    """A worker is believed dead after four seconds."""
    honest = effect_steps.next_run

    def next_run(run: EffectRun, event: Any, timings: Any) -> EffectRun:
        return honest(run, event, replace(timings, lease_ms=4_000))

    patch.setattr(deliver_effects, "next_run", next_run)


def _retry_after_ignored(patch: pytest.MonkeyPatch) -> None:
    """What a receiver asks for is not heard."""
    heard = mind_receiver.ReceiverGate.heard

    def deaf(self: Any, answer: Any, begun_ms: int) -> None:
        heard(self, Later(answer.cause) if isinstance(answer, Later) else answer, begun_ms)

    patch.setattr(mind_receiver.ReceiverGate, "heard", deaf)


def _only_this_effect_waits(patch: pytest.MonkeyPatch) -> None:
    """What a receiver asks for holds for the effect that heard it, and for no other."""
    patch.setattr(receiver_health, "asked_to_wait", lambda health, *_: health)
    patch.setattr(mind_receiver, "asked_to_wait", lambda health, *_: health)


def _budget_per_worker(patch: pytest.MonkeyPatch) -> None:
    """Each worker counts his own requests."""
    honest = PacedRequests.take
    books: dict[object, FakeRequestBook] = {}

    def take(self: PacedRequests, kind: str = "request") -> None:
        worker = self.clock.world.running.name, id(self.clock.world.running)  # type: ignore[attr-defined]
        own = books.setdefault((id(self.clock), *worker), FakeRequestBook())
        honest(replace(self, book=own), kind)

    patch.setattr(PacedRequests, "take", take)


def _no_budget(patch: pytest.MonkeyPatch) -> None:
    """Requests leave whenever somebody has one."""
    patch.setattr(PacedRequests, "take", lambda *_: None)


def _the_tick_is_blind(patch: pytest.MonkeyPatch) -> None:
    """Only hints are followed."""
    honest = drain_effects.drain

    def drain(receiver: str, parts: Any, in_time: Any) -> int:
        running = parts.deliver.clock.world.running
        return 0 if running.name == "tick" else honest(receiver, parts, in_time)

    patch.setattr(drain_effects, "drain", drain)


def _later_for_lost(patch: pytest.MonkeyPatch) -> None:
    """A receiver says that nothing has happened, where it does not know."""
    honest = SimulatedCrm.deliver

    def deliver(self: SimulatedCrm, effect: Effect) -> Any:
        answer = honest(self, effect)
        return Later("timeout") if isinstance(answer, InDoubt) else answer

    patch.setattr(SimulatedCrm, "deliver", deliver)


EFFECT_BUGS: dict[str, PlantedEffects] = {
    "outside_the_transaction": PlantedEffects(plant=_outside_the_transaction, caught="lost"),
    "second_writer": PlantedEffects(plant=_second_writer, caught="lost"),
    "any_of_the_line": PlantedEffects(plant=_any_of_the_line, caught="order"),
    "dead_takes_the_next_along": PlantedEffects(plant=_dead_takes_the_next_along, caught="lost"),
    "replay_doubles": PlantedEffects(plant=_replay_doubles, caught="doubled", seeds=120),
    "lease_ignored": PlantedEffects(plant=_lease_ignored, caught="doubled"),
    "lease_over_is_no_doubt": PlantedEffects(plant=_lease_over_is_no_doubt, caught="doubled"),
    "no_look_up": PlantedEffects(plant=_no_look_up, caught="doubled"),
    "receiver_says_later_for_lost": PlantedEffects(plant=_later_for_lost, caught="doubled"),
    "cannot_tell_is_no": PlantedEffects(plant=_cannot_tell_is_no, caught="doubled"),
    "unconditional_claim": PlantedEffects(plant=_unconditional_claim, caught="doubled"),
    "short_lease": PlantedEffects(plant=_short_lease, caught="doubled"),
    "retry_after_ignored": PlantedEffects(plant=_retry_after_ignored, caught="asked to wait"),
    "only_this_effect_waits": PlantedEffects(plant=_only_this_effect_waits, caught="asked to wait"),
    "budget_per_worker": PlantedEffects(plant=_budget_per_worker, caught="limit"),
    "no_budget": PlantedEffects(plant=_no_budget, caught="limit"),
    "the_tick_is_blind": PlantedEffects(plant=_the_tick_is_blind, caught="stuck"),
}
