"""What a caller in a queue hears until the next document, in words, music and short pauses.

A document lasts 30 s at most and is silent for no more than 4 s at a time. Where it leads says in
which queue he waits, so that one request reads all that the next one needs, and what has been told
so far, so that nothing has to be written for it: `/twilio/queue/wait/sales-line/4-5-8` is the
fourth place of those who wait for a line to sales, and five to eight minutes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.spoken import longest_seconds
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.domain.waits_told import WaitRange, WaitTold
from contact_center.visits.domain.instructions import (
    AskKeys,
    GoTo,
    LeaveWait,
    Pause,
    Play,
    Speak,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.queue.domain.queue_rules import QueueMusic, QueueTexts
    from contact_center.visits.domain.instructions import Sound, WaitInstruction

WAIT_PATH = "/twilio/queue/wait"
RESULT_PATH = "/twilio/queue/result"  # where a leg goes on that has left the music, however
KEEP_PATH = "/twilio/queue/keep"  # a key that was pressed in the music
NUMBER_PATH, CONFIRM_PATH = f"{KEEP_PATH}/number", f"{KEEP_PATH}/confirm"

LONGEST_SECONDS = 30
LONGEST_MUSIC_SECONDS = 20
SILENCE_SECONDS = 4

_TOLD = re.compile(r"([1-9]\d{0,4})(?:-([1-9]\d{0,2})-([1-9]\d{0,2}))?")


@dataclass(frozen=True, slots=True)
class WaitDocument:
    """What is heard now, and what has been told with it."""

    instructions: tuple[WaitInstruction, ...]
    told: WaitTold | None


def lead_away() -> WaitDocument:
    """The music is left; what follows is decided there (RESULT_PATH)."""
    return WaitDocument((LeaveWait(),), None)


def document(  # noqa: PLR0913 - all that is heard
    news: WaitTold | None,
    told: WaitTold | None,
    texts: QueueTexts,
    music: QueueMusic | None,
    offer: str | None = None,
    *,
    queue: str = "",
) -> WaitDocument:
    """The next document.

    Args:
        news: What is told in it; None: nothing new.
        told: What had been told before.
        texts: The owner's.
        music: The owner's; None: there is none.
        offer: What keys do meanwhile; None: nothing.
        queue: The name of his queue, as the path has it; "": it is not known.
    """
    words = None if news is None else spoken(news, texts)
    said = told if news is None else with_wait(news, told)
    sounds = list(_sounds(words, texts.comfort, music, offer))
    onward = GoTo(wait_path(said, queue))
    if offer is None:
        return WaitDocument((*sounds, onward), said)
    return WaitDocument((_listening(sounds), onward), said)


def _listening(sounds: list[Sound]) -> AskKeys:
    """What is heard while keys are listened for: its last silence is the time for them."""
    last = sounds[-1]
    if isinstance(last, Pause):
        return AskKeys(sounds=tuple(sounds[:-1]), to=KEEP_PATH, patience_seconds=last.seconds)
    return AskKeys(sounds=tuple(sounds), to=KEEP_PATH, patience_seconds=1)


def with_wait(news: WaitTold, told: WaitTold | None) -> WaitTold:
    """What has been told once the news is: of the wait what was, if they say nothing of it."""
    kept = None if told is None else told.wait
    return WaitTold(news.place, news.wait or kept)


def spoken(news: WaitTold, texts: QueueTexts) -> str:
    """The news in the owner's words."""
    words = texts.next if news.place == 1 else texts.place.replace("{place}", str(news.place))
    if news.wait is None:
        return words
    low, high = str(news.wait.low_minutes), str(news.wait.high_minutes)
    return f"{words} {texts.wait.replace('{low}', low).replace('{high}', high)}"


def wait_path(told: WaitTold | None, queue: str = "") -> str:
    """Where the next document comes from, of a queue by its name; "": it is not known."""
    wait = None if told is None else told.wait
    minutes = "" if wait is None else f"-{wait.low_minutes}-{wait.high_minutes}"
    words = (WAIT_PATH, queue, "" if told is None else f"{told.place}{minutes}")
    return "/".join(word for word in words if word)


def queue_name(department: str, waits_for: WaitsFor) -> str:
    """What a queue is called in paths, and by the provider, whose own order counts for nothing."""
    return f"{department}-{waits_for}"


def queue_of(name: str) -> tuple[str, WaitsFor] | None:
    """Whose queue a name is of: the department, and what is waited for; None: of none."""
    department, _, what = name.rpartition("-")
    return (department, WaitsFor(what)) if department and what in set(WaitsFor) else None


def asked_of(words: str) -> tuple[str, WaitTold | None]:
    """What the rest of such a path says: the name of the queue, "" for none, and what was told."""
    queue, _, told = words.rpartition("/")
    found = told_of(told)
    return (queue or told, None) if found is None else (queue, found)


def told_of(word: str) -> WaitTold | None:
    """What the last word of such a path says; None: nothing that we said."""
    found = _TOLD.fullmatch(word)
    if found is None:
        return None
    place, low, high = found.groups()
    return WaitTold(int(place), None if low is None else WaitRange(int(low), int(high)))


def _sounds(
    words: str | None, comfort: str, music: QueueMusic | None, offer: str | None
) -> Iterator[Sound]:
    spoken_seconds = longest_seconds(words or "") + longest_seconds(offer or "")
    if music is not None and spoken_seconds + music.seconds <= LONGEST_SECONDS:
        yield from (Speak(text) for text in (words, offer) if text is not None)
        yield Play(music.url)
        return
    lasts = 0
    said = comfort if words is None else words
    while lasts == 0 or lasts + longest_seconds(said) + SILENCE_SECONDS <= LONGEST_SECONDS:
        yield Speak(said)
        if lasts == 0 and offer is not None:
            yield Speak(offer)
            lasts += longest_seconds(offer)
        yield Pause(SILENCE_SECONDS)
        lasts += longest_seconds(said) + SILENCE_SECONDS
        said = comfort
