"""Whether an answer takes up an offer ("Would you like to talk to a person?"), or declines it.

An answer goes on as it likes: "yes, it is about my bill" takes it up. Words that begin anything
at all ("okay, so", "right", "please") are an answer only where nothing follows.
"""

from __future__ import annotations

from contact_center.kernel.late_patterns import LatePattern
from contact_center.understanding.domain.intent_text import BREAK, words

_BEFORE = LatePattern(
    r"^(?:(?:oh|ah|aw|um|uh|er|erm|hm+|well|i mean|look|listen|honestly|actually|god|gosh|goodness|"
    r"my|hell|thank (?:god|goodness|heavens)|thank you|thanks|sorry|so|and|"
    r"for (?:gods|heavens|petes) sake) )+"
)
_YES = LatePattern(
    r"^(?:yes|yeah|yea|yah|yep|yup|yessir|ye|aye|si|oui|ja|sim|absolutely|definitely|certainly|"
    r"of course|indeed|exactly|obviously|surely|too right|damn right|you bet|by all means|"
    r"(?:a )?hundred per ?cent|very much so|affirmative|finally|at last|"
    r"that is (?:exactly )?what i|what do you think|i thought youd? (?:would )?never|"
    r"go for it|go ahead|go on(?: then)?$|(?:might|may) as well|why not|good idea|"
    r"(?:let us )?do (?:that|so|it)(?: please| then)?$|please do|"
    r"if (?:you|i) (?:could|can|may|might|would|will|do not mind)$|if you (?:please|would)|"
    r"if (?:that|it) is (?:possible|okay|ok|all right|alright|no trouble)|if possible|"
    r"if it does not take|how long (?:would|will) (?:that|it|i) (?:take|be|have)|"
    r"(?:that|it) would (?:be|help)|thatd be|itd be|sounds (?:good|great|lovely|perfect)|"
    r"(?:probably|maybe|perhaps|that is) (?:the )?best|preferably|"
    r"(?:i )?(?:think|guess|suppose|believe|hope) so|i (?:suppose|guess)$|"
    r"i would (?:rather|prefer|love|appreciate) (?:that|it|to|one|yes)|"
    r"i would like (?:that|to|one)$|"
    r"i would be (?:glad|grateful|happy|happier|so grateful)|that is (?:right|correct)|"
    r"i (?:would|do|did|am|want (?:that|to|one)|(?:really|certainly|definitely) (?:would|do))"
    r"(?: very much| indeed| yes| please| actually| really| so much)*$)\b"
)
_YES_ALONE = LatePattern(
    r"^(?:(?:ok|okay|okey|sure|all|right|alright|fine|please|mhm|mm|hmm|uh|huh|correct|true|good|"
    r"great|lovely|perfect|then|thanks|thank|you|ma am|madam|sir|love|dear|very|much|kind|a|human|"
    r"person|colleague|one|with) ?)+$"
)
_NO = LatePattern(
    r"^(?:no|nope|nah|na|nay|non|nein|nao|not (?:really|now|yet|necessarily|at all|a person|today|"
    r"that|i|with)|never ?mind|i (?:would|will|do|did|am) not|i would rather not|do not|"
    r"there is no need|no need|please no|god no|what no|"
    r"that is (?:okay|ok|fine|all right|alright|not)|"
    r"it is (?:okay|ok|fine|all right|alright)|"
    r"(?:yes|yeah) (?:no|but no)|you (?:can|will) do|youll do)\b"
)
_NO_THAT_IS_A_YES = LatePattern(r"^no (?:(?:no|yes|yeah|i|said|told|you) )*(?:yes|yeah)\b")


def agrees(text: str) -> bool:
    """Whether an answer takes up an offer, whatever else it says."""
    said = _said(text)
    if refuses(text):
        return False
    said = _NO_THAT_IS_A_YES.sub("yes", said)
    return _YES.match(said) is not None or _YES_ALONE.match(said) is not None


def refuses(text: str) -> bool:
    """Whether an answer declines an offer, whatever else it says."""
    said = _said(text)
    return _NO.match(said) is not None and _NO_THAT_IS_A_YES.match(said) is None


def _said(text: str) -> str:
    said = " ".join(word for word in words(text) if word != BREAK)
    return _BEFORE.sub("", said)
