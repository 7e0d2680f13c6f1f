"""When a caller asks for a human being. That wish always wins (DESIGN section 6).

Patterns over the words of `intent_text.words`, in English and the commonest words of others.
They look for asking (speak to, get me, put me through) next to a human (agent, somebody), so
that 'someone charged my card' and 'a person at your store told me' stay what they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_KIND = (
    r"(?:(?:real|live|actual|normal|human|different|another|other|proper|physical|breathing|living|"
    r"local|available|competent|intelligent|sensible|single|non robotic|real life|flesh and blood|"
    r"senior|duty|general|shift|service|support|phone|call center|call centre|help ?desk|customer|"
    r"customer service|customer care|customer support|customer relations) ){0,4}"
)
# Unmistakably one of ours. 'insurance agent' and 'travel agent' are other people.
_STAFF = (
    r"(?:person|persons|human|humans|human being|human beings|agents?|representatives?|reps?|"
    r"operators?|managers?|supervisors?|advis[eo]rs?|consultants?|specialists?|executives?|"
    r"receptionist|reception|front desk|switchboard|colleagues?|employees?|staff(?: members?)?|"
    r"members? of (?:the |your )?(?:staff|team)|team members?|workers?|clerk|teller|attendant|boss|"
    r"owner|bank worker|people|care team|call cent(?:er|re)|"
    r"customer (?:service|care|support|relations)(?: team| department| desk)?)"
)
_ANYONE = r"(?:someone|somebody|anyone|anybody)(?: else)?"
_ARTICLE = (
    r"(?:(?:a|an|the|your|some|any|one of your|one of the|one|another|you|this|that|actual) ){0,3}"
)
_HUMAN = rf"(?:{_ARTICLE}{_KIND}{_STAFF}|{_ANYONE})"
# 'agent portal', 'manager account', 'person in billing': not the wish for just anyone.
_NOT_A_THING = (
    r"(?! (?:portal|app|account|role|login|license|licence|seat|seats|access|resources|error|plan|"
    r"fee|fees|charge|number is|(?:in|from|at) (?:your |the )?\w+|"
    r"who (?:handles|deals)|on your|told|said|charged|took|used|has|had|was|did|came))"
)
_TO = r"(?:directly |just |please |maybe )*(?:to|with|at|2)"
_ME = r"(?:me|us|my call|this call|the call|myself)"
_ASK = (
    rf"\b(?:speak|speaking|talk|chat|talking|converse) {_TO} {_HUMAN}\b{_NOT_A_THING}"
    # put me through to, get me, give us, find me, transfer me to
    rf"|\b(?:get|give|find|bring|show|connect|transfer|put|pass|hand|switch|direct|forward|patch|"
    rf"route|send|escalate|redirect|move|refer) {_ME}(?: (?:through|over|on|onto|across|back|"
    rf"straight|right|directly|please|in touch))*(?: (?:to|with|for))? {_HUMAN}\b{_NOT_A_THING}"
    rf"|\b(?:put|get) {_HUMAN} (?:else )?(?:on|on the|to the) (?:the )?(?:phone|line|call)\b"
    rf"|\b(?:put|get) {_HUMAN} on$"
    # get someone to help me
    rf"|\bget {_ANYONE} (?:to (?:help|call|talk|speak)|on)\b"
    # I want a human, is there a real person, how do I reach an agent
    rf"|\b(?:want|need|prefer|like|demand|require|rather(?: have)?|(?:can|could|may) i (?:please )?"
    rf"(?:have|get)|contact|reach|hold of|through to|hear from|is there|are there|where is|ask for|"
    rf"asking for|request|give|get|not a (?:ro)?bot) "
    rf"{_ARTICLE}{_KIND}(?:human being|humans?|person|operator|representative|agent|manager|"
    rf"supervisor|(?:service|care|support) (?:rep|executive))\b"
    rf"(?! (?:number|to (?:fix|repair|install|come))){_NOT_A_THING}"
    rf"|\b(?:reach|contact|hold of|get through to) {_ANYONE}\b"
    rf"|\b(?:is|are) (?:there )?{_ANYONE} (?:there|here|available|around|i can (?:talk|speak|chat))"
    # someone call me back
    rf"|(?<!you )\b(?:can|could|please|have|will|would|want|need|get|let) "
    rf"(?:{_HUMAN} (?:to )?|you (?:please )?|please )?(?:call|ring|phone) me(?: back)?"
    rf"(?! (?:when|if|again about|every|all|at (?:0|night|home)))\b"
    rf"|^(?:please )?call me(?: back)?(?: please| now)?$"
    r"|\bhuman (?:help|assistance|support|contact|touch|agent|please)\b"
    rf"|\b(?:{_ANYONE}|people) (?:there )?(?:human|real|in charge|higher up|"
    rf"to (?:talk|speak) (?:to|with))\b"
    # "a person please, my internet is down"
    rf"|(?:^|, )(?:just )?an? (?:real |live |actual )?(?:person|human|human being|operator|"
    rf"representative|agent)\b{_NOT_A_THING}(?! (?:who|that|of|is|and))"
    # "I'd rather do this with a human": at the end, unless they were told so by one
    r"|(?<!by )\b(?:just |only )?an? (?:real |live |actual )?(?:person|human|human being|operator|"
    r"representative|agent)(?: please| now| instead)?$"
    rf"|\b(?:can|could|may|let) {_ANYONE} (?:please )?(?:talk|speak) (?:to|with) (?:me|us)\b"
    r"|\b(?:can|could) (?:someone|somebody|anyone|anybody) else (?:please )?(?:help|take|look)\b"
)
_BOT = r"(?:robots?|bots?|chatbots?|voice ?bots?)"
_MACHINE = (
    rf"(?:{_BOT}|machines?|computers?|recordings?|ai|automated (?:system|voice|line|menu|thing|"
    r"assistant|agent)s?|virtual (?:assistant|agent)s?|answering machine)"
)
_NO_MACHINE = (
    rf"\b(?:no|not|hate|sick of|tired of|stop|refuse|without|fed up with|done with|enough of|"
    rf"anyone but|anything but)(?: \w+){{0,2}} {_BOT}\b"
    rf"|\b(?:no|not|hate|sick of|tired of|stop|refuse|wasting (?:my )?time)(?: \w+){{0,4}} "
    rf"(?:to|with|at|talking|these|this) (?:\w+ )?{_MACHINE}\b"
    rf"|\bnot (?:\w+ ){{2,8}}(?:with|to) (?:a|some|your) {_MACHINE}\b"
    rf"|^(?:no|not) (?:a |an |any |more )*{_MACHINE}\b"
    rf"|\b(?:this|you|the|that|stupid|dumb|useless) (?:\w+ )?{_BOT} (?:is|are|can not|does not)\b"
    r"|\bnot want to (?:talk|speak|chat) (?:to|with) (?:you|this|it)\b"
    r"|\bthis (?:conversation|chat) is (?:not|going nowhere|useless|pointless)\b"
)
# "Are you a real person?", "you sound like a robot": whoever wants to know what we are is told so,
# and asks for nobody yet. A clause of its own: "you're a machine get me somebody" asks for one.
_BEING = rf"(?:a |an |the |some )?{_KIND}(?:{_STAFF}|{_MACHINE}|automated|real|alive|robocall)"
_BEINGS = (
    rf"{_BEING}(?: (?:or|not) (?:just )?{_BEING})*(?: (?:or not|or what|here|(?:right )?now|then))?"
)
_OPENING = (
    r"(?:(?:hi|hello|hey|sorry|wait|hold on|so|but|and|oh|um|uh|well|okay|ok|excuse me|i think|"
    r"i guess|i feel like|it feels like|just|tell me|who is this|is|if|wondering|do you know)"
    r" (?:, )*)*"
)
_NATURE = (
    rf"(?:^|(?<=, )){_OPENING}(?:"
    r"(?:are|is) (?:you|this|it|that|there)(?: (?:really|actually|even|just|all|still))*"
    rf" {_BEINGS}(?: (?:call|speaking|talking|calling(?: me)?))?(?: i am (?:talking|speaking) to)?"
    rf"|(?:am i|i am|are we)(?: (?:really|actually|just|still))* (?:talking|speaking|chatting)"
    rf" (?:to|with) {_BEINGS}"
    rf"|(?:you|this|it|that) (?:sounds?|seems?|feels?|looks?)(?: (?:just|very|so|a lot|exactly))*"
    rf" like {_BEINGS}"
    rf"|(?:you are|this is|it is|that is)(?: (?:just|only|really|probably|definitely|not))*"
    rf" (?:a |an |the )?{_KIND}{_MACHINE}(?: call| voice)?"
    rf"|(?:you are|this is|it is|that is) not (?:even )?(?:a |an )?{_KIND}{_STAFF}"
    r")(?= ?,|$)(?: ?, (?:right|are you|are not you|is it|is not it|yes|no|correct))?(?: ?,)? ?"
)

_POLITE = (
    r"\b(?:please|now|hi|hello|hey|um|uh|yes|yeah|no|okay|ok|just|so|well|the|a|an|some|your|i|said|"
    r"right|immediately|asap|thanks|thank you|por favor|bitte|una?|una|un|0|zero)\b|,"
)
_BARE = (
    rf"^(?:{_KIND}(?:{_STAFF})|live|speak to someone|talk to someone|someone else|somebody else|"
    r"operador[a]?|persona|personas|agente|humano|representante|conseiller|mitarbeiter|atendente|"
    r"hablar con alguien|pessoa)(?: (?:human|person|agent|operator|representative))*$"
)
_FOREIGN = (
    r"\bhablar con (?:una? )?(?:persona|alguien|agente|humano|operadora?|representante)\b"
    r"|\bparler a (?:quelqu ?un|un (?:conseiller|humain|agent))\b"
    r"|\bmit (?:einem|einer) (?:mitarbeiter\w*|menschen|person) sprechen\b"
    r"|\bfalar com (?:um |uma )?(?:atendente|pessoa|humano)\b"
)
# "I don't need a person", "no need for an agent", "do I have to speak to an agent to change it"
_DECLINED = (
    rf"\bdo i (?:really )?(?:have|need) to (?:speak|talk|chat) (?:to|with) {_HUMAN}\b|"
    rf"\b(?:do not|no) (?:want|need)(?: (?:to|for))?(?: (?:speak|talk)(?:ing)? (?:to|with))? "
    rf"(?:{_ARTICLE}{_KIND}{_STAFF}|{_ANYONE})\b"
)


# The patterns are texts, which `re` compiles when they are first needed and keeps: that is work of
# 12 ms which a cold start has no need of, for hardly any utterance comes past the words below.
# One of these is in every request above; without any there is nothing to look for.
_HINTS = frozenset(
    (
        "adviser",
        "advisers",
        "advisor",
        "advisors",
        "agent",
        "agente",
        "agents",
        "ai",
        "alguien",
        "anybody",
        "anyone",
        "atendente",
        "attendant",
        "automated",
        "boss",
        "bot",
        "bots",
        "call",
        "care",
        "center",
        "centre",
        "chat",
        "chatbot",
        "chatbots",
        "clerk",
        "colleague",
        "colleagues",
        "computer",
        "computers",
        "conseiller",
        "consultant",
        "consultants",
        "conversation",
        "desk",
        "employee",
        "employees",
        "executive",
        "executives",
        "human",
        "humano",
        "humans",
        "live",
        "machine",
        "machines",
        "manager",
        "managers",
        "member",
        "members",
        "menschen",
        "mitarbeiter",
        "operador",
        "operadora",
        "operator",
        "operators",
        "owner",
        "people",
        "person",
        "persona",
        "personas",
        "persons",
        "pessoa",
        "phone",
        "quelqu",
        "reception",
        "receptionist",
        "recording",
        "recordings",
        "relations",
        "rep",
        "representante",
        "representative",
        "representatives",
        "reps",
        "ring",
        "robot",
        "robots",
        "service",
        "somebody",
        "someone",
        "speak",
        "specialist",
        "specialists",
        "staff",
        "supervisor",
        "supervisors",
        "support",
        "switchboard",
        "talk",
        "team",
        "teller",
        "virtual",
        "voicebot",
        "worker",
        "workers",
    )
)


def beside_our_nature(said: str, heard: Collection[str]) -> str:
    """What is said beside asking, or telling us, whether a machine speaks; "" when nothing is.

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.
    """
    if _HINTS.isdisjoint(heard):
        return said
    rest = re.sub(_NATURE, "", said)
    return rest if re.sub(_POLITE, "", rest).strip() else ""


def asks_for_a_person(said: str, heard: Collection[str]) -> bool:
    """Tell whether a caller asks for a human being.

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.

    Returns:
        True if they do, whatever else they say.
    """
    if _HINTS.isdisjoint(heard):
        return False
    said = said.strip(" ,")
    kept = re.sub(_DECLINED, "", said)
    if any(re.search(*each) for each in ((_ASK, kept), (_FOREIGN, kept), (_NO_MACHINE, said))):
        return True
    return bool(re.match(_BARE, " ".join(re.sub(_POLITE, " ", kept).split())))
