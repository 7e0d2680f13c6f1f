"""What the API tells of the audit trail."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import Count, Instant, Told, Unreadable, about


class AuditEntry(Told):
    """What somebody did by this API, or was refused."""

    id: str
    at: Instant
    who: Annotated[str, about("The name in the secret of operators' tokens.")]
    role: Literal["operator", "viewer"]
    action: Annotated[str, about("The operationId of what was asked for.")]
    kind: Literal["change", "read", "export", "listen"]
    on: Annotated[str, about("The kind of thing it was done to: call, campaign, customer, …")]
    on_id: Annotated[
        str | None,
        about("Which; `mark-…` where the id would tell a number; null: it has none."),
    ]
    customers: Annotated[Count, about("How many people it was about or showed.")]
    status: Annotated[int, Field(ge=200, le=599), about("Of the answer.")]
    reason: Annotated[str | None, about("Of a refusal, in a word.")]


class AuditPage(Told):
    """The newest first."""

    entries: list[AuditEntry]
    next_cursor: Annotated[
        str | None,
        about("To ask for the next page with; null on the last. A page may be short, or empty."),
    ]
    unreadable: Unreadable
