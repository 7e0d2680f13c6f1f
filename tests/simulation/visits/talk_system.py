"""A caller's talk with an assistant: how long it lasts, whom he wants in it, and what he hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.conversations.services.ports.messages import PersonWish
from tests.simulation.visits.people_names import asks_by_name
from tests.simulation.visits.provider_truth import Hears, Onward, leg_of
from tests.simulation.visits.reception_services import DEPARTMENTS
from tests.unit.queue.queue_scene import SORRY

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.reception.services.reception_parts import Reception
    from tests.simulation.visits.provider_truth import Call, Leg, Plan
    from tests.simulation.visits.reception_system import ReceptionSystem


class TalkSystem:
    """All talks with assistants in one world."""

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world = system, system.world

    def begin(
        self, leg: Leg, document: int, call: Call, after: Callable[[str, Reception], Any]
    ) -> None:
        """A caller talks with an assistant from now on; `after` is what his leg asks then."""
        if call.joined:
            self.system.broken.append(f"{leg.sid} is joined with a call a second time")
        call.joined, leg.call = True, call
        leg.answered, leg.after = True, after
        self.system.hears(leg, Hears.ASSISTANT)
        leg.got_ms = leg.got_ms or self.world.now
        self.system.connected.append(leg)
        chance, plan = self.world.chance, leg.plan
        talk_ms = chance.uniform(5_000, 120_000)
        if chance.random() < 0.25:
            talk_ms = 500  # the assistant is gone at once
        elif plan.whose is not None:
            talk_ms += 60_000
            self.world.later(plan.says_ms, lambda: self._wants(leg, call, plan.whose))
            self.world.later(
                plan.says_ms + plan.onward_ms, lambda: self._goes_onward(leg, call, plan)
            )
        by_caller = chance.random() < 0.5
        ends = self.system.hangs_up if by_caller else lambda leg: self._lets_go_of(leg, after)
        self.world.later(talk_ms, lambda: self._talk_ends(leg, document, ends))

    def _talk_ends(self, leg: Leg, document: int, ends: Callable[[Leg], None]) -> None:
        if not leg.gone and leg.document == document and leg.call is not None:
            ends(leg)

    def _lets_go_of(self, leg: Leg, after: Callable[[str, Reception], Any]) -> None:
        call, leg.call = leg.call, None
        leg.after = None
        if call is not None:
            self.system.providers.end(call, "assistant-ended-call")
        self.system.hears(leg, Hears.RINGING)
        self.system.ask(leg, after)

    # -- what callers want -------------------------------------------------------------------

    def _wants(self, leg: Leg, call: Call, whose: str | None) -> None:
        """A caller says in his talk whom he wants, and it is decided."""
        if leg.call is not call:
            return
        if whose is not None:
            leg.wanted += 1
        if leg.wants != whose:
            leg.wants, leg.wants_since_ms = whose, self.world.now
        leg.decided += 1
        now_ms = self.system.services.clock.now_ms()
        person = asks_by_name(leg, whose)
        wish = PersonWish(
            post=call.name, number=leg.decided, whose=whose, at_ms=now_ms, person=person
        )
        self.system.functions.decides(wish)

    def tells_wish(self, wish: PersonWish) -> None:
        """What was decided is being written down: that is when we know."""
        leg = self.system.providers.legs[leg_of(wish.post)]
        number, whose = leg.known
        if wish.number < number:
            return  # told late: it is replaced already
        if whose not in {None, wish.whose}:
            self.system.people.judge.replaces(leg)
        leg.known = wish.number, wish.whose
        leg.known_name = self.world.now, wish.person

    def _goes_onward(self, leg: Leg, call: Call, plan: Plan) -> None:
        if leg.call is not call or leg.wants is None:
            return
        match plan.onward:
            case Onward.NEVER_MIND:
                self._wants(leg, call, None)
            case Onward.SOMEBODY_ELSE:
                other = next(name for name in DEPARTMENTS if name != leg.wants)
                self._wants(leg, call, other)
            case Onward.HANGS_UP:
                self.system.hangs_up(leg)

    def hears_of_people(self, leg: Leg, text: str) -> None:
        """The assistant tells a caller what came of his wish."""
        call = leg.call
        if call is None:
            return
        leg.told.append(text)
        if text == SORRY.may_wait and leg.plan.waits:
            whose, after_ms = leg.wants, self.world.chance.uniform(1_500, 6_000)
            self.world.later(after_ms, lambda: self._wants(leg, call, whose))
