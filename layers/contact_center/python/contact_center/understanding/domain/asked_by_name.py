"""Whom a caller asks for in other words than "a person": Susan, Mrs Patel, the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern, late
from contact_center.understanding.domain.given_names import GIVEN_NAMES, TITLES
from contact_center.understanding.domain.people_spoken_of import without_people_spoken_of
from contact_center.understanding.domain.person_words import HINTS, unmarked
from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    from collections.abc import Collection

_WISH = (
    r"(?:(?:can|could|may|might|shall|should) (?:i|we)|(?:i|we)(?: (?:really|just|still|only|do|"
    r"also|am|"
    r"was|have been))* (?:want|wanted|need|needed|wish|would|have|had|got|must|should|will|demand|"
    r"insist|trying|looking|hoping|hoped|prefer|asking|calling)|let (?:me|us)|like|possible|chance|"
    r"way|need|"
    r"help|how to|do to|want|able to)"
    r"(?: (?:please|just|to|really|maybe|perhaps|actually|instead|possibly|now|also|at least|then|"
    r"quickly|like|love|prefer|rather|better|be able|have a word|have a chat))*"
)
# With them a caller talks for his own sake, by what he bought of us.
_NO_PARTNER = (
    r"(?!(?:you|it|this|that|those|me|us|each|one another|customers?|clients?|people|our|friends|"
    r"family|others?|other|visitors|mum|mom|dad|callers|users|guests|siri|alexa|google|any|no|"
    r"my (?!(?:\w+ )?(?:manager|adviser|advisor|agent|worker|representative|rep|handler|banker|"
    r"broker|"
    r"consultant|engineer|technician|contact)\b)|"
    r"the (?:app|website|site|computer|machine|system|printer|device|server|router|tv|internet|"
    r"wifi|"
    r"network|bluetooth|phone|waiting)|(?:a|an) (?:\w+ )?(?:list|queue|computer|machine|"
    r"website))\b)"
)
_WHO = rf"{_NO_PARTNER}(?P<who>\w+(?: (?!about|regarding|because|please|and|who|that|,)\w+){{0,3}})"
_TALK = LatePattern(
    rf"(?<!who )\b{_WISH} "
    rf"(?:speak|talk|chat|word)(?: (?:directly|again|please))* (?:to|with) {_WHO}"
)
_CONNECT = LatePattern(
    r"(?<!not )\b(?:(?:put|connect|transfer|pass|patch|forward|redirect|hand) (?:me|us|my call)|"
    r"be (?:put|connected|transferred|passed|patched))(?: (?:back|through|over|across|"
    rf"please|straight|directly))* (?:to|with) {_WHO}"
)
# Not somebody, but where somebody works, of which the model knows the departments; and what else
# one may be put through to, or two things say to each other.
_ROOMS = word_set(
    """
    department departments desk line office team shop store section
    plan plans tariff package contract offer rate account bundle subscription version server network
    page site link menu survey voicemail queue number branch hub alarm thermostat speaker car tablet
    laptop scanner camera police landlord neighbours neighbors kids children
    """
)
_TITLE = rf"(?:{'|'.join(sorted(TITLES))})"
_NAMES = (
    (
        rf"(?<!this )\bis (?:(?P<title>{_TITLE}) )?(?P<name>\w+) (?:(?:there|available|around|free|"
        rf"about|here|on duty|working)\b|in(?= today| now| yet| please| the office| this| ?,|$))"
    ),
    (
        r"\b(?:get me|get|give me|looking for|to reach|reach|hold of|ask for|asking for|call "
        r"(?:back )?(?:from|"
        rf"to)|back to|want|(?<!no )need) (?:(?P<title>{_TITLE}) )?(?P<name>\w+)(?: (?:on the "
        r"(?:phone|"
        rf"line)|please|"
        r"back|now|again|in|,|and|from|could|can)\b|$)"
    ),
    rf"\b(?:need|want|get me|looking for|reach) (?P<title>{_TITLE}) (?P<name>\w+)\b",
    rf"^(?:hi |hello )*(?P<title>{_TITLE}) (?P<name>\w+) please$",
    (
        rf"\b(?:whether|if|know|see) (?:(?P<title>{_TITLE}) )?(?P<name>\w+) is (?:free|available|"
        r"there|around|about|in|working)\b"
    ),
    rf"\bput (?:(?P<title>{_TITLE}) )?(?P<name>\w+) (?:back )?on(?: please| now)*$",
    rf"^(?:(?P<title>{_TITLE}) )?(?P<name>\w+) (?:in|from|at) (?:the |your )(?:\w+ ){{1,3}}please$",
    (
        r"\b(?P<name>\w+) (?:said|told me|asked me) (?:to )?(?:ask for|call|ring|speak to|"
        r"talk to) "
        r"(?:him|her)\b"
    ),
)
_NAMED = late(_NAMES)


def asked_for(said: str, heard: Collection[str]) -> str | None:
    """Whom a caller wants to talk to, in his words, where those need not be a person.

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.

    Returns:
        Words that may name a department as well as somebody ("billing", "the warehouse"), or None
        when talking to anybody is not asked for.
    """
    if HINTS.isdisjoint(heard):
        return None
    wished = unmarked(without_people_spoken_of(said))
    found = _TALK.search(wished) or _CONNECT.search(wished)
    if found is None or not _ROOMS.isdisjoint(found["who"].split()):
        return None
    return found["who"]


def asks_by_name(said: str, heard: Collection[str]) -> bool:
    """Whether somebody is asked for who has a name: "is Tom in", "Mrs Patel please".

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.
    """
    if GIVEN_NAMES.isdisjoint(heard) and TITLES.isdisjoint(heard):
        return False
    for pattern in (_TALK, _CONNECT):
        asked = pattern.search(said)
        if asked and not (GIVEN_NAMES | TITLES).isdisjoint(asked["who"].split()[:2]):
            return True
    return any(
        found.groupdict().get("title") or found["name"] in GIVEN_NAMES
        for pattern in _NAMED
        for found in pattern.finditer(said)
    )
