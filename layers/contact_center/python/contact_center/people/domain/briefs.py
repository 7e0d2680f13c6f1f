"""What a person hears before taking a caller: who it is, from where in the talk, and why.

The caller waits meanwhile, so it is short; what does not fit is left out from the end, and the
sentence that says who calls is always there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.spoken import longest_seconds as spoken_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_SECONDS = 12
LATEST = 3  # things said: older ones are about something else

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
# A machine's markup and what no voice can say.
_UNSPOKEN = re.compile(r"<[^>]*>|[\x00-\x1f\x7f<>{}|\\^~`*_#]")


def brief(opening: str, why: Iterable[str], longest_seconds: int = LONGEST_SECONDS) -> str:
    """The words, spoken within a time.

    Args:
        opening: Who calls and for whom; said whole, whatever it takes.
        why: What the caller wants, the most telling first: texts of one or more sentences.
        longest_seconds: For all of it, said by a slow voice.

    Returns:
        The opening, and as many whole sentences as fit; of the first, if it is too long, as many
        words as fit.
    """
    said = _plain(opening)
    is_first = True
    for sentence in _sentences(why):
        longer = f"{said} {sentence}"
        if spoken_seconds(longer) > longest_seconds:
            return _with_words(said, sentence, longest_seconds) if is_first else said
        said, is_first = longer, False
    return said


def most_telling(words: Sequence[str]) -> str | None:
    """What says the most of what a caller wants: the longest of what he said last.

    Args:
        words: Of the caller, the oldest first.
    """
    return max(reversed(words[-LATEST:]), key=len, default=None)


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for sentence in _SENTENCE.findall(_plain(text)):
            if any(sign.isalnum() for sign in sentence):
                yield sentence.strip()


def _with_words(said: str, sentence: str, longest_seconds: int) -> str:
    for word in sentence.split():
        longer = f"{said} {word}"
        if spoken_seconds(longer) > longest_seconds:
            break
        said = longer
    return said


def _plain(text: str) -> str:
    return " ".join(_UNSPOKEN.sub(" ", text).split())
