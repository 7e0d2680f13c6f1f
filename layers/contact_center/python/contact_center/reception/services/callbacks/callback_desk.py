"""What operators see of kept places and ask of them: who is called back, and who no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.queue.domain.kept_places import ComesDue, GivenUp, Kept, KeptPlace
from contact_center.queue.domain.kept_steps import IS_CALLED, after_any
from contact_center.queue.domain.waiting import Entered, EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.judge_kept_place import NotNow, may_ring
from contact_center.queue.services.place_given import place_given
from contact_center.queue.services.queue_ports import KEPT, QueueChange
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.kernel.ports import Ids
    from contact_center.queue.domain.queue_rules import CallBackRules
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.judge_kept_place import CallBackJudge
    from contact_center.visits.services.reception_jobs import ReceptionJobs

    type Json = dict[str, object]

MOST_SHOWN = 200
NO_LEG = "CB"  # what stands for the leg of whoever never was on the line: there is no visit
HELD = "callback_kept"  # why no second one is kept


class NoCallbackError(Exception):
    """There is no such kept place, or it was used."""


class CallbackRefusedError(Exception):
    """Nobody may be called back there, or is already.

    Attributes:
        reason: A word of contactability's, `closed`, or HELD.
        from_ms: From when on that is otherwise, ms since 1970; None: not known, or never.
    """

    def __init__(self, reason: str, from_ms: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.from_ms = from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDesk:
    """What the operators' routes of kept places run on; `jobs` None: nobody waits here."""

    queue: QueueParts
    judge: CallBackJudge
    rules: CallBackRules
    departments: frozenset[str]
    jobs: ReceptionJobs | None
    ids: Ids

    def all(self) -> Json:
        """Those who are to be called, and those who could not be until somebody attends to them.

        Raises StoreUnavailableError.
        """
        found = self.queue.queue.kept_places(MOST_SHOWN)
        entries = sorted(found.entries, key=lambda one: (one.place_ms, one.visit_id))
        return {"callbacks": [_shown(one) for one in entries], "complete": found.complete}

    def keep(self, number: str, department: str, asked: str) -> Json:
        """Keep a place for somebody who has asked an operator for it.

        Args:
            number: E.164, of a class that may be called.
            department: Its key.
            asked: How he asked: the source of his consent to this call.

        Raises:
            FieldError: There is no such department.
            CallbackRefusedError: He may never be called, or a place is kept for him.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        if department not in self.departments:
            known = ", ".join(sorted(self.departments))
            raise FieldError("department", f"must be one of {known}")
        now_ms = self.queue.clock.now_ms()
        visit_id = visit_of(f"{NO_LEG}{self.ids.new()[:32]}")
        entry = self._kept(visit_id, number, department, asked, now_ms)
        try:
            stored = self.queue.queue.commit(QueueChange(before=None, after=entry))
        except ConditionLostError as refused:
            raise CallbackRefusedError(HELD if KEPT in refused.lost else "changed") from None
        place_given(stored, self.queue)
        return _shown(stored)

    def give_up(self, visit_id: str) -> None:
        """Call somebody no more; of a place that came to nothing: somebody attends to it.

        Raises:
            NoCallbackError: There is no such place, or it was used.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        if self.queue.queue.forget_failed(visit_id):
            return
        at_ms = self.queue.clock.now_ms()
        given_up = GivenUp(why=LeftBecause.CANCELLED, at_ms=at_ms, because="by_operator")
        before = self.queue.queue.read(visit_id)
        entry = change_entry(visit_id, given_up, self.queue)
        if entry is None or before is None or before.state not in IS_CALLED:
            raise NoCallbackError
        self._hint(JobKind.CALL_BACK, visit_id)

    def call_now(self, visit_id: str) -> None:
        """End the rest of somebody who is called later: he is back in line, at his place.

        Raises:
            NoCallbackError: Nobody rests there.
            CallbackRefusedError: He may not be called now either.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        rests = self.queue.queue.read(visit_id)
        if rests is None or rests.kept is None or rests.state is not EntryState.RESTING:
            raise NoCallbackError
        leave = may_ring(rests, rests.kept, self.queue.clock.now_ms(), self.judge)
        if isinstance(leave, NotNow):
            raise CallbackRefusedError(leave.because, leave.from_ms)
        change_entry(visit_id, ComesDue(at_ms=rests.due_at_ms or 0), self.queue)
        self._hint(JobKind.SERVE)

    def _kept(
        self, visit_id: str, number: str, department: str, asked: str, now_ms: int
    ) -> QueueEntry:
        entered = Entered(
            visit_id=visit_id,
            department=department,
            waits_for=WaitsFor.LINE,
            leg=visit_id.removeprefix("v-"),
            number=number,
            place_ms=now_ms,
            at_ms=now_ms,
            due_at_ms=now_ms,
        )
        place = KeptPlace(
            asked_at_ms=now_ms,
            by=f"asked an operator to be called back: {asked}",
            from_ms=now_ms,
            ends_at_ms=now_ms + self.rules.longest_ms,
        )
        entry = after_any(after_any(None, entered), Kept(number=number, place=place))
        if entry is None:
            raise NoCallbackError
        leave = may_ring(entry, place, now_ms, self.judge)
        if not isinstance(leave, NotNow):
            return entry
        if leave.from_ms is None:
            raise CallbackRefusedError(leave.because)
        ends_at_ms = max(place.ends_at_ms, leave.from_ms + self.rules.longest_ms)
        later = replace(place, from_ms=max(now_ms + 1, leave.from_ms), ends_at_ms=ends_at_ms)
        put_off = after_any(after_any(None, entered), Kept(number=number, place=later))
        return entry if put_off is None else put_off

    def _hint(self, kind: JobKind, visit_id: str | None = None) -> None:
        send_hint(ReceptionJob(kind, visit_id), self.jobs, self.queue.metrics)


def _shown(entry: QueueEntry) -> Json:
    kept = entry.kept
    return {
        "id": entry.visit_id,
        "number": entry.number,
        "department": entry.department,
        "waitsFor": entry.waits_for.value,
        "state": "failed" if entry.state not in IS_CALLED else entry.state.value,
        "since": iso(entry.place_ms),
        "askedAt": None if kept is None else iso(kept.asked_at_ms),
        "callsFrom": iso(entry.due_at_ms) if entry.state.value == "resting" else None,
        "tries": 0 if kept is None else kept.tries,
        "because": None if kept is None or not kept.because else kept.because,
    }
