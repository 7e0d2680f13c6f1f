"""What can be done to a call that is under way."""

from __future__ import annotations

from dataclasses import field

from contact_center.kernel.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hand the caller to another assistant.

    Attributes:
        assistant: Its name.
        content: What is said before.
        whole: Whether it is sent along; else it is named, and has to be known in the call.
        resumes: The call that broke off and that it goes on with, or None.
        note: What it is told of that, part of its prompt.
    """

    assistant: str
    content: str
    whole: bool = True
    resumes: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller to a telephone number (E.164)."""

    number: str
    content: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak to the caller; stale speech is dropped, never spoken late."""

    content: str
    end_call_after: bool = False


@dataclass(frozen=True, slots=True)
class Instruct:
    """Tell the assistant how to go on; nothing is spoken."""

    content: str


@dataclass(frozen=True, slots=True)
class GetPerson:
    """Have a person asked for the caller, who stays where he is until one has taken him.

    Attributes:
        whose: Key of the department whose people are asked.
        content: What is said meanwhile.
        person: Who is asked before anybody else, by the key of people.toml; None: whoever is ready.
    """

    whose: str
    content: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """Let the assistant be silent, or speak again."""

    muted: bool


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up."""


Command = Handoff | Transfer | Say | Instruct | Mute | EndCall
