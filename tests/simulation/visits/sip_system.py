"""Callers who are put through by SIP: Vapi's side of their calls, and how their legs come back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import PassingError
from contact_center.reception.services.dialled_assistant import dialled_assistant_ended
from contact_center.reception.services.expected_calls import ExpectedCalls
from contact_center.visits.domain.instructions import HangUp
from contact_center.visits.domain.legs import DialEnded, LegStatus
from tests.simulation.visits.people_system import DOOR_MS
from tests.simulation.visits.provider_truth import Call, Hears

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.services.answer_caller import Rang
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import RingAssistant
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

UNNAMED = 0.08  # so often Vapi does not show the header, in any message
ASKS_WITHIN_MS = 7_500
ENDED_BY_US = "assistant-request-returned-error"


class SipSystem:
    """What lies between a ring at Vapi's address and the leg's coming back."""

    def __init__(self, system: ReceptionSystem) -> None:
        services = system.services
        self.system, self.world = system, system.world
        self.expected = ExpectedCalls(services.visits, services.clock, services.metrics)
        system.functions.whose = self.whose

    def whose(self, call: Call) -> str | None:
        """The name that the router believes a call to have."""
        return None if call.claim is None else self.expected.whose(call.claim, call.call_id)

    def rings(self, leg: Leg, document: int, ring: RingAssistant) -> None:
        """A leg rings at the address; after a moment the call is there."""
        self.system.hears(leg, Hears.RINGING)
        leg.after = self._back(ring.after)(LegStatus.CANCELLED, bridged=False)
        after = partial(self._comes_in, leg, document, ring)
        self.world.later(self.world.chance.uniform(300, 1_500), after)

    def _comes_in(self, leg: Leg, document: int, ring: RingAssistant) -> None:
        if leg.gone or leg.document != document:
            return
        world, providers = self.world, self.system.providers
        [said] = ring.headers.values()
        back = self._back(ring.after)
        if world.fault("rejected"):
            self._comes_back(leg, back(LegStatus.FAILED, bridged=False))
            return
        shown = None if world.chance.random() < UNNAMED else said
        name = said.rpartition(".")[0]
        call = Call(f"call-{len(providers.calls) + 1}", name, world.now, claim=shown)
        providers.calls.append(call)
        leg.call = call
        providers.look()
        providers.tell_of_call(call, False)  # noqa: FBT003  a callback's two arguments
        self._asks(leg, document, call, back)

    def _asks(self, leg: Leg, document: int, call: Call, back: Callable[..., Any]) -> None:
        """Vapi asks who answers, for so long and no longer."""

        def ended(how: str, rang: Any) -> None:
            if how == "raised" and isinstance(rang, PassingError):
                self.world.strange.remove(rang)
            if leg.gone or leg.document != document or call.ended_ms is not None:
                return
            if how == "returned" and rang is not None:
                self.system.talks.begin(
                    leg, document, call, back(LegStatus.COMPLETED, bridged=True)
                )
            else:
                leg.answered, leg.after = True, back(LegStatus.COMPLETED, bridged=True)
                words_ms = self.world.chance.uniform(500, 6_000)
                self.world.later(words_ms, lambda: self._refused(leg, document, call, back))

        def body() -> Rang | None:
            return self.expected.take(call.claim, call.call_id)

        self.world.spawn("vapi door", ASKS_WITHIN_MS, body, ended)
        if self.world.fault("webhook_twice"):
            self.world.spawn("vapi door twice", ASKS_WITHIN_MS, body)

    def _refused(self, leg: Leg, document: int, call: Call, back: Callable[..., Any]) -> None:
        if leg.gone or leg.document != document:
            return
        leg.call = None
        self.system.providers.end(call, ENDED_BY_US)
        self._comes_back(leg, back(LegStatus.COMPLETED, bridged=True))

    def _comes_back(self, leg: Leg, back: Callable[[str, Reception], str]) -> None:
        self.system.hears(leg, Hears.RINGING)
        self.system.ask(leg, back)

    def _back(self, after: str) -> Callable[..., Callable[[str, Reception], str]]:
        """What a leg asks for that comes back, by how its Dial ended."""
        number = int(after.rpartition("/")[2])

        def by(how: LegStatus, *, bridged: bool) -> Callable[[str, Reception], str]:
            def came_back(sid: str, reception: Reception) -> str:
                told = DialEnded(
                    leg=sid,
                    status=LegStatus.IN_PROGRESS,
                    other=None,
                    how=how,
                    seconds=None,
                    sip_code=None,
                    bridged=bridged,
                )
                said = dialled_assistant_ended(told, number, reception)
                return reception.document([HangUp()]) if said is None else said

            return came_back

        return by

    def tells_of_end(self, leg: Leg, call: Call) -> None:
        """A caller hung up: Twilio tells the Dial's end as well, mostly."""
        if self.world.fault("webhook_lost"):
            return
        told = DialEnded(
            leg=leg.sid,
            status=LegStatus.COMPLETED,
            other=None,
            how=LegStatus.COMPLETED,
            seconds=None,
            sip_code=None,
            bridged=call.joined,
        )
        number = int(call.name.rpartition(".")[2])
        reception = self.system.reception

        def ended(how: str, error: Any) -> None:
            if how == "raised" and isinstance(error, PassingError):
                self.world.strange.remove(error)

        def body() -> None:
            dialled_assistant_ended(told, number, reception)

        self.world.later(50, lambda: self.world.spawn("dial end", DOOR_MS, body, ended))
