"""What the operators' page asks and is told; what it is told each second is in live_models.py."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import (
    NOT_BLANK,
    STRICT,
    YEARS,
    Asked,
    Count,
    Instant,
    OneOf,
    Phone,
    ReadWith,
    Told,
    about,
    companions,
)
from contact_center.console.adapters import live_models
from contact_center.console.domain.wanted_calls import Wanted
from contact_center.console.services.act_on_call import FIELDS, NEEDED, CallWish
from contact_center.conversations.adapters.api_models import Call
from contact_center.conversations.domain.operators import Deeds
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.instants import read_day

# Found here by name, as all others.
Live, Needs, TakenUp = live_models.Live, live_models.Needs, live_models.TakenUp


def _day(said: object) -> date:
    day = read_day(said)
    if day is None:
        raise ValueError
    return day


UtcDay = Annotated[
    date,
    ReadWith(
        _day,
        {"type": "string", "format": "date"} | YEARS,
        "must be a date as YYYY-MM-DD",
    ),
]


class LogIn(Asked):
    """A token, to be shown once."""

    token: Annotated[str, STRICT, Field(min_length=1, max_length=512)]


class BusinessDepartment(Told):
    """A department and its hours."""

    key: str
    open: bool
    until: Annotated[Instant | None, about("Until when that stays so; null: not for days.")]


class Business(Told):
    """What the page has to know of the business."""

    zone: Annotated[str, about("Of its clock: a place, as in hours.toml.")]
    departments: Annotated[list[BusinessDepartment], about("In the order of departments.toml.")]
    assistants: Annotated[list[str], about("Keys of those that may call out.")]
    sure_enough: Annotated[
        float, about("From which certainty on a caller's words decide where they go, 0 to 1.")
    ]
    calls_kept_days: Annotated[
        int, about("How long a call is kept; of days before that figures alone are left.")
    ]
    number: Annotated[
        str | None,
        about("Our own, at which callers ring, E.164, masked for a viewer; null: the provider's."),
    ]


class LoggedIn(Told):
    """Who is logged in."""

    name: Annotated[str, about("As in the secret of operators' tokens.")]
    role: Literal["operator", "viewer"]
    ends_at: Annotated[Instant | None, about("Of the session; null: a bearer token has no end.")]
    version: Annotated[str, about("Of what answers: another one than before is a deploy.")]
    business: Business


WITH_DEED = companions(
    "do",
    {deed.value: {name: name in NEEDED for name in sorted(FIELDS.get(deed, ()))} for deed in Deeds},
)


class CallAction(Asked, json_schema_extra=WITH_DEED):
    """What is to be done in a call."""

    do: Annotated[
        Deeds,
        about(
            "say: the caller hears `text`. tell: the assistant alone does. department, person: the "
            "caller is put through; with `person`, to that one. take_over: to whoever asks, or to "
            "`person`. mute, unmute: the assistant. end: hang up."
        ),
    ]
    idempotency_key: Annotated[
        str,
        STRICT,
        Field(min_length=1, max_length=200, pattern=NOT_BLANK),
        about("The same key is the same action, and done once."),
    ]
    text: Annotated[
        str | None,
        STRICT,
        Field(min_length=1, max_length=500, pattern=NOT_BLANK),
        about("Of say and tell. It is kept with the call."),
    ] = None
    department: Annotated[str | None, STRICT, Field(min_length=1, max_length=64)] = None
    person: Annotated[
        str | None,
        STRICT,
        Field(min_length=1, max_length=64),
        about("A key of people.toml."),
    ] = None

    def wish(self) -> CallWish:
        """As the use case knows it."""
        return CallWish(
            do=Deeds(self.do),
            key=self.idempotency_key,
            text=self.text,
            department=self.department,
            person=self.person,
        )


class CallSearch(Asked):
    """Which calls: of at most 31 days, and of all that is named."""

    first_day: Annotated[UtcDay, Field(alias="from"), about("In UTC, on which they began.")]
    last_day: Annotated[UtcDay, Field(alias="to")]
    direction: Literal["inbound", "outbound"] | None = None
    department: Annotated[
        str | None,
        STRICT,
        Field(min_length=1, max_length=64),
        about("Where they were last sent, or person."),
    ] = None
    ended: Annotated[Disposition | None, about("As `howEnded`.")] = None
    achieved: Annotated[str | None, STRICT, Field(min_length=1, max_length=64)] = None
    campaign: Annotated[str | None, STRICT, Field(min_length=1, max_length=128)] = None
    phone: Annotated[
        Phone | None, about("The customer's whole number; an operator's to ask for.")
    ] = None
    corrected: Annotated[
        bool, STRICT, about("Only those that somebody has corrected; if left out, any.")
    ] = False
    limit: Annotated[int, STRICT, Field(ge=1, le=100), about("Rows of a page; 50 if left out.")] = (
        50
    )
    cursor: Annotated[str | None, STRICT, Field(min_length=1, max_length=512)] = None

    def wanted(self) -> Wanted:
        """As the use case knows it."""
        return Wanted(
            first=self.first_day,
            last=self.last_day,
            direction=self.direction,
            department=self.department,
            ended=self.ended,
            achieved=self.achieved,
            campaign=self.campaign,
            number=None if self.phone is None else self.phone.e164,
            corrected=self.corrected,
        )


class FoundCalls(Told):
    """Calls that fit, the newest first, as far as was looked. A page may be short, or empty."""

    calls: list[Call]
    looked_at: Annotated[Count, about("How many calls were looked at for this page.")]
    searched_through: Annotated[
        Instant | None, about("Calls that began before are still to be looked at; null: none.")
    ]
    next_cursor: Annotated[str | None, about("To go on with; null: all was looked through.")]


class WorstSecond(Told):
    slots: Annotated[Count, about("Dials that stand in the timetable.")]
    worst: Annotated[Count, about("The most of them in any window.")]
    limit: Count


class WorstOfPrefix(WorstSecond):
    prefix: str


class HeldLine(Told):
    by: Annotated[str, OneOf(("dial", "call", "visit"))]
    id: Annotated[str, about("Of the POST of a dial (`attempt.k`), of the call, of the visit.")]
    since: Instant
    lost: Annotated[bool, about("Whether it is held for longer than any call lasts.")]
    number: Annotated[str | None, about("E.164; masked for a viewer.")]


class HeldLines(Told):
    in_use: Count
    of: Count
    kept_for_inbound: Count
    held: Annotated[list[HeldLine], about("Who has had one the longest first.")]


class Limits(Told):
    """The worst second against what is allowed, and who has the lines."""

    at: Instant
    window_ms: Count
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        about(
            "The timetable holds dials from here: older ones can forbid nothing and are dropped."
        ),
    ]
    to: Instant | None
    account: WorstSecond
    prefixes: Annotated[list[WorstOfPrefix], about("Of those with a dial in the timetable.")]
    lines: HeldLines


class ActionAccepted(Told):
    """It is done once, or dropped: the call's decisions say which, by `actionId`."""

    action_id: str


class CorrectionWish(Asked):
    """Where the caller should have been sent."""

    department: Annotated[
        str, STRICT, Field(min_length=1, max_length=64), about("Its key, or person.")
    ]


class CorrectionTaken(Told):
    """It counts for the accuracy of routing as soon as the call has it: `correctedTo`."""

    call_id: str
    department: str


class LoggedOut(Told):
    """The cookie is gone."""

    logged_in: Literal[False]
