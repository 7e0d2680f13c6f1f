"""What the API tells of itself: health, its document, and problems."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from contact_center.aws.api_fields import ABSENT, Count, Instant, Told, about
from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.people.adapters.api_models import PersonRefusal
from contact_center.permission.domain.contactability import Reason
from contact_center.reception.adapters.api_models import SupervisionRefusal

Unheard = Literal["none", "not_yet", "gone", "lost"]  # states of a recording
CallRefusal = Literal["call_over", "not_possible"]
CallbackRefusal = Literal["closed", "bad_number"]


class Problem(Told):
    """RFC 9457."""

    type: str
    title: Annotated[str, about("The phrase of the status.")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, about("What is wrong, and what to do about it. It repeats no value.")]
    field: Annotated[str, about("The field or parameter that breaks a rule.")] = ABSENT
    reason: Annotated[
        Reason | PersonRefusal | SupervisionRefusal | Unheard | CallRefusal | CallbackRefusal,
        about(
            "Why this person may not be called, or takes no caller: a state, or nobody_waits. Why"
            " a call cannot be heard, or why nothing can be done in it."
        ),
    ] = ABSENT
    next_allowed_at: Annotated[
        Instant | None, about("When this person may be called; null: never, as things stand.")
    ] = ABSENT
    state: CampaignState = ABSENT
    import_id: Annotated[str, about("The list that failed.")] = ABSENT


class Health(Told):
    """Alive, and which version."""

    status: Literal["ok"]
    version: str
    active_calls: Annotated[
        Count, about("Live calls; only for who has a token, unless HEALTH_SHOWS_CALLS is true.")
    ] = ABSENT


class Document(RootModel[dict[str, Any]]):
    """OpenAPI 3.1."""
