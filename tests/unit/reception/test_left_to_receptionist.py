"""What the door leaves to the receptionist is told it by one hint, and ended offers by theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.services.voice_ports import NotSent, VoiceUnavailableError
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.people.domain.ring_groups import WITH_ANOTHER
from contact_center.people.services.answer_person import LET_GO
from contact_center.reception.services.callbacks.leave_old_place import WANTED_ELSE
from contact_center.reception.services.leave_to_receptionist import LeftToReceptionist, OneHint
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.instructions import HangUp
from contact_center.visits.domain.visit_parts import Ending, Outcome, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import ELSEWHERE, LegRequest
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.visits import FakeVisits

if TYPE_CHECKING:
    from collections.abc import Callable

VISIT, OWN, OTHER = "v-CA1", "CA2", "CA1"
OFFER_HINT, ASK_HINT = (ReceptionJob(kind, VISIT) for kind in (JobKind.OFFER, JobKind.ASK))
ASKED = Offer(
    offer_id=f"{VISIT}.1",
    visit_id=VISIT,
    person_id="ada",
    asked_at_ms=1_000,
    ring_seconds=20,
    brief_seconds=18,
)
REQUEST = LegRequest(to="+1", caller_id="+1", answered="/a", events="/e", ring_seconds=20)


@pytest.mark.parametrize(
    ("ask", "hinted"),
    [
        (lambda left: left.redirect(OTHER, [HangUp()]), True),
        (lambda left: left.hang_up(OTHER), True),
        (lambda left: left.cancel(OTHER), True),
        (lambda left: left.ring(REQUEST), True),
        (lambda left: left.hang_up(OWN), False),
        (lambda left: left.redirect(OWN, [HangUp()]), False),
    ],
)
def test_what_is_asked_of_the_telephone_is_left_but_for_the_leg_that_is_answered(
    ask: Callable[[LeftToReceptionist], object],
    hinted: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    jobs = FakeReceptionJobs()
    assert ask(LeftToReceptionist(VISIT, OWN, jobs)) == NotSent(ELSEWHERE)
    assert jobs.sent == ([OFFER_HINT] if hinted else [])


def test_what_is_looked_up_is_left_and_found_nowhere() -> None:
    jobs = FakeReceptionJobs()
    left = LeftToReceptionist(VISIT, OWN, jobs)
    with pytest.raises(VoiceUnavailableError):
        left.find_leg(OTHER)
    with pytest.raises(VoiceUnavailableError):
        left.in_room("room")
    assert not left.find_legs("+1", "+1", 0).complete
    assert jobs.sent == [OFFER_HINT, OFFER_HINT, OFFER_HINT]


@pytest.mark.parametrize("wanted", [(ASK_HINT, OFFER_HINT), (OFFER_HINT, ASK_HINT)])
def test_one_hint_goes_however_much_is_wanted(wanted: tuple[ReceptionJob, ...]) -> None:
    one, jobs = OneHint(), FakeReceptionJobs()
    for job in wanted:
        one.send(job)
    assert jobs.sent == []
    one.pass_on(jobs, CountedMetrics())
    assert jobs.sent == [OFFER_HINT]


def test_who_is_free_is_hinted_at_beside_it_and_the_soonest_is() -> None:
    one, jobs = OneHint(), FakeReceptionJobs()
    soon, later = (ReceptionJob(JobKind.PERSON, in_seconds=number) for number in (3, 30))
    for job in (later, ASK_HINT, soon, later):
        one.send(job)
    one.pass_on(jobs, CountedMetrics())
    assert jobs.sent == [soon, ASK_HINT]


def test_that_who_is_free_cannot_be_told_is_counted_and_breaks_nothing() -> None:
    class Down:
        def send(self, _: ReceptionJob) -> None:
            raise QueueUnavailableError

    one, metrics = OneHint(), CountedMetrics()
    one.send(ReceptionJob(JobKind.PERSON))
    one.pass_on(Down(), metrics)
    assert metrics.of("hint_unsent") == [{"kind": "person"}]


def test_where_nothing_is_wanted_none_goes() -> None:
    jobs = FakeReceptionJobs()
    OneHint().pass_on(jobs, CountedMetrics())
    assert jobs.sent == []


# -- what the end of an offer means for the caller --------------------------------------------


def callers(visit: Visit | None) -> tuple[VisitCallers, FakeVisits, FakeReceptionJobs]:
    visits, jobs = FakeVisits(), FakeReceptionJobs()
    if visit is not None:
        visits.write(visit, 0)
    return VisitCallers(visits, None, jobs, CountedMetrics()), visits, jobs


@pytest.mark.parametrize("outcome", OfferOutcome)
def test_a_visit_was_transferred_exactly_when_a_person_answered(outcome: OfferOutcome) -> None:
    told, visits, jobs = callers(Visit(visit_id=VISIT, began_ms=1))
    for _ in range(2):
        told.offer_ended(replace(ASKED, wish="1", ended=outcome, together_at_ms=9_000))
    kept = visits.read(VISIT)
    assert kept is not None
    answered = outcome is OfferOutcome.ANSWERED
    assert dict(kept.visit.endings) == ({"transferred": "person"} if answered else {})
    assert kept.visit.stage == (Stage.ELSEWHERE if answered else None)
    if answered:
        ended = replace(kept.visit, ended_ms=10_000)
        assert ended.ending == Ending(Outcome.TRANSFERRED, "person")
    over = {OfferOutcome.ANSWERED, OfferOutcome.CALLER_GONE}
    assert jobs.sent == ([] if outcome in over else [ASK_HINT, ASK_HINT])
    told.offer_ended(replace(ASKED, ended=outcome))  # he stands in a queue, which is looked at
    assert jobs.sent[-1:] == [ASK_HINT]


@pytest.mark.parametrize(
    ("why", "asks"),
    [("logged_out", True), (LET_GO, True), (WANTED_ELSE, False), (WITH_ANOTHER, False)],
)
def test_somebody_else_is_asked_unless_the_caller_wants_nobody_or_has_one(
    why: str, *, asks: bool
) -> None:
    told, _, jobs = callers(Visit(visit_id=VISIT, began_ms=1))
    told.offer_ended(replace(ASKED, wish="1", ended=OfferOutcome.CANCELLED, withdrawn=why))
    assert jobs.sent == ([ASK_HINT] if asks else [])


@pytest.mark.parametrize(
    ("visit", "leg"),
    [
        (None, None),
        (Visit(visit_id=VISIT), "CA1"),
        (Visit(visit_id=VISIT, ended_ms=5), None),
    ],
)
def test_a_caller_has_a_leg_until_he_hangs_up(visit: Visit | None, leg: str | None) -> None:
    assert callers(visit)[0].leg(VISIT) == leg


def test_a_hint_that_cannot_be_sent_is_counted() -> None:
    class Down:
        def send(self, _: ReceptionJob) -> None:
            raise QueueUnavailableError

    metrics = CountedMetrics()
    VisitCallers(FakeVisits(), None, Down(), metrics).offer_ended(
        replace(ASKED, ended=OfferOutcome.NO_ANSWER)
    )
    assert metrics.of("hint_unsent") == [{"kind": "ask"}]
