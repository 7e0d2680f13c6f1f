"""Talks that end: by choice, with a goodbye, or because the line broke; and who may be rung back.

All of it is drawn with a chance of its own, so that no other history is changed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import EarlierCall
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from tests.simulation.visits.break_judge import BreakJudge
from tests.simulation.visits.callback_histories import CALLERS
from tests.simulation.visits.provider_truth import Plan
from tests.simulation.visits.reception_services import DEPARTMENTS, LONGEST_MS

if TYPE_CHECKING:
    from tests.simulation.visits.provider_truth import Call, Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

BY_CHOICE, CUT_OFF = "customer-ended-call", "phone-call-provider-closed-websocket"
RINGS_AGAIN = 6_000  # the first of them
MOST_CALLERS = 14


def has_breaks(seed: int) -> bool:
    """Whether who is cut off is rung back in the history of a seed, if nobody says otherwise."""
    return seed % 16 == 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a caller's talk ended that he was in until then, in truth.

    Attributes:
        broke: Whether his line broke, and he did not hang up.
        goodbye: Whether goodbye was said just before.
        department: Whose assistant had him; None: nobody's yet.
    """

    call_id: str
    at_ms: float
    broke: bool
    goodbye: bool
    department: str | None


class BreakSystem:
    """Callers whose lines break, what is on record of them, and what the router writes of talks."""

    def __init__(self, system: ReceptionSystem, seed: int) -> None:
        self.system, self.world = system, system.world
        self.chance = Random(f"breaks {seed}")  # noqa: S311  a history is to be repeated
        self.ended: dict[str, Ended] = {}  # by the caller's leg
        self.allowed: dict[str, bool] = {}
        self._again = 0
        self.judge = BreakJudge(system, self)
        system.functions.remembers = self._remember
        for number in range(MOST_CALLERS):
            self._puts_on_record(CALLERS.format(number))

    def _puts_on_record(self, number: str) -> None:
        """Some have given consent, some never did, and some have taken it back since."""
        at = datetime.fromtimestamp(self.world.now / 1_000, UTC) - timedelta(days=30)
        given = Consent(kind="express", at=at, source="web form")
        said = self.chance.choice(("yes", "yes", "yes", "nothing", "not any more"))
        self.allowed[number] = said == "yes"
        since = at + timedelta(days=1)
        permission = {
            "yes": Permission(consents=(given,)),
            "nothing": Permission(),
            "not any more": Permission(consents=(given,), revoked_at=since),
        }
        self.system.ledger.set_permission(number, permission[said])

    def ends(self, leg: Leg, call: Call) -> str:
        """A caller is off the line in the middle of a talk: why, as Vapi says it."""
        chance = self.chance
        broke = chance.random() < 0.7
        self.ended[leg.sid] = Ended(
            call_id=call.call_id,
            at_ms=self.world.now,
            broke=broke,
            goodbye=chance.random() < 0.25,
            department=chance.choice((*DEPARTMENTS, *DEPARTMENTS, None)),
        )
        if chance.random() < 0.25:
            self.world.later(chance.uniform(4_000, 300_000), lambda: self._rings_again(leg.number))
        return CUT_OFF if broke else BY_CHOICE

    def _rings_again(self, number: str) -> None:
        legs = self.system.providers.legs.values()
        if any(one.number == number and not one.gone for one in legs):
            return
        sid = f"CA{RINGS_AGAIN + self._again:032d}"
        self._again += 1
        self.system.rings(sid, number, LONGEST_MS, Plan())

    def _remember(self, call: Call) -> None:
        """The router writes down what came of a call, before it tells the visit."""
        leg = call.name.removeprefix("v-").partition(".")[0]
        ended, at_ms = self.ended.get(leg), int(call.ended_ms or 0)
        mine = ended is not None and ended.call_id == call.call_id
        written = EarlierCall(
            call_id=call.call_id,
            destination=ended.department if mine and ended else None,
            ended_reason=call.reason,
            ended_at_ms=at_ms,
            visit_post=call.name,
            goodbye_at_ms=at_ms - 2_000 if mine and ended and ended.goodbye else None,
        )
        services = self.system.services
        note = services.client.write
        note("record", lambda: services.records.update({call.call_id: written}), transaction=False)
