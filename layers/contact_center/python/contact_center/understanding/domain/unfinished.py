"""Whether words still being spoken say enough to act on before the sentence is over.

"Can I get a…" may go on in any way: few words say little, and a sentence that breaks off at a word
with which no sentence ends ("I have a card payment that…") is about to say what matters. English.
"""

from __future__ import annotations

from contact_center.understanding.domain.intent_text import BREAK, words
from contact_center.understanding.domain.word_lists import word_set

_GOES_ON = word_set(
    """
    a an the my your our his her their this that these those some any no not and or but
    because so if when while since as than to of in on at for from with about into by over i
    you he she we they it who which what how why where am is are was were be been do does did
    have has had can could will would should may might must shall want need get put give make
    please just really also very too still even there here un uh um like then me
    """
)


def says_enough(text: str, fewest_words: int) -> bool:
    """Whether a partial transcript can be taken at its word.

    Args:
        text: as heard so far.
        fewest_words: with fewer it says too little, whatever they are.
    """
    heard = [word for word in words(text) if word != BREAK]
    return len(heard) >= fewest_words and heard[-1] not in _GOES_ON
