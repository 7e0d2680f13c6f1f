"""A call in a conference: it waits, is in, and goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.telephones.star_key import star_key
from local.twilio.twiml.conferences import Conference, Participant, conference_named
from local.twilio.twiml.documents import Source
from local.twilio.twiml.grammar import DocumentError, Place

if TYPE_CHECKING:
    from local.twilio.telephones.star_key import StarKey
    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

FULL, LABEL_TAKEN, NO_SUCH_COACHED = 16020, 16025, 13240
MUSIC_MS = 10_000


async def dial_conference(run: Run, verb: Verb, target: Verb) -> Source | None:
    """Stay in a conference until it is over, or the call is put out of it."""
    leg = run.leg
    leg.answer()
    conference = conference_named(leg.account, target.words)
    participant = _participant(run, target, conference)
    if not _can_coach(conference, participant):
        leg.account.note("coach-error", leg.sid, code=NO_SUCH_COACHED, conference=conference.name)
        return run.action(verb, {"DialCallStatus": "failed"})
    told = {"DialCallStatus": "answered"}
    try:
        with star_key(leg, leaves=verb.get("hangupOnStar", False)) as star:
            await be_in(run, conference, participant, star)
    finally:
        run.tell_dial_action(verb, told)
    return run.action(verb, told)


async def be_in(
    run: Run, conference: Conference, participant: Participant, star: StarKey | None = None
) -> None:
    """Stay in a conference. Raises DocumentError when there is no room, or the label is taken."""
    leg = run.leg
    check_room(conference, participant.label, participant)
    conference.join(participant)
    music = leg.account.spawn(_while_waiting(run, participant))
    try:
        await leg.watch.until(lambda: bool(participant.left or (star and star.pressed)))
    finally:
        music.cancel()
        by_key = star is not None and star.pressed
        why = "participant_hung_up" if leg.ended or by_key else "participant_redirected"
        conference.leave(participant, why)


def _participant(run: Run, target: Verb, conference: Conference) -> Participant:
    callback = target.get("statusCallback")
    conference.subscribe(
        run.document.address(callback) if callback else "",
        target.get("statusCallbackMethod", "POST"),
        target.get("statusCallbackEvent", ["start", "end"]),
    )
    conference.most = target.get("maxParticipants", conference.most)
    wait_url = target.get("waitUrl")
    return Participant(
        leg=run.leg,
        conference=conference,
        label=target.get("participantLabel", ""),
        muted=target.get("muted", False),
        coaching="coach" in target.attributes,
        call_sid_to_coach=target.get("coach", ""),
        start_on_enter=target.get("startConferenceOnEnter", True),
        end_on_exit=target.get("endConferenceOnExit", False),
        wait_url=run.document.address(wait_url) if wait_url else wait_url,
        wait_method=target.get("waitMethod", "POST"),
        created_at=run.leg.account.clock.civil(),
    )


def check_room(conference: Conference, label: str, who: Participant | None = None) -> None:
    """Whether somebody may come in, under a label. Raises DocumentError."""
    others = [each for each in conference.expected if each is not who]
    if len(others) >= conference.most:
        raise DocumentError(FULL, f"conference {conference.name} is full")
    if label and any(each.label == label for each in others):
        raise DocumentError(LABEL_TAKEN, f"label {label} is in use")


def _can_coach(conference: Conference, participant: Participant) -> bool:
    """Whether the call that a participant coaches, if any, is in and the conference has begun."""
    if not participant.coaching:
        return True
    there = {each.leg.sid for each in conference.present}
    return conference.status == "in-progress" and participant.call_sid_to_coach in there


async def _while_waiting(run: Run, participant: Participant) -> None:
    """What plays while somebody waits, or is on hold: until they hear the others."""
    leg = run.leg
    while True:
        await leg.watch.until(lambda: participant.waits)
        held = participant.hold
        playing = leg.account.spawn(_play(run, participant))
        try:
            await leg.watch.until(
                lambda: (
                    not participant.waits or participant.hold != held or playing.done()  # noqa: B023
                )
            )
        finally:
            playing.cancel()


async def _play(run: Run, participant: Participant) -> None:
    """Play the document once; without one, Twilio's own music."""
    leg, hold = run.leg, participant.hold
    url = participant.hold_url if hold else participant.wait_url
    method = participant.hold_method if hold else participant.wait_method
    began_ms = leg.account.clock.now_ms()
    try:
        if url:
            await run.on(leg, Place.HOLD).follow(Source(url=url, method=method))
    except DocumentError as error:
        leg.account.note("hold-error", leg.sid, code=error.code, what=str(error))
    if leg.account.clock.now_ms() == began_ms:  # nothing was heard
        leg.hear("silence" if url == "" else "music", MUSIC_MS)
        await leg.account.clock.sleep(MUSIC_MS)
    leg.watch.stir()
