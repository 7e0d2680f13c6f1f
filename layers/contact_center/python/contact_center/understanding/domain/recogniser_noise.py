"""What a recogniser writes where nobody spoke: sounds, habits of its training, single letters.

Recognisers learnt from subtitles, and hear what subtitles end with in a line that crackles. Such
words route nobody; a caller who did say them is asked again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern
from contact_center.understanding.domain.intent_text import BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_BIT = 2  # a, ab, uh: no word of this length asks for anything by itself
_DESCRIBED = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫][^♪♫]*[♪♫]?")
_EMPTY = frozenset(
    (
        *(
            "the",
            "and",
            "but",
            "you",
            "huh",
            "hah",
            "haha",
            "hmm",
            "mhm",
            "umm",
            "uhh",
            "ahh",
            "ooh",
        ),
        *(
            "shh",
            "wow",
            "yeah",
            "yes",
            "okay",
            "bye",
            "beep",
            "click",
            "clap",
            "ding",
            "bang",
            "tsk",
        ),
    )
)
_SUBTITLES = LatePattern(
    r"(?:subtitles?|captions?|closed captions?|transcri(?:pts?|ptions?|bed)|translat(?:ed|ions?))"
    r" (?:by|from|provided|created|edited|made) .*"
    r"|.*\bamara org\b.*"
    r"|(?:thank you|thanks)(?: (?:so|very) much)? for (?:watching|listening|viewing)\b.*"
    r"|(?:(?:please|and|like|do not forget to|remember to) )*subscribe(?: (?:to|and|for|now)\b.*)?"
    r"|(?:i will )?see you (?:all )?(?:in the )?next (?:time|video|week)"
)
_SOUNDS = LatePattern(
    r"(?:music|applause|laughter|silence|static|noise|background noise|dial tone|inaudible|foreign|"
    r"indistinct|crosstalk|blank audio|the end|to be continued|(?:ring ?)+)"
)
_TRIAL = LatePattern(
    r"(?:(?:testing|test|mic|microphone|sound|check|checking|0|one|two|three|four|five|,) ?)+"
    r"|(?:hello |hi )?(?:can you hear me|is this (?:thing )?on)"
)


_NO_WORD_YET = LatePattern(
    r"(?:(?:u+h+m*|u+m+|e+r+m*|a+h+|o+h+|h+m+|m+(?:h+m+)?|a+hem|huh)(?: |$))*"
)


def only_sounds(said: str) -> bool:
    """Whether words are none yet: "um", "hm", "uh huh"; of somebody who coughs, or thinks.

    Args:
        said: Words alone, in small letters, one space between them.
    """
    return _NO_WORD_YET.fullmatch(said) is not None


def spoken(text: str) -> str:
    """A transcript without the sounds that it describes: [music], (coughing), *sighs*."""
    return _DESCRIBED.sub(" ", text)


def says_nothing(heard: Sequence[str]) -> bool:
    """Whether a transcript holds nothing that a caller could have meant.

    Args:
        heard: Of `intent_text.words`, of what was spoken.
    """
    plain = [word for word in heard if word != BREAK]
    if all(len(word) <= _LONGEST_BIT or word in _EMPTY for word in plain):
        return True
    said = " ".join(plain)
    return any(pattern.fullmatch(said) for pattern in (_SUBTITLES, _SOUNDS, _TRIAL))
