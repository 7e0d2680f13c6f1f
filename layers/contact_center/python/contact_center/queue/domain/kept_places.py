"""A place kept while its caller has hung up: what is known of it, and what may happen to it.

What each event makes of the entry whose place it is: kept_steps.py. Times are ms since 1970.
"""

from __future__ import annotations

from dataclasses import field

from contact_center.kernel.data_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlace:
    """What an entry says once its place is kept; whom to ring is the entry's number.

    Attributes:
        asked_at_ms: When the caller asked for it.
        by: How he did, in words that prove it: the source of his consent to this call.
        resumes: The call that had broken off and that we ring him back about, by ourselves: he has
            not asked for it. None: he has.
        from_ms: He is not called before: when he asked, or when it opens.
        ends_at_ms: He is not called from then on.
        tries: How many rings were begun, but for those that certainly came to nothing.
        rung_at_ms: When the latest was begun.
        in_doubt: Whether nobody knows if it rings: it is looked up, never rung again.
        leg: Of the latest, once it is known.
        answered_at_ms: When that leg asked what to say.
        because: What the latest try came to, or why he is not called now, in a word.
        used_by: The visit that has the place now.
        let_go, let_go_token: Who was held for a try that nobody wants any more, and under which
            token: to be free again.
    """

    asked_at_ms: int
    by: str
    from_ms: int
    ends_at_ms: int
    tries: int = 0
    rung_at_ms: int | None = None
    in_doubt: bool = False
    leg: str | None = None
    answered_at_ms: int | None = None
    because: str = ""
    used_by: str | None = None
    let_go: str | None = None
    let_go_token: str | None = None
    resumes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The caller hangs up and is called when it is his turn: that is stored.

    Attributes:
        number: Whom to ring, E.164.
        place: As it begins.
    """

    number: str = field(repr=False)
    place: KeptPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """It is his turn: a line or a person is held for him, and he is about to be rung.

    Attributes:
        until_ms: When somebody has to look, if nothing is told before.
        person_id: Whom he is to get; None for a line.
    """

    token: str
    at_ms: int
    until_ms: int
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rings:
    """The provider rings him; None: nobody knows."""

    token: str
    leg: str | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The leg of that try asks what to say."""

    token: str
    leg: str
    at_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class NotRung:
    """The try of that token certainly rang nowhere, for a reason that is not the number's."""

    token: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """The try of that token came to nothing; again then, or, for None, no more."""

    token: str
    because: str
    at_ms: int
    again_at_ms: int | None


@dataclass(frozen=True, slots=True)
class PutOff:
    """He may not be called before; nobody was held for him."""

    because: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class ComesDue:
    """What kept him from being called is over: he is in the queue's order again.

    Whoever found him due may have looked before he was called once more: he rests again then.
    """

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """He is not called any more.

    Attributes:
        why: LeftBecause: used by a later visit, cancelled, may not be called, was not reached.
        because: More of it, in a word.
        used_by: The visit that has his place now.
    """

    why: str
    at_ms: int
    because: str = ""
    used_by: str | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The visit that had used the place came to nothing by our own fault.

    Attributes:
        rests_until_ms: So long nobody is to call him; None: he was not rung lately.
    """

    used_by: str
    rests_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What had to be done about a place that is over is done."""


type KeptEvent = (
    Kept
    | Called
    | Rings
    | Answers
    | NotRung
    | NotReached
    | PutOff
    | ComesDue
    | GivenUp
    | GivenBack
    | Settled
)
