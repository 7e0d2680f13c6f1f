"""What recognisers write for the words by which callers ask for a person.

"Representive", "real parson", "live asian", "opera tor": heard on bad lines, and written as the
nearest words of everyday. They are put right only where they cannot well be anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = {
    "hewman": "human",
    "humen": "human",
    "hooman": "human",
    "yuman": "human",
    "asisstant": "assistant",
    "assistent": "assistant",
    "opporator": "operator",
    "operater": "operator",
    "agint": "agent",
    "ajent": "agent",
    "sombody": "somebody",
    "somebodys": "somebody",
    "someones": "someone",
    "sumbody": "somebody",
    "sumone": "someone",
    "costumer": "customer",
    "tok": "talk",
    "tawk": "talk",
    "speek": "speak",
    "speack": "speak",
    "spik": "speak",
}
# Two to four words that were one or two; the longest that stands somewhere is taken.
_RUNS = {
    ("some", "one"): "someone",
    ("some", "body"): "somebody",
    ("some", "buddy"): "somebody",
    ("any", "one"): "anyone",
    ("any", "body"): "anybody",
    ("any", "buddy"): "anybody",
    ("opera", "tor"): "operator",
    ("operate", "her"): "operator",
    ("operate", "or"): "operator",
    ("a", "pair", "raider"): "operator",
    ("a", "pera", "tor"): "operator",
    ("represent", "a", "tive"): "representative",
    ("represent", "a", "tiff"): "representative",
    ("represent", "tative"): "representative",
    ("rep", "re", "sent", "a", "tive"): "representative",
    ("rep", "resentative"): "representative",
    ("repper", "sentative"): "representative",
    ("super", "visor"): "supervisor",
    ("supper", "visor"): "supervisor",
    ("age", "ant"): "agent",
    ("age", "ent"): "agent",
    ("hew", "man"): "human",
    ("hue", "man"): "human",
    ("hyoo", "man"): "human",
    ("a", "gent"): "agent",
    ("age", "int"): "agent",
    ("live", "asian"): "live agent",
    ("live", "aging"): "live agent",
    ("live", "ancient"): "live agent",
    ("real", "parson"): "real person",
    ("reel", "person"): "real person",
    ("real", "prison"): "real person",
    ("a", "parson"): "a person",
    ("live", "parson"): "live person",
    ("humane", "being"): "human being",
    ("human", "bean"): "human being",
    ("custom", "service"): "customer service",
    ("custom", "a", "service"): "customer service",
    ("customer", "servers"): "customer service",
    ("customers", "service"): "customer service",
    ("customer", "surface"): "customer service",
    ("talk", "too"): "talk to",
    ("speak", "too"): "speak to",
    ("to", "summon"): "to someone",
    ("with", "summon"): "with someone",
    ("to", "the", "manger"): "to the manager",
    ("your", "manger"): "your manager",
    ("a", "manger"): "a manager",
    ("to", "the", "aging"): "to the agent",
    ("an", "asian"): "an agent",
    ("speak", "to", "a", "representation"): "speak to a representative",
    ("talk", "to", "a", "representation"): "talk to a representative",
}
_FIRST = frozenset(run[0] for run in _RUNS)
_LONGEST_RUN = max(map(len, _RUNS))
# Long words by what is left without vowels and doubled letters: "representitive", "superviser".
_SKELETONS = {
    "rprsnttv": "representative",
    "rprsntv": "representative",
    "rprnstv": "representative",
    "rprsnttvs": "representatives",
    "prtr": "operator",
    "sprvsr": "supervisor",
    "rcptnst": "receptionist",
}
_SHORTEST_SKELETON = 7
# Whatever a recogniser cuts such a word into begins with one of these: "re present a tive".
_CUT = word_set("re rep repre repper reap opera operate oper super supper sup soup recep receptive")
_MOST_PIECES = 5
# Whatever else begins so is the word for one of ours, cut or garbled.
_REPRESENTS = word_set(
    """
    represent represents represented representing representation representations
    representative representatives
    """
)
_BEGINNINGS = ("rep", "oper", "opp", "sup", "rec")


def put_right(heard: Sequence[str]) -> list[str]:
    """Words as they were meant.

    Args:
        heard: words of `intent_text.words`.

    Returns:
        The same words, those above replaced.
    """
    found: list[str] = []
    at = 0
    while at < len(heard):
        word = heard[at]
        run = _run(heard, at) if word in _FIRST else 0
        pieces = 0 if run or word not in _CUT else _pieces(heard, at)
        if run:
            found += _RUNS[tuple(heard[at : at + run])].split()
            at += run
        elif pieces:
            found.append(_SKELETONS[_bones("".join(heard[at : at + pieces]))])
            at += pieces
        else:
            found.append(_WORDS.get(word) or _by_skeleton(word))
            at += 1
    return found


def _run(heard: Sequence[str], at: int) -> int:
    for length in range(_LONGEST_RUN, 1, -1):
        if tuple(heard[at : at + length]) in _RUNS:
            return length
    return 0


def _pieces(heard: Sequence[str], at: int) -> int:
    """How many words from here on are one that was cut; 0: none are."""
    for length in range(_MOST_PIECES, 1, -1):
        joined = "".join(heard[at : at + length])
        if at + length <= len(heard) and _bones(joined) in _SKELETONS:
            return length
    return 0


def _bones(word: str) -> str:
    """A word without vowels and doubled letters, as it sounds: "vise her" is "visor"."""
    bones: list[str] = []
    for letter in word.replace("z", "s").replace("f", "v").replace("her", "r"):
        if letter not in "aeiou" and bones[-1:] != [letter]:
            bones.append(letter)
    return "".join(bones)


def _by_skeleton(word: str) -> str:
    if word.startswith("represent"):
        return word if word in _REPRESENTS else "representative"
    if len(word) < _SHORTEST_SKELETON or not word.startswith(_BEGINNINGS):
        return word
    return _SKELETONS.get(_bones(word), word)
