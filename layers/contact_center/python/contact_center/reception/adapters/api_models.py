"""Visits, as the API tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import Count, Instant, Told, about
from contact_center.people.domain.offers import OfferOutcome, Ring, Said
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visits import Outcome, PostState, Stage

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
    let_go: Annotated[Instant | None, about("When an assistant first let go of him.")]
    recordings: Annotated[list[str], about("The provider's ids of messages he left.")]
    heard: Annotated[list[str], about("Departments whose message for many callers he heard.")]
    legs: Annotated[list[Leg], about("His own; those of people are with the offers.")]
    calls: list[AssistantCall]
    wishes: Annotated[list[Wish], about("In the order in which they were decided.")]
    wait: Annotated[Wait | None, about("Null: he was in no queue.")]
    offers: Annotated[list[Offer], about("In the order in which people were asked; kept a week.")]
    unreadable: Annotated[
        list[Literal["wait", "offers"]], about("Parts that a newer release wrote: left out.")
    ]
