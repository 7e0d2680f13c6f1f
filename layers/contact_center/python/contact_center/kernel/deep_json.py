"""JSON that is nested deeper than anybody reads it: cut, so that the rest of it is not lost.

A parser gives up at some depth, and so does whatever walks the result. What lies so deep is
decoration of a message (a tool's result, structured data a model made up); its news is not.
"""

from __future__ import annotations

import re

DEEPEST = 100

# A string that does not end takes all there is: nothing after it is looked at twice.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def cut(text: str, deepest: int = DEEPEST) -> str:
    """The same text with null for each list and object below so many others.

    Args:
        text: JSON. What lies below is not looked at; what is malformed above stays so.
        deepest: How many lists and objects may lie in one another.
    """
    kept: list[str] = []
    level = begins = 0
    for token in _TOKENS.finditer(text):
        sign = text[token.start()]
        if sign in "[{":
            level += 1
            if level == deepest + 1:
                kept += [text[begins : token.start()], "null"]
        elif sign in "]}":
            level -= 1
            if level == deepest:
                begins = token.end()
    return "".join([*kept, text[begins:] if level <= deepest else ""])
