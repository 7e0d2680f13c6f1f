"""The figures of a day and what waits, as the API tells them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contact_center.aws.api_fields import Count, Day, Instant, OneOf, Told, about
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.figures.adapters.settings import QUEUES
from contact_center.figures.services.show_figures import By, Group
from contact_center.people.adapters.api_models import Colleagues
from contact_center.people.domain.offers import OfferOutcome
from contact_center.queue.domain.waiting import WaitsFor as WaitsForWhat

Seconds = Annotated[float, Field(ge=0)]


class Durations(Told):
    known: Annotated[Count, about("Calls of which it is known.")]
    mean_seconds: Seconds | None
    longest_seconds: Seconds | None


class WayFigures(Told):
    """Calls of one direction.

    For inbound ones the time to answer is the speed to answer, for outbound ones how long it rang.
    """

    calls: Count
    answered: Annotated[
        Count,
        about("Their status was told to be in progress; a machine that takes the call counts."),
    ]
    time_to_answer: Durations
    by_outcome: Annotated[
        dict[Disposition, Count], about("Of those that have ended, by disposition.")
    ]


class Transfers(Told):
    to_departments: Count
    to_persons: Count
    forwarded: Annotated[Count, about("Handed to a telephone number, and taken.")]


class Spend(Told):
    usd: Annotated[float, Field(ge=0)]
    priced_calls: Count
    unpriced_calls: Annotated[Count, about("Their report has not come, or names no price.")]


class CallFigures(Told):
    counted: Count
    complete: Annotated[
        bool, about("False: of those that are under way, or just over, some are left out.")
    ]
    live: Annotated[Count, about("Calls that have not ended, whatever the day.")]
    by_status: Annotated[dict[str, Count], about("Vapi's words, and `unknown`.")]
    by_department: Annotated[
        dict[str, Count], about("Where they were last sent: departments, `person`, `none`.")
    ]
    inbound: WayFigures
    outbound: WayFigures
    unknown: WayFigures
    talk: Durations
    interruptions: Count
    clarifications: Count
    transfers: Transfers
    spend: Spend


class Lines(Told):
    in_use: Count
    by_dials: Count
    by_other_calls: Annotated[Count, about("Inbound ones above all.")]
    of: Count
    kept_for_inbound: Annotated[Count, about("No dial may take these.")]


class OpenAttempts(Told):
    counted: Annotated[Count, about("Queued, being dialled or on the line.")]
    complete: Annotated[bool, about("False: there are more than were counted.")]
    overdue: Annotated[Count, about("Those that somebody should have looked at by now.")]
    oldest_due_at: Annotated[
        Instant | None, about("When the longest due was or is to be looked at.")
    ]
    waits_for: Annotated[dict[WaitsFor, Count], about("How many are queued for what.")]


class DialingFigures(Told):
    stopped: Annotated[bool, about("Whether the one switch stops every dial.")]
    lines: Lines
    open_attempts: OpenAttempts


class TransferSuccess(Told):
    """Callers brought to people: who was asked at our own number, or transferred at Vapi's."""

    tried: Annotated[Count, about("People asked on that day, and telephones transferred to.")]
    succeeded: Annotated[Count, about("The person pressed the key and both were together.")]
    share: Annotated[float | None, Field(ge=0, le=1), about("Null: nobody was tried.")]
    by_outcome: Annotated[
        dict[OfferOutcome, Count],
        about("Why not: each outcome is kept with its evidence in the visit."),
    ]


class Quotient(Told):
    """One figure, with what it is made of: those of two buckets are added up by their parts."""

    value: Annotated[float | None, Field(ge=0), about("Null: there was nothing to divide by.")]
    numerator: Annotated[float, Field(ge=0)]
    denominator: Count


