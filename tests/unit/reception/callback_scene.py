"""What tests of kept places share: one line, callers who wait for it, and telephones that ring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.permission.domain.asked_calls import forbids_what_he_asks
from contact_center.permission.domain.contactability import may_call
from contact_center.queue.domain.callable_numbers import CallableNumbers
from contact_center.queue.domain.queue_rules import CallBackRules, CallBackTexts
from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.queue.services.call_kept_place import CallParts
from contact_center.queue.services.change_entry import Keeping
from contact_center.queue.services.enter_queue import WaitAsked, Waits, enter_queue
from contact_center.queue.services.judge_kept_place import CallBackJudge
from contact_center.queue.services.keep_place import key_pressed
from contact_center.queue.services.look_after_queue import look_after_queue
from contact_center.queue.services.look_at_kept_place import KeptPlaceCalls, LookParts
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.reception.services.admit import admit
from contact_center.reception.services.called_back import (
    Try,
    answer_called,
    hear_of_called,
    key_of_called,
)
from contact_center.reception.services.do_job import JobParts, do_job
from contact_center.reception.services.follow_visit import hear_of_leg
from contact_center.visits.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.domain.visits import Visit
from tests.fakes.telephone import FakeTelephone
from tests.unit.dialing.dialing_scene import NOW_MS, MachineIsCivil
from tests.unit.permission.dialing_examples import shipped
from tests.unit.queue.queue_scene import DEPARTMENTS, CountedIds, rules
from tests.unit.reception.desk import JOINED, Desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.visit_parts import Ending
    from contact_center.visits.services.reception_jobs import ReceptionJob

OURS = "+14155550100"
ANN, BOB, CAT = "+12122345671", "+12122345672", "+12122345673"
NUMBERS = {"ann": ANN, "bob": BOB, "cat": CAT}
MINUTE_MS = 60_000
TEXTS = CallBackTexts(
    offer="1 or 2",
    offer_other="2",
    offer_instead="1 instead",
    ask_number="your number",
    read_back="is it {number}",
    bad_number="no number",
    kept="kept",
    not_kept="not kept",
    your_turn="your turn",
    opening="we call you back",
    cut_off="we were cut off",
    no_key="no key",
    over="over",
)
CALL_BACK = CallBackRules(
    tries=3,
    apart_ms=10 * MINUTE_MS,
    ring_seconds=30,
    longest_ms=24 * 60 * MINUTE_MS,
    texts=TEXTS,
    numbers=CallableNumbers(frozenset({"212", "415"})),
)


class CallbackScene(Desk):
    """A reception with one line, which somebody else has, and a receptionist."""

    def __init__(self, outcome: object = JOINED, *, lines: int = 1, **rules_of: Any) -> None:
        super().__init__(outcome, lines=lines)
        self.clock.at_ms = NOW_MS
        self.ids = CountedIds()
        self.phone: Any = FakeTelephone(self.clock)
        own = {"keeps_places": True} | rules_of
        self.waiting = replace(
            self.waiting,
            rules=replace(rules(**own), call_back=CALL_BACK),
            keeping=Keeping(
                hours=self.reception.hours,
                civil=MachineIsCivil(),
                numbers=CALL_BACK.numbers,
                forbidden=self.forbids,
            ),
        )
        self.reception = replace(self.reception, queue=self.waiting, caller_id=OURS)
        self.released: list[tuple[str, str]] = []
        self.calls = CallParts(
            waiting=replace(self.waiting, keeping=None),
            rules=CALL_BACK,
            telephone=self.phone,
            ids=self.ids,
            judge=CallBackJudge(
                judge=JudgeParts(may_call=may_call, rules=shipped(), civil=MachineIsCivil()),
                hours=self.reception.hours,
                circumstances=lambda number: self.tables.circumstances(number, None),
            ),
            caller_id=OURS,
            lines=lines,
        )
        self.serving = ServeParts(
            waiting=self.calls.waiting,
            telephone=self.phone,
            ids=self.ids,
            departments=DEPARTMENTS,
            lines=lines,
            kept=KeptPlaceCalls(
                LookParts(calls=self.calls, visits=self.visits, release=self.release)
            ),
        )
        for number in range(lines):
            self.tables.admit(f"call:{number}", NOW_MS)

    # -- what callers do ----------------------------------------------------------------------

    def waits(self, name: str, what: WaitsFor = WaitsFor.LINE, department: str = "sales") -> None:
        """A caller comes and waits."""
        self.clock.advance(1)
        leg = f"CA-{name}"
        self.phone.legs[leg] = LegStatus.IN_PROGRESS
        began = Visit(
            visit_id=visit_of(leg),
            caller=NUMBERS[name],
            department=department,
            began_ms=self.clock.now_ms(),
            place_ms=self.clock.now_ms(),
        )
        self.visits.write(began, 0)
        asked = WaitAsked(
            visit_id=began.visit_id,
            department=department,
            waits_for=what,
            leg=leg,
            number=NUMBERS[name],
        )
        assert isinstance(enter_queue(asked, self.waiting), Waits)

    def keeps(self, name: str) -> Sequence[Instruction]:
        """A caller presses 1 in the music, and hangs up if he is told that he may."""
        heard = key_pressed(f"v-CA-{name}", "1", self.waiting)
        if self.state(name) in {"kept", "resting"}:
            self.hangs_up(f"CA-{name}")
        return heard

    def hangs_up(self, leg: str, status: LegStatus = LegStatus.COMPLETED) -> None:
        self.phone.legs[leg] = status
        told = LegChanged(leg=leg, status=status, sequence=9)
        hear_of_leg(told, self.clock.now_ms(), self.reception)

    def rings_in(self, name: str, leg: str) -> str:
        """A caller rings our number."""
        self.phone.legs[leg] = LegStatus.IN_PROGRESS
        came = CallerRang(
            leg=leg,
            status=LegStatus.RINGING,
            caller=NUMBERS[name],
            caller_proved=True,
            called=OURS,
            forwarded_from=None,
            call_token=None,
        )
        return admit(came, self.reception)

    # -- what happens -------------------------------------------------------------------------

    def frees_line(self) -> None:
        """Whoever had the line has hung up."""
        self.tables.leave("call:0", self.clock.now_ms())

    def serves(self) -> int:
        """The receptionist looks at who waits; how many were sent for, or rung."""
        return serve_next(self.serving)

    def tick(self, after_ms: int = 0) -> None:
        self.clock.advance(after_ms)
        look_after_queue(self.serving)

    def do_jobs(self) -> None:
        """The receptionist does what it was told of."""
        jobs, self.jobs.sent[:] = list(self.jobs.sent), []
        for job in jobs:
            parts = JobParts(serve=self.serving, offers=None, find_person=self.found)  # type: ignore[arg-type]
            do_job(job, parts)

    def found(self, job: ReceptionJob) -> None:
        """Nobody looks for people here."""

    def forbids(self, number: str) -> bool:
        permission = self.tables.circumstances(number, None).permission
        return forbids_what_he_asks(permission, MachineIsCivil().at(self.clock.now_ms()))

    def release(self, person_id: str, token: str) -> None:
        self.released.append((person_id, token))

    # -- what a called telephone does -----------------------------------------------------------

    @property
    def rung(self) -> list[str]:
        """Whom we have rung, in order."""
        names = {number: name for name, number in NUMBERS.items()}
        return [names[request.to] for request in self.phone.rung.values()]

    def ring(self, name: str) -> Try:
        entry = self.entry(name)
        return Try(entry.visit_id, entry.token or "")

    def ring_of(self, visit_id: str) -> Try:
        return Try(visit_id, self.queue.entries[visit_id].token or "")

    def picks_up(self, name: str, leg: str = "CA-person-1", ring: Try | None = None) -> str:
        ring = ring or self.ring(name)
        if leg in self.phone.live():
            self.phone.legs[leg] = LegStatus.IN_PROGRESS
        return answer_called(ring, leg, self.reception)

    def presses(
        self, name: str, keys: str, leg: str = "CA-person-1", ring: Try | None = None
    ) -> str:
        return key_of_called(ring or self.ring(name), leg, keys, self.reception, self.release)

    def ends(
        self,
        name: str,
        status: LegStatus = LegStatus.NO_ANSWER,
        leg: str = "CA-person-1",
        ring: Try | None = None,
    ) -> None:
        ring = ring or self.ring(name)
        self.phone.legs[leg] = status
        told = LegChanged(leg=leg, status=status, sequence=3)
        hear_of_called(ring, told, self.clock.now_ms(), self.reception, self.release)

    # -- what is seen ---------------------------------------------------------------------------

    def entry(self, name: str) -> QueueEntry:
        return self.queue.entries[f"v-CA-{name}"]

    def state(self, name: str) -> str:
        entry = self.entry(name)
        return str(entry.because or entry.state)

    def tries(self, name: str) -> int:
        kept = self.entry(name).kept
        assert kept is not None
        return kept.tries

    def ending(self, leg: str) -> Ending | None:
        return self.visits.kept[visit_of(leg)].visit.ending

    @property
    def holders(self) -> list[str]:
        """Who holds the line, but for calls of others."""
        return [holder for holder in self.tables.leases if not holder.startswith("call:")]

    def is_settled(self) -> bool:
        """Whether nobody rings, nobody holds a line for nothing, nothing is being done."""
        calling = [one for one in self.queue.entries.values() if one.state is EntryState.CALLING]
        return not calling and not [one for one in self.holders if one.startswith("kept:")]
