"""Visits and kept places, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contact_center.aws.api_fields import (
    NOT_BLANK,
    Asked,
    Count,
    Instant,
    OneOf,
    Phone,
    Rule,
    Told,
    about,
)
from contact_center.people.domain.offers import OfferOutcome, Ring, Said
from contact_center.people.domain.supervised_talks import WhyNot
from contact_center.permission.domain.consent import LONGEST_SOURCE
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.supervision import Mode
from contact_center.visits.domain.visit_parts import Outcome, PostState, Stage

Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
LegId = Annotated[str, about("The provider's id of it.")]


class Leg(Told):
    """One party's telephone connection, as it was told of last."""

    leg_id: LegId
    status: LegStatus
    at: Instant | None
    seconds: Annotated[Count | None, about("How long it was connected, once it has ended.")]
    sip_code: Annotated[int | None, about("What the network answered, once it has ended.")]
    answered_by: Annotated[
        str | None, about("human, or what machine it was taken for; null: nobody listened.")
    ]


class AssistantCall(Told):
    """A call with an assistant that was ordered for the caller."""

    order: Annotated[str, about("The name it was ordered under, at Vapi the call's `name`.")]
    call_id: Annotated[str | None, about("Of `GET /api/calls/{id}`, once it is known.")]
    state: PostState
    at: Annotated[Instant | None, about("Since when it is in this state.")]
    reason: Annotated[str | None, about("A word of ours or of the provider's for the state.")]
    empty_look_ups: Annotated[
        Count, about("How many complete look-ups by its name found nothing, while it is in doubt.")
    ]


class Wish(Told):
    """Whom the caller was to get, as one decision in one of his calls says."""

    wish: str
    department: Annotated[str | None, about("Whose people are asked; null: nobody any more.")]
    at: Instant | None
    told: Annotated[str | None, about("What he was told of it; null: nothing.")]
    told_at: Instant | None


class Wait(Told):
    """His place in a queue, as it stands or as he left it."""

    department: str
    waits_for: WaitsFor
    state: EntryState
    place: Annotated[Instant | None, about("When he began to wait: his place, never worse.")]
    since: Annotated[Instant | None, about("When he came into this queue.")]
    offered_to: Annotated[str | None, about("Key of the person who is asked about him.")]
    because: Annotated[LeftBecause | None, about("Why he is no longer in the queue.")]
    failures: Annotated[Count, about("How often he could not be moved.")]


class Evidence(Told):
    """What an outcome rests on."""

    ring: Annotated[Ring, about("What came of asking the provider to ring.")]
    leg: Leg | None
    answered_at: Annotated[Instant | None, about("When the telephone was taken up.")]
    key: Annotated[str | None, about("As it was pressed.")]
    said: Annotated[
        Said | None, about("What that key means; nothing: all was heard, none pressed.")
    ]
    said_at: Instant | None
    caller_left: bool
    withdrawn: Annotated[str | None, about("Why nobody was asked any more.")]
    together_at: Annotated[Instant | None, about("When both were in one room; null: never.")]
    bridged_seconds: Annotated[
        float | None, Field(ge=0), about("How long both were, once the person's leg has ended.")
    ]


class Offer(Told):
    """One person who was asked about the caller."""

    offer_id: str
    person_id: Annotated[str, about("A key of people.toml.")]
    wish: Annotated[str | None, about("For which wish; null: he waited in line.")]
    asked_at: Instant | None
    outcome: Annotated[OfferOutcome | None, about("Null: the person is being asked.")]
    evidence: Evidence


# Why a talk cannot be joined, or not that way.
SupervisionRefusal = Annotated[str, OneOf(tuple(WhyNot))]


class ModeSince(Told):
    """A way in which a supervisor was in a talk."""

    mode: Mode
    at: Annotated[Instant | None, about("From then on, until the next or the end.")]


class Supervision(Told):
    """A supervisor who joined a talk of the caller's with a person, or was to."""

    number: Annotated[Count, about("Of it, within the visit.")]
    person_id: Annotated[str, about("Whose telephone, a key of people.toml.")]
    by: Annotated[str, about("Who asked for it.")]
    offer_id: Annotated[str, about("The offer that the talk came of.")]
    asked_at: Instant | None
    mode: Annotated[Mode | None, about("How he is in the talk; null: he is not, or no more.")]
    modes: Annotated[list[ModeSince], about("All of it, the earliest first: it is to listen.")]
    ended_at: Annotated[Instant | None, about("Null: he is in it, or is being rung.")]
    because: Annotated[
        str | None,
        about("Why it ended: left, talk_over, or what came of the ring in the provider's words."),
    ]


