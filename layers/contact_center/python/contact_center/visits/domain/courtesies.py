"""What a caller hears from us where no assistant speaks, and where he goes on.

Each answer is a row of instructions that ends somewhere: with a goodbye, another number, or a
message after a tone. The paths are those of Twilio's door (decision 26).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.visits.domain.instructions import (
    HangUp,
    RingNumber,
    Speak,
    TakeMessage,
)
from contact_center.visits.domain.opening_hours import Closing, WhenClosed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.visits.domain.instructions import Instruction

PEOPLE_PATH = "/twilio/people"
AS_A_CALLER = f"{PEOPLE_PATH}/caller"  # a colleague who keyed no PIN
VOICE = "/twilio/voice"
AFTER_ASSISTANT = f"{VOICE}/assistant"  # it has let go of the caller
# Asked for by whoever follows what is answered there: who was led elsewhere meanwhile does not.
STILL_HERE = f"{AFTER_ASSISTANT}/here"
AFTER_NUMBER = f"{VOICE}/number"  # whoever was rung has hung up, or did not answer
AFTER_MESSAGE = f"{VOICE}/message"
RECORDED = f"{VOICE}/recording"  # the message can be fetched
TRANSCRIBED = "/twilio/voice/transcript"
KEEP_INSTEAD = f"{VOICE}/callback"  # a key for a call back, of who cannot be served now
OFFER_CALL = f"{VOICE}/offer"  # who wanted a person, and asked again, is offered to be called

RING_SECONDS = 25


def after_dialled(post: str) -> str:
    """Where a leg goes on that has rung at an assistant's, for the call of that name."""
    return f"{AFTER_ASSISTANT}/{post.rpartition('.')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is said; config/reception.toml says when."""

    failed: str
    leave_message: str
    message_taken: str
    call_again: str
    goodbye: str
    not_here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Courtesies:
    """All that is said, and what happens to callers whom nobody can take."""

    texts: Texts
    nobody_free: Closing
    by_department: Mapping[str, Closing]

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        return cls(
            texts=Texts(**compiled["texts"]),
            nobody_free=_closing(compiled["nobody_free"]),
            by_department={key: _closing(own) for key, own in compiled["departments"].items()},
        )

    def nobody_for(self, department: str) -> Closing:
        """What happens to a caller whom nobody of a department can take."""
        return self.by_department.get(department, self.nobody_free)

    def closed(self, closing: Closing, caller_id: str) -> tuple[Instruction, ...]:
        """What a caller gets while it is closed.

        Args:
            closing: As the hours say. A callback is a message here: who can be called back is
                offered that as well (reception/services/callbacks/offer_callback.py).
            caller_id: E.164 that another number is shown.
        """
        return Speak(closing.say), *self._onward(closing, caller_id, self.texts.goodbye)

    def nobody(self, department: str, caller_id: str) -> tuple[Instruction, ...]:
        """What a caller gets whom nobody can take."""
        closing = self.nobody_for(department)
        return Speak(closing.say), *self._onward(closing, caller_id, self.texts.call_again)

    def instead(self, closing: Closing, caller_id: str) -> tuple[Instruction, ...]:
        """What a caller gets who does not wait, or no longer: the words say when to call again."""
        return self.closed(closing, caller_id)

    def sorry(self, department: str, caller_id: str) -> tuple[Instruction, ...]:
        """What a caller gets when something of ours broke."""
        closing = self.nobody_for(department)
        said = [Speak(self.texts.failed)]
        if closing.action is WhenClosed.VOICEMAIL:
            said.append(Speak(self.texts.leave_message))
        return *said, *self._onward(closing, caller_id, self.texts.call_again)

    def nobody_answered(self) -> tuple[Instruction, ...]:
        """What a caller hears whose other number did not answer."""
        return Speak(self.texts.call_again), HangUp()

    def message_taken(self) -> tuple[Instruction, ...]:
        """What a caller hears who has left a message."""
        return Speak(self.texts.message_taken), HangUp()

    def goodbye(self) -> tuple[Instruction, ...]:
        """The last words."""
        return Speak(self.texts.goodbye), HangUp()

    def not_here(self) -> tuple[Instruction, ...]:
        """What a caller hears whose call is not ours to take."""
        return Speak(self.texts.not_here), HangUp()

    def _onward(self, closing: Closing, caller_id: str, last: str) -> tuple[Instruction, ...]:
        match closing.action:
            case WhenClosed.NUMBER if closing.number is not None:
                ring = RingNumber(
                    number=closing.number,
                    caller_id=caller_id,
                    ring_seconds=RING_SECONDS,
                    after=AFTER_NUMBER,
                )
                return (ring,)
            case WhenClosed.VOICEMAIL | WhenClosed.CALLBACK:
                return (take_message(),)
            case _:
                return Speak(last), HangUp()


def take_message() -> TakeMessage:
    """A caller may leave a message."""
    return TakeMessage(recorded=RECORDED, transcribed=TRANSCRIBED, after=AFTER_MESSAGE)


def _closing(compiled: Mapping[str, Any]) -> Closing:
    return Closing(
        action=WhenClosed(compiled["action"]), say=compiled["say"], number=compiled["number"]
    )
