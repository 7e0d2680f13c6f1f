"""People who are spoken of without being asked for now: denied, in the past, as oneself."""

from __future__ import annotations

import re

from contact_center.understanding.domain.person_words import (
    CONNECT,
    HUMAN,
    ME,
    OVER,
    PARTNER,
    marked,
)

_WITH_HUMAN = rf"(?:to |with |for )?{HUMAN}(?! but)"
_NO_WISH = "|".join(
    (
        # "I don't need a person", "do I have to speak to an agent to change it"
        rf"\bdo i (?:really )?(?:have|need) to (?:speak|talk|chat) (?:to|with) {HUMAN}\b",
        (
            r"\b(?:(?:do|does|would|will) not|no|not|never) (?:really )?(?:want|need|wish|like|"
            r"have|care)?"
            r"(?: (?:to|for))?(?: (?:be|wait|get|to|for|you|speak(?:ing)?|talk(?:ing)?|(?:to "
            r")?(?:put|connect|"
            rf"transfer|get|pass|call)(?:ed|ing)?(?: me)?(?: through| over| back)?))* {_WITH_HUMAN}"
            r"(?! (?:automated|but))"
        ),
        rf"\b(?:do not|never|not) (?:{CONNECT}) {ME}{OVER}(?: {_WITH_HUMAN})?",
        rf"\brather not (?:be )?(?:talk|speak|connected|transferred)(?: {_WITH_HUMAN})?",
        (
            rf"\bno need (?:for|to) (?:{CONNECT} me )?{_WITH_HUMAN}|\bno (?:thanks|thank you) ,? ?"
            rf"no {HUMAN}"
        ),
        rf"\bnever ?mind {_WITH_HUMAN}|\bnot have to get {_WITH_HUMAN}",
        # "I was talking to your agent", "without talking to anybody", "when I speak to people"
        (
            rf"\b(?:without|instead of|rather than|keep|kept|was|were|been|am|is|are|stopped|busy|"
            rf"after|"
            r"before|by|from|despite|since|while|enjoyed|remember|finished) "
            rf"(?:ever |having to |just |only |already |still |again )*(?:talking|speaking|"
            rf"chatting|talk|speak) "
            rf"(?:to|with) {PARTNER}"
        ),
        (
            rf"\b(?:when|whenever|every time|each time|once|after) (?:i|we|you|they) (?:speak|talk|"
            rf"call)"
            rf"(?: (?:to|with))? {PARTNER}"
        ),
        (
            rf"(?<!if )\b(?:i|we|she|he|they|you|have|had|just|already) (?:spoke|talked|chatted|"
            rf"spoken|called)(?: \w+)? "
            rf"(?:to|with) {PARTNER}"
        ),
        rf"\b(?:had|having) a (?:\w+ )?(?:conversation|chat|talk|word) with {PARTNER}",
        (
            rf"\b{HUMAN} (?:just |has |who )?(?:rang|called|phoned|"
            rf"keeps? calling|"
            r"left|told|gave|said|promised|sent)\b"
        ),
        r"\bwho am i (?:talking|speaking)(?: to| with)?\b",
        # "I'm a real person", "I work as an agent", "this is the owner speaking"
        (
            rf"\b(?:i am|this is|we are|as|i work as) (?:only |just |also |not )?(?:his |"
            rf"her )?{HUMAN}\b(?: (?:here|myself|speaking|too|at|of))*"
        ),
        # "do I get to talk to people abroad"
        (
            r"\b(?:let|lets|allow|allows|able) (?:\w+ )?(?:to )?(?:talk|speak) (?:to|with) (?:"
            r"pp people zz|each other)\b"
        ),
    )
)


# Theirs and not ours, or no human being at all.
_OF_THEIRS = (
    r"\b(?:my|our) (?:\w+ )?(?:staff|team|colleagues?|employees?|workers?|agents?|operators?|boss|"
    r"manager|receptionist|assistants?)\b|\bof (?:mine|ours)\b|\bpeople (?:can|do|say|hear)\b"
    r"|\b(?:speak|talk) (?:\w+ )?(?:english|spanish|french|german|italian|portuguese|polish|"
    r"chinese|arabic|hindi|russian|up|louder|slower)\b|\bwho i am\b"
)


def speaks_of_people(said: str) -> bool:
    """Whether people are spoken of without being asked for now: denied, in the past, as oneself.

    Args:
        said: the words of `intent_text.words` joined by one space.
    """
    return bool(re.search(_NO_WISH, marked(said)) or re.search(_OF_THEIRS, said))


def without_people_spoken_of(said: str) -> str:
    """The words without those that speak of people and ask for nobody.

    Args:
        said: the words of `intent_text.words` joined by one space.

    Returns:
        What is left, with the marks of `person_words.marked`.
    """
    return re.sub(_NO_WISH, "", marked(said)).strip(" ,")