class Figures(Told):
    """All figures; docs/figures.md defines each."""

    calls: Annotated[Count, about("That are over.")]
    contacts: Annotated[Count, about("Callers' visits, and calls that came in of no visit.")]
    calls_with_final_cost: Annotated[Count, about("Everybody has told his last word of these.")]
    transfers_by_cause: dict[OfferOutcome, Count]
    achieved: Annotated[dict[str, Count], about("What calls came to for their customers.")]
    visits: Annotated[dict[str, Count], about("By what they came to.")]
    intent_accuracy: Annotated[Quotient, about("Against where the caller ended.")]
    intent_accuracy_corrected: Annotated[Quotient, about("Against operators' corrections.")]
    transfer_success: Quotient
    speed_to_answer_seconds: Quotient
    wait_seconds: Quotient
    wait_told_seconds: Annotated[Quotient, about("The longest that callers were told first.")]
    wait_had_seconds: Annotated[Quotient, about("What the same callers waited from then on.")]
    wait_held: Annotated[Quotient, about("Of them, those for whom it was no longer than told.")]
    routing_seconds: Quotient
    handle_seconds: Quotient
    containment: Quotient
    abandonment: Quotient
    interruptions_per_call: Quotient
    answer_rate: Quotient
    achieved_per_contact: Quotient
    cost_per_call_usd: Quotient
    cost_per_achieved_usd: Quotient
    dials_per_hour: Quotient
    human_answers_per_hour: Quotient


class FigureBucket(Told):
    at: Annotated[Instant, about("When the hour or the day begins.")]
    group: Annotated[
        str | None,
        about("The department or campaign, `none` for what was of none; null: not told apart."),
    ]
    figures: Figures


class WorstSecond(Told):
    """The most dials that began within any second, by the provider's clock."""

    at: Annotated[Instant, about("When the hour or the day begins.")]
    account: Annotated[Count, about("Of all; AccountCallsPerSecond is its limit.")]
    prefix: Annotated[Count, about("To one area prefix; PrefixCallsPerSecond is its limit.")]


class FiguresOfDays(Told):
    from_: Annotated[Day, Field(alias="from")]
    to: Annotated[Day, about("This day included; UTC, as all here.")]
    by: Annotated[str, OneOf(tuple(By))]
    group: Annotated[str, OneOf(tuple(Group))]
    buckets: Annotated[
        list[FigureBucket], about("By time and group; one in which nothing was is left out.")
    ]
    worst_seconds: Annotated[
        list[WorstSecond], about("Of hours or days in which dials began, whoever they were of.")
    ]
    total: Annotated[Figures, about("Of all of them.")]


class Depth(Told):
    name: Annotated[str, OneOf(QUEUES)]
    waiting: Annotated[Count, about("Could be received now.")]
    delayed: Annotated[Count, about("Shown later.")]
    in_flight: Annotated[Count, about("Somebody is at work on them.")]
    dead: Annotated[Count, about("Given up, in the dead queue behind it.")]


class Metrics(Told):
    day: Day
    at: Instant
    calls: CallFigures
    transfer_success: TransferSuccess
    queues: Annotated[list[Depth], about("As they stand now; approximately, as SQS counts.")]
    dialing: Annotated[DialingFigures, about("As it stands now.")]


class ToldWait(Told):
    low_minutes: Annotated[int, Field(ge=1)]
    high_minutes: Annotated[int, Field(ge=1)]


class WaitingCaller(Told):
    visit_id: str
    department: str
    waits_for: Annotated[WaitsForWhat, about("A line, to talk to an assistant, or a person.")]
    place: Annotated[int, Field(ge=1, description="1 is next, among those who wait for the same.")]
    since: Annotated[Instant, about("Their place: when the visit began to wait.")]
    told: Annotated[
        ToldWait | None,
        about("What whoever has this place is told of the wait; null: nothing of time."),
    ]
    offered: Annotated[bool, about("Whether a person is being asked.")]
    offered_to: Annotated[str | None, about("Who is asked, a key of people.toml.")]
    number: Annotated[str | None, about("Null: withheld. Masked for viewers.")]


class WaitingCallers(Told):
    callers: Annotated[list[WaitingCaller], about("By department and place.")]
    complete: Annotated[bool, about("False: more wait than are shown of some department.")]


class Queue(Told):
    at: Instant
    waiting: WaitingCallers
    people: Annotated[
        Colleagues, about("Who takes callers, as each stands; addresses of SIP are left out.")
    ]
    queues: Annotated[list[Depth], about("Approximately, as SQS counts.")]
    dialing: DialingFigures
