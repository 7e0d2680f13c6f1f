"""What the world knows of calls: who rang, what was charged, who was told of which slot.

Vapi and Twilio keep accounts of their own. Neither knows a rule of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.services.ports.look_ups import CallNotOverError
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.records.services.price_ports import LegPrice

if TYPE_CHECKING:
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from tests.simulation.world import World

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
AWAY = 0.15  # how often a provider does not answer, while anything goes wrong


@dataclass(frozen=True, kw_only=True)
class PlannedCall:
    """One call of a history.

    Attributes:
        begins_ms: From the beginning of the history.
        slot: Which of the days that can be booked he wishes; None: no appointment.
        report: How its report comes: soon, twice, late (a day), or never.
        answers: Where answers about it are: in the report, later (Vapi has them by then), nowhere.
        vapi: What Vapi charges, in millionths; `analysis`: for answers that come later.
        leg_priced_ms: How long after the end Twilio knows its price.
    """

    call_id: str
    number: str
    name: str
    begins_ms: float
    lasts_ms: float
    slot: int | None = None
    report: str = "soon"
    answers: str = "report"
    vapi: int = 90_000
    analysis: int = 1_500
    leg: int = 40_000
    leg_priced_ms: float = 10 * MINUTE_MS


@dataclass(eq=False)
class LivedCall:
    """A call as its providers know it; ms since 1970."""

    plan: PlannedCall
    began_ms: int
    at_vapi: bool = True
    at_twilio: bool = True

    @property
    def ended_ms(self) -> int:
        return self.began_ms + int(self.plan.lasts_ms)

    @property
    def answers_ms(self) -> float:
        """From when Vapi has answers about it."""
        later = {"report": 0, "later": 5 * MINUTE_MS}.get(self.plan.answers)
        return float("inf") if later is None else self.ended_ms + later

    @property
    def charged_by_vapi(self) -> int:
        return self.plan.vapi + (self.plan.analysis if self.plan.answers == "later" else 0)

    @property
    def charged(self) -> int:
        """What both ask for it in the end."""
        return self.charged_by_vapi + self.plan.leg


@dataclass
class AfterTruth:
    """What happened, and when.

    Attributes:
        booked: Which call was told that which slot is its own, in our words.
        asked: When it was asked, and when it was answered, that somebody is to be forgotten.
        uncalled: Who asked in a call never to be called again.
    """

    world: World
    calls: dict[str, LivedCall] = field(default_factory=dict)
    booked: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[str, tuple[float, float]] = field(default_factory=dict)

    def forgotten(self, call: LivedCall) -> bool:
        """Whether it is a call of somebody who asked to be forgotten after it had begun."""
        asked = self.asked.get(call.plan.number)
        return asked is not None and call.began_ms <= asked[1]

    def report_key(self, call: LivedCall, at_ms: float) -> str:
        """A report as Vapi would tell it at an instant."""
        answered = call.plan.answers != "nowhere" and at_ms >= call.answers_ms
        return f"{call.plan.call_id}/report{'+answers' if answered else ''}"


@dataclass
class SimulatedVapi:
    """CallReports, and Eraser of Vapi."""

    world: World
    truth: AfterTruth

    def report_of(self, call_id: str, at_ms: int) -> str | None:
        del at_ms
        self._asked("call asked of vapi")
        call = self.truth.calls.get(call_id)
        if call is None or not call.at_vapi:
            return None
        if self.world.now < call.ended_ms:
            raise CallNotOverError
        return self.truth.report_key(call, self.world.now)

    def erase(self, person: Person, in_time: InTime) -> Erased:
        count, later = 0, None
        for call_id in person.call_ids:
            if not in_time():
                return Erased(count=count, later="it takes longer")
            try:
                self._asked("vapi erases")
            except VoiceUnavailableError:
                later = "Vapi cannot erase a call yet"
                continue
            call = self.truth.calls.get(call_id)
            if call is not None and call.at_vapi:
                call.at_vapi, count = False, count + 1
        return Erased(count=count, later=later)

    def _asked(self, label: str) -> None:
        self.world.boundary(label)
        rough = self.world.faults.crash > 0
        if rough and self.world.chance.random() < AWAY:
            raise VoiceUnavailableError


@dataclass
class SimulatedTwilio:
    """LegPrices, and Eraser of Twilio: prices come late."""

    world: World
    truth: AfterTruth

    def price_of(self, leg: str) -> LegPrice | None:
        self._asked("price asked of twilio")
        call = self.truth.calls.get(leg.removeprefix("CA"))
        if call is None or not call.at_twilio:
            return None
        known = self.world.now >= call.ended_ms + call.plan.leg_priced_ms
        return LegPrice(call.plan.leg if known else None, "USD")

    def erase(self, person: Person, in_time: InTime) -> Erased:
        del in_time
        try:
            self._asked("twilio erases")
        except VoiceUnavailableError:
            return Erased(later="Twilio cannot erase a call yet")
        count, later = 0, None
        for call in self.truth.calls.values():
            his = call.plan.number == person.number and call.began_ms <= person.until_ms
            if not his or not call.at_twilio:
                continue
            if self.world.now < call.ended_ms:
                later = "Twilio cannot erase a call yet"
            else:
                call.at_twilio, count = False, count + 1
        return Erased(count=count, later=later)

    def _asked(self, label: str) -> None:
        self.world.boundary(label)
        rough = self.world.faults.crash > 0
        if rough and self.world.chance.random() < AWAY:
            raise VoiceUnavailableError
