"""What Vapi tells of one inbound call, by how long it is, how its caller talks, and who has him.

A caller says what he wants, is handed over by us, and goes on with the specialist.
Only what the assistant that has him asked for is told: `serverMessages`, as Vapi reads them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

type Json = dict[str, Any]

BEGAN_MS = 1_787_266_800_000
ONLY_FINAL = 'transcript[transcriptType="final"]'
GREETING = (
    "Thanks for calling Acme. Is this about sales, technical support, billing or your account?"
)
HELLO = "Hello there, good morning to you."
WISH = "I was charged twice on my last invoice and I want a refund."
HANDOVER_MS = 6_500
SAID = (
    "It is the invoice from the beginning of the month, the one with the two lines on it.",
    "Yes, that is the address that we have had with you since the spring.",
    "No, nobody has told me about that when I changed the plan.",
    "All right, and how long does it take until it is back on the account?",
)
ANSWERED = (
    "I can see that invoice. Let me look at what the second line on it stands for.",
    "Thank you, I have found it, and it does look as if it had been entered twice.",
    "I am sorry for that. I have noted it so that it is put right with the next run.",
    "That usually takes three working days, and you will be sent a message about it.",
)


@dataclass(frozen=True)
class Manner:
    """How a caller talks.

    Attributes:
        turn_ms: From the beginning of one turn to that of the next.
        partials: Transcripts of a turn before the final one.
        cuts_in: Whether he cuts in on every third of the assistant's turns.
        wish_turn: In which turn he says what he wants: at once, or after a hello.
    """

    name: str
    turn_ms: int
    partials: int
    cuts_in: bool = False
    wish_turn: int = 1


PLAIN = Manner("plain", 7_500, 2)
WARM_UP = Manner("first", 7_500, 2)
MANNERS = (
    PLAIN,
    Manner("quiet", 12_000, 1),
    Manner("talkative", 5_000, 4),
    Manner("interrupted", 7_500, 2, cuts_in=True),
    Manner("hesitant", 7_500, 2, wish_turn=3),
)


def messages_of(
    minutes: int, manner: Manner, asked: Mapping[str, Collection[str]]
) -> Iterator[Json]:
    """The messages of a call, oldest first, without the call they are about.

    Args:
        minutes: How long it lasts.
        manner: How its caller talks.
        asked: The `serverMessages` of each assistant, by name; the first one answers.
    """
    router = next(iter(asked))
    yield _at(0, {"type": "status-update", "status": "in-progress"})
    who = router
    for at_ms, message in _all(minutes, manner, router):
        if message["type"] == "assistant.started":
            who = message["newAssistant"]["name"]
        if _is_wanted(message, asked[who]):
            yield _at(at_ms, message)


def _all(minutes: int, manner: Manner, router: str) -> Iterator[tuple[int, Json]]:
    yield 100, {"type": "assistant.started", "newAssistant": {"name": router}}
    end_ms = minutes * 60_000
    for turn in itertools.count():
        at_ms = 500 + turn * manner.turn_ms
        if at_ms + manner.turn_ms > end_ms:
            break
        yield from _turn(turn, at_ms, manner)
        if turn == manner.wish_turn:
            taken_ms = at_ms + HANDOVER_MS
            yield (
                taken_ms,
                {
                    "type": "transfer-update",
                    "toAssistant": {"name": "billing"},
                    "destination": {"type": "assistant", "assistantName": "billing"},
                },
            )
            yield (
                taken_ms + 200,
                {"type": "assistant.started", "newAssistant": {"name": "billing"}},
            )
    yield end_ms, {"type": "status-update", "status": "ended"} | _ENDED
    yield (
        end_ms + 3_000,
        {"type": "end-of-call-report", "cost": 0.21, "durationSeconds": end_ms / 1000} | _ENDED,
    )


_ENDED = {"endedReason": "customer-ended-call"}


def _turn(turn: int, at_ms: int, manner: Manner) -> Iterator[tuple[int, Json]]:
    role = "assistant" if turn % 2 == 0 else "user"
    text = _words(turn, manner)
    lasts_ms = manner.turn_ms - 3_000
    yield at_ms, {"type": "speech-update", "status": "started", "role": role, "turn": turn}
    for number in range(1, manner.partials + 1):
        share = number / (manner.partials + 1)
        heard = text[: max(1, int(len(text) * share))].rpartition(" ")[0] or text
        said = {"role": role, "transcriptType": "partial", "transcript": heard}
        yield at_ms + int(lasts_ms * share), {"type": "transcript"} | said
    if manner.cuts_in and role == "assistant" and turn % 6 == 0 and turn:
        yield at_ms + lasts_ms - 200, {"type": "user-interrupted", "turnId": f"turn-{turn}"}
    yield (
        at_ms + lasts_ms,
        {"type": "speech-update", "status": "stopped", "role": role, "turn": turn},
    )
    said = {"role": role, "transcriptType": "final", "transcript": text}
    yield at_ms + lasts_ms + 400, {"type": "transcript"} | said


def _words(turn: int, manner: Manner) -> str:
    if turn == manner.wish_turn:
        return WISH
    if turn < manner.wish_turn:
        return (GREETING, HELLO, "How can I help you today?")[turn]
    said: Sequence[str] = ANSWERED if turn % 2 == 0 else SAID
    return said[(turn // 2) % len(said)]


def _is_wanted(message: Json, asked: Collection[str]) -> bool:
    kind = message["type"]
    return kind in asked or (
        kind == "transcript" and message["transcriptType"] == "final" and ONLY_FINAL in asked
    )


def _at(at_ms: int, message: Json) -> Json:
    return message | {"timestamp": BEGAN_MS + at_ms}
