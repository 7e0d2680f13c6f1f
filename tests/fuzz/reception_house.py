"""A reception that Twilio's webhooks reach: its real services, on tables and telephones in memory.

What an input meets there is drawn for it: nobody, a caller who is with an assistant, who waits, who
has kept his place and is rung back, for whom a colleague is rung, or who talks to one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import Talk
from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.kernel.field_errors import BadMessageError
from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.domain.roster import Roster
from contact_center.people.services.ask_person import OfferTimings
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.log_in_by_telephone import LogInParts
from contact_center.people.services.tell_offer import OfferParts
from contact_center.people.services.visit_briefs import VisitBriefs
from contact_center.people.services.who_can_take import TakerParts
from contact_center.reception.services.colleagues.find_parts import FindParts
from contact_center.reception.services.colleagues.find_person import look_for_people
from contact_center.reception.services.colleagues.hear_of_wish import WishesHeard
from contact_center.reception.services.colleagues.person_desk import PersonDesk
from contact_center.reception.services.do_job import JobParts, do_job
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.twilio.door import TwilioDoor, answer_twilio
from contact_center.twilio.twiml import TwimlWriter
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import visit_of
from tests.contract.twilio.twilio_signing import BASE_URL, TOKEN, webhook
from tests.fakes.call_control import FakeCallControl
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook, FakePins, FakeTryBook
from tests.unit.people.test_people import OFFER_WORDS, SUPERVISOR_WORDS, colleague
from tests.unit.people.test_people import WORDS as LOG_IN_WORDS
from tests.unit.reception.callback_scene import ANN, CallbackScene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.ports import Response
    from contact_center.reception.services.reception_parts import Reception

ACCOUNT = "AC" + "a" * 32  # of all samples
CALLER_LEG = "CA" + "1" * 32
VISIT = visit_of(CALLER_LEG)
PIN = "4711"
ADA = replace(colleague("ada", "sales", "support"), extension="12")
ROSTER = Roster(
    people={ADA.person_id: ADA},
    wrap_seconds=30,
    words=LOG_IN_WORDS,
    offer_words=OFFER_WORDS,
    supervisor_words=SUPERVISOR_WORDS,
)
STAGES = ("nobody", "assistant", "waits", "kept", "asked", "talks")
FREED_MS = 10
# What a caller heard who heard that something broke, and what broke behind a hint.
BROKEN = frozenset({"answer_failed", "caller_heard_sorry", "serving_failed", "offer_not_looked_at"})


@dataclass
class WatchedMetrics(CountedMetrics):
    """Counters that keep what was swallowed: whatever breaks inside, a caller hears true words."""

    swallowed: list[BaseException] = field(default_factory=list)

    def count(self, name: str, **dimensions: str) -> None:
        error = sys.exception()
        unreadable = isinstance(error, BadMessageError)  # which is told him or its sender
        if name in BROKEN and error is not None and not unreadable:
            self.swallowed.append(error)
        super().count(name, **dimensions)


class House:
    """One caller, one colleague, the door and the receptionist behind it."""

    def __init__(self, stage: str) -> None:
        """Bring the caller to a stage."""
        self.stage = stage
        self.scene = scene = CallbackScene()
        scene.phone.leg_name = "CA{:032x}".format
        self.metrics, self.offers, self.people = WatchedMetrics(), FakeOfferBook(), FakePersonBook()
        self.reception = self._reception()
        self.desk = self._desk()
        self.jobs = self._jobs()
        secret = json.dumps({"current": TOKEN})
        self.door = TwilioDoor(
            check=WebhookCheck(BASE_URL, lambda: secret, self.metrics),
            account_sid=ACCOUNT,
            reception=lambda: self.reception,
            people=lambda: self.desk,
            is_colleague=lambda number: ROSTER.whose_telephone(number) is not None,
            not_here=lambda: "<Response/>",
            clock=scene.clock,
            metrics=self.metrics,
        )
        self._bring_to(stage)

    def legs(self) -> list[str]:
        """Those that there are: the caller's, and what we have rung."""
        return [CALLER_LEG, *self.scene.phone.rung]

    def tokens(self) -> list[str]:
        """Of the rings of his kept place."""
        return [entry.token for entry in self.scene.queue.entries.values() if entry.token] or ["t1"]

    def send(self, path: str, fields: Sequence[tuple[str, str]]) -> Response:
        """One webhook; then the receptionist does what it was told of.

        Raises whatever was swallowed on the way.
        """
        self.scene.clock.advance(FREED_MS)
        answer = answer_twilio(webhook(path, fields), self.door)
        self.work()
        if self.metrics.swallowed:
            raise self.metrics.swallowed[0]
        return answer

    def work(self) -> None:
        """The receptionist does what it is hinted at, and what follows from that."""
        for _ in range(30):
            if not self.scene.jobs.sent:
                return
            do_job(self.scene.jobs.sent.pop(0), self.jobs)
        raise AssertionError("hints without an end")

    # -- what it is made of ---------------------------------------------------------------------

    def _reception(self) -> Reception:
        writer = TwimlWriter(BASE_URL)
        return replace(
            self.scene.reception,
            document=writer.answer,
            wait_document=writer.wait_answer,
            metrics=self.metrics,
        )

    def _desk(self) -> PersonDesk:
        people = PersonParts(
            book=self.people,
            clock=self.scene.clock,
            metrics=self.metrics,
            hints=self.scene.jobs,
        )
        log_in = LogInParts(
            roster=ROSTER, tries=FakeTryBook(), pins=FakePins({ADA.person_id: PIN}), people=people
        )
        return PersonDesk(
            roster=ROSTER,
            book=self.offers,
            people=people,
            visits=self.scene.visits,
            waiting=self.reception.queue,
            briefs=VisitBriefs(
                visits=self.scene.visits,
                talks=self,
                names={"sales": "sales"},
                default="support",
                words=OFFER_WORDS,
                metrics=self.metrics,
            ),
            log_in=log_in,
            jobs=self.scene.jobs,
            caller_id=self.reception.caller_id,
        )

    def _jobs(self) -> JobParts:
        scene, waiting = self.scene, self.reception.queue
        callers = VisitCallers(scene.visits, waiting, scene.jobs, self.metrics)
        deeds = OfferDeeds(
            telephone=scene.phone,
            callers=callers,
            clock=scene.clock,
            metrics=self.metrics,
            address_of={ADA.person_id: ADA.address},
            caller_id=self.reception.caller_id,
            left=OFFER_WORDS.left,
        )
        offers = OfferParts(book=self.offers, people=self.desk.people, deeds=deeds)
        finding = FindParts(
            visits=scene.visits,
            offers=offers,
            takers=TakerParts(
                roster=ROSTER,
                hours=self.reception.hours,
                book=self.people,
                clock=scene.clock,
                civil=self.reception.civil,
            ),
            waiting=waiting,
            timings=OfferTimings(brief_seconds=25, wrap_seconds=30),
            urls=self,
            control=FakeCallControl(),
            calls=scene.calls,
        )
        return JobParts(
            serve=scene.serving,
            offers=offers,
            find_person=partial(look_for_people, parts=finding),
        )

    # -- ControlUrls and EarlierTalks -----------------------------------------------------------

    def of_call(self, call_id: str) -> str:
        """Where a call can be told something."""
        return f"https://x.vapi.ai/control/{call_id}"

    def of(self, call_id: str) -> Talk:
        """What was said in a call."""
        return Talk(summary=f"{call_id}: he wants a new invoice.")

    # -- what has happened before ---------------------------------------------------------------

    def _bring_to(self, stage: str) -> None:
        if stage == "nobody":
            return
        if stage not in {"waits", "kept"}:
            self.scene.frees_line()
        self.scene.phone.legs[CALLER_LEG] = LegStatus.IN_PROGRESS
        self._from_caller("/twilio/voice", CallStatus="ringing")
        if stage == "kept":
            self._from_caller("/twilio/queue/keep", Digits="1")
            self._from_caller("/twilio/call-status", CallStatus="completed", SequenceNumber="9")
            self.scene.frees_line()
            self.scene.serves()
        if stage in {"asked", "talks"}:
            change_person(ADA.person_id, Happening(event=PersonEvent.LOG_IN), self.desk.people)
            wish = PersonWish(
                post=f"{VISIT}.1", number=1, whose="sales", at_ms=self.scene.clock.now_ms()
            )
            WishesHeard(self.scene.visits, self.scene.jobs).tell(wish)
            self.work()
        if stage == "talks":
            leg = self.legs()[-1]
            self.scene.phone.legs[leg] = LegStatus.IN_PROGRESS
            self._from(leg, f"/twilio/transfer/{VISIT}/key", To=ADA.address, Digits="1")

    def _from_caller(self, path: str, **fields: str) -> None:
        self._from(CALLER_LEG, path, **fields)

    def _from(self, leg: str, path: str, **fields: str) -> None:
        form = {
            "AccountSid": ACCOUNT,
            "CallSid": leg,
            "From": ANN,
            "To": "+14155550123",
            "CallStatus": "in-progress",
        }
        self.send(path, list((form | fields).items()))
