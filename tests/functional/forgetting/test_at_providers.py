"""What Vapi, Twilio and HubSpot answer when a person is to be erased there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.crm.hubspot.answers import NotDoneError
from contact_center.crm.hubspot.erasing import LATER, NAMES_ANOTHER, HubSpotEraser
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased, Person
from contact_center.kernel.time_left import always
from contact_center.records.services.effect_ports import Refused
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.erasing import OURS as NUMBER_IS_OURS
from contact_center.twilio.erasing import TwilioEraser
from contact_center.twilio.twiml import TwimlWriter
from contact_center.vapi.calls import call_search
from contact_center.vapi.calls.api import VapiApi
from contact_center.vapi.calls.call_request import CallingAccount
from contact_center.vapi.calls.erasing import UNLISTED, VapiEraser
from local.crm.faults import Fault, Mishap
from local.twilio.ids import new_sid
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.telephones.legs import Leg
from local.twilio.twiml.record import Recording, Transcription
from local.vapi.calls.call import Call
from local.vapi.simulator import VapiSimulator
from tests.crm_scene import CUSTOMER, HubSpotScene, StandingToken
from tests.fakes.clock import FakeClock
from tests.functional.forgetting.forget_rig import OURS
from tests.functional.forgetting.planted_person import LONG_AGO, end_leg
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator

VISIT = "visit:v-1"
LATE_MS = 4_000_000_000_000
HIM = Person(
    number=CUSTOMER, until_ms=LATE_MS, civil_until_ms=LATE_MS, call_ids=("c-1", "c-2", "c-3")
)


@pytest.fixture
def vapi() -> Iterator[VapiSimulator]:
    with VapiSimulator(server_url="http://127.0.0.1:9/") as simulator:
        for call_id in ("c-1", "c-2", "another"):
            number = "+14155550199" if call_id == "another" else CUSTOMER
            call = Call(simulator.account, caller(number=number))
            call.call_id, call.status = call_id, "ended"
            simulator.calls[call_id] = call
        yield simulator


def at_vapi(simulator: VapiSimulator) -> VapiEraser:
    account = CallingAccount(phone_number_id="p")
    key = StandingToken("local-vapi-key")
    return VapiEraser(VapiApi(simulator.url, key, account, FakeClock(0), "1"), 90)


def test_calls_at_vapi_are_erased_and_those_that_are_gone_are_no_mistake(
    vapi: VapiSimulator,
) -> None:
    assert at_vapi(vapi).erase(HIM, always) == Erased(count=2)
    assert list(vapi.calls) == ["another"]
    assert at_vapi(vapi).erase(HIM, always) == Erased()


def test_a_recording_that_vapi_cannot_erase_now_is_asked_again_and_the_next_call_is_erased(
    vapi: VapiSimulator,
) -> None:
    vapi.rest.switches.erasures_refused = 1
    first = at_vapi(vapi).erase(HIM, always)
    assert (first.count, first.later) == (1, "Vapi cannot erase a call yet")
    assert at_vapi(vapi).erase(HIM, always) == Erased(count=1)


DAY_MS = 86_400_000


def test_calls_that_are_older_than_our_records_are_found_by_his_number_and_noted_before_they_go(
    vapi: VapiSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_search, "PAGE", 2)
    now_ms = vapi.calls["c-1"].record.created_at_ms
    ages = {"another": 92, "c-1": 95, "written": 100, "c-2": 120, "known": 80}
    for number, call_id in ((CUSTOMER, "known"), ("(415) 555-0188", "written")):
        call = Call(vapi.account, caller(number=number))
        call.call_id, call.status = call_id, "ended"
        vapi.calls[call_id] = call
    for call_id, call in vapi.calls.items():
        call.record.call_id = call_id
        call.record.created_at_ms = now_ms - ages[call_id] * DAY_MS
    person = Person(number=CUSTOMER, until_ms=now_ms, civil_until_ms=now_ms)

    first = at_vapi(vapi).erase(person, always)
    assert (first.count, set(first.call_ids), first.later) == (0, {"c-1", "c-2"}, NOT_NOTED)
    assert len(vapi.calls) == 5

    noted = replace(person, call_ids=first.call_ids)
    assert at_vapi(vapi).erase(noted, always) == Erased(count=2)
    assert set(vapi.calls) == {"another", "known", "written"}  # our record of "known" leads to it
    assert at_vapi(vapi).erase(person, lambda: False).later == "it takes longer"


def test_while_vapi_does_not_list_its_older_calls_they_are_asked_for_again(
    vapi: VapiSimulator,
) -> None:
    vapi.rest.switches.requests_per_minute = 3  # and each of the three calls is one
    assert at_vapi(vapi).erase(HIM, always) == Erased(count=2, later=UNLISTED)


@pytest.fixture
def twilio() -> Iterator[TwilioSimulator]:
    numbers = [Number(number=OURS)]
    with TwilioSimulator(numbers=numbers, speed=None, starts_at=LONG_AGO) as simulator:
        yield simulator


def at_twilio(simulator: TwilioSimulator) -> TwilioEraser:
    token = StandingToken(AUTH_TOKEN)
    return TwilioEraser(TwilioApi(ACCOUNT_SID, token, TwimlWriter(""), "", simulator.url))


def test_calls_to_and_from_him_go_with_their_recordings_page_after_page(
    twilio: TwilioSimulator,
) -> None:
    for _ in range(101):
        twilio.do(lambda: end_leg(twilio, CUSTOMER, "his"))
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his", direction="outbound-api"))
    twilio.do(lambda: end_leg(twilio, "+14155550199", "another's"))
    assert at_twilio(twilio).erase(HIM, always) == Erased(count=204)
    assert [leg.from_ for leg in twilio.account.kept(Leg).values()] == ["+14155550199"]
    assert [one.words for one in twilio.account.kept(Recording).values()] == [["another's"]]
    assert at_twilio(twilio).erase(HIM, always) == Erased()


def test_a_number_of_the_account_takes_nobodys_calls_along(twilio: TwilioSimulator) -> None:
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his"))
    twilio.do(lambda: end_leg(twilio, "+14155550199", "another's"))
    ours = replace(HIM, number=OURS)
    assert at_twilio(twilio).erase(ours, always) == Erased(impossible=NUMBER_IS_OURS)
    assert len(twilio.account.kept(Leg)) == len(twilio.account.kept(Recording)) == 2


def test_what_was_understood_of_a_recording_goes_before_it(twilio: TwilioSimulator) -> None:
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his"))
    twilio.do(lambda: end_leg(twilio, "+14155550199", "another's"))
    for recording in list(twilio.account.kept(Recording).values()):
        words = Transcription(new_sid("TR"), recording.sid, " ".join(recording.words))
        twilio.account.kept(Transcription)[words.sid] = words
    assert at_twilio(twilio).erase(HIM, always) == Erased(count=3)
    assert [one.text for one in twilio.account.kept(Transcription).values()] == ["another's"]
    assert [one.words for one in twilio.account.kept(Recording).values()] == [["another's"]]


def test_a_call_that_is_not_over_is_asked_about_again_and_the_others_go(
    twilio: TwilioSimulator,
) -> None:
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his"))
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his", goes_on=True))
    first = at_twilio(twilio).erase(HIM, always)
    assert (first.count, first.later) == (2, "Twilio cannot erase a call yet")
    [leg] = twilio.account.kept(Leg).values()
    twilio.do(lambda: leg.finish("completed"))
    assert at_twilio(twilio).erase(HIM, always) == Erased(count=1)


def test_a_call_of_later_stays(twilio: TwilioSimulator) -> None:
    twilio.do(lambda: end_leg(twilio, CUSTOMER, "his"))
    before = Person(number=CUSTOMER, until_ms=1_000, civil_until_ms=1_000)
    assert at_twilio(twilio).erase(before, always) == Erased()


def test_twilio_that_does_not_answer_is_asked_again(twilio: TwilioSimulator) -> None:
    twilio.switches.refuse_every = 1
    assert at_twilio(twilio).erase(HIM, always).later == "Twilio cannot erase a call yet"


@pytest.fixture
def hubspot() -> Iterator[HubSpotScene]:
    scene = HubSpotScene()
    with scene.hubspot:
        yield scene


def at_hubspot(scene: HubSpotScene) -> HubSpotEraser:
    return HubSpotEraser(scene.api)


def test_the_contact_that_carries_his_number_is_his_whatever_else_it_says(
    hubspot: HubSpotScene,
) -> None:
    hubspot.contact(switchboard_customer=CUSTOMER, lastname="Byron")
    hubspot.contact(phone="+14155550199")
    assert at_hubspot(hubspot).erase(HIM, always) == Erased(count=1)
    [left] = hubspot.hubspot.records("contacts")
    assert left.values["phone"] == "+14155550199"


def known_as(*names: str) -> Person:
    return replace(HIM, crm_names=names)


def test_a_contact_without_a_number_is_his_by_the_key_of_his_story_and_is_erased_once(
    hubspot: HubSpotScene,
) -> None:
    made = hubspot.contact(switchboard_customer=VISIT, lastname="Byron")
    hubspot.contact(switchboard_customer="visit:of-another", lastname="Lovelace")
    him = known_as(VISIT, f"hubspot:{made}", "call:none-was-made", "hubspot:999999", "other:1")
    assert at_hubspot(hubspot).erase(HIM, always) == Erased()
    assert at_hubspot(hubspot).erase(him, always) == Erased(count=1)
    [left] = hubspot.hubspot.records("contacts")
    assert left.values["lastname"] == "Lovelace"
    assert at_hubspot(hubspot).erase(him, always) == Erased()


def test_a_contact_that_is_told_of_after_it_was_erased_is_no_second_one(
    hubspot: HubSpotScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hubspot.contact(switchboard_customer=VISIT)
    api = hubspot.api
    stands = {"id": made, "properties": {"switchboard_customer": VISIT}}
    monkeypatch.setattr(api, "find", lambda *_, **__: stands)
    told = HubSpotEraser(api).erase(known_as(VISIT, f"hubspot:{made}"), always)
    assert told == Erased(count=1)


def test_a_contact_that_was_remembered_goes_unless_it_is_somebody_elses_now(
    hubspot: HubSpotScene,
) -> None:
    unnamed = hubspot.contact(lastname="Byron")  # an owner took our key away
    others = hubspot.contact(switchboard_customer="+14155550199", lastname="Lovelace")
    numbered = hubspot.contact(phone="+14155550177", lastname="Babbage")
    him = known_as(*(f"hubspot:{one}" for one in (unnamed, others, numbered)))
    assert at_hubspot(hubspot).erase(him, always) == Erased(count=1, impossible=NAMES_ANOTHER)
    left = [one.values["lastname"] for one in hubspot.hubspot.records("contacts")]
    assert left == ["Lovelace", "Babbage"]


def test_hubspot_that_fails_between_two_of_his_contacts_is_asked_for_the_other_again(
    hubspot: HubSpotScene,
) -> None:
    hubspot.contact(switchboard_customer=CUSTOMER)
    hubspot.contact(switchboard_customer=VISIT)
    him = known_as(VISIT)
    hubspot.hubspot.faults.add(Fault(mishap=Mishap.UNAVAILABLE, path="v-1"))
    assert at_hubspot(hubspot).erase(him, always) == Erased(count=1, later=LATER)
    assert at_hubspot(hubspot).erase(him, always) == Erased(count=1)
    assert hubspot.hubspot.records("contacts") == []


def test_what_hubspot_refuses_of_one_keeps_no_other_of_his(
    hubspot: HubSpotScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot.contact(switchboard_customer=VISIT)
    hubspot.contact(phone=CUSTOMER)
    api, erased = hubspot.api, []
    monkeypatch.setattr(api, "archive", lambda *record: erased.append(record))

    def refused(_kind: str, record_id: str, _words: object) -> None:
        if record_id == "1":
            raise NotDoneError(Refused("validation", ""))

    monkeypatch.setattr(api, "update", refused)
    him = known_as("hubspot.record.notes.1:his", "hubspot.record.notes.2:his", VISIT)
    told = HubSpotEraser(api).erase(him, always)
    assert told == Erased(count=3, impossible="HubSpot refuses: validation")
    assert erased == [("notes", "2")]
    assert hubspot.hubspot.records("contacts") == []


def test_of_many_contacts_as_many_are_erased_as_time_allows(hubspot: HubSpotScene) -> None:
    hubspot.contact(switchboard_customer=CUSTOMER)
    hubspot.contact(switchboard_customer=VISIT)
    looks = iter([True, False, False])
    told = at_hubspot(hubspot).erase(known_as(VISIT), lambda: next(looks))
    assert told == Erased(count=1, later="it takes longer")


def test_of_two_contacts_of_one_number_none_is_erased_for_the_other(hubspot: HubSpotScene) -> None:
    hubspot.contact(phone=CUSTOMER, lastname="Byron")
    hubspot.contact(phone=CUSTOMER, lastname="Lovelace")
    told = at_hubspot(hubspot).erase(HIM, always)
    assert (told.count, told.later) == (0, None)
    assert "several contacts" in (told.impossible or "")
    assert len(hubspot.hubspot.records("contacts")) == 2


def test_hubspot_that_refuses_is_said_and_one_that_is_away_is_asked_again(
    hubspot: HubSpotScene,
) -> None:
    hubspot.hubspot.faults.add(Fault(mishap=Mishap.UNAVAILABLE))
    assert at_hubspot(hubspot).erase(HIM, always).later == "HubSpot does not answer"
    hubspot.hubspot.rest.forbidden = frozenset({"contacts"})
    assert at_hubspot(hubspot).erase(HIM, always).impossible == "HubSpot refuses: no_permission"
    hubspot.token.token = "revoked"  # once it is renewed he is erased there
    told = at_hubspot(hubspot).erase(HIM, always)
    assert (told.impossible, told.later) == (None, "HubSpot does not know the key: renew it")
