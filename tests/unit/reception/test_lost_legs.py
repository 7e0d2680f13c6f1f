"""A line that is known by nothing but a caller's leg is free when that leg is over, told or not."""

from __future__ import annotations

import pytest

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.reception.services.lost_legs import LostLegParts, look_for_lost_leg
from contact_center.visits.domain.visit_parts import PostState, Stage, Wish
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.fakes.queue_telephone import QueueTelephone
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.reception.desk import CALLER, ID, LEG, NOW_MS
from tests.unit.reception.test_look_up_visits import SETTLED, Voice, World

SERVE, ASK = ReceptionJob(JobKind.SERVE), ReceptionJob(JobKind.ASK, ID)


class Lost(World):
    """A caller whom nobody has told of since his leg rang at an assistant's."""

    def __init__(self) -> None:
        super().__init__(PostState.SENT, Voice(), by_sip=True)
        self.telephone, self.jobs = QueueTelephone(), FakeReceptionJobs()
        self.lost = LostLegParts(
            visits=self.visits,
            telephone=self.telephone,
            lines=self.parts.lines,
            hints=self.jobs,
        )

    def looks(self) -> None:
        look_for_lost_leg(ID, self.lost)


def test_whose_leg_is_over_leaves_his_line_to_who_is_next() -> None:
    lost = Lost()
    lost.telephone.hung_up.add(LEG)
    lost.looks()
    assert not lost.holds
    assert lost.jobs.sent == [SERVE]
    assert lost.visits.kept[ID].visit.ended_ms == NOW_MS
    assert not lost.tables.customer(CALLER).busy_at(NOW_MS)
    lost.looks()
    assert lost.jobs.sent == [SERVE]


def test_a_leg_that_the_provider_does_not_know_is_over() -> None:
    lost = Lost()
    lost.telephone.find_leg = lambda _leg: None  # type: ignore[method-assign,assignment]
    lost.looks()
    assert not lost.holds


def test_who_is_on_the_line_keeps_it() -> None:
    lost = Lost()
    lost.looks()
    assert (lost.holds, lost.jobs.sent) == (True, [])
    assert lost.visits.kept[ID].visit.state is Stage.TALKING


def test_of_whose_leg_nobody_answers_nothing_is_believed() -> None:
    lost = Lost()
    lost.telephone.silent = True
    with pytest.raises(VoiceUnavailableError):
        lost.looks()
    assert lost.holds


def test_whoever_is_asked_for_him_is_asked_no_more() -> None:
    lost = Lost()
    wish = Wish(whose="support", at_ms=NOW_MS)
    tell(lost.visits, Visit(visit_id=ID, wishes={f"{ID}.1.1": wish}))
    lost.telephone.hung_up.add(LEG)
    lost.looks()
    assert lost.jobs.sent == [ASK, SERVE]


def test_of_a_visit_that_there_is_not_nobody_asks() -> None:
    lost = Lost()
    lost.visits.kept.clear()
    lost.telephone.silent = True
    lost.looks()
    assert lost.jobs.sent == []


def test_who_could_not_free_the_line_is_followed_by_the_tick() -> None:
    lost = Lost()
    lost.telephone.hung_up.add(LEG)
    leave = lost.tables.leave

    def away(*_: object) -> bool:
        raise StoreUnavailableError

    lost.tables.leave = away  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreUnavailableError):
        lost.looks()
    lost.tables.leave = leave  # type: ignore[method-assign]
    assert lost.tick(SETTLED) == 1
    assert not lost.holds


def test_the_tick_has_the_receptionist_ask_for_the_leg_of_a_call_by_sip_every_five_minutes() -> (
    None
):
    lost = Lost()
    lost.parts = type(lost.parts)(
        visits=lost.visits,
        leases=lost.tables,
        lines=lost.parts.lines,
        voice=lost.voice,
        jobs=lost.jobs,
    )
    asked = set()
    for minute in range(14):
        lost.tick(60_000 * minute)
        asked |= {minute // 5} if lost.jobs.sent else set()
        assert set(lost.jobs.sent) <= {ReceptionJob(JobKind.LATE, ID)}
        lost.jobs.sent.clear()
    assert asked == {1, 2}
