"""When a caller asks for a human being. That wish always wins (DESIGN section 6).

Patterns over the words of `intent_text.words`, in English and the commonest words of others.
They look for asking (speak to, get me, put me through) next to a human (agent, somebody, whoever
is in charge), so that 'someone charged my card', 'a person at your store told me' and 'I was
talking to your agent yesterday' stay what they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.understanding.domain.no_machine import NO_MACHINE
from contact_center.understanding.domain.people_spoken_of import without_people_spoken_of
from contact_center.understanding.domain.person_words import (
    ANYONE,
    ARTICLE,
    CALLING,
    CONNECT,
    HINTS,
    HUMAN,
    KIND,
    MACHINE_WORDS,
    ME,
    OVER,
    PARTNER,
    POLITE,
    STAFF,
    unmarked,
)

if TYPE_CHECKING:
    from collections.abc import Collection

# 'agent portal', 'manager account', 'person in billing': not the wish for just anyone.
_NOT_A_THING = (
    r"(?! (?:portal|app|account|role|login|license|licence|seat|seats|access|resources|error|plan|"
    r"fee|fees|charge|screen|panel|module|course|rate|password|number is|number does|abroad|"
    r"(?:in|from|at) (?:your |the )?(?!charge|office|phone)\w+|on your|told|said|charged|took|used|"
    r"has|had|was|did|came|removed|added)\b)"
)
_TO = r"(?:(?:directly|just|please|maybe|again|instead|live) )*(?:to|with|at|2)"
_SOUL = r"(?:human beings?|humans?|person|operator|representative|agent|rep)"
_SOMEBODY = rf"(?:{_SOUL}|somebody|someone)"
_CAN = r"(?:can|could|may|might|would|will)"

# In words with marks: speak to an agent, put me through to your manager, somebody call me back.
_OF_SOMEBODY = (
    rf"\b(?:speak|talk|chat|converse)(?:ing)? {_TO} {PARTNER}\b{_NOT_A_THING}",
    rf"\bif (?:i|we) (?:talked|spoke) (?:to|with) {PARTNER}\b",
    rf"\b(?:word|chat|talk|conversation) with {PARTNER}\b{_NOT_A_THING}",
    (
        rf"\b{PARTNER}(?: (?:there|here|in the office|that|"
        rf"who|"
        rf"available|free))* (?:i|we) {_CAN} (?:please )?(?:just )?(?:speak|talk|chat|discuss)\b"
    ),
    rf"\b{CONNECT} {ME}{OVER}(?: (?:to|with|for))? (?:{HUMAN}|whoever)\b{_NOT_A_THING}",
    rf"\b{CONNECT} {ME}{OVER} (?:to|with) (?:pp(?: (?!zz)\w+)+ zz|him|her|them)\b",
    (
        rf"\bbe (?:connected|transferred|passed|put|switched|handed|forwarded){OVER} (?:to|with) "
        rf"{PARTNER}\b"
    ),
    (
        rf"\b(?:put|get|have|bring|call|fetch|getting) {PARTNER} "
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
        r"(?:(?:talk|speak) (?:to|with) (?:me|us)|come (?:on|to) (?:the )?(?:phone|line)|"
        r"pick up(?: the phone)?(?: please)?$|take (?:this|my) call|talk me through|get on)\b"
    ),
    (
        rf"(?<!you )\b(?:can|could|please|have|will|would|want|need|get|let) "
        rf"(?:{HUMAN} (?:to )?|you (?:please )?|please )?(?:call|ring|phone) me(?: back)?+"
        r"(?! (?:when|if|again about|every|all|later|tomorrow|on|in|this|next|after|before|tonight|"
        r"at)\b)\b"
    ),
)
# In words as they were said: who can I talk to, explain it to somebody, the lady from before.
_TALKING = (
    (
        r"\bwho (?:can|could|may) i (?:speak|talk|complain) (?:to|with)\b"
        r"|\bwho (?:do|should|shall) i (?:speak|talk) (?:to|with)$"
    ),
    rf"\b(?:{ANYONE}|people|human|person)(?: \w+)? to (?:talk|speak) (?:to|with)\b",
    (
        r"\b(?:discuss|explain|complain|minutes?|sort|settle|deal|handle|do|conversation)"
        rf"(?: (?!{_SOMEBODY})\w+){{0,4}} (?:with|to) (?:(?:a|an|another|some|your) "
        rf")?{KIND}{_SOMEBODY}\b"
        rf"(?! at){_NOT_A_THING}"
    ),
    rf"\b(?:ask|asking|request|want|need|hear)(?: \w+){{0,4}} from (?:an?|another) {KIND}{_SOUL}\b",
    rf"\b(?:rather|better|prefer to|want to) (?:tell|ask|explain to) (?:an? )?{KIND}{_SOMEBODY}\b",
    (
        r"\b(?:speak|talk|through|back|get|have) (?:to |with )?(?:me )?(?:to )?the (?:same "
        r")?(?:lady|"
        r"gentleman|guy|man|woman|girl|person|agent|one|colleague)\b(?! (?:told|said|charged|took|"
        r"in))"
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
        r"(?: (?:real|live|actual|human|ag|rep|hu|per|op|man|super))?$"
    ),
)
# I want a human, is there a person, what do I press, a real person, wherever it is said.
_NEEDING = (
    (
        r"\b(?:want|need|needs|prefer|like|demand|require|rather(?: have)?|(?:can|could|may) i "
        r"(?:please )?"
        r"(?:have|get)|let me have|contact|reach|contacting|reaching|hold of|through to|get to|"
        r"hear from|is there|are there|"
        r"where is|ask for|asking for|looking for|request|give|get|not a (?:ro)?bot|only) "
        rf"{ARTICLE}{KIND}(?:human being|humans?|person|operator|representative|agent|assistant|"
        rf"manager|"
        r"supervisor|team leader|(?:service|care|support) (?:rep|executive))\b"
        rf"(?! (?:number|(?:to|who can) (?:fix|repair|install|come|be|have|paint)|of (?!your)|"
        rf"overseas|"
        rf"to my))(?<!no person){_NOT_A_THING}"
    ),
    (
        r"\b(?:want|need|like|get|give me|let me have|have) (?:me )?(?:whoever|the person (?:in "
        r"charge|"
        rf"responsible)|(?:a )?members? of (?:your|the) (?:team|staff)|{ANYONE} (?:senior|higher|"
        r"in charge|with (?:some |any )?(?:authority|power)|(?:who|that) (?:can (?:actually|really|"
        r"make)|"
        r"knows|understands|is not|speaks)|from (?:your|the) office))\b"
    ),
    r"\b(?:want|need|like) (?:someone|somebody)(?: (?:please|now|real))*$",
    (
        rf"^{ANYONE} (?:(?:who|that) (?:is not|can actually|can really|knows)|senior|in charge|"
        rf"with (?:some )?"
        r"authority)"
    ),
    r"\bwhoever (?:is (?:in charge|responsible)|handles|deals|runs|manages|looks after)\b",
    rf"\b(?:reach|contact|contacting|reaching|hold of|get through to|through to|get to) {ANYONE}\b",
    (
        r"\bwho is (?:in charge|the (?:boss|manager|supervisor|owner))\b|\b(?:want|get me) my "
        r"(?:account "
        r"manager|adviser|advisor|case worker)\b|\bis my (?:case worker|account manager|adviser) "
        r"there\b"
    ),
    (
        rf"\b(?:is|are) (?:there )?(?:not )?(?:{ANYONE}|(?:no |any |a |an )?{KIND}(?:humans?|"
        rf"{CALLING}|"
        r"person|people|operator|manager|supervisor))(?: (?:human|real|actual|else))? (?:there|"
        r"here|available|"
        r"around|free|on duty|able to (?:talk|speak|take)|i can (?:talk|speak|chat)|working|human|"
        r"real)\b"
    ),
    (
        rf"\b(?:do|have|has|does) (?:you|they) (?:not )?(?:have |got )?(?:an? |any )?(?:{ANYONE}|"
        rf"{KIND}"
        r"(?:person|human))(?: (?:there|here|available|in the office|free)\b|(?: who| that)? "
        r"(?:i|we|(?:can|could)) (?:can |could |may )?(?:explain|talk|speak|help)\b)"
    ),
    (
        r"\bdo(?:es)? (?:any|actual)(?: any)?(?: actual| real| live)* ?(?:humans?|people|body|one)"
        r"(?: real| human| ever)* (?:work|answer|talk|speak|pick)\b"
    ),
    r"\bdoes (?:anybody|anyone)(?: real| human| ever)+ (?:work|answer|talk|speak|pick)\b",
    (
        r"\b(?:what|which|how)\b(?: \w+){0,6} (?:press|say|option|button|number|key)(?: \w+){0,4}? "
        rf"(?:a |an |the )?{KIND}{_SOUL}\b"
    ),
    (
        r"\b(?:this|it) needs (?:a|an) (?:person|human)\b|\b(?:want|need|give me) a real one\b"
        r"|\ban? (?:real )?(?:person|human)(?: being)? (?:could|can|might|would|should) (?:help|"
        r"explain|do)\b"
    ),
    (
        r"\b(?:real|live|actual|living|genuine|human)(?: real| live| human| actual| breathing)* "
        r"(?:person"
        r"(?! is)|human(?! resources)|human being|agent|representative|operator|somebody|someone)\b"
        + _NOT_A_THING
    ),
    (
        r"\bhuman (?:help|assistance|support|contact|touch|agent|please)\b|\bflesh and blood\b"
        rf"|\bwith a (?:pulse|heartbeat|brain)(?: please)?$|\b{ANYONE} (?:there )?(?:human|real|in "
        rf"charge|"
        r"higher up)\b"
    ),
    (
        r"(?:^|, )(?:just |yes |no |yeah )*an? (?:real |live |actual )?(?:person|human|human being|"
        r"operator|"
        rf"representative|agent)\b{_NOT_A_THING}(?! (?:who|that|of|is|and|i|on|keeps?)\b)"
    ),
    (
        rf"^(?:no |yes |not |just )*(?:to|with|someone|somebody) (?:an? )?{KIND}(?:person|human|"
        r"agent|real)\b"
    ),
    (
        r"(?<!by )(?<!as )(?<!is )(?<!am )(?<!was )(?<!add )(?<!for )(?<!remove )(?<!from )(?<!per "
        r")"
        r"\b(?:just |only )?an? (?:real |live |actual )?"
        r"(?:person|human|human being|operator|representative|agent)(?: please| now| instead)?$"
    ),
)
_CALLED = (
    (
        rf"\b{ANYONE} (?:there )?(?:could |can )?talk me through\b|\bis {ANYONE} able to take (?:"
        r"my|this) call\b"
    ),
    r"\b(?:can|could) (?:someone|somebody|anyone|anybody) else (?:please )?(?:help|take|look)\b",
    r"^(?:please )?call me(?: back)?(?: please| now)?$",
)
_FOREIGN = (
    r"\bhablar con (?:una? )?(?:persona|alguien|agente|humano|operadora?|representante)\b",
    r"\bparler a (?:quelqu ?un|un (?:conseiller|humain|agent))\b",
    r"\bmit (?:einem|einer) (?:mitarbeiter\w*|menschen|person) sprechen\b",
    r"\bfalar com (?:um |uma )?(?:atendente|pessoa|humano)\b",
)
_ASK_SOMEBODY = "|".join(_OF_SOMEBODY)
_ASK = "|".join((*_TALKING, *_CONNECTING, *_NEEDING, *_CALLED, *_FOREIGN))

_BARE = (
    rf"^(?:(?:speak|talk|connect|want|need|get|to|with|give me|main|is|it) )*(?:{KIND}{STAFF}|live|"
    r"someone|somebody|someone else|somebody else|help ?desk person|operador[a]?|persona|personas|"
    r"agente|humano|representante|conseiller|mitarbeiter|atendente|hablar con alguien|pessoa)"
    r"(?: (?:human|person|agent|operator|representative|assistance|line|real))*$"
)
# "zero, zero" is the key; what else is counted is a number that somebody dictates.
_KEY = (
    r"^(?:(?:i am|press(?:ing|ed)?|dial(?:l?ing)?|hit|please|oh|operator) (?:, )?)*"
    r"(?:zero(?: ,)? ?)+(?:(?:please|for|me|an|the|operator|,) ?)*$"
)
_EXTENSION = (
    r"^extension (?:(?:0|zero|oh|one|two|three|four|five|six|seven|eight|nine) ?)+(?:please)?$"
    r"|\b(?:connect|put|transfer|pass) me (?:\w+ )?(?:to|with) extension\b"
)
_ORDERED = (
    r"\b(?:transfer|escalate|connect|forward) me(?: (?:please|now|already|immediately|over))*$"
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
    if not _MACHINES.isdisjoint(heard) and re.search(NO_MACHINE, said):
        return True
    named = without_people_spoken_of(said)
    if re.search(_ASK_SOMEBODY, named):
        return True
    kept = unmarked(named)
    if any(re.search(pattern, kept) for pattern in (_ASK, _KEY, _EXTENSION, _ORDERED)):
        return True
    return bool(re.match(_BARE, " ".join(re.sub(POLITE, " ", kept).split())))
