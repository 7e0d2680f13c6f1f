"""Callers who are called back, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from contact_center.aws.api_fields import NOT_BLANK, Asked, Count, Instant, Phone, Told, about
from contact_center.permission.domain.consent import LONGEST_SOURCE
from contact_center.queue.domain.waiting import WaitsFor

Source = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_SOURCE, pattern=NOT_BLANK
    ),
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]


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
