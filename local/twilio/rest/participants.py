"""Participants of conferences by REST: called in, changed, put out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twilio.ids import rfc_2822
from local.twilio.rest.call_orders import check_order, place_call
from local.twilio.rest.refusals import RefusedError
from local.twilio.twiml.announcements import announce
from local.twilio.twiml.conferences import Conference, Participant, conference_named
from local.twilio.twiml.dial_conference import be_in, check_room
from local.twilio.twiml.execution import Execution
from local.twilio.twiml.grammar import DocumentError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from local.twilio.rest.asked import Asked
    from local.twilio.telephones.legs import Leg

Json = dict[str, Any]

NOT_THERE = 16028
FLAGS = {"Muted": "muted", "Hold": "hold", "Coaching": "coaching"}
EVENTS = {  # of a flag that is set, and of one that is taken back
    "Muted": ("participant-mute", "participant-unmute"),
    "Hold": ("participant-hold", "participant-unhold"),
    "Coaching": ("participant-modify", "participant-modify"),
}


def show_participant(participant: Participant) -> Json:
    """A participant as REST shows it."""
    conference, leg = participant.conference, participant.leg
    return {
        "account_sid": conference.account.sid,
        "call_sid": leg.sid,
        "conference_sid": conference.sid,
        "label": participant.label or None,
        "call_sid_to_coach": participant.call_sid_to_coach or None,
        "coaching": participant.coaching,
        "date_created": rfc_2822(participant.created_at),
        "date_updated": rfc_2822(leg.updated_at),
        "end_conference_on_exit": participant.end_on_exit,
        "muted": participant.muted,
        "hold": participant.hold,
        "start_conference_on_enter": participant.start_on_enter,
        "status": participant.status,
        "queue_time": str(leg.queue_time_ms),
        "uri": f"{conference.account.path}/Conferences/{conference.sid}/Participants/"
        f"{leg.sid}.json",
    }


def _create(asked: Asked) -> Json:
    fields = asked.fields
    check_order(asked.account, fields)
    conference = _conference(asked, create=True)
    _check_coaching(conference, fields)
    conference.subscribe(
        fields.get("ConferenceStatusCallback", ""),
        fields.get("ConferenceStatusCallbackMethod", "POST"),
        fields.get("ConferenceStatusCallbackEvent", ["start", "end"]),
    )
    conference.most = fields.get("MaxParticipants", conference.most)
    try:
        check_room(conference, fields.get("Label", ""))
    except DocumentError as error:
        raise RefusedError(error.code, str(error)) from error

    def answered(leg: Leg) -> Callable[[], Coroutine[Any, Any, object]]:
        return lambda: _come_in(conference, leg)

    leg = place_call(asked.account, fields, answered)
    participant = Participant(
        leg=leg,
        conference=conference,
        label=fields.get("Label", ""),
        muted=fields.get("Muted", False),
        coaching=fields.get("Coaching", False),
        call_sid_to_coach=fields.get("CallSidToCoach", ""),
        start_on_enter=fields.get("StartConferenceOnEnter", True),
        end_on_exit=fields.get("EndConferenceOnExit", False),
        wait_url=fields.get("WaitUrl"),
        wait_method=fields.get("WaitMethod", "POST"),
        created_at=asked.account.clock.civil(),
    )
    conference.participants[leg.sid] = participant
    return show_participant(participant)


async def _come_in(conference: Conference, leg: Leg) -> None:
    """The telephone was answered: into the conference, if there still is one."""
    participant = conference.participants[leg.sid]
    if conference.status != "completed":
        await be_in(Execution(leg, Place.CALL), conference, participant)
    leg.hang_up()


def _conference(asked: Asked, *, create: bool = False) -> Conference:
    wanted, account = asked.named["ConferenceSid"], asked.account
    known = account.kept(Conference).get(wanted)
    if known is None and create and not wanted.startswith("CF"):
        return conference_named(account, wanted)
    if known is not None and create and known.status == "completed":
        raise RefusedError(16022, "Conference does not exist or is completed")
    return asked.found(known)


def _participant(asked: Asked) -> Participant:
    return asked.found(_conference(asked).find(asked.named["CallSid"]))


def _update(asked: Asked) -> Json:
    participant, fields = _participant(asked), asked.fields
    conference = participant.conference
    if not participant.joined:
        raise RefusedError(16001, "The participant is not connected yet")
    _check_coaching(conference, fields)
    participant.hold_url = fields.get("HoldUrl", participant.hold_url)
    participant.hold_method = fields.get("HoldMethod", participant.hold_method)
    participant.wait_url = fields.get("WaitUrl", participant.wait_url)
    participant.end_on_exit = fields.get("EndConferenceOnExit", participant.end_on_exit)
    participant.call_sid_to_coach = fields.get("CallSidToCoach", participant.call_sid_to_coach)
    for name, flag in FLAGS.items():
        if name in fields and getattr(participant, flag) != fields[name]:
            setattr(participant, flag, fields[name])
            conference.tell(EVENTS[name][not fields[name]], participant)
    if "AnnounceUrl" in fields:
        announce(participant.leg, fields["AnnounceUrl"], fields.get("AnnounceMethod", "POST"))
    asked.account.note("participant", participant.leg.sid, **fields)
    conference.changed()
    return show_participant(participant)


def _check_coaching(conference: Conference, fields: Json) -> None:
    """Who is whispered to must be in. Raises RefusedError."""
    if not fields.get("Coaching"):
        return
    coached = conference.find(fields.get("CallSidToCoach", ""))
    if coached is None or not coached.joined:
        raise RefusedError(
            NOT_THERE, "Participant to be whispered is not present in the conference"
        )


def _put_out(asked: Asked) -> Json:
    participant = _participant(asked)
    if participant.joined:
        participant.conference.leave(participant, "participant_removed_via_api", kicked=True)
    else:
        participant.leg.hang_up()
    return {}


def _list(asked: Asked) -> Json:
    found = [
        each
        for each in _conference(asked).expected
        if all(
            getattr(each, flag) == asked.fields.get(name, getattr(each, flag))
            for name, flag in FLAGS.items()
        )
    ]
    return asked.page("participants", [show_participant(each) for each in found])


PARTICIPANTS: dict[str, Callable[[Asked], Json]] = {
    "CreateParticipant": _create,
    "FetchParticipant": lambda asked: show_participant(_participant(asked)),
    "UpdateParticipant": _update,
    "DeleteParticipant": _put_out,
    "ListParticipant": _list,
}
