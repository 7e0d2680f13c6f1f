"""Texts without the telephone numbers that are in them, for whoever is not to see any."""

from __future__ import annotations

import re

from contact_center.kernel.phone_numbers import masked

HIDDEN = "•••"
_SHORTEST = 11  # of what is masked and not hidden: enough digits stay in the middle
_FEWEST = 7  # digits of what is a number
_E164 = re.compile(r"\+[1-9][0-9]{9,14}")

# Seven digits and more are a number, however they are spaced: a person's words, a key that was
# pressed, an id that is the number itself. What machines write is left alone as a whole: names
# nobody else has, days and instants, addresses with no long row of digits.
_SPOKEN = r"(?:zero|oh?|one|two|three|four|five|six|seven|eight|nine|double|triple|\d+)\b"
_FOUND = re.compile(
    rf"""
    (?P<left>
        (?<![0-9A-Za-z])(?:
            [0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}} |
            [0-9a-f]{{24,}} |
            \d{{4}}-\d\d-\d\d(?:T\d\d:[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?
        )(?![0-9A-Za-z]) |
        https?://(?!\S*\d{{7}})\S+
    ) |
    [+\uff0b]?\(?\d(?:[\s().\-/,_\u2010-\u2015\u00b7]*\d){{6,}} |
    \b(?:{_SPOKEN}[\s,.-]*){{6,}}{_SPOKEN}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def hide_numbers(text: str) -> str:
    """A text with every telephone number in it masked when it is E.164, else hidden.

    Numbers that are said in words are found digit by digit, in English.
    """
    if len(text) < _FEWEST or text.isalpha():  # one word, such as a field's name: most texts are
        return text
    return _FOUND.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    said = found[0]
    if found["left"] is not None:
        return said
    if _E164.fullmatch(said) and len(said) >= _SHORTEST:
        return masked(said)
    return HIDDEN
