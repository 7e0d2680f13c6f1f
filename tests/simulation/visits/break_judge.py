"""What must be true of who is rung back whose line broke: once, soon, by consent, asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.visits.domain.visit_parts import VISIT, visit_of
from tests.simulation.visits.callback_promises import visit_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.visits.services.telephone_ports import LegRequest
    from tests.simulation.visits.break_system import BreakSystem, Ended
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

RESUME_MINUTES = 10
SLACK_MS, AT_ONCE_MS = 30_000, 2_000
FREE_FOR_MS = 135_000  # two ticks, where nothing goes wrong and a line is free all the time
CALLS_A_DAY = 3  # as shipped
OF_A_BREAK = f"{VISIT}CB"


class BreakJudge:
    """Looks at each ring that nobody asked for."""

    def __init__(self, system: ReceptionSystem, breaks: BreakSystem) -> None:
        self.system, self.world, self.breaks = system, system.world, breaks
        self.strict = False
        self.tried_for: dict[str, list[str]] = {}  # by the leg that broke: addresses of the tries
        self.legs: list[tuple[Leg, str]] = []  # who was rung back, and which leg of his broke
        self._since: dict[str, float] = {}

    def tried(self, request: LegRequest) -> None:
        """Twilio is asked to ring somebody."""
        visit_id = visit_at(request.answered)
        sid = f"CA{visit_id.removeprefix(OF_A_BREAK)}"
        leg, ended = self.system.providers.legs.get(sid), self.breaks.ended.get(sid)
        if leg is None or ended is None or not visit_id.startswith(OF_A_BREAK):
            self._wrong(f"{visit_id} is rung back, and nobody was in a talk")
            return
        before = self.tried_for.setdefault(sid, [])
        for wrong, why in self._wrongs(leg, ended, request, before):
            if wrong:
                self._wrong(f"{sid} is rung back {why}")
        before.append(request.answered)

    def _wrongs(
        self, leg: Leg, ended: Ended, request: LegRequest, before: Sequence[str]
    ) -> Sequence[tuple[bool, str]]:
        late_ms = self.world.now - ended.at_ms - RESUME_MINUTES * 60_000
        return (
            (request.to != leg.number, "on another number"),
            (not ended.broke, "and had hung up by choice"),
            (ended.goodbye, "after a goodbye"),
            (ended.department is None, "and was with no department"),
            (not self.breaks.allowed[leg.number], "without consent"),
            (self._rung_today(leg.number) >= CALLS_A_DAY, "more often than he may be called"),
            (bool(before), "a second time"),
            (leg.called is not None, "about a ring of ours"),
            (late_ms > self._slack_ms, "too late"),
            (self._has_rung(leg, ended), "and has rung us himself"),
        )

    @property
    def _slack_ms(self) -> float:
        return AT_ONCE_MS if self.strict else SLACK_MS

    def _has_rung(self, leg: Leg, ended: Ended) -> bool:
        """Whether he rang since then, and had something of it that all went well with."""
        return any(
            one.number == leg.number
            and one.called is None
            and one.rang_ms > ended.at_ms
            and one.got_ms is not None
            and self.world.now - one.got_ms > self._slack_ms
            and not (one.disturbed or one.turned_away)
            for one in self.system.providers.legs.values()
        )

    def made(self, leg: Leg) -> None:
        """A telephone is to ring, and a line was to be held for it."""
        called = leg.called
        assert called is not None
        self.legs.append((leg, f"CA{called.visit_id.removeprefix(OF_A_BREAK)}"))
        if self.system.under_way > self.system.lines:
            self._wrong(f"{called.visit_id} is rung back with no line held for him")

    def look(self) -> None:
        """Once it is calm: who was cut off is rung back while there is a line."""
        for sid, ended in self.breaks.ended.items() if self.strict else ():
            leg = self.system.providers.legs[sid]
            free = self.system.under_way < self.system.lines
            if not free or not self._is_to_be_rung(leg, ended):
                self._since.pop(sid, None)
            elif self.world.now - self._since.setdefault(sid, self.world.now) > FREE_FOR_MS:
                self._since[sid] = self.world.now
                self._wrong(f"{sid} was cut off and is not rung back though a line is free")

    def _is_to_be_rung(self, leg: Leg, ended: Ended) -> bool:
        rang = (
            one.number == leg.number and one is not leg and one.rang_ms > ended.at_ms
            for one in self.system.providers.legs.values()
        )
        broke = ended.broke and not ended.goodbye and ended.department is not None
        late = self.world.now - ended.at_ms > (RESUME_MINUTES - 2) * 60_000
        allowed = self.breaks.allowed[leg.number] and self._rung_today(leg.number) < CALLS_A_DAY
        wanted = broke and allowed and leg.called is None
        return wanted and not late and not any(rang) and leg.sid not in self.tried_for

    def _rung_today(self, number: str) -> int:
        """How often we rang a number; a history lasts for less than a day."""
        legs = self.system.providers.legs.values()
        return sum(one.called is not None and one.number == number for one in legs)

    def verdict(self) -> Iterator[str]:
        """By a key, and by that alone, a new talk goes on with the one that broke."""
        pressed = {
            leg: self.breaks.ended[broke].call_id
            for leg, broke in self.legs
            if leg.called is not None and leg.called.pressed
        }
        goes_on = {
            visit_of(leg.sid): call_id
            for leg, call_id in pressed.items()
            if leg.called is not None and leg.called.joined_ms is not None
        }
        resumed = {
            visit_id: kept.visit.resumed
            for visit_id, kept in self.system.visits.kept.items()
            if kept.visit.resumed is not None
        }
        for visit_id, call_id in goes_on.items():
            if resumed.get(visit_id) != call_id:
                yield f"{visit_id} goes on with {resumed.get(visit_id)} and not with {call_id}"
        for visit_id in resumed.keys() - {visit_of(leg.sid) for leg in pressed}:
            yield f"{visit_id} goes on with a talk, and no key was pressed"

    def _wrong(self, text: str) -> None:
        self.world.note(f"WRONG {text}")
        self.system.broken.append(text)
