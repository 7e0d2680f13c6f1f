"""What a caller's words look like before they are scored: words, clauses, corrections, denials.

Everything here is about English as it is spoken on the phone, nothing about departments.
Source of the rules: DESIGN section 6 and the issue ("I don't want to cancel, I want to pay";
"billing, wait, actually technical support"); the word lists are our own.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.late_patterns import LatePattern

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

# A caller says a few dozen words; what is longer is read up to here, so that time is bounded.
LONGEST_TEXT = 1200

_EXPANSIONS = {
    "cant": "can not",
    "cannot": "can not",
    "wont": "will not",
    "shant": "shall not",
    "aint": "is not",
    "dunno": "do not know",
    "im": "i am",
    "ive": "i have",
    "id": "i would",
    "youre": "you are",
    "youve": "you have",
    "theyre": "they are",
    "weve": "we have",
    "hes": "he is",
    "shes": "she is",
    "its": "it is",
    "thats": "that is",
    "whats": "what is",
    "wheres": "where is",
    "theres": "there is",
    "heres": "here is",
    "hows": "how is",
    "whos": "who is",
    "lets": "let us",
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "pls": "please",
    "plz": "please",
}
_EXPANSIONS |= {
    verb + "nt": verb + " not"
    for verb in (
        *("do", "does", "did", "is", "are", "was", "were", "has", "have", "had"),
        *("could", "would", "should", "must", "need"),
    )
}

# A word, a number, or a mark that ends a clause. Apostrophes are gone by then.
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[.,;:!?]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`\u00b4")
BREAK = ","
NUMBER = "0"


def words(text: str) -> list[str]:
    """Take a transcript apart.

    Args:
        text: a partial or final transcript, with or without punctuation.

    Returns:
        Lower-case words without accents, contractions written out, every number as '0' and
        every clause mark as ','. Empty for text without Latin letters or digits.
    """
    text = text[:LONGEST_TEXT].lower().translate(_APOSTROPHES)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if token in _EXPANSIONS:
            found += _EXPANSIONS[token].split()
        elif token[0].isalpha():
            found.append(token)
        elif token[0].isdigit():
            found.append(NUMBER)
        elif found and found[-1] != BREAK:
            found.append(BREAK)
    return found


def terms(heard: Sequence[str]) -> list[str]:
    """What a model may know by heart: words, and pairs of neighbours.

    Args:
        heard: of `words`.

    Returns:
        Words without clause marks, then pairs joined by a space.
    """
    plain = [word for word in heard if word != BREAK]
    return plain + [f"{one} {two}" for one, two in pairwise(plain)]


# "billing, wait, actually technical support": what comes after counts, if it says something.
_CORRECTION = LatePattern(
    r"(?:\b(?:no|oh|uh|um|sorry|well|but|or|and|,|hang on|hold on) )*"
    r"\b(?:wait(?! (?:for|until|till|to|a|on|in))|actually|i meant?(?: to say)?|scratch that|"
    r"or rather|let me rephrase|correction|make that|on second thoughts?|sorry no|no sorry|"
    r"no no|i misspoke|i take that back)\b"
    r"(?: (?:no|wait|actually|sorry|i mean|i meant|it is|um|uh|,|more like|not that|make it))*"
)


def correction(said: str) -> str | None:
    """What a caller said after correcting themselves.

    Args:
        said: words joined by one space.

    Returns:
        The words after the last correction, or None when there is no correction with
        something said on both sides of it.
    """
    *_, last = [None, *_CORRECTION.finditer(said)]
    if last is None or not said[: last.start()].strip(" ,"):
        return None
    return said[last.end() :].strip(" ,") or None


_STATE = r"(?:do|does|did|would|will) not (?:even |really |actually )?"
# A denial pays where something else is wished for in the same breath. What is denied as a
# description ("not able to", "not receiving", "not happy") is the trouble itself, and none.
_DENIAL = LatePattern(
    r"\b(?:"
    # "this is not about my bill", "nothing to do with a payment"
    r"(?:not|nothing) (?:(?:calling|ringing|phoning|here|asking|contacting you|writing) )?"
    r"(?:about|regarding|concerning|to do with|related to)"
    # "I don't want to cancel", "we don't need a new one"
    rf"|{_STATE}(?:want|wish|need|intend|mean|plan|like)(?: (?:to|you to|it to))?"
    # "I'm not trying to leave", "not interested in buying", "I'm not cancelling"
    r"|not (?:trying|looking|going|planning|calling|asking|wanting|here|ready) (?:to|for)"
    r"|not interested in"
    r"|(?<=am )not(?= (?:leaving|cancel(?:l)?ing|quitting|closing|buying|ordering|returning)\b)"
    # "it isn't a billing thing", "it is not my bill"
    r"|(?:it|this|that) is not (?:a|an|the|my|our)"
    # "not billing", "no not sales", at the start of a clause and no more than that
    r"|(?:^|(?<=, )|(?<=no )|(?<=but ))not(?= (?:(?:a|an|the|my) )?\w+(?: \w+)?(?: ,| but| i| it|"
    r"$))"
    # "don't send me to sales", "never mind the bill"
    r"|(?:do not|never) (?:send|put|transfer|pass|connect|give) me(?: (?:through|over))?(?: (?:to|"
    r"with))?"
    r"|(?:^|(?<=, )|(?<=but ))(?:never ?mind|forget(?: about)?|scratch) (?=the|that)"
    r"|instead of|rather than|no need (?:to|for)"
    r")\b"
)
_DENIAL_ENDS = re.compile(
    r" ?(?:,|\b(?:but|because|since|so|just|only|please|instead|i|we|my|our|it|it is|the thing is|"
    r"what i|can you|could you|rather|give|get)\b)"
)
# "I don't want this any more" leaves; it does not deny wanting to leave.
_STILL_MEANT = re.compile(r"\b(?:any ?more|any longer|again|ever)\b")
# "I don't want to pay this" is about paying; only an errand can be denied on its own.
_NOT_AN_ERRAND = re.compile(
    r"^(?:to )?(?:be|being|pay|paying|have|having|keep|get|lose|owe|continue|stay|remain|renew|go "
    r"on)\b"
)


@dataclass(frozen=True, slots=True)
class Denial:
    """What a caller said is not the matter.

    Attributes:
        denied: the words that are denied.
        rest: everything else.
        errand: whether denying it says something even when nothing else is said.
    """

    denied: str
    rest: str
    errand: bool


def denial(said: str) -> Denial | None:
    """Find what a caller says they do not want, or what it is not about.

    Args:
        said: words joined by one space.

    Returns:
        The first denial, or None. 'My internet is not working' is a description, no denial.
    """
    found = _DENIAL.search(said)
    if found is None:
        return None
    scope = said[found.end() :].lstrip()
    end = _DENIAL_ENDS.search(scope, 1)
    denied = (scope[: end.start()] if end else scope).strip(" ,")
    after = scope[end.start() :] if end else ""
    if not denied or _STILL_MEANT.search(denied):
        return None
    before = re.sub(
        r"(?:\b(?:i|am|it|this|that|is|we|are|no|hi|hello) ?)+$", "", said[: found.start()]
    )
    rest = f"{before.strip(' ,')} {after.strip(' ,')}".strip()
    return Denial(denied, rest, errand=not _NOT_AN_ERRAND.search(denied))


_LONGEST_WORD = 32


def pieces(word: str, known: Container[str]) -> list[str]:
    """Split a word into the longest known pieces from the left, as WordPiece does.

    Args:
        word: one of `words`.
        known: the vocabulary; continuations begin with '##'.

    Returns:
        The pieces; letters that no piece covers are left out.
    """
    if word in known:
        return [word]
    found: list[str] = []
    start, word = 0, word[:_LONGEST_WORD]
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):
            if mark + word[start:end] in known:
                found.append(mark + word[start:end])
                start = end
                break
        else:
            start += 1
    return found
