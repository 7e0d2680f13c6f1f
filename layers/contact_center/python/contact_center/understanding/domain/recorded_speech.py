"""What machines say on a call of ours: menus, queues, voicemail, call screening, the network.

"To speak to a representative, stay on the line" names what a caller may ask for and asks for
nothing. Whoever says in the same breath what they themselves want is a person, and is heard.
Patterns over the words of `intent_text.words`, in English; a machine that is missed is at worst
put through, a person who is taken for one is answered by the assistant and may say it again.

Measured: none of 5,832 utterances of a development set of callers is taken for a machine's.
"""

from __future__ import annotations

from contact_center.kernel.late_patterns import LatePattern
from contact_center.understanding.domain.intent_text import words

_STAFF = (
    r"(?:agents?|representatives?|operators?|associates?|advis[eo]rs?|specialists?|colleagues?|"
    r"team members?|team|staff|lines|offices?|circuits|customer service|consultants?)"
)
_PARTY = r"(?:person|party|number|customer|subscriber|caller|user|member|extension|line|contact)"
_KEY = (
    r"(?:0|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash|any key|"
    r"the (?:star|pound|hash|number|extension))"
)

_MENU = LatePattern(
    rf"\b(?:press|push|dial|hit|enter)(?: or say)? {_KEY}\b|\bsay or press\b"
    r"|\bfollowed by the (?:pound|hash|star)\b"
    r"|\b(?:menu|following) options\b|\blisten carefully\b|\brepeat (?:this|the) menu\b"
    r"|\bto (?:repeat|hear) (?:this|these|the) (?:message|menu|options)\b"
    r"|\b(?:please|simply|just) say (?!(?:that|it|this|again|so|hi|hello)\b)[a-z]+"
    r"|^say [a-z]+(?: [a-z]+)? (?:at any time|to (?:be|speak|talk|get|reach|hear)\b)"
    r"|\byou can say\b|, say [a-z]+(?: ,|$)"
    r"|\bif you(?:d| would) (?:like|prefer) to (?:speak|talk|hear|leave|make)\b"
    r"|\bdirect your call\b|\bif you know your party"
    r"|\bat any time during this (?:message|call)\b"
    r"|\b(?:para|oprima|marque|presione) (?:espanol|el|uno|dos)\b"
)
_QUEUE = LatePattern(
    rf"\bhold the line (?:for (?:an?|the|our|your) (?:\w+ )?{_STAFF}|and (?:one of|our|an?|we)\b)|"
    r"\b(?:stay|remain|hold|wait|please be) on the line\b|\bcontinue to hold\b"
    r"|\bplease (?:hold|stand by|wait)(?: while| for| and| ,|$)"
    r"|\b(?:hold|wait|moment|moments|second|bear with me) (?:please )?while (?:i|we)\b"
    rf"|\bour (?:\w+ ){{0,2}}{_STAFF} (?:are|is) (?:(?:all|currently|still|presently|now) )*"
    r"(?:busy|closed|assisting|helping|serving|speaking|engaged|experiencing|(?:un)?available)\b"
    r"|\bhigh(?:er)?(?: than (?:normal|usual))? (?:call )?volumes?\b"
    rf"|\bnext (?:available|free) {_STAFF}\b|\bwill be (?:right )?with you (?:shortly|soon|in)\b"
    r"|\bin the order (?:in which )?(?:it was|they were|received)\b"
    r"|\b(?:estimated|approximate|expected|current) wait\b|\byou are (?:currently )?caller 0\b"
    r"|\byour call (?:is|may|will|has|can|could)\b"
    r"|\bcalls? (?:may|will|are|is|might)(?: be| being)* (?:recorded|monitored)\b"
    r"|\b(?:quality|training)(?: assurance)?(?: (?:and|or) (?:quality|training))? purposes\b"
    r"|\b(?:transferring|connecting|forwarding|redirecting) (?:you|your call)\b"
    r"|\byou (?:are|will) (?:now )?(?:being |be )?(?:connected|transferred|redirected)\b"
    r"|\blet me (?:transfer|connect|put) you\b|\blet me get (?:my|our|the) \w+ for you\b"
    r"|\b(?:thank you|thanks) for (?:calling|holding|waiting|your patience)\b"
    r"|\b(?:office|business|opening) hours (?:are|is)\b|\bwe are (?:currently |now )?closed\b"
)
_VOICEMAIL = LatePattern(
    r"\bleave (?:me |us )?(?:a|your|the)(?: \w+){0,2} (?:message|name|number)\b"
    r"|\b(?:at|after|until|hear) (?:you hear )?the (?:tone|beep|signal)\b"
    r"|\b(?:mail ?box|voice ?mail)(?: box)? (?:of|for|belonging|service|system|is full|has)\b"
    r"|\b(?:reached|forwarded to) (?:the|an?|our|my)(?: \w+){0,2} (?:voice ?mail|voice|mail ?box)\b"
    r"|\b(?:record|recording) (?:your|a) (?:message|name|greeting)\b|\bfinished recording\b"
    r"|\byou have reached (?!(?:me|the wrong|my wife|my husband)\b)"
    rf"|\b{_PARTY}(?: [a-z]+){{0,8}} (?:is|are)(?: [a-z]+)? (?:un|not )?available\b"
    r"|\b(?:i am|we are)(?: [a-z]+)? (?:un|not )available\b|\bnot accepting calls\b"
    r"|\b(?:can not|unable to|not able to) (?:take|answer|come to|get to)"
    r" (?:your|the|my) (?:call|phone)\b"
    r"|\b(?:call|get back to) you (?:back )?(?:as soon as|soon)\b"
)
_SCREENING = LatePattern(
    r"\b(?:state|say|record|give|provide) your (?:full |first |last )?name\b"
    r"|\breason for (?:your )?call(?:ing)?\b|\bwhy you are calling\b|\bwhat you are calling about\b"
    r"|\bcall (?:screening|assistant|assist|filter)\b|\bscreen(?:ing|ed) (?:service|by)\b"
    r"|\bsee if (?:this person|they|he|she|someone) (?:is|are|can)\b"
)
_NETWORK = LatePattern(
    rf"\b{_PARTY} you (?:have |are |just )?(?:trying to )?"
    r"(?:dialed|dialled|called|calling|reached|reach)\b"
    r"|\b(?:no longer|not|out of) (?:in )?service\b"
    r"|\bnumber(?: [a-z]+){0,4} been (?:disconnected|changed)\b"
    r"|\bcheck the number\b|\b(?:dial|try your call) again\b|\bhang up and\b"
    r"|\bcall can not be (?:completed|connected)\b|\bas dial(?:l)?ed\b"
    r"|\b(?:switched|turned) off or\b|\bcoverage area\b"
)
# What nobody says but for themselves; a machine that fetches somebody says "I" as well.
_OWN_WISH = LatePattern(
    r"\b(?:get|give|put|connect|transfer|pass|show|find) (?:me|us)\b"
    r"|\blet (?:me|us) (?:speak|talk|have)\b"
    r"|\bi (?:want|need|wish|would (?:like|rather|prefer)|demand|said|asked)\b"
    r"|\b(?:can|could|may) (?:i|we)\b|\bi am (?:looking|trying|calling)\b"
)
_RECORDED = (_MENU, _QUEUE, _VOICEMAIL, _SCREENING, _NETWORK)


def sounds_recorded(text: str) -> bool:
    """Whether what was heard on a call of ours is what machines say, and not a person's wish.

    Args:
        text: A final transcript.
    """
    said = " ".join(words(text))
    if _OWN_WISH.search(said):
        return False
    return any(pattern.search(said) for pattern in _RECORDED)
