"""What an owner may write in [queue] of config/policy.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from contact_center.configuration.hours_toml import ClosedToml
from contact_center.configuration.tables import Name, Table
from contact_center.people.domain.ring_groups import MOST_AT_ONCE
from contact_center.queue.domain.ladders import ladder_mistake
from contact_center.queue.domain.wait_documents import LONGEST_MUSIC_SECONDS
from contact_center.queue.domain.who_is_next import LARGEST_WEIGHT

LONGEST_WORDS = 120  # characters of one text: a document of several lasts 30 s at most
LONGEST_SAID = 300  # characters: nobody listens to more without a word of their own
MOST_WAITING = 1_000  # Twilio's queues hold no more

Weight = Annotated[int, Field(ge=1, le=LARGEST_WEIGHT)]
Waiting = Annotated[int, Field(ge=0, le=MOST_WAITING)]
Minutes = Annotated[int, Field(ge=1, le=240)]


def _naming(*names: str) -> AfterValidator:
    def check(text: str) -> str:
        rest = text
        for name in names:
            if name not in text:
                raise ValueError(f"must name {' and '.join(names)}")
            rest = rest.replace(name, "")
        if "{" in rest or "}" in rest:
            named = f"no placeholder but {' and '.join(names)}" if names else "no placeholder"
            raise ValueError(f"may name {named}")
        return text

    return AfterValidator(check)


def _ladder(steps: list[str]) -> list[str]:
    mistake = ladder_mistake(steps)
    if mistake is not None:
        raise ValueError(mistake)
    return steps


Words = Annotated[str, Field(min_length=1, max_length=LONGEST_WORDS)]
Spoken = Annotated[str, Field(min_length=1, max_length=LONGEST_SAID)]
Ladder = Annotated[list[str], AfterValidator(_ladder)]
AtOnce = Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]


class QueueTextsToml(Table):
    """What is said to whoever waits."""

    next: Annotated[Words, _naming()]
    place: Annotated[Words, _naming("{place}")]
    wait: Annotated[Words, _naming("{low}", "{high}")]
    comfort: Annotated[Words, _naming()]


class SorryToml(Table):
    """What an assistant tells a caller for whom no person was found."""

    closed: Annotated[Spoken, _naming()]
    nobody_ready: Annotated[Spoken, _naming()]
    not_reached: Annotated[Spoken, _naming()]
    may_wait: Annotated[Spoken, _naming()]
    may_be_called: Annotated[Spoken, _naming()]
    next_asked: Annotated[Spoken, _naming()]


class MusicToml(Table):
    """A sound of our own for whoever waits."""

    url: Annotated[str, Field(pattern=r"^https://[^\s/]+")]
    seconds: Annotated[int, Field(ge=5, le=LONGEST_MUSIC_SECONDS)]


class CallBackTextsToml(Table):
    """What is said of kept places; {{companyName}} may stand in `opening` and `cut_off` alone."""

    offer: Annotated[Words, _naming()]
    offer_other: Annotated[Words, _naming()]
    offer_instead: Annotated[Spoken, _naming()]
    ask_number: Annotated[Spoken, _naming()]
    read_back: Annotated[Spoken, _naming("{number}")]
    bad_number: Annotated[Spoken, _naming()]
    kept: Annotated[Spoken, _naming()]
    not_kept: Annotated[Spoken, _naming()]
    your_turn: Annotated[Spoken, _naming()]
    opening: Spoken
    cut_off: Spoken
    no_key: Annotated[Spoken, _naming()]
    over: Annotated[Spoken, _naming()]


class CallBackToml(Table):
    """[queue.call_back]: how callers are called whose place is kept."""

    tries: Annotated[int, Field(ge=1, le=5)]
    minutes_apart: Annotated[int, Field(ge=10, le=240)]
    ring_seconds: Annotated[int, Field(ge=10, le=60)]
    longest_hours: Annotated[int, Field(ge=1, le=72)]
    rings_back: bool
    texts: CallBackTextsToml


class DepartmentQueueToml(Table):
    """What is different for one department."""

    weight: Weight | None = None
    most_waiting: Waiting | None = None
    longest_wait_minutes: Minutes | None = None
    ladder: Ladder | None = None
    ring_at_once: AtOnce | None = None
    keeps_places: bool | None = None
    full: ClosedToml | None = None
    too_long: ClosedToml | None = None
    nobody: ClosedToml | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("says nothing; leave it out")
        return self


class QueueToml(Table):
    """[queue]: how callers wait."""

    patience_seconds: Annotated[int, Field(ge=0, le=3_600)]
    recent_minutes: Annotated[int, Field(ge=10, le=1_440)]
    weight: Weight
    most_waiting: Waiting
    longest_wait_minutes: Minutes
    ladder: Ladder
    ring_at_once: AtOnce = 1
    keeps_places: bool
    call_back: CallBackToml
    texts: QueueTextsToml
    sorry: SorryToml
    full: ClosedToml
    too_long: ClosedToml
    nobody: ClosedToml
    music: MusicToml | None = None
    departments: dict[Name, DepartmentQueueToml] = {}
