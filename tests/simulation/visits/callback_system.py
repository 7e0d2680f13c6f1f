"""Callers who keep their places and are called back, at Twilio's door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import PassingError
from contact_center.queue.domain.wait_documents import CONFIRM_PATH, KEEP_PATH, NUMBER_PATH
from contact_center.queue.services.keep_place import AGAIN_KEY, OTHER_KEY, OWN_KEY, YES_KEY
from contact_center.reception.services.callbacks.callback_desk import (
    CallbackRefusedError,
    NoCallbackError,
)
from contact_center.reception.services.called_back import JOIN_KEY
from contact_center.reception.services.leave_music import leave_music
from contact_center.twilio.callback_routes import callback_document, take_callback_note
from contact_center.twilio.forms import Form
from contact_center.twilio.webhooks import STATUSES
from contact_center.visits.domain.courtesies import KEEP_INSTEAD
from contact_center.visits.domain.instructions import (
    AskKeys,
    HangUp,
    JoinAssistant,
    LeaveWait,
    RingAssistant,
    Speak,
    Wait,
)
from contact_center.visits.domain.legs import LegStatus
from tests.simulation.visits.callback_judge import CallbackJudge
from tests.simulation.visits.callback_promises import visit_at
from tests.simulation.visits.callback_truth import CalledBack, Keeps, Luck
from tests.simulation.visits.people_system import API_MS, ASKED_MS, DOOR_MS, TRIES
from tests.simulation.visits.provider_truth import Hears, Leg
from tests.simulation.visits.reception_services import CALL_BACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegRequest
    from tests.simulation.visits.callback_promises import Promise
    from tests.simulation.visits.reception_system import ReceptionSystem

SOUND_MS = 5_000
FIRST_CALLED, FIRST_AGAIN = 500, 800  # of legs, where those who ring first have small numbers
SAID = {status: word for word, status in STATUSES.items()}
LUCK = (
    *(Luck.PRESSES,) * 5,
    *(Luck.MACHINE, Luck.NEVER) * 2,
    Luck.ANOTHER_KEY,
    Luck.HANGS_UP,
    Luck.BUSY,
    Luck.FAILED,
    Luck.RINGS_IN,
)
WRONG_KEY, WRONG_NUMBER = "7", "411"
TRIES_AGAIN_MS = 40_000  # who could not keep his place
PATIENCE_MS = (60_000, 400_000)


class CallbackSystem:
    """Those who do not wait."""

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world, self.services = system, system.world, system.services
        self.judge = CallbackJudge(system)
        self.telephones = telephones = system.providers.called
        telephones.leg = self._leg
        telephones.tried = self.judge.tried
        telephones.made = self.judge.made
        telephones.told_of = lambda leg: self.tell_of(leg, leg.called)
        telephones.answered = self._answered
        telephones.hangs_up = system.hangs_up
        telephones.rings = self._rings
        self._rung = self._rang_in = 0

    # -- in the music ------------------------------------------------------------------------

    def hears(self, leg: Leg, document: int, steps: Sequence[Instruction]) -> bool:
        """Whether a wait document asks for a key, or is a goodbye; what follows is done here."""
        if isinstance(steps[-1], HangUp):
            self._hears_goodbye(leg, steps)
            return True
        asks, keeps = steps[0], leg.keeps
        if not isinstance(asks, AskKeys):
            return False
        chance, lasts_ms = self.world.chance, len(asks.sounds) * SOUND_MS
        if keeps is None or self.world.now - leg.since_ms < keeps.after_ms:
            self.world.later(lasts_ms, lambda: self.system.music(leg, document))
            return True
        key = OWN_KEY if keeps.other is None else OTHER_KEY
        after_ms = chance.uniform(300, lasts_ms)
        self.world.later(after_ms, lambda: self._presses(leg, document, asks.to, key))
        return True

    def _presses(self, leg: Leg, document: int, to: str, keys: str) -> None:
        if leg.gone or leg.document != document:
            return
        keeps = leg.keeps
        assert keeps is not None
        if to == KEEP_PATH and keys == OWN_KEY:
            self.judge.asks(leg, leg.number)
        if to == CONFIRM_PATH and keys == YES_KEY:
            self.judge.asks(leg, keeps.other or "")
        self._asks(leg, document, to, keys, TRIES)
        if keeps.unheard and (to == CONFIRM_PATH or keys == OWN_KEY):
            after_ms = self.world.chance.uniform(0, 300)
            self.world.later(after_ms, lambda: self.system.hangs_up(leg))

    def _asks(self, leg: Leg, document: int, to: str, keys: str, tries: int) -> None:
        def body() -> Sequence[Instruction]:
            return self._spoken(to, leg.sid, keys)

        def ended(how: str, steps: Any) -> None:
            if leg.gone or leg.document != document:
                return
            if how == "returned":
                self._goes_on(leg, document, list(steps))
            elif tries > 1:
                self.world.later(100, lambda: self._asks(leg, document, to, keys, tries - 1))
            else:
                self.system.ask(leg, leave_music)

        self.world.spawn("keep", DOOR_MS, body, ended)
        if self.world.fault("webhook_twice"):
            self.world.spawn("keep twice", DOOR_MS, body)

    def _spoken(self, to: str, sid: str, keys: str) -> Sequence[Instruction]:
        """As the door has it in the music: whatever breaks, it is left."""
        try:
            text = callback_document(
                to, form_of(sid, keys), self.system.reception, self.services.desk
            )
            return self.system.documents[text or ""]
        except Exception as error:  # noqa: BLE001  as the door
            if not isinstance(error, PassingError):
                self.world.strange.append(error)
            return (LeaveWait(),)

    def _goes_on(self, leg: Leg, document: int, steps: list[Instruction]) -> None:
        asks = next((step for step in steps if isinstance(step, AskKeys)), None)
        if isinstance(steps[-1], HangUp):
            self._hears_goodbye(leg, steps)
        elif isinstance(steps[-1], LeaveWait):
            self.system.ask(leg, leave_music)
        elif asks is None:
            if leg.keeps is not None:
                leg.keeps.after_ms = self.world.now - leg.since_ms + TRIES_AGAIN_MS
            self.world.later(3_000, lambda: self.system.music(leg, document))
        else:
            keys, after_ms = self._keys_for(leg, asks.to), self.world.chance.uniform(500, 9_000)
            self.world.later(after_ms, lambda: self._presses(leg, document, asks.to, keys))

    def _keys_for(self, leg: Leg, to: str) -> str:
        keeps = leg.keeps
        assert keeps is not None
        if to == NUMBER_PATH:
            keeps.mistakes -= 1
            return WRONG_NUMBER if keeps.mistakes >= 0 else (keeps.other or "")[2:]
        keeps.corrects -= 1
        return AGAIN_KEY if keeps.corrects >= 0 else YES_KEY

    def _hears_goodbye(self, leg: Leg, steps: Sequence[Instruction]) -> None:
        self.sees(leg, steps)
        leg.document += 1
        self.system.hears(leg, Hears.WORDS)
        self.world.later(3_000, lambda: self.system.hangs_up(leg))

    def sees(self, leg: Leg, steps: Sequence[Instruction]) -> None:
        """What a document of a caller's leg says and begins with."""
        if Speak(CALL_BACK.texts.kept) in steps:
            self.judge.told(leg)
            if leg.keeps is not None and leg.keeps.again_ms is not None:
                self._later_rings_in(leg.keeps.again_ms, leg)
                leg.keeps.again_ms = None
        called = leg.called
        if called is None or called.joined_ms is not None or not steps:
            return
        if isinstance(_first(steps), (JoinAssistant, RingAssistant, Wait)):
            self.judge.joined(leg)
            called.holds = False
            patience_ms = self.world.chance.uniform(*PATIENCE_MS)
            self.world.later(patience_ms, lambda: self.system.loses_patience(leg))

    # -- outside of it -----------------------------------------------------------------------

    def asked(self, leg: Leg, document: int, asks: AskKeys) -> bool:
        """Whether a leg that is asked for a key listens, and presses one or none."""
        if leg.called is not None and asks.to != KEEP_INSTEAD:
            self._listens(leg, document, leg.called, asks.to)
            return True
        if asks.to != KEEP_INSTEAD or leg.keeps is None:
            return False
        after_ms = self.world.chance.uniform(1_000, 9_000)
        self.world.later(after_ms, lambda: self._keeps_instead(leg, document))
        return True

    def _keeps_instead(self, leg: Leg, document: int) -> None:
        if leg.document == document and not leg.gone:
            self.judge.asks(leg, leg.number)
            self.system.ask(leg, self.at(KEEP_INSTEAD, OWN_KEY))

    def at(self, path: str, keys: str = "") -> Callable[[str, Reception], str]:
        """What asks for the document at an address."""

        def called_back(sid: str, reception: Reception) -> str:
            said = callback_document(path, form_of(sid, keys), reception, self.services.desk)
            assert said is not None
            return said

        return called_back

    # -- who is called -----------------------------------------------------------------------

    def _leg(self, request: LegRequest) -> Leg:
        now_ms, sid = self.world.now, f"CA{FIRST_CALLED + self._rung:032d}"
        self._rung += 1
        promise = self.judge.promises.get(visit_at(request.answered))
        for_person = promise is not None and promise.for_person
        called = CalledBack(
            visit_id=visit_at(request.answered),
            at=request.answered,
            luck=self.world.chance.choice(LUCK),
            made_ms=now_ms,
            ring_seconds=request.ring_seconds,
            for_person=for_person,
        )
        leg = Leg(sid, request.to, now_ms, since_ms=now_ms, called=called, place_from_ms=now_ms)
        if promise is not None and for_person:
            leg.wants, leg.wants_since_ms = promise.queue.partition("-")[0], now_ms
            leg.wanted = 1
        return leg

    def _rings(self, leg: Leg) -> None:
        called = leg.called
        if called is not None and called.luck is Luck.RINGS_IN:
            self._later_rings_in(self.world.chance.uniform(500, 15_000), leg)

    def _answered(self, leg: Leg) -> None:
        called = leg.called
        assert called is not None
        self.system.ask(leg, self.at(called.at))

    def _listens(self, leg: Leg, document: int, called: CalledBack, to: str) -> None:
        def presses(keys: str) -> None:
            if not leg.gone and leg.document == document:
                called.pressed = called.pressed or keys == JOIN_KEY
                called.holds = called.holds and bool(keys)  # none: the try is over
                self.system.ask(leg, self.at(to, keys))

        def puts_down() -> None:
            if leg.document == document:
                self.system.hangs_up(leg)

        after_ms = self.world.chance.uniform(1_000, 12_000)
        self.world.later(ASKED_MS, lambda: presses(""))
        match called.luck:
            case Luck.PRESSES:
                self.world.later(after_ms, lambda: presses(JOIN_KEY))
            case Luck.ANOTHER_KEY:
                called.luck = Luck.PRESSES
                self.world.later(after_ms, lambda: presses(WRONG_KEY))
            case Luck.HANGS_UP:
                self.world.later(after_ms, puts_down)

    def over(self, leg: Leg, called: CalledBack) -> None:
        """A leg that we rang has ended."""
        ends = {LegStatus.BUSY, LegStatus.FAILED, LegStatus.NO_ANSWER, LegStatus.COMPLETED}
        if called.status not in ends:
            called.status = LegStatus.COMPLETED
        called.sequence += 1
        self.tell_of(leg, called)
        promise = self.judge.promises.get(called.visit_id)
        first = None if promise is None or promise.leg is None else promise.leg.keeps
        if called.status is LegStatus.NO_ANSWER and first is not None and first.again_if_missed:
            first.again_if_missed = False
            self._later_rings_in(self.world.chance.uniform(1_000, 60_000), leg)

    def tell_of(self, leg: Leg, called: CalledBack | None) -> None:
        """Twilio tells of a leg's status."""
        world, gone = self.world, leg.gone
        if called is None:
            return
        if world.fault("webhook_lost"):
            self._untold(leg, gone=gone)
            return
        late_ms = world.chance.uniform(0, 20_000) if world.fault("webhook_late") else 50
        path, form = f"{called.at.rpartition('/')[0]}/status", _status(leg, called)
        for _ in range(2 if world.fault("webhook_twice") else 1):
            world.later(late_ms, lambda: self._tells(leg, path, form, TRIES, gone=gone))

    def _tells(self, leg: Leg, path: str, form: Form, left: int, *, gone: bool) -> None:
        def body() -> None:
            now_ms, reception = self.services.clock.now_ms(), self.system.reception
            take_callback_note(path, form, now_ms, reception, self.services.desk)

        def ended(how: str, error: Any) -> None:
            if how == "raised" and isinstance(error, PassingError):
                self.world.strange.remove(error)
            if how != "returned" and left > 1:
                self.world.later(1_000, lambda: self._tells(leg, path, form, left - 1, gone=gone))
            elif how != "returned":
                self._untold(leg, gone=gone)

        self.world.spawn("called status", DOOR_MS, body, ended)

    def _untold(self, leg: Leg, *, gone: bool) -> None:
        if gone:
            self.system.untold.add(leg.sid)

    # -- who rings again, and operators ------------------------------------------------------

    def _later_rings_in(self, after_ms: float, of: Leg) -> None:
        promise = None if of.called is None else self.judge.promises.get(of.called.visit_id)
        promise = promise or self.judge.promises.get(f"v-{of.sid}")
        if promise is not None:
            self.world.later(after_ms, lambda: self._rings_in(promise))

    def _rings_in(self, promise: Promise) -> None:
        legs = self.system.providers.legs.values()
        talks = any(
            leg.number == promise.number and not leg.gone and leg.hears is not Hears.RINGING
            for leg in legs
        )
        if talks:
            return
        sid, chance = f"CA{FIRST_AGAIN + self._rang_in:032d}", self.world.chance
        self._rang_in += 1
        keeps = Keeps(after_ms=5_000) if chance.random() < 0.3 else None
        self.system.rings(sid, promise.number, chance.uniform(*PATIENCE_MS), keeps=keeps)

    def keeps(self, number: str, department: str) -> None:
        """Somebody has asked an operator to be called."""

        def body() -> Any:
            return self.services.callback_desk.keep(number, department, "in a letter")

        def ended(how: str, kept: Any) -> None:
            if how == "raised" and isinstance(kept, (PassingError, CallbackRefusedError)):
                self.world.strange.remove(kept)
            if how == "returned":
                promise = self.judge.asked_operator(kept["id"], number)
                promise.told_ms = self.world.now

        self.judge.asked_by_operator[number] = f"{department}-line", self.world.now
        self.world.spawn("callbacks", API_MS, body, ended)

    def cancels(self) -> None:
        """An operator lets somebody be called no more, whoever is to be."""
        there = [one for one in self.judge.promises.values() if one.told_ms and one.is_open]
        if not there:
            return
        promise = self.world.chance.choice(there)
        promise.cancelling = True

        def body() -> None:
            self.services.callback_desk.give_up(promise.visit_id)

        def ended(how: str, error: Any) -> None:
            if how == "raised" and isinstance(error, (PassingError, NoCallbackError)):
                self.world.strange.remove(error)
            if how == "returned":
                promise.cancelled_ms = self.world.now
                self.judge.is_over(promise)

        for called in promise.called:
            if called.called is not None:
                called.called.holds = False
        self.world.spawn("callbacks", API_MS, body, ended)


def _status(leg: Leg, called: CalledBack) -> Form:
    return Form(
        [
            ("CallSid", leg.sid),
            ("CallStatus", SAID[called.status]),
            ("SequenceNumber", str(called.sequence)),
        ]
    )


def form_of(sid: str, keys: str) -> Form:
    """What Twilio says with keys that were pressed in a leg."""
    return Form([("CallSid", sid), ("CallStatus", "in-progress"), ("Digits", keys)])


def _first(steps: Sequence[Instruction]) -> Instruction | None:
    """What a document begins with, but for words."""
    return next((step for step in steps if not isinstance(step, Speak)), None)
