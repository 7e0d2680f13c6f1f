"""People who are spoken of without being asked for now: denied, in the past, as oneself."""

from __future__ import annotations

from contact_center.kernel.late_patterns import LatePattern, any_of
from contact_center.understanding.domain.people_elsewhere import ELSEWHERE
from contact_center.understanding.domain.person_words import (
    CONNECT,
    HUMAN,
    ME,
    OVER,
    PARTNER,
    marked,
)

_WITH_HUMAN = rf"(?:to |with |for )?{HUMAN}(?! but)"
_NO_WISH = any_of(
    (
        # "I don't need a person", "do I have to speak to an agent to change it"
        (
            rf"\b(?:do|would|will|must|should|did) (?:i|we|you|people) (?:really |still )?(?:have|"
            rf"need) to (?:speak|talk|chat|see|wait) (?:to|with|for )?(?:to |with )?{HUMAN}\b"
        ),
        rf"\bdo (?:i|we|you) (?:really |still |even )?need {HUMAN}",
        (
            rf"\b(?:can|could) not (?:talk|speak) (?:to|with) {PARTNER} (?:on|over|through|with|"
            r"via|using) (?:this|my|the|it)\b"
        ),
        rf"\bhad to (?:speak|talk|wait|ask) (?:to |with |for )?{PARTNER}",
        (
            r"\b(?:had|made|make|making|makes) (?:me|us|him|her) (?:speak|talk|wait) (?:to|with|"
            rf"for) {PARTNER}"
        ),
        (
            r"\b(?:(?:do|does|would|will) not|no|not|never) (?:really )?(?:want|need|wish|like|"
            r"have|care|ask|asked|asking)?"
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
        rf"\b(?:without|instead of) {HUMAN}",
        rf"\bnever ?mind {_WITH_HUMAN}|\bnot have to get {_WITH_HUMAN}",
        # "I was talking to your agent", "without talking to anybody", "when I speak to people"
        (
            r"\b(?:without|instead of|rather than|keep|kept|was|were|been|am|is|are|stopped|"
            r"busy|for|(?<!go )about|avoid|include|includes|included|"
            rf"(?<!chance )(?<!chances )(?<!possibility )(?<!way )(?<!hope )of|after|"
            r"before|by|from|despite|since|while|enjoyed|remember|finished) "
            rf"(?:ever |having to |just |only |already |still |again )*(?:talking|speaking|"
            rf"chatting|talk|speak) "
            rf"(?:to|with) {PARTNER}"
        ),
        (
            r"\b(?:when|whenever|every time|each time|once|after) (?:i|we|you|"
            r"they) (?:finally |do "
            rf"|call and |ring and )?(?:speak|talk|call|get|reach|ask|got|am given)"
            rf"(?: (?:to|with|for|hold of|through to))*+ {PARTNER}"
        ),
        (
            rf"(?<!if )\b(?:i|we|she|he|they|you|have|had|just|already) (?:spoke|talked|chatted|"
            rf"spoken|called)(?: \w+)? "
            rf"(?:to|with) {PARTNER}"
        ),
        rf"\b(?:had|having) a (?:\w+ )?(?:conversation|chat|talk|word) with {PARTNER}",
        (
            r"\b(?:(?:from|by|of|through|via|against|about|for|"
            r"from) )?(?<!speak to )(?<!speak with )(?<!talk to )(?<!talk with )(?<!get me )"
            rf"{HUMAN} (?:just |has |have |had |"
            r"who |that |from \w+ |on \w+ |in \w+ |at \w+ )*(?:rang|called|phoned|"
            r"keeps? calling|left|told|"
            r"gave|said|promised|sent|came|set|charged|took|used|was|were|did|made|put|opened|sold|"
            r"signed|hung|cut|never|forgot|wrote|fixed|assured|offered|approved|waived|talked)\b"
        ),
        # "your agent", who always hands one on: told of, not asked for
        (
            r"\b(?:(?<!can )(?<!could )(?<!would )(?<!will )(?:you|they|it) (?:always|keep|"
            r"keeps|just|only|usually) |(?:they|he|she|it|who) "
            rf"(?:will |would |then |always )?){CONNECT}s?(?:ting|ing)? {ME}{OVER} {_WITH_HUMAN}"
        ),
        # "I'll ask my boss", "a talk with our manager first": theirs and not ours
        (
            r"\b(?:speak|talk|chat|check|word|discuss it|call)(?:ing)? (?:to |with )qq (?:my|"
            r"their|her|his)"
            r"(?: own)? (?:boss|supervisor|manager(?= zz (?:first|before|about (?:it|this)|"
            r"and get back))|"
            r"colleagues?|co ?workers?|staff|employees?|team \w+|assistants?|operators?|"
            r"workers?|owner) zz"
        ),
        (
            r"\b(?:you|one|people|customers) (?:have|has|need|needs) to (?:speak|talk) (?:to|"
            rf"with) {HUMAN}"
        ),
        rf"(?:^|, |\bplease |\band )(?:do not|never) (?:get|call|bring|fetch) {HUMAN}",
        # a complaint about not reaching anybody
        (
            r"\b(?:(?<!why can i )(?<!why can )(?:not|never)|(?:impossible|hard|"
            r"difficult) to) (?:even |"
            r"ever )?(?:get through to|reach|get hold of|get a hold of|contact|get|"
            r"find) qq (?:any|some)"
            r"(?:one|body) zz"
        ),
        # "let me get my manager", "you people"
        (
            r"\b(?:let me|i will|have to|need to|going to|must) (?:get|ask|call|fetch|tell|"
            r"check with) "
            r"qq my (?:\w+ )?\w+ zz|(?<!of )\b(?:pp|qq) you people zz"
        ),
        # "in person", "one person", "per person", "by phone to a person's account"
        r"\b(?:in|per|first|third|each|every) (?:qq )?person(?: zz)?\b",
        (
            r"\b(?:0|two|three|four|five|six|seven|eight|nine|ten|single|second|third) (?:qq|pp) "
            r"(?:more |other |extra )?\w+ zz|(?<!(?:talk|peak) to )(?<!(?:talk|peak) with "
            r")(?:qq|pp) (?:one|single|another) (?:person|people) zz$"
        ),
        (
            r"\b(?:work|works|working|worked|employed|hired|apply|applied|made|created|"
            rf"built) (?:for|by|in|as|with) {PARTNER}"
        ),
        r"\bqq (?:\w+ )*human zz (?:resources?|errors?|rights|hair|size)\b",
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
        *ELSEWHERE,
    )
)


# Theirs and not ours, or no human being at all.
_OF_THEIRS = LatePattern(
    r"\b(?:my|our) (?:\w+ )?(?:staff|team|colleagues?|employees?|workers?|agents?|operators?|boss|"
    r"manager|receptionist|assistants?)\b|\bof (?:mine|ours)\b|\bpeople (?:can|do|say|hear)\b"
    r"|\b(?:speak|talk) (?:\w+ )?(?:english|spanish|french|german|italian|portuguese|polish|"
    r"chinese|arabic|hindi|russian|up|louder|slower)\b|\bwho i am\b"
)


# Words about people that have no form of a request are one where they are next to a wish.
_WISHES = any_of(
    (
        (
            r"\b(?:(?:speak|talk|chatt?)(?:ing)?|connect|transfer|pass|reach|want|need|rather|get|"
            r"give|please)(?: \w+){0,2} qq\b"
        ),
        r"zz (?:will do|please|would be)\b|^(?:\w+ )?qq (?:\w+ )?customer\b",
        # "can a real person look at this", "have someone give me a ring"
        (
            rf"\b(?:can|could|would|will|have|let|please) {HUMAN} (?:\w+ )?(?:ring|call|phone|"
            r"give me|take (?:my|this|the) call|talk|speak|contact|reach)\b"
        ),
        r"\bcan qq (?!some|any)(?:(?!zz)\w+ )+zz (?:look|help|explain|check|sort|assist)\b",
        # "assistance from a human", "lodge a complaint with a manager", "hold for an agent"
        (
            r"\b(?:like|want|need|wish|prefer)(?: \w+){0,4} (?:assistance|help|support|call ?back|"
            r"call|answer|response|complaint|meeting|word|talk|chat|conversation) (?:from|with) "
            rf"{HUMAN}"
        ),
        (
            rf"\b(?:can|could|may|let|would like|want) (?:\w+ ){{0,3}}(?:hold|wait|ask) (?:for "
            rf")?{HUMAN}"
        ),
        (
            r"\bis qq (?:your|the) \w+ zz (?:available|free|around|there|in)"
            r"(?= ?$| ,| (?:to (?:talk|speak|chat|take)|please|now|today|right now)\b)"
        ),
        rf"\bis (?:not )?there (?:not )?{HUMAN} (?:who|that|i) can\b",
        rf"\bwho is {HUMAN} ,? ?(?:put|get|let)\b",
        # "nope, human", "for the third time a person"
        rf"(?:, |\btimes? |\bnow for ){HUMAN}$",
        # whoever it is that the recogniser has not understood: "speak to a reprensitive"
        (
            r"(?:^|\b(?:can i|could i|may i|want to|like to|need to|let me) )(?:just |please "
            r")?(?:speak|"
            r"talk)(?: directly| please)? (?:to|with) (?:an?|your|some) \w+(?: \w+)?(?: please|"
            r" now)*$"
        ),
    )
)


def may_ask_for_people(said: str) -> bool:
    """Whether words that have no form of a request may be one for people, as a model guesses.

    They must name somebody next to a wish; who is denied, past, or oneself is not asked for.

    Args:
        said: the words of `intent_text.words` joined by one space.
    """
    named = marked(said)
    if _NO_WISH.search(named) or _OF_THEIRS.search(said):
        return False
    return bool(_WISHES.search(named))


def without_people_spoken_of(said: str) -> str:
    """The words without those that speak of people and ask for nobody.

    Args:
        said: the words of `intent_text.words` joined by one space.

    Returns:
        What is left, with the marks of `person_words.marked`.
    """
    return _NO_WISH.sub("", marked(said)).strip(" ,")
