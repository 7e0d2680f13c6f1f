"""Calls and their timelines, as the API tells them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from contact_center.aws.api_fields import (
    ABSENT,
    Count,
    Day,
    Instant,
    OneOf,
    Told,
    Unreadable,
    about,
)
from contact_center.conversations.domain.follow_ups import FollowUpKind
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.conversations.services.read_calls import DECISION, PENDING, SENDING, SHOWN
from contact_center.records.domain.recordings import RecordingState

What = Annotated[str, OneOf(sorted({DECISION, *(kind.__name__ for kind in SHOWN)}))]
Outcome = Annotated[str, OneOf((PENDING, SENDING, *ControlOutcome))]


class CallCost(Told):
    """A part of what a call cost."""

    source: Annotated[str, about("vapi, aws (reckoned), or twilio and a leg.")]
    part: Annotated[str, about("transport, model, voice … of Vapi's costs.")]
    micros: Annotated[int, about("Millionths of the currency.")]
    currency: Annotated[str, about("ISO 4217; only USD is added up.")]


class Call(Told):
    id: str
    status: Annotated[
        str | None,
        about("Vapi's word: scheduled, queued, ringing, in-progress, forwarding, ended."),
    ]
    started_at: Instant | None
    first_seen_at: Instant | None
    last_seen_at: Instant | None
    ended_at: Instant | None
    direction: Literal["inbound", "outbound"] | None
    customer_number: Annotated[str | None, about("E.164; masked for a viewer.")]
    customer_name: str | None
    called_number: Annotated[str | None, about("E.164; masked for a viewer.")]
    ended_reason: Annotated[str | None, about("Vapi's word.")]
    how_ended: Annotated[
        str | None, about("The class of `endedReason`: busy, voicemail, completed …")
    ]
    achieved: Annotated[
        str | None,
        about("What it came to for the customer: opted_out, meeting_booked, transferred …"),
    ]
    achieved_proved: Annotated[bool, about("Whether a fact of ours says so, and not a model.")]
    achieved_disputed: Annotated[
        bool, about("Whether a model claimed what facts of ours do not show.")
    ]
    answers: Annotated[
        dict[str, str], about("To the questions of call_outcomes.toml, as far as they were given.")
    ]
    summary: str | None
    success: Annotated[str | None, about("Vapi's own evaluation.")]
    cost_usd: Annotated[str | None, about("Vapi's own figure: a decimal number.")]
    cost_micros: Annotated[int, about("All parts in US dollars, in millionths.")]
    cost_final: Annotated[bool, about("Whether every source has told its last word.")]
    costs: Annotated[list[CallCost], about("Part by part.")]
    campaign_id: str | None
    attempt_id: Annotated[str | None, about("The name of the POST, `attempt.k`.")]
    corrected_to: Annotated[
        str | None, about("Where somebody says that the caller should have been sent.")
    ]
    assistants: Annotated[list[str], about("Who spoke.")]
    intent: Annotated[str | None, about("What the customer wants: a department or person.")]
    destination: Annotated[
        str | None, about("Where the call was last sent: a department or person.")
    ]
    mode: Annotated[str | None, about("normal or simplified.")]
    clarifications: Count
    interruptions: Count
    decisions: Annotated[Count, about("How many decisions were made on it.")]


class CallPage(Told):
    """Calls that began on a day (UTC), the newest first."""

    day: Day
    calls: list[Call]
    unreadable: Unreadable
    next_cursor: Annotated[str | None, about("To ask for the next page with; null on the last.")]


class Moment(Told):
    """Something that happened in a call, or a decision with what became of it.

    Which fields there are depends on `what`.
    """

    at: Instant
    what: What
    assistant_name: str = ABSENT
    ended_reason: str = ABSENT
    success: str = ABSENT
    summary: str = ABSENT
    cost_usd: float = ABSENT
    transfers_connected: Count = ABSENT
    turn_id: str = ABSENT
    digits: str = ABSENT
    kind: str = ABSENT
    detail: str = ABSENT
    role: Literal["customer", "assistant"] = ABSENT
    started: bool = ABSENT
    turn: Count = ABSENT
    status: str = ABSENT
    destination: str = ABSENT
    name: str = ABSENT
    arguments: dict[str, Any] = ABSENT
    department: str | None = ABSENT
    to_assistant: str = ABSENT
    from_assistant: str = ABSENT
    to_number: bool = ABSENT
    text: str = ABSENT
    final: bool = ABSENT
    intent: str = ABSENT
    confidence: Annotated[float, Field(ge=0, le=1)] = ABSENT
    wants_person: bool = ABSENT
    perhaps_person: bool = ABSENT
    number: Annotated[Count, about("Of the decision.")] = ABSENT
    reason: str = ABSENT
    outcome: Outcome = ABSENT
    acted_at: Instant | None = ABSENT
    action_id: Annotated[str, about("Of what somebody who watches the call asked for.")] = ABSENT
    by: Annotated[str | None, about("Who that was, or who corrected it.")] = ABSENT
    person: Annotated[str, about("Who was to take the caller, by the key of people.toml.")] = ABSENT


class CallRecording(Told):
    """What is to be had of a call's recording."""

    state: Annotated[
        str,
        OneOf(tuple(RecordingState)),
        about("gone: its days are over. lost: it could not be copied, and somebody is to know."),
    ]
    reason: Annotated[str | None, about("Why it was lost.")]
    bytes: Count | None


class RecordingLink(Told):
    """Where a recording can be heard; whoever has the link may."""

    url: str
    expires_at: Instant
    media_type: Annotated[str, about("audio/wav, audio/mpeg …")]
    bytes: Count


class CallWithTimeline(Call):
    visit_id: Annotated[
        str | None, about("The caller's visit at our own number that it was ordered for.")
    ]
    recording: CallRecording
    timeline: Annotated[list[Moment], about("In order.")]


class FollowUp(Told):
    """Something that a customer left for people to do."""

    id: str
    kind: Annotated[str, OneOf(tuple(FollowUpKind))]
    call_id: str
    asked_at: Instant
    customer_number: Annotated[str | None, about("E.164; to a viewer masked.")]
    customer_name: Annotated[str | None, about("A viewer is not told.")]
    do_not_call: Annotated[
        bool, about("Whether the number is on our own do-not-call list: nobody calls it by hand.")
    ]
    said: Annotated[
        dict[str, str],
        about("What the customer said, by the tool's argument; a viewer is not told."),
    ]


class FollowUpPage(Told):
    """What nobody has attended to, the oldest first."""

    follow_ups: list[FollowUp]
    next_cursor: Annotated[str | None, about("To ask for the next page with; null on the last.")]


class Attended(Told):
    id: str
    attended_at: Instant