class NewSupervision(Asked):
    """A supervisor who is to join."""

    person_id: Annotated[Key, about("A key of people.toml, with `supervises = true`.")]


class NewMode(Asked):
    """How a supervisor is to be in the talk."""

    mode: Annotated[
        Literal["listen", "whisper", "barge"],
        Rule("must be listen or whisper or barge"),
        about("listen: nobody hears him. whisper: the person does. barge: both do."),
    ]


class LeftMessage(Told):
    """What he said after the tone."""

    recording: Annotated[str, about("The provider's id of it.")]
    left_at: Instant | None
    seconds: Annotated[Count | None, about("Null: not told yet.")]
    text: Annotated[
        str | None, about("What the provider understood, redacted; null: nothing, or not yet.")
    ]


class Visit(Told):
    """One caller's whole stay, from the first ring to the last hang-up."""

    visit_id: str
    state: Annotated[Stage, about("What the caller is doing.")]
    began: Instant | None
    ended: Annotated[Instant | None, about("Null: it lasts.")]
    number: Annotated[str | None, about("Null: withheld. Masked for viewers.")]
    called: Annotated[str | None, about("Our number that was called.")]
    department: Annotated[str | None, about("Whom he waited for; null: nobody's own.")]
    outcome: Annotated[Outcome | None, about("What it came to; null while it lasts.")]
    cause: Annotated[str | None, about("Why, in a word of ours or of a provider's.")]
    waited_since: Annotated[Instant | None, about("When he first began to wait; null: never.")]
    let_go: Annotated[Instant | None, about("When an assistant last let go of him.")]
    recordings: Annotated[list[str], about("The provider's ids of messages he left.")]
    messages: Annotated[list[LeftMessage], about("What is known of each of them.")]
    attended_at: Annotated[
        Instant | None, about("When somebody last said that he attends to them.")
    ]
    heard: Annotated[list[str], about("Departments whose message for many callers he heard.")]
    supervised: Annotated[list[Supervision], about("Who joined his talks with people.")]
    legs: Annotated[list[Leg], about("His own; those of people are with the offers.")]
    calls: list[AssistantCall]
    wishes: Annotated[list[Wish], about("In the order in which they were decided.")]
    wait: Annotated[Wait | None, about("Null: he was in no queue.")]
    offers: Annotated[list[Offer], about("In the order in which people were asked; kept a week.")]
    unreadable: Annotated[
        list[Literal["wait", "offers"]], about("Parts that a newer release wrote: left out.")
    ]


# -- callers who are called back ------------------------------------------------------------

Source = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_SOURCE, pattern=NOT_BLANK
    ),
]


class NewCallback(Asked):
    """Somebody who has asked to be called back."""

    phone: Phone
    department: Annotated[Key, about("Whose place is kept, a key of departments.toml.")]
    asked: Annotated[
        Source,
        about("How he asked, where it can be proved: it is his consent to this one call."),
    ]


class Callback(Told):
    """A caller whose place is kept, or was in vain."""

    id: Annotated[str, about("Of his visit.")]
    number: Annotated[str | None, about("Whom we ring, E.164. Masked for viewers.")]
    department: str
    waits_for: Annotated[WaitsFor, about("A line, to talk to an assistant, or a person.")]
    state: Annotated[
        Literal["kept", "calling", "resting", "failed"],
        about(
            "kept: called when it is his turn. resting: not before `callsFrom`. failed: somebody"
            " has to see to it; deleted, it is listed no more."
        ),
    ]
    since: Annotated[Instant, about("His place: when the visit began to wait.")]
    asked_at: Instant | None
    calls_from: Annotated[Instant | None, about("He is not called before.")]
    tries: Annotated[Count, about("How often he was rung.")]
    because: Annotated[
        str | None, about("What the latest try came to, or why he is not called now.")
    ]


class Callbacks(Told):
    """All of them, by place."""

    callbacks: list[Callback]
    complete: Annotated[bool, about("False: there are more than are shown.")]
