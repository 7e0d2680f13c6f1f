"""Conferences: who is in, who hears whom, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twilio.ids import new_sid, rfc_2822
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from local.twilio.telephones.account import Account
    from local.twilio.telephones.legs import Leg

MOST_PARTICIPANTS = 250
FEWEST_TO_START = 2
# What an event is called in a subscription.
ASKED_AS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
}
REASONS = {
    "conference-ended-via-api": "Conference ended via API",
    "participant-with-end-conference-on-exit-left": "Participant ended the conference",
    "participant-with-end-conference-on-exit-kicked": "Participant ended the conference",
    "last-participant-kicked": "The last participant was removed",
    "last-participant-left": "The last participant left",
}


@dataclass(slots=True, kw_only=True)
class Participant:
    """A call in a conference, or on its way there.

    Attributes:
        joined: It is in; a participant that REST creates joins when the telephone is answered.
        left: Why it is out again; empty while it is not.
        wait_url: What plays until the conference begins: empty is silence, None is music.
    """

    leg: Leg
    label: str = ""
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str = ""
    start_on_enter: bool = True
    end_on_exit: bool = False
    wait_url: str | None = None
    wait_method: str = "POST"
    hold_url: str | None = None
    hold_method: str = "GET"
    joined: bool = False
    left: str = ""
    conference: Conference = field(repr=False)
    created_at: datetime

    @property
    def waits(self) -> bool:
        """Whether it hears what plays meanwhile, and nobody."""
        return self.hold or self.conference.status == "init"

    @property
    def hears_somebody(self) -> bool:
        """Whether it is in, not waiting, and somebody else is there who is not on hold."""
        others = [each for each in self.conference.present if each is not self and not each.hold]
        return bool(not self.waits and not self.left and others)

    @property
    def status(self) -> str:
        """How REST shows it."""
        if self.joined:
            return "complete" if self.left else "connected"
        if self.leg.ended:
            return "failed"
        return self.leg.status if self.leg.status in {"queued", "ringing"} else "connecting"


class Conference:
    """A conference of an account."""

    def __init__(self, account: Account, name: str) -> None:
        self.account = account
        self.sid = new_sid("CF")
        self.name = name
        self.status = "init"
        self.created_at = self.updated_at = account.clock.civil()
        self.participants: dict[str, Participant] = {}
        self.most = MOST_PARTICIPANTS
        self.reason_ended = ""
        self.ended_by = ""
        self._url, self._method = "", "POST"
        self._events: Sequence[str] = ()
        self._told = 0
        account.kept(Conference)[self.sid] = self

    @property
    def present(self) -> list[Participant]:
        """Those who are in."""
        return [each for each in self.participants.values() if each.joined and not each.left]

    @property
    def expected(self) -> list[Participant]:
        """Those who are in, and those whose telephone is still to be answered."""
        coming = [each for each in self.participants.values() if not each.joined]
        return self.present + [each for each in coming if not each.leg.ended]

    def subscribe(self, url: str, method: str, events: Sequence[str]) -> None:
        """Who is told; the first who asks for it decides."""
        if url and not self._url:
            self._url, self._method, self._events = url, method, events

    def find(self, name: str) -> Participant | None:
        """A participant by the SID of the call, or by label."""
        known = self.participants.get(name)
        found = [known] if known else []
        found += [each for each in self.participants.values() if each.label == name]
        return next((each for each in found if each in self.expected), None)

    def join(self, participant: Participant) -> None:
        """A call comes in; the conference may begin."""
        self.participants[participant.leg.sid] = participant
        participant.joined = True
        participant.leg.seat = participant
        self.account.note("joined", participant.leg.sid, conference=self.name)
        self.tell("participant-join", participant)
        starters = any(each.start_on_enter for each in self.present)
        if self.status == "init" and starters and len(self.present) >= FEWEST_TO_START:
            self.status = "in-progress"
            self.tell("conference-start")
        self.changed()

    def leave(self, participant: Participant, why: str, *, kicked: bool = False) -> None:
        """A call goes out; the conference may end. Nothing if it is out already."""
        if participant.left or not participant.joined:
            return
        participant.left = why
        participant.leg.seat = None
        self.account.note("left", participant.leg.sid, conference=self.name, why=why)
        self.tell("participant-leave", participant, ReasonParticipantLeft=why)
        participant.leg.watch.stir()
        how = "kicked" if kicked else "left"
        if participant.end_on_exit:
            self.end(f"participant-with-end-conference-on-exit-{how}", participant.leg.sid)
        elif not self.present:
            self.end(f"last-participant-{how}", participant.leg.sid)
        else:
            self.changed()

    def end(self, reason: str, by: str = "") -> None:
        """It is over: everybody is put out. Nothing if it is already."""
        if self.status == "completed":
            return
        self.status, self.reason_ended, self.ended_by = "completed", reason, by
        for each in self.present:
            each.left = "conference_ended"
            each.leg.seat = None
            self.tell("participant-leave", each, ReasonParticipantLeft=each.left)
        ending = {"CallSidEndingConference": by} if by else {}
        words = {"ReasonConferenceEnded": reason, "Reason": REASONS[reason]}
        self.tell("conference-end", None, **ending, **words)
        self.account.note("conference-over", by or None, conference=self.name, reason=reason)
        self.changed()

    def changed(self) -> None:
        """Whoever waits for something here looks again."""
        self.updated_at = self.account.clock.civil()
        for each in self.participants.values():
            each.leg.watch.stir()

    def tell(self, event: str, participant: Participant | None = None, **more: str) -> None:
        """Tell the subscriber of an event, if it was asked for."""
        if not self._url or ASKED_AS[event] not in self._events:
            return
        self._told += 1
        told = {
            "AccountSid": self.account.sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self._told),
            "Timestamp": str(rfc_2822(self.account.clock.civil())),
        }
        if participant is not None:
            told |= _of_participant(participant)
        self.account.mail.tell(
            Webhook(
                kind="conference",
                url=self._url,
                method=self._method,
                fields=list((told | more).items()),
                call=participant.leg.sid if participant else None,
                after=self.sid,
            )
        )


def conference_named(account: Account, name: str) -> Conference:
    """The conference of that name that is not over; a new one if there is none."""
    live = (one for one in account.kept(Conference).values() if one.status != "completed")
    return next((one for one in live if one.name == name), None) or Conference(account, name)


def _of_participant(participant: Participant) -> dict[str, str]:
    flags = {
        "Muted": participant.muted,
        "Hold": participant.hold,
        "Coaching": participant.coaching,
        "EndConferenceOnExit": participant.end_on_exit,
        "StartConferenceOnEnter": participant.start_on_enter,
    }
    told = {"CallSid": participant.leg.sid}
    told |= {name: str(value).lower() for name, value in flags.items()}
    if participant.label:
        told["ParticipantLabel"] = participant.label
    if participant.call_sid_to_coach:
        told["CallSidToCoach"] = participant.call_sid_to_coach
    return told
