"""How callers speak of human beings and of machines: parts of the patterns beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern
from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    import re

KIND = (
    r"(?:(?:real|live|actual|normal|human|different|another|other|proper|physical|breathing|living|"
    r"branch|floor|line|office|regional|complaints|shift|account|case|relationship|top|higher|head|"
    r"damn|goddamn|bloody|freaking|fucking|effing|"
    r"genuine|concerned|financial|personal|local|available|competent|intelligent|sensible|single|"
    r"non robotic|real life|"
    r"flesh and blood|senior|sales|billing|technical|tech|loan|claims|returns|refunds|"
    r"warranty|mortgage|"
    r"duty|general|shift|store|main|next|service|support|phone|call center|"
    r"call centre|help ?desk|customer|customer service|customer care|customer support|"
    r"customer relations|(?:spanish|english|french|german|polish) speaking) ){0,4}"
)
# Unmistakably one of ours. 'insurance agent' and 'travel agent' are other people.
STAFF = (
    r"(?:person|persons|human|humans|human being|human beings|agents?|representatives?|reps?|"
    r"operators?|managers?|supervisors?|superiors?|advis[eo]rs?|consultants?|specialists?|"
    r"executives?|receptionist|reception(?: desk)?|front desk|switchboard|colleagues?|"
    r"co ?workers?|employees?|staff(?: members?)?|members? of (?:the |your )?(?:staff|team)|"
    r"team (?:members?|leaders?|leads?)|shift (?:leaders?|leads?)|workers?|associates?|clerk|"
    r"teller|"
    r"attendants?|directors?|ceo|head of (?:the |your )?\w+|live (?:support|help|assistance)|"
    r"call handlers?|boss|owner|bank worker|higher ups?|care team|call cent(?:er|re)|case workers?|"
    r"customer (?:services?|care|support|relations|assistance)(?: team| department| desk| people)?)"
)
# Who is talked to, but also sent to a house: staff only where talking is meant.
CALLING = (
    r"(?:technicians?|techs?|officers?|engineers?|mechanics?|nurses?|doctors?|"
    r"pharmacists?|bankers?|lawyers?|"
    r"drivers?|experts?|assistants?|ladies|lady|gentleman|guys?|girl|man|woman|fellow|people)"
)
SOUL = r"(?:human beings?|humans?|person|operator|representative|agent|rep)"
ANYONE = r"(?:someone|somebody|anyone|anybody|some person|any person)(?: else)?"
ARTICLE = (
    r"(?:(?:a|an|the|your|some|any|one of your|one of you|one of the|one|another|you|this|"
    r"that|actual|my|"
    r"their) ){0,3}"
)
# A pattern that names all of these a dozen times takes long to compile: they are marked in what was
# said once, and the patterns look for the marks.
_ONE_OF = r"(?:some)?one (?:of|from|on|in) (?:the|your) (?:team|staff|crew|people)"
_PEOPLE = LatePattern(
    rf"\b(?:(?P<staff>{_ONE_OF}|{ARTICLE}{KIND}{STAFF}|{ANYONE})|{ARTICLE}{KIND}{CALLING})\b"
)
_MARKS = frozenset(("qq", "pp", "zz"))
HUMAN = r"qq(?: (?!zz)\w+)+ zz"
PARTNER = r"(?:(?:qq|pp)(?: (?!zz)\w+)+ zz|whoever)"

# "Agent assist", "operator console": what else follows is the rest of a name. Whoever is asked for
# stands alone, or before words like these.
_ALONE = (
    r"(?= ?$| ,| (?:please|tbh|lol|pls|now|today|here|there|again|instead|asap|already|right|"
    r"just|too|first|"
    r"directly|immediately|urgently|quickly|personally|yesterday|tonight|thanks|thank|okay|ok|"
    r"yes|no|"
    r"not|or|and|but|so|because|cause|since|as|if|when|before|about|regarding|concerning|for|"
    r"with|who|"
    r"whom|that|which|in|on|at|from|of|to|over|by|i|we|you|my|this|is|can|could|would|will|may|do|"
    r"does|real|human|being|speak|talk|help|helping|service|services|team|line|working|available|"
    r"free|zero|operator|agent|representative|person|qq|pp|zz|um|uh|\w+ly)\b)"
)
# 'agent portal', 'manager account', 'person in billing': not the wish for just anyone.
NOT_A_THING = (
    r"(?! (?:portal|app|account|role|login|license|licence|seat|seats|access|resources|error|plan|"
    r"fee|fees|charge|screen|panel|module|course|rate|password|number is|number does|abroad|"
    r"(?:in|from|at) (?:your |the )?(?!charge|office|phone)\w+|on your|told|said|charged|took|used|"
    r"near(?:by| me| my| us)?|(?:on|over|through|via|using|to) (?:my|our) (?!phone|line|"
    r"account on)\w+|"
    r"to (?:apologi[sz]e|know|pay|stop|be fired|install|deliver|clean|paint|repair|move|sign|come)|"
    r"information|info|details|names?|assist(?! me| us)|"
    r"has|had|was|did|came|removed|added|controls|you work|you report)\b)"
)
NO_NAME = NOT_A_THING + _ALONE

ME = r"(?:me|us|my call|this call|the call|this|myself|him|her)"
OVER = (
    r"(?: (?:through|over|on|onto|across|back|straight|right|directly|please|in touch|just|now|"
    r"up|off|along))*"
)
CONNECT = (
    r"(?:get|give|find|bring|show|connect|reconnect|transfer|put|pass|hand|switch|direct|forward|"
    r"patch|route|send|escalate|redirect|move|refer|fetch|take)"
)

BOT = r"(?:robots?|bots?|chatbots?|voice ?bots?|robo ?calls?)"
MACHINE = (
    rf"(?:{BOT}|machines?|computers?|recordings?|ai|a i|automated (?:systems?|voices?|lines?|"
    rf"menus?|"
    r"things?|assistants?|agents?)|virtual (?:assistant|agent)s?|answering machines?|"
    r"artificial intelligence|tape)"
)

# What may stand around a bare word and means nothing there.
POLITE = LatePattern(
    r"\b(?:please|now|hi|hello|hey|um|uh|oh|yes|yeah|no|okay|ok|just|so|well|the|a|an|some|your|i|"
    r"said|"
    r"right|immediately|asap|thanks|thank you|por favor|bitte|una?|una|un|0|zero)\b|,"
)

# One of these is in every wish for a person; without any there is nothing to look for, and no
# pattern to compile: `re` does that when one is first needed, which a cold start has no need of.
HINTS = word_set(
    """
    adviser advisers advisor advisors artificial agent agente agents ai
    alguien answer anybody anyone
    associate associates atendente attendant automated blood body boss bot bots call care
    head hold level
    center centre charge chat chatbot chatbots clerk colleague colleagues computer computers
    conseiller consultant consultants conversation desk employee employees escalate executive
    executives extension handler heartbeat higher human humano humans leader live machine
    machines manager managers member members menschen mitarbeiter operador operadora operator
    operators owner people person persona personas persons pessoa phone pulse quelqu reception
    receptionist reconnect recording recordings rep representante representative
    representatives reps ring robot robots service services someone somebody speak specialist
    specialists staff superior superiors supervisor supervisors support switchboard talk
    assistant assistants spoke lady gentleman guy put speaking chatting contacting connect connected
    pass forward talking team teller through transfer virtual voicebot whoever who worker
    workers zero
    """
)

# Of those, the ones that speak of a machine or of nobody: by themselves they ask for nobody.
MACHINE_WORDS = word_set(
    """
    ai artificial automated computer computers machine machines recording recordings
    robot robots bot bots
    virtual who phone call through put transfer connect charge zero answer desk
    """
)


def marked(said: str) -> str:
    """What was said, with marks around whom it names: qq … zz for our staff, pp … zz for others.

    A caller's own words that look like marks, as in "ZZ Top", are left out.

    Args:
        said: the words of `intent_text.words` joined by one space.
    """
    return _PEOPLE.sub(_mark, said if _MARKS.isdisjoint(said.split()) else unmarked(said))


def _mark(found: re.Match[str]) -> str:
    return f"{'qq' if found['staff'] else 'pp'} {found[0]} zz"


def unmarked(said: str) -> str:
    """The same without marks."""
    return " ".join(word for word in said.split() if word not in _MARKS)
