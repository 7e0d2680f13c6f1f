"""Wrong designs of the reception, planted to be found: each within 500 histories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center.dialing.services import settle_attempt
from contact_center.dialing.services.dialing_ports import LineClaim
from contact_center.dialing.services.voice_ports import NotSent, Unknown
from contact_center.queue.services import look_after_queue
from contact_center.queue.services.enter_queue import enter_queue
from contact_center.reception.services import (
    admit,
    connect_caller,
    dialled_assistant,
    leave_music,
    leave_visit,
    look_up_visits,
)
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.waiting_queue import FakeQueue
from tests.simulation.visits import reception_functions
from tests.simulation.visits.provider_truth import Providers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.dialing.services.settle_attempt import CallNews, SettleParts
    from contact_center.queue.services.queue_ports import QueueChange
    from contact_center.visits.domain.visits import Visit


@dataclass(frozen=True, kw_only=True)
class PlantedVisit:
    """A wrong design: how it is planted, and a part of what the broken rule says."""

    plant: Callable[[pytest.MonkeyPatch], None]
    caught: str


def _release_lost(patch: pytest.MonkeyPatch) -> None:
    """A caller who hangs up keeps his line, and nobody looks after it."""
    patch.setattr(leave_visit, "leave_line", lambda *_: False)
    patch.setattr(look_up_visits, "leave_line", lambda *_: False)


def _release_doubled(patch: pytest.MonkeyPatch) -> None:
    """An end that is told twice gives back two lines."""

    def leave(ledger: FakeLedger, holder: str, at_ms: int, caller: Any = None) -> bool:
        told_before = holder in ledger.ended_holders
        left = honest(ledger, holder, at_ms, caller)
        if told_before and ledger.lines_in_use:
            ledger.lines_in_use -= 1
        return left

    honest = FakeLedger.leave
    patch.setattr(FakeLedger, "leave", leave)


def _two_servers(patch: pytest.MonkeyPatch) -> None:
    """An entry is served by whoever has read it, and a line taken for it once more."""

    def conditions(queue: FakeQueue, change: QueueChange) -> list[tuple[str, bool]]:
        unchecked = {"entry", "board", "held"}
        return [(name, holds or name in unchecked) for name, holds in honest(queue, change)]

    honest = FakeQueue._conditions
    patch.setattr(FakeQueue, "_conditions", conditions)


def _ordered_again(patch: pytest.MonkeyPatch) -> None:
    """A repetition orders the call once more, on the same line."""

    def ours(visit_id: str, post: str, reception: Any) -> Visit | None:
        visit = honest(visit_id, post, reception)
        if visit is not None:
            return visit
        kept = reception.visits.read(visit_id)
        return None if kept is None else kept.visit

    honest = leave_music._ordered_by_us
    patch.setattr(leave_music, "_ordered_by_us", ours)


def _unknown_is_not_sent(patch: pytest.MonkeyPatch) -> None:
    """A call of which nobody knows frees its line at once."""

    def order(providers: Providers, request: Any) -> Any:
        outcome = honest(providers, request)
        return NotSent(outcome.reason) if isinstance(outcome, Unknown) else outcome

    honest = Providers.order
    patch.setattr(Providers, "order", order)


def _lease_never_ends(patch: pytest.MonkeyPatch) -> None:
    """Whoever was sent for in vain is never taken back."""
    patch.setattr(look_after_queue, "take_back", lambda *_, **__: None)


def _doubt_for_ever(patch: pytest.MonkeyPatch) -> None:
    """A call that may have been ordered is never looked up."""
    patch.setattr(look_up_visits, "_without_doubt", lambda visit, _: visit)


def _nobody_is_hinted_at(patch: pytest.MonkeyPatch) -> None:
    """A tick serves nobody: only who is hinted at is served."""
    patch.setattr(look_after_queue, "serve_next", lambda *_: 0)


def _back_unhinted(patch: pytest.MonkeyPatch) -> None:
    """Who comes back from an assistant who was not there waits for the tick."""
    patch.setattr(connect_caller, "AGAIN_SECONDS", connect_caller.MOST_AGAIN_SECONDS)


def _no_limit(patch: pytest.MonkeyPatch) -> None:
    """A serving takes a line whether one is free or not."""

    def conditions(queue: FakeQueue, change: QueueChange) -> list[tuple[str, bool]]:
        return [(name, holds or name == "line") for name, holds in honest(queue, change)]

    honest = FakeQueue._conditions
    patch.setattr(FakeQueue, "_conditions", conditions)


def _claimed_whatever(patch: pytest.MonkeyPatch) -> None:
    """A caller is admitted whether a line is free or not."""
    patch.setattr(admit, "claim_line", lambda *_: LineClaim.TAKEN)


def _latest_first(patch: pytest.MonkeyPatch) -> None:
    """Whoever came last is served first."""

    def heads(queue: FakeQueue, department: str, waits_for: Any, most: int) -> Any:
        return honest(queue, department, waits_for, 99)[::-1][:most]

    honest = FakeQueue.heads
    patch.setattr(FakeQueue, "heads", heads)


def _counted_twice(patch: pytest.MonkeyPatch) -> None:
    """A call that was ordered for a visit is counted as any other beside it."""

    def heard(news: CallNews, parts: SettleParts) -> object:
        honest(replace(news, visit_post=None), parts)
        return honest(news, parts)

    honest = settle_attempt.hear_of_call
    patch.setattr(reception_functions, "hear_of_call", heard)


def _place_given_up(patch: pytest.MonkeyPatch) -> None:
    """A caller for whom no assistant was had is forgotten, and hears music."""

    def enter(asked: Any, parts: Any, staff: Any = None) -> Any:
        came = honest(asked, parts, staff)
        entry = parts.queue.tables.entries[asked.visit_id]
        parts.queue.tables.entries[asked.visit_id] = replace(entry, due_at_ms=None)
        parts.queue.tables.out_of_queue.add(asked.visit_id)
        return came

    honest = enter_queue
    patch.setattr(connect_caller, "enter_queue", enter)


def _led_away_in_vain(patch: pytest.MonkeyPatch) -> None:
    """What comes after a talk is taken for its end, also of who was led out of it to wait."""
    for module in (dialled_assistant, connect_caller):
        patch.setattr(module, "is_to_get_a_person", lambda *_: False)


VISIT_BUGS = {
    "release lost": PlantedVisit(plant=_release_lost, caught="for ever"),
    "release doubled": PlantedVisit(plant=_release_doubled, caught="lines"),
    "two servers": PlantedVisit(plant=_two_servers, caught=""),
    "ordered again": PlantedVisit(plant=_ordered_again, caught="was ordered"),
    "unknown is not sent": PlantedVisit(plant=_unknown_is_not_sent, caught="at once"),
    "lease never ends": PlantedVisit(plant=_lease_never_ends, caught="free line"),
    "doubt for ever": PlantedVisit(plant=_doubt_for_ever, caught="for ever"),
    "nobody is hinted at": PlantedVisit(plant=_nobody_is_hinted_at, caught="free line"),
    "back unhinted": PlantedVisit(plant=_back_unhinted, caught="free line"),
    "no limit": PlantedVisit(plant=_no_limit, caught="at once"),
    "claimed whatever": PlantedVisit(plant=_claimed_whatever, caught="at once"),
    "latest first": PlantedVisit(plant=_latest_first, caught="overtaken"),
    "call counted twice": PlantedVisit(plant=_counted_twice, caught="lines are counted of"),
    "led away in vain": PlantedVisit(plant=_led_away_in_vain, caught="has lost the place"),
    "place given up": PlantedVisit(plant=_place_given_up, caught="free line"),
}
