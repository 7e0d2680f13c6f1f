"""When a caller asks for a human being. That wish always wins (DESIGN section 6).

Patterns over the words of `intent_text.words`, in English and the commonest words of others.
They look for asking (speak to, get me, put me through) next to a human (agent, somebody, whoever
is in charge), so that 'someone charged my card', 'a person at your store told me' and 'I was
talking to your agent yesterday' stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern, any_of
from contact_center.understanding.domain.no_machine import NO_MACHINE
from contact_center.understanding.domain.people_spoken_of import without_people_spoken_of
from contact_center.understanding.domain.person_needed import NEEDING
from contact_center.understanding.domain.person_words import (
    ANYONE,
    CONNECT,
    HINTS,
    HUMAN,
    KIND,
    MACHINE_WORDS,
    ME,
    NOT_A_THING,
    OVER,
    PARTNER,
    POLITE,
    SOUL,
    STAFF,
    unmarked,
)

if TYPE_CHECKING:
    from collections.abc import Collection

_TO = r"(?:(?:directly|just|please|maybe|again|instead|live) )*(?:to|with|at|2)"
_SOMEBODY = rf"(?:{SOUL}|somebody|someone|manager|supervisor|team leader|colleague)"
_CAN = r"(?:can|could|may|might|would|will)"

# In words with marks: speak to an agent, put me through to your manager, somebody call me back.
_OF_SOMEBODY = (
    rf"\b(?:speak|talk|chat|converse)(?:ing)? {_TO} {PARTNER}\b{NOT_A_THING}",
    rf"\bif (?:i|we) (?:talked|spoke) (?:to|with) {PARTNER}\b",
    rf"\b(?:word|chat|talk|conversation) with {PARTNER}\b{NOT_A_THING}",
    (
        rf"\b{PARTNER}(?: (?:there|here|in the office|that|who|available|free|around|working|"
        r"at your "
        rf"company|on duty|else))* (?:i|we) {_CAN} (?:please )?(?:just )?(?:speak|talk|chat|"
        r"discuss)\b"
    ),
    rf"\b{CONNECT} {ME}{OVER}(?: (?:to|with|for))? (?:{HUMAN}|whoever)\b{NOT_A_THING}",
    rf"\b{CONNECT} {ME}{OVER} (?:to|with) (?:pp(?: (?!zz)\w+)+ zz|him|her|them)\b",
    (
        rf"\bbe (?:connected|transferred|passed|put|switched|handed|forwarded){OVER} (?:to|with) "
        rf"{PARTNER}\b"
    ),
    (
        rf"\b(?:put|get|have|bring|call|fetch|getting|like|want) {PARTNER} "
        rf"(?:please )?"
        r"(?:for me )?(?:on|on the|to the|into the|into this) ?(?:phone|line|call)\b"
    ),
    (
        rf"\b(?:put|get|fetch|getting|bring|grab|find)(?: me)? {HUMAN}(?: on| over)?"
        r"(?: (?:please|now|for me|quickly|already|there))*$"
    ),
    (
        rf"\b(?:{_CAN}|let|have) (?:{HUMAN})(?: (?:there|real|else))? (?:please |possibly |"
        rf"just )?"
        r"(?:come (?:on|to) (?:the )?(?:phone|line)|"
        r"pick up(?: the phone)?(?: please)?$|take (?:this|my) call|(?:talk|walk) me through|"
        r"get on(?: (?:the|this) (?:phone|line|call)|$))\b"
    ),
    (
        rf"\b(?:{_CAN}|let|have) {PARTNER}(?: (?:there|please|just|be able to))* (?:talk|"
        r"speak) (?:to|with) (?:me|us)\b"
    ),
    (
        r"\b(?:contact|(?:get|getting) in touch with|call) qq (?:\w+ )?customer \w+(?: \w+)? "
        r"zz(?= ?$| ,| please)"
    ),
    (
        r"\b(?:i will|ill|let me|rather|happy to|(?:can|may|could) i) (?:\w+ )?(?:wait|"
        rf"hold) for {HUMAN}"
    ),
    (
        rf"\b{HUMAN} (?:needs to|has to|must|should|had better) (?:please )?(?:call|ring|phone|"
        r"talk to|speak to|help) (?:me|us)\b"
    ),
    rf"\bto be (?:called|helped|served|contacted|assisted)(?: back)? by {HUMAN}",
    (
        rf"\b(?:have|get|let) {HUMAN} (?:please )?(?:join|get on|come on|hop on) "
        r"(?:the |this |my )?(?:call|line)\b"
    ),
    (
        rf"\b(?:will|would|does|can) {HUMAN} (?:ever |actually )?(?:answer|pick up)"
        r"(?= ?$| ,| if)"
    ),
    (
        r"\b(?:want|like|need|wish|going) to (?:\w+ ){0,3}(?:complaints?|complain) (?:to|with) "
        rf"{HUMAN}"
    ),
    (
        rf"\b(?:want|need|like) {HUMAN} to (?:explain|go over|go through)(?: \w+){{1,4}} "
        r"(?:to|with) me\b"
    ),
    (
        r"\b(?:like|want|prefer|rather) (?:to )?have qq (?!some|any)(?:(?!zz)\w+ )+zz "
        r"(?:look|check|"
        r"deal|handle|help|do)\b"
    ),
    # somebody who looks at it, goes through it, with me or on the telephone
    (
        rf"\b(?:want|need|like|get|have) {PARTNER} (?:to )?(?:look|go|talk|walk|work|"
        rf"sit)(?: \w+){{1,4}} "
        r"(?:with me|with us|(?:on|over) the phone)\b"
    ),
    r"\b(?:put|get|bring) pp(?: (?!zz)\w+)+ zz (?:back )?on(?: (?:please|now|again))*$",
    r"\b(?:put|get|bring) (?:him|her|them) (?:back )?on(?: (?:please|now|the (?:phone|line)))*$",
    (
        rf"\b{HUMAN}(?: there)? (?:can |could |must |please |will |should )?pick up (?:a|"
        r"the|your) phone\b"
    ),
    (
        rf"\b(?:is|are|can|could|will|would) {HUMAN} (?:please )?(?:be )?(?:able to|free to|"
        r"available "
        r"to) (?:take (?:my|this|the) call|talk|speak|chat)\b"
    ),
    (
        rf"\b(?:have|get|find) (?:me )?{HUMAN} (?:to )?(?:give me a (?:ring|call|bell)|call "
        r"me|(?:who can )?help me$)"
    ),
    (
        rf"\b(?:want|need|like|request|schedule|arrange|book)(?: \w+){{0,3}} (?:call ?back|call|"
        rf"assistance|help|support) from {HUMAN}(?= ?$| ,| please| about| to)"
    ),
    # "can somebody look at my bill" asks for the deed, "can a person" for who does it
    (
        r"\bcan qq (?!some|any)(?:(?!zz)\w+ )+zz (?:please )?(?:help me|look (?:at|into) "
        r"(?:my|this|it))\b"
    ),
    rf"\b{_CAN} {HUMAN} (?:please )?take over(?= ?$| ,| please| from| (?:the|this) call)",
    rf"(?:^|\b(?:please|will|would) ){HUMAN} (?:please )?(?:talk|speak) (?:to|with) me\b",
    (
        r"\b(?:need|needs|has|have|want|wants|like) (?:this |it )?(?:to )?(?:go|"
        rf"escalated?) to {HUMAN}"
    ),
    (
        rf"(?<!you )\b(?:can|could|please|have|will|would|want|need|get|let) "
        rf"(?:you have )?(?:{HUMAN} (?:to )?|you (?:please )?|please )?(?:call|ring|phone) "
        r"me(?: back)?+"
        r"(?= ?$| ,| (?:please|or|now|asap|right|because|and|regarding|about|to|as soon|"
        r"immediately|so|i|"
        r"my|we)\b)"
    ),
)
# In words as they were said: who can I talk to, explain it to somebody, the lady from before.
_TALKING = (
    r"\b(?:no one|nobody) (?:that |who )?i can (?:speak|talk|chat) (?:to|with)\b",
    r"\bcan you (?:get|fetch|find) (?:him|her)(?= ?$| ,| please)",
    r"\bwho do i have to (?:speak|talk|call|ask)(?: to)?\b",
    r"\b(?:want|need|give me|get me|take me to) the next level(?: up)?\b",
    (
        r"\bwho (?:can|could|may) i (?:speak|talk|complain) (?:to|with)\b"
        r"|\bwho (?:do|should|shall) i (?:speak|talk) (?:to|with)$"
    ),
    (
        rf"\b(?:{ANYONE}|people|human|person)(?: \w+){{0,5}}? to (?:(?:talk|speak) (?:to|with)|"
        r"(?:walk|talk) me)\b"
    ),
    r"\bwho (?:actually |really )?works (?:there|here|for (?:you|the company))\b",
    (
        r"\b(?:discuss|explain|complain|minutes?|sort|settle|deal|handle|do|conversation)"
        rf"(?: (?!{_SOMEBODY})\w+){{0,4}} (?:with|to) (?:(?:a|an|another|some|your) "
        rf")?{KIND}{_SOMEBODY}\b"
        rf"(?! at){NOT_A_THING}"
    ),
    rf"\b(?:ask|asking|request|want|need|hear)(?: \w+){{0,4}} from (?:an?|another) {KIND}{SOUL}\b",
    (
        r"\b(?:rather|better|prefer to|want to|like to) (?:tell|ask|explain to) (?:an? "
        rf")?{KIND}{_SOMEBODY}\b"
    ),
    (
        r"\b(?:(?:speak|talk|through|back) (?:to|with)|(?:get|give) me|(?:can|could) i (?:get|"
        r"have)) the "
        r"(?:(?:same|other|last|previous) )?(?:lady|gentleman|guy|man|woman|girl|person|agent|"
        r"colleague|"
        r"representative|rep|adviser|one who|one i (?:spoke|talked))\b(?! (?:told|said|"
        r"charged|took|in))"
        r"|\b(?:speak|talk|back|through) (?:to|with) (?:him|her|them)(?: again)?$"
    ),
)
# Put me back through; cut off in the middle of asking.
_CONNECTING = (
    (
        r"\bput me (?:back through|through to whoever)\b|\breconnect me\b|\bescalate (?:this|me|it|"
        r"my)\b"
    ),
    rf"\bget {ANYONE} (?:to (?:help|call|talk|speak)|on|who)\b",
    (
        r"\b(?:speak|talk|chat|through|over) (?:to|with) (?:a|an|some|your)"
        r"(?: (?:real|live|actual|human))*(?: (?:hum?a?|pers?o?|oper?a?t?o?|"
        r"rep(?:re?s?e?n?t?a?t?i?)|rep|"
        r"ag|agen?|man|mana?g?e?|sup|supe?r?v?i?s?o?|some?o?))?$"
    ),
)
_CALLED = (
    (
        rf"\b{ANYONE} (?:there )?(?:could |can )?talk me through\b|\bis {ANYONE} able to take (?:"
        r"my|this) call\b"
    ),
    r"\b(?:can|could) (?:someone|somebody|anyone|anybody) else (?:please )?(?:help|take|look)\b",
    rf"\bis there {ANYONE}(?: there| please)?$(?<!is there anyone)(?<!is there anybody)",
    (
        r"\b(?:again|say|said|times? now for|times? for|times?) (?:an? )?(?:agent|"
        r"representative|operator|human|person|supervisor|manager)$"
    ),
    r"^(?:please )?call me(?: back)?(?: please| now)?$",
)
_FOREIGN = (
    r"\bhablar con (?:una? )?(?:persona|alguien|agente|humano|operadora?|representante)\b",
    r"\bparler a (?:quelqu ?un|un (?:conseiller|humain|agent))\b",
    r"\bmit (?:einem|einer) (?:mitarbeiter\w*|menschen|person) sprechen\b",
    r"\bfalar com (?:um |uma )?(?:atendente|pessoa|humano)\b",
)
_ASK_SOMEBODY = any_of(_OF_SOMEBODY)
_ASK = any_of((*_TALKING, *_CONNECTING, *NEEDING, *_CALLED, *_FOREIGN))

_BARE = LatePattern(
    rf"^(?:(?:speak|talk|connect|want|need|get|to|with|give me|main|is|it) )*(?:{KIND}{STAFF}|live|"
    r"someone|somebody|someone else|somebody else|help ?desk person|operador[a]?|persona|personas|"
    r"agente|humano|representante|conseiller|mitarbeiter|atendente|hablar con alguien|pessoa)"
    r"(?: (?:human|person|agent|operator|representative|assistance|line|real))*$"
)
# "zero, zero" is the key; what else is counted is a number that somebody dictates.
_KEY = LatePattern(
    r"^(?:(?:i am|press(?:ing|ed)?|dial(?:l?ing)?|hit|please|oh|operator) (?:, )?)*"
    r"(?:zero(?: ,)? ?)+(?:(?:please|for|me|an|the|operator|,) ?)*$"
)
_EXTENSION = LatePattern(
    r"^extension (?:(?:0|zero|oh|one|two|three|four|five|six|seven|eight|nine) ?)+(?:please)?$"
    r"|\b(?:connect|put|transfer|pass) me (?:\w+ )?(?:to|with) extension\b"
)
_ORDERED = LatePattern(
    r"\b(?:(?:transfer|escalate|connect|forward) me|put me (?:back|through|over)|be connected|"
    r"escalate(?: (?:this|it|to (?:a|your|the) \w+))?)"
    r"(?: (?:please|now|already|immediately|over|again))*$"
)


# One of these is in every refusal of a machine.
_MACHINES = MACHINE_WORDS | frozenset(
    ("you", "this", "it", "chatbot", "chatbots", "voicebot", "tape")
)


def asks_for_a_person(said: str, heard: Collection[str]) -> bool:
    """Tell whether a caller asks for a human being.

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.

    Returns:
        True if they do, whatever else they say.
    """
    if HINTS.isdisjoint(heard):
        return False
    said = said.strip(" ,")
    if not _MACHINES.isdisjoint(heard) and NO_MACHINE.search(said):
        return True
    named = without_people_spoken_of(said)
    if _ASK_SOMEBODY.search(named):
        return True
    kept = unmarked(named)
    if any(pattern.search(kept) for pattern in (_ASK, _KEY, _EXTENSION, _ORDERED)):
        return True
    return bool(_BARE.match(" ".join(POLITE.sub(" ", kept).split())))
