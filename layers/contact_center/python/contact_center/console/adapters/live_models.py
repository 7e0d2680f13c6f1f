"""What the operators' page is told each second, and what waits for a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import Count, Instant, OneOf, Told, about
from contact_center.console.domain.needs import NeedKind
from contact_center.console.services.show_live import FLAGS, STATES
from contact_center.conversations.adapters.api_models import Moment
from contact_center.people.domain.people import PersonState
from contact_center.queue.domain.waiting import WaitsFor


class LiveLines(Told):
    in_use: Count | None
    of: Count
    kept_for_inbound: Annotated[Count, about("No dial may take these.")]


class LiveFigures(Told):
    """The strip. Null: not read yet."""

    calls: Count
    complete: Annotated[bool, about("Whether those are all; five hundred are shown at most.")]
    waiting: Annotated[Count | None, about("Callers in a queue.")]
    longest_wait_since: Annotated[Instant | None, about("Since when the first of them waits.")]
    people: Annotated[dict[PersonState, Count] | None, about("How many do what.")]
    lines: LiveLines
    dials_in_last_minute: Annotated[
        Count | None, about("Calls of ours that began within a minute, as far as one was heard of.")
    ]
    dialing_stopped: Annotated[bool | None, about("Whether the switch stops every dial.")]
    needs: Annotated[Count | None, about("What waits for a person.")]


class LiveRow(Told):
    """A call that has not ended."""

    id: str
    since: Instant | None
    heard_at: Annotated[Instant | None, about("When anything was last heard of it.")]
    number: Annotated[str | None, about("Of the customer, E.164; masked for a viewer.")]
    direction: Literal["inbound", "outbound"] | None
    with_: Annotated[
        str | None,
        Field(alias="with"),
        about("A department's assistant, or person; null: the first assistant."),
    ]
    state: Annotated[str, OneOf(STATES)]
    words: Annotated[str | None, about("The last that were said, redacted; the end of them.")]
    words_by: Literal["customer", "assistant"] | None
    intent: Annotated[str | None, about("What the customer wants: a department or person.")]
    confidence: Annotated[float, Field(ge=0, le=1)]
    destination: Annotated[str | None, about("Where the call was last sent.")]
    campaign_id: str | None
    flags: Annotated[
        list[Annotated[str, OneOf(FLAGS)]],
        about("deaf: nothing can be done to it, because no control URL is known."),
    ]


class LastCall(Told):
    """The latest call of today."""

    id: Annotated[str | None, about("Null: there was none today.")]
    at: Instant | None
    called: Annotated[
        str | None, about("The number of ours that was rung, E.164; masked for a viewer.")
    ]


class LiveWaiter(Told):
    """Somebody in a queue."""

    visit_id: str
    department: str
    waits_for: WaitsFor
    place: Annotated[int, Field(ge=1)]
    since: Instant
    told_minutes: Annotated[
        list[Count] | None, about("Least and most that the caller was told; null: nothing.")
    ]
    offered: Annotated[bool, about("Whether a person is being asked.")]
    offered_to: Annotated[str | None, about("Who, by the key of people.toml.")]
    called_back: Annotated[bool, about("Whether the caller has hung up and is called back.")]
    number: Annotated[str | None, about("E.164; masked for a viewer.")]


class LivePerson(Told):
    """Somebody who takes callers."""

    id: str
    name: str
    departments: list[str]
    state: PersonState
    since: Instant | None
    reason: str | None
    missed_offers: Count
    visit_id: str | None


class NeedGlimpse(Told):
    """Something that waits for a person."""

    kind: NeedKind
    id: Annotated[str, about("Of the thing, as its own routes know it.")]
    since: Annotated[Instant | None, about("Null: not known.")]
    says: Annotated[str, about("Why, in a word of ours; empty: the kind says it.")]
    number: Annotated[str | None, about("E.164; masked for a viewer.")]
    call_id: str | None
    visit_id: Annotated[str | None, about("Of `GET /api/visits/{id}`, where it is about one.")]
    campaign_id: str | None
    department: str | None
    urgent: Annotated[bool, about("Somebody waits for it now: each minute counts.")]


class LiveNeeds(Told):
    count: Count
    urgent: Annotated[Count, about("How many of them are urgent.")]
    complete: Annotated[bool, about("Whether those are all.")]
    newest: Annotated[
        list[NeedGlimpse], about("Five at most: urgent ones first, the newest of each first.")
    ]


class Looker(Told):
    """Somebody whose page is open as well."""

    name: str
    call_id: Annotated[str | None, about("The call that is open on it.")]


class KeyedMoment(Moment):
    key: Annotated[str, about("Of the same moment, told anew: it takes the place of the other.")]


class OpenCall(Told):
    """What is new of the open call since the cursor."""

    id: str
    over: bool
    moments: Annotated[list[KeyedMoment], about("In order.")]
    cursor: Annotated[str, about("To ask with next: `after`.")]


class LiveAsOf(Told):
    """When each part was read; null: not yet."""

    calls: Instant | None
    people: Instant | None
    waiting: Instant | None
    needs: Instant | None


class Live(Told):
    """Everything that the page needs. What is null was not read yet.

    `at` and `asOf` move on while nothing else changes, and do not count for the ETag.
    """

    at: Instant
    version: Annotated[str, about("Of what answers: another one than before is a deploy.")]
    as_of: LiveAsOf
    failed: Annotated[list[str], about("Parts that could not be read just now: they are older.")]
    figures: LiveFigures
    calls: Annotated[list[LiveRow], about("The oldest first.")]
    last_call: Annotated[LastCall | None, about("While nobody is on the line, once it was read.")]
    waiting: Annotated[list[LiveWaiter] | None, about("Who waits the longest first.")]
    people: list[LivePerson] | None
    needs: LiveNeeds | None
    others: Annotated[list[Looker], about("Whose page asked within half a minute.")]
    call: Annotated[
        OpenCall | None,
        about("The open call; null: none is open, there is none of that id, or `failed` has call."),
    ]


class Need(NeedGlimpse):
    advice: Annotated[str, about("What to do about it.")]


class TakenUp(Told):
    """Something that goes on."""

    id: str
    says: Annotated[str, about("What had been wrong with it, as it was listed.")]


class Needs(Told):
    """All that waits for a person, the oldest first."""

    needs: list[Need]
    complete: Annotated[bool, about("Whether that is all: of each kind a hundred are looked at.")]
