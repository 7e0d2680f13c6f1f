"""Whether a caller for whom a person is asked lets it be: said plainly, and nothing else."""

from __future__ import annotations

import re

_LETS_IT_BE = re.compile(
    r"never ?mind|forget (?:it|that|about it)|(?:do not|don't|no need to) bother"
    r"|(?:i |we )?(?:do not|don't) need (?:a|any|the|to (?:talk|speak) to (?:a|any|the)) ?"
    r"(?:person|colleague|human|agent|one|body)?(?: any ?more| now| after all)?"
    r"|(?:no|there is no|there's no) need(?: any ?more| now| after all)?"
    r"|(?:let us|let's) leave it|leave it(?: then)?|cancel that"
)
# What may stand before and after: nothing in it is a wish.
_AROUND = re.compile(
    r"\b(?:oh|ah|no(?! need)|okay|ok|well|actually|please|sorry|thanks|thank you|then|it's|it is"
    r"|that's|fine|all right|alright|you know what|just|so|um|uh)\b"
)
_NOT_A_WORD = re.compile(r"[^a-z' ]+")


def lets_it_be(text: str) -> bool:
    """Whether a final utterance says that nobody needs to be asked any more.

    "Okay", "no" and noise do not; neither does what goes on to wish for something else, which is
    heard as that wish.
    """
    said = _NOT_A_WORD.sub(" ", text.casefold().replace("\u2019", "'"))
    rest = " ".join(_AROUND.sub(" ", said).split())
    return _LETS_IT_BE.fullmatch(rest) is not None
