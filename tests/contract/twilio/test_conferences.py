"""The official client brings people into conferences, mutes, holds, coaches and puts them out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import CALLER, OURS, PERSON, Stage, person

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = "+13105550102"
NEVER = "+13105550103"
PRESSES = "+13105550104"  # 5 and the star, when he hears somebody
EVENTS = ["start", "end", "join", "leave", "mute", "hold", "modify"]
ROOM = "transfer"


@pytest.fixture
def stage() -> Iterator[Stage]:
    people = [person(number=number, after_ms=2000) for number in (PERSON, OTHER)]
    people.append(person(number=NEVER, does="no_answer"))
    keys = [Step(wait_for="joined", pause_ms=2000, press=key) for key in "5*"]
    people.append(person(*keys, number=PRESSES, after_ms=2000))
    with Stage(people, calls_per_second=1000) as made:
        events = " ".join(EVENTS)
        made.says(
            "/voice",
            "<Dial action='/dialled'><Conference waitUrl='/music' startConferenceOnEnter='false' "
            f"endConferenceOnExit='true' participantLabel='customer' statusCallback='/events' "
            f"statusCallbackEvent='{events}'>{ROOM}</Conference></Dial>",
        )
        made.says("/music", "<Play>/hold.mp3</Play>")
        yield made


def bring(stage: Stage, to: str = PERSON, **more: Any) -> Any:
    participants = stage.client.conferences(ROOM).participants
    return participants.create(from_=OURS, to=to, early_media=False, **more)


def room(stage: Stage) -> Any:
    [conference] = stage.client.conferences.list(friendly_name=ROOM)
    return conference


def told(stage: Stage) -> list[str]:
    return [hook["StatusCallbackEvent"] for hook in stage.door.at("/events")]


def code_of(problem: pytest.ExceptionInfo[TwilioRestException]) -> int:
    return int(problem.value.code or 0)


def test_a_person_is_called_into_the_room_of_a_caller(stage: Stage) -> None:
    caller = stage.comes_in()
    stage.twilio.advance(12)
    assert room(stage).status == "init"
    assert len(stage.door.at("/music")) == 2

    made = bring(stage, label="person", timeout=20)
    assert (made.status, made.label, made.queue_time) == ("queued", "person", "0")
    stage.twilio.advance(1)
    people = stage.client.conferences(room(stage).sid).participants
    assert people(made.call_sid).fetch().status == "ringing"
    stage.twilio.advance(2)

    assert people("person").fetch().status == "connected"
    assert sorted(one.call_sid for one in people.list()) == sorted([caller, made.call_sid])
    assert room(stage).status == "in-progress"
    assert told(stage) == ["participant-join", "participant-join", "conference-start"]
    joined = stage.door.at("/events")[0]
    assert (joined["ParticipantLabel"], joined["Muted"]) == ("customer", "false")
    before = len(stage.door.at("/music"))
    stage.twilio.advance(60)
    assert len(stage.door.at("/music")) == before


def test_the_caller_who_hangs_up_ends_the_room(stage: Stage) -> None:
    caller = stage.comes_in(Step(wait_for="joined", pause_ms=5000, hang_up=True))
    made = bring(stage)
    stage.twilio.advance(10)

    ended = room(stage)
    reason = "participant-with-end-conference-on-exit-left"
    assert (ended.status, ended.reason_conference_ended) == ("completed", reason)
    assert ended.call_sid_ending_conference == caller
    assert told(stage)[-1] == "conference-end"
    assert stage.door.at("/events")[-1]["ReasonConferenceEnded"] == reason
    assert stage.client.calls(made.call_sid).fetch().status == "completed"
    [dialled] = stage.door.at("/dialled")
    assert (dialled["DialCallStatus"], dialled["CallStatus"]) == ("answered", "completed")
    assert "DialBridged" not in dialled.fields


def test_a_person_who_is_not_in_leaves_the_caller_waiting(stage: Stage) -> None:
    stage.comes_in()
    made = bring(stage, NEVER, timeout=20)
    stage.twilio.advance(20)
    assert stage.client.calls(made.call_sid).fetch().status == "ringing"
    stage.twilio.advance(1)

    assert stage.client.calls(made.call_sid).fetch().status == "no-answer"
    assert room(stage).status == "init"
    with pytest.raises(TwilioRestException) as problem:
        stage.client.conferences(room(stage).sid).participants(made.call_sid).fetch()
    assert code_of(problem) == 20404


def test_participants_are_muted_held_and_let_go(stage: Stage) -> None:
    caller = stage.comes_in()
    bring(stage)
    stage.twilio.advance(5)
    participant = stage.client.conferences(room(stage).sid).participants(caller)

    assert participant.update(muted=True).muted
    held = participant.update(hold=True, hold_url=f"{stage.door.url}/held", hold_method="POST")
    assert held.hold
    stage.says("/held", "<Say>One moment.</Say><Pause length='10'/>")
    stage.twilio.advance(5)
    listed = stage.client.conferences(room(stage).sid).participants.list(hold=True)
    assert [one.call_sid for one in listed] == [caller]
    assert len(stage.door.at("/held")) == 1
    assert not participant.update(muted=False, hold=False).hold
    assert participant.update(end_conference_on_exit=False).end_conference_on_exit is False

    stage.twilio.settle()
    assert told(stage)[3:] == [
        "participant-mute",
        "participant-hold",
        "participant-unmute",
        "participant-unhold",
    ]


def test_a_supervisor_listens_whispers_and_speaks(stage: Stage) -> None:
    stage.comes_in()
    person_leg = bring(stage).call_sid
    stage.twilio.advance(5)
    supervisor = bring(stage, OTHER, muted=True).call_sid
    stage.twilio.advance(5)
    participant = stage.client.conferences(room(stage).sid).participants(supervisor)
    assert participant.fetch().muted

    coaching = participant.update(coaching=True, call_sid_to_coach=person_leg, muted=False)
    assert (coaching.coaching, coaching.call_sid_to_coach) == (True, person_leg)
    assert participant.update(coaching=False).coaching is False
    with pytest.raises(TwilioRestException) as problem:
        participant.update(coaching=True, call_sid_to_coach=f"CA{'0' * 32}")
    assert code_of(problem) == 16028


def listens(stage: Stage, at: str, inside: str) -> None:
    """A document at an address: into the same room, without a say in when it begins or ends."""
    room_of_all = room(stage).friendly_name
    flags = "startConferenceOnEnter='false' endConferenceOnExit='false'"
    said = f"<Conference {flags} {inside}>{room_of_all}</Conference>"
    stage.says(at, f"<Dial hangupOnStar='true' action='/menu'>{said}</Dial>")


def supervisor(stage: Stage, number: str) -> str:
    """Somebody whose telephone is rung; his call."""
    url = f"{stage.door.url}/listen"
    call = stage.client.calls.create(to=number, from_=OURS, url=url, method="POST")
    return str(call.sid)


def test_the_star_leads_out_of_the_room_and_the_others_stay(stage: Stage) -> None:
    stage.comes_in()
    bring(stage)
    stage.twilio.advance(5)
    stage.says("/menu", "<Pause length='60'/>")
    listens(stage, "/listen", "muted='true'")
    leg = supervisor(stage, PRESSES)
    stage.twilio.advance(3)
    people = stage.client.conferences(room(stage).sid).participants
    assert people(leg).fetch().muted
    stage.twilio.advance(2)  # another key leads nowhere
    assert len(people.list()) == 3
    assert stage.door.at("/menu") == []
    stage.twilio.advance(3)
    assert [one["DialCallStatus"] for one in stage.door.at("/menu")] == ["answered"]
    assert leg not in [one.call_sid for one in people.list()]
    assert (room(stage).status, stage.client.calls(leg).fetch().status) == (
        "in-progress",
        "in-progress",
    )


@pytest.mark.parametrize("there", [True, False])
def test_who_is_to_be_coached_has_to_be_in_the_room(
    stage: Stage,
    there: bool,  # noqa: FBT001
) -> None:
    stage.comes_in()
    coached = bring(stage).call_sid if there else f"CA{'0' * 32}"
    if not there:
        bring(stage)
    stage.twilio.advance(5)
    stage.says("/menu", "<Pause length='60'/>")
    listens(stage, "/listen", f"coach='{coached}'")
    leg = supervisor(stage, OTHER)
    stage.twilio.advance(5)
    people = stage.client.conferences(room(stage).sid).participants.list()
    within = {one.call_sid: one.call_sid_to_coach for one in people}
    assert within.get(leg) == (coached if there else None)
    failed = [one["DialCallStatus"] for one in stage.door.at("/menu")]
    assert failed == ([] if there else ["failed"])


def test_one_who_is_put_out_goes_on_with_his_next_verb(stage: Stage) -> None:
    caller = stage.comes_in()
    made = bring(stage)
    stage.twilio.advance(5)
    people = stage.client.conferences(room(stage).sid).participants
    stage.client.conferences(room(stage).sid).participants(caller).update(
        end_conference_on_exit=False
    )
    stage.says("/dialled", "<Say>You are alone.</Say><Pause length='30'/>")

    assert people(caller).delete()
    stage.twilio.advance(5)
    assert [hook["DialCallStatus"] for hook in stage.door.at("/dialled")] == ["answered"]
    assert stage.client.calls(caller).fetch().status == "in-progress"
    assert people(made.call_sid).delete()
    stage.twilio.advance(5)
    assert room(stage).reason_conference_ended == "last-participant-kicked"
    assert stage.client.calls(made.call_sid).fetch().status == "completed"


def test_one_who_still_rings_is_not_called_any_more(stage: Stage) -> None:
    stage.comes_in()
    made = bring(stage, NEVER)
    stage.twilio.advance(5)
    assert stage.client.conferences(room(stage).sid).participants(made.call_sid).delete()
    assert stage.client.calls(made.call_sid).fetch().status == "canceled"


def test_a_room_begins_with_one_who_opens_it(stage: Stage) -> None:
    stage.comes_in()
    bring(stage, start_conference_on_enter=False)
    stage.twilio.advance(10)
    assert (room(stage).status, "conference-start" in told(stage)) == ("init", False)
    bring(stage, OTHER)
    stage.twilio.advance(10)
    assert (room(stage).status, told(stage)[-1]) == ("in-progress", "conference-start")


def test_a_room_is_ended_by_rest_and_nobody_comes_in_any_more(stage: Stage) -> None:
    stage.comes_in()
    sid = bring(stage).conference_sid
    late = bring(stage, OTHER)
    assert stage.client.conferences(sid).update(status="completed").status == "completed"
    stage.twilio.advance(10)

    assert room(stage).reason_conference_ended == "conference-ended-via-api"
    assert stage.client.calls(late.call_sid).fetch().status == "completed"
    conference = stage.client.conferences(sid)
    with pytest.raises(TwilioRestException) as problem:
        conference.update(status="completed")
    assert code_of(problem) == 16022
    with pytest.raises(TwilioRestException) as problem:
        conference.participants.create(from_=OURS, to=PERSON)
    assert code_of(problem) == 16022
    with pytest.raises(TwilioRestException) as problem:
        stage.client.conferences(f"CF{'0' * 32}").fetch()
    assert code_of(problem) == 20404


def test_an_announcement_is_heard_by_all_or_by_one(stage: Stage) -> None:
    caller = stage.comes_in()
    made = bring(stage)
    stage.twilio.advance(5)
    stage.says("/all", "<Say>To all.</Say>")
    stage.says("/one", "<Say>To one.</Say>")
    conference = stage.client.conferences(room(stage).sid)
    conference.update(announce_url=f"{stage.door.url}/all")
    conference.participants(caller).update(announce_url=f"{stage.door.url}/one")
    stage.twilio.advance(5)

    def heard(sid: str) -> list[str]:
        return [each["words"] for each in stage.noted("hears", sid) if each["words"]]

    assert sorted(heard(caller)) == ["To all.", "To one."]
    assert heard(made.call_sid) == ["To all."]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"label": "customer"}, 16025),
        ({"max_participants": 1}, 20422),
        ({"from_": CALLER}, 21210),
        ({"beep": "loud"}, 20422),
        ({"coaching": True, "call_sid_to_coach": f"CA{'0' * 32}"}, 16028),
        ({"label": "a/b"}, 16024),
    ],
    ids=str,
)
def test_a_wrong_participant_is_refused(stage: Stage, change: dict[str, Any], code: int) -> None:
    stage.comes_in()
    stage.twilio.advance(1)
    wanted = {"from_": OURS, "to": PERSON, **change}
    with pytest.raises(TwilioRestException) as problem:
        stage.client.conferences(ROOM).participants.create(**wanted)
    assert code_of(problem) == code


def test_rooms_are_listed_by_state(stage: Stage) -> None:
    stage.comes_in(Step(wait_for="now", pause_ms=3000, hang_up=True))
    stage.twilio.advance(5)
    stage.comes_in()
    stage.twilio.advance(1)

    listed = stage.client.conferences.list
    assert [one.status for one in listed(friendly_name=ROOM)] == ["init", "completed"]
    assert len(listed(status="completed")) == 1
    today = listed()[0].date_created.date()
    assert len(listed(date_created=today)) == 2
    assert listed(date_created_before=today - timedelta(days=1)) == []
