"""What a leg is to do next: steps of a document, carried out one after the other.

Addresses in them are paths of our own API. The steps after one that connects the leg (or ends it)
are not reached, unless it says where the leg goes on afterwards.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Speak:
    """Say a text, in the configured voice and language."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound, once."""

    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Say nothing."""

    seconds: int


type Sound = Speak | Play | Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class AskKeys:
    """Let keys be pressed while something is heard and a while after.

    Attributes:
        sounds: What is heard meanwhile; a key cuts it short.
        to: Where what was pressed goes, and the leg with it. Nothing pressed: the next step.
        most_keys: So many end it; None: the # key or silence does.
        patience_seconds: After the last sound, and between keys.
    """

    sounds: tuple[Sound, ...]
    to: str
    most_keys: int | None = 1
    patience_seconds: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinAssistant:
    """Connect the leg with an assistant by the sound of the call.

    Attributes:
        url: wss, as the assistant's provider gave it, who is known by it.
        attributes: Others of the stream, as they were given.
        parameters: Told to the other side, by name.
        after: Where the leg goes on when the assistant has let go.
    """

    url: str = field(repr=False)  # whoever knows it can listen
    attributes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAssistant:
    """Connect the leg with an assistant at a SIP address.

    Attributes:
        address: sip:name@host.
        headers: Told to the other side, by names that begin with X-.
        after: Where the leg goes on, however it ended.
        longest_seconds: After which it is ended; None: as long as a call may last.
    """

    address: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ring_seconds: int = 20
    after: str
    longest_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RingNumber:
    """Connect the leg with whoever answers a number.

    Attributes:
        number: E.164.
        caller_id: E.164 that the number is shown.
        after: Where the leg goes on, however it ended.
    """

    number: str = field(repr=False)
    caller_id: str
    ring_seconds: int
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Put the leg into a queue's music.

    Attributes:
        queue: The provider's name of it; it holds the music and no order that counts.
        music: Where wait documents come from, asked whenever one is over.
        after: Where the leg goes on when it has left.
    """

    queue: str
    music: str
    after: str


@dataclass(frozen=True, slots=True)
class LeaveWait:
    """Leave the music; in a wait document alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterRoom:
    """Bring the leg into a room with others.

    Attributes:
        room: Our name of it.
        opens: Whether those within hear each other from now on.
        closes: Whether the room is over for all when this leg leaves.
        music: Where wait documents come from until it opens; None: the provider's own.
        events: Where is told who comes and goes; None: somebody else in the room asked already.
        after: Where the leg goes on; None: its next step.
        muted: Whether it is not heard.
        coaching: The one leg that hears it, or None for all.
        star_leaves: Whether the star key takes it out again, to where it goes on.
    """

    room: str
    opens: bool
    closes: bool
    music: str | None = None
    events: str | None = None
    after: str | None = None
    muted: bool = False
    coaching: str | None = None
    star_leaves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage:
    """Record what is said after a tone, until #, silence or the longest time.

    Attributes:
        recorded: Where the recording is told of when it can be fetched.
        after: Where the leg goes on, if it has not hung up, whether anything was said or not.
        transcribed: Where it is told what was understood of it; None: nobody listens to it.
    """

    recorded: str
    after: str
    transcribed: str | None = None
    most_seconds: int = 119  # of one of 120 or more Twilio transcribes nothing (13617)


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on with the document at a path."""

    path: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the leg."""


type WaitInstruction = Sound | AskKeys | GoTo | LeaveWait | HangUp
type Connection = JoinAssistant | RingAssistant | RingNumber | Wait | EnterRoom | TakeMessage
type Instruction = WaitInstruction | Connection
