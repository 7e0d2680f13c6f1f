"""Addresses of e-mail, as written and as spoken: "j dot smith at gmail dot com".

What stands on the right of an "at" decides whether there is an address; how far it reaches to the
left is a guess, and rather too far: a name may be said in words, or letter by letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.records.domain.spoken_numbers import TENS, TIMES, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT = re.compile(r"@|[\[(]\s?at\s?[\])]|(?<!\w)at(?!\w)")
_ATS = (" at ", "\nat ", "\tat ", ",at ", " at\n", "at)", "at]")  # few texts have one
_LABEL = r"(?:(?:[a-z0-9][ .-]){1,14}[a-z0-9]\b|[\w-]+(?:[ -][\w-]+){0,2})"
_DOT = r"(?:\s*\.(?=\w)|\s\.\s|\s*[\[(]\s?(?:dot|\.)\s?[\])]\s*|[\s,]+(?:dot|period)[\s,]+)"
_DOMAIN = re.compile(
    rf"\s*(?:{_LABEL}?{_DOT}){{1,4}}(?:(?:c o m|n e t|o r g)\b|[a-z]{{2,24}})(?![\w])"
)
# An address that is still being said: nothing follows, or the beginning of a name.
_UNFINISHED = re.compile(rf"\s*(?:{_LABEL}(?:{_DOT}|[\s,]+(?:dot|period))?)?[\s.,]*")
_NO_DOMAIN = re.compile(
    r"\s*(?:the|a|an|my|your|our|this|that|all|least|most|first|home|work)(?![\w-])"
)
_TOKEN = re.compile(r"[\w.+%'\u2019-]*\w[\w.+%-]*")
_JOINS = frozenset(
    {"dot", "underscore", "under", "score", "dash", "hyphen", "minus", "plus", "period", "point"}
)
_SPELT = frozenset((*UNITS, *TENS, *TIMES))
_LIKE = frozenset({"in", "for", "like"})  # "b as in boy"
_NOBODY = frozenset(  # before "at", names nobody
    word
    for words in (
        "i i'm i've i'll it's he's she's that's there's we're they're you're",
        "a about account after again all already am an and anything are arrive available be been",
        "bought buy call check click close closes cost deals directly do down eat even found go",
        "going got had has have he her here him how in is it job keep know less live login look",
        "looked looking me meet more not now of off on online only open opens or order ordered",
        "out over page paid pay people pick price priced prices right saw see she shop shopping",
        "sign site start starts stay stop subscription that the them then there they this to",
        "today tomorrow up us use visit was we website were what when where who work works you",
    )
    for word in words.split()
)
_CUE = re.compile(r"\b(?:e ?-?mails?|mail|address|write(?: to)? me|reach me)\b")
_CUE_ENDS = frozenset(
    {"is", "it's", "it\u2019s", "its", "address", "email", "e-mail", "mail", "to"}
)
_SPELT_LIKE = 3  # words of it
_REACH = 160  # characters to the left that are looked at
_LONGEST_NAME, _LONGEST_TOLD = 40, 6  # words


def may_have_email(low: str) -> bool:
    """Whether a text, in small letters, may have an address that is complete."""
    if "." not in low and "dot" not in low and "period" not in low:
        return False
    return "@" in low or ("at" in low and any(at in low for at in _ATS))


def emails_in(low: str, *, unfinished: bool = False) -> Iterator[tuple[int, int]]:
    """Where the addresses of a text are.

    Args:
        low: The text in small letters.
        unfinished: Whether more is to come: then what may become an address at its end counts.
    """
    done = 0
    for at in sorted(_ats(low), key=re.Match.start):
        if at.start() < done:
            continue
        end = _right_end(low, at.end(), unfinished=unfinished)
        start = None if end is None else _left_start(low, done, at)
        if end is not None and start is not None:
            yield start, end
            done = end


def _ats(low: str) -> Iterator[re.Match[str]]:
    """Every "at", found fast: most texts have few."""
    for sign in ("@", "at"):
        at = low.find(sign)
        while at >= 0:
            begin = at - 2 if low[max(0, at - 2) : at].strip() in {"(", "["} else at
            found = _AT.match(low, max(0, begin)) or _AT.match(low, at)
            if found is not None:
                yield found
            at = low.find(sign, at + 1)


def _right_end(low: str, begin: int, *, unfinished: bool) -> int | None:
    near = low[begin : begin + _REACH]
    if _NO_DOMAIN.match(near):
        return None
    found = _DOMAIN.match(near)
    if found is not None:
        return begin + found.end()
    if unfinished and len(near) < _REACH and _UNFINISHED.fullmatch(near):
        return begin + len(near)
    return None


def _left_start(low: str, done: int, at: re.Match[str]) -> int | None:
    """Where the name before an "at" begins; None: there is none, or it is nobody's."""
    begin = max(done, at.start() - _REACH)
    near = low[begin : at.start()]
    tokens = list(_TOKEN.finditer(near))[-_LONGEST_NAME:]
    if not tokens or near[tokens[-1].end() :].strip(" ,.\"'"):
        return None
    words = [token[0] for token in tokens]
    is_told = _CUE.search(near) is not None
    if words[-1] in _NOBODY and not (is_told or at[0] == "@"):
        return None
    taken = len(words) - 1
    while taken and (steps := _goes_on(words, taken)):
        taken = max(taken - steps, 0)
    if is_told:
        taken = min(taken, _after_cue(words))
    return begin + tokens[taken].start()


def _goes_on(words: list[str], taken: int) -> int:
    """How many words more the name has before the one at `taken`, as far as one look tells."""
    before = words[taken - 1]
    if words[taken] in _JOINS:
        return 1
    if before in _JOINS:
        return 2
    if taken >= _SPELT_LIKE and words[taken - 2] in _LIKE:  # b as in boy, b for boy
        is_spelt = len(words[taken - 3]) == 1
        return 4 if words[taken - 3] == "as" else 3 if is_spelt else 0
    if words[taken] in _SPELT and taken > 1 and words[taken - 2] in _JOINS:
        return 1  # j dot smith eight nine
    return 1 if len(before) == 1 or before in _SPELT or before.isdigit() else 0


def _after_cue(words: list[str]) -> int:
    """The first word after "my e-mail is", if what follows is short enough to be a name."""
    ends = [number for number, word in enumerate(words[:-1]) if word in _CUE_ENDS]
    first = ends[-1] + 1 if ends else len(words)
    return first if len(words) - first <= _LONGEST_TOLD else len(words)
