"""What the API reads and says of people who are to be forgotten."""

from __future__ import annotations

from typing import Annotated, Literal

from contact_center.aws.api_fields import Asked, Count, Instant, OneOf, ReadWith, Told, about
from contact_center.forgetting.domain.forgetting import StoreState
from contact_center.forgetting.domain.stores import Store
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.phone_numbers import NOT_A_TEXT, BadNumberError, parse_phone_number


def _anybodys(said: object) -> str:
    """E.164 of whoever called us, or was called: also of a number that nobody may be rung at."""
    try:
        return parse_phone_number(said).e164
    except BadNumberError:
        shown = caller_number(said) if isinstance(said, str) and said.startswith("+") else None
        if shown is None:
            raise
        return shown


type AnyPhone = Annotated[
    str, ReadWith(_anybodys, {"type": "string", "minLength": 1, "format": "phone"}, NOT_A_TEXT)
]


class ForgetWish(Asked):
    """Who is to be forgotten."""

    phone: AnyPhone


class Begun(Told):
    """It is noted: nobody calls the number any more, and the stores are asked one by one."""

    forget_id: Annotated[str, about("A keyed digest: the same for the same number.")]


class StoreReached(Told):
    """How far a store is."""

    store: Annotated[str, OneOf(tuple(Store))]
    state: Annotated[str, OneOf(tuple(StoreState))]
    why: Annotated[str | None, about("Why it is open or impossible; null: it is done, or next.")]
    erased: Annotated[Count, about("How many things were erased there.")]
    closed_at: Instant | None


class Certificate(Told):
    """What was reached and what was not."""

    forget_id: str
    state: Literal["open", "done"]
    asked_at: Instant
    closed_at: Annotated[Instant | None, about("When the last store was closed.")]
    round: Annotated[int, about("2: what was being written; 3: what came late.")]
    runs_again_at: Annotated[Instant | None, about("When round 3 begins; null: it has.")]
    backups_until: Annotated[
        Instant, about("Until when a backup of a table may hold the person: 35 days.")
    ]
    stores: list[StoreReached]


class BegunAgain(Told):
    """Everybody who was forgotten in the last 50 days is forgotten again."""

    accepted: Literal[True]
