"""Whether a caller asks, or tells us, what we are: he is told so, and asks for nobody yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern
from contact_center.understanding.domain.person_words import KIND, MACHINE, POLITE, STAFF
from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    from collections.abc import Collection

# "Are you a real person?", "you sound like a robot": whoever wants to know what we are is told so,
# and asks for nobody yet. A clause of its own: "you're a machine get me somebody" asks for one.
_BEING = rf"(?:a |an |the |some )?{KIND}(?:{STAFF}|{MACHINE}|automated|real|alive|robocall)"
_BEINGS = (
    rf"{_BEING}(?: ,? ?(?:or|not) (?:(?:just|are you|are|is it|whether you are) )*{_BEING})*"
    r"(?: (?:or not|or what|here|(?:right )?now|then))?"
)
_OPENING = (
    r"(?:(?:hi|hello|hey|sorry|wait|hold on|so|but|and|oh|um|uh|well|okay|ok|excuse me|i think|"
    r"i guess|i feel like|it feels like|just|tell me|who is this|is|if|wondering|do you know)"
    r" (?:, )*)*"
)
_NATURE = LatePattern(
    rf"(?:^|(?<=, )){_OPENING}(?:"
    r"(?:are|is) (?:you|this|it|that)(?: (?:really|actually|even|just|all|still))*"
    rf" {_BEINGS}(?: (?:call|speaking|talking|calling(?: me)?))?(?: i am (?:talking|speaking) to)?"
    rf"|(?:am i|i am|are we)(?: (?:really|actually|just|still))* (?:talking|speaking|chatting)"
    rf" (?:to|with) {_BEINGS}"
    rf"|(?:you|this|it|that) (?:sounds?|seems?|feels?|looks?)(?: (?:just|very|so|a lot|exactly))*"
    rf" like {_BEINGS}"
    rf"|(?:you are|this is|it is|that is)(?: (?:just|only|really|probably|definitely|not))*"
    rf" (?:a |an |the )?{KIND}{MACHINE}(?: call| voice)?"
    rf"|(?:you are|this is|it is|that is) not (?:even )?(?:a |an )?{KIND}{STAFF}"
    r"|(?:(?:could|can|would|will|may|might) (?:you|i) )?(?:please )?(?:i (?:need|want|"
    r"would like) to )?"
    r"(?:(?:do|can|would) (?:you|i) )?"
    r"(?:know|tell(?: me)?|say|let me know|specify|prove(?: to me)?|ask(?: you)?|"
    r"how do i know|admit)"
    rf" (?:if|whether|that) (?:you|this|it) (?:are|is)(?: (?:really|actually|just))* {_BEINGS}"
    rf"|what are you ,? ?{_BEINGS}"
    r")(?= ?,|$)(?: ?, (?:right|are you|are not you|is it|is not it|yes|no|correct))?(?: ?,)? ?"
)


# One of these is in every such sentence; without any there is no pattern to compile.
_NAMED = word_set(
    """
    agent agents ai alive automated bot bots chatbot chatbots clerk colleague
    computer computers employee human humans live machine machines manager operator owner
    people person persons real receptionist recording recordings representative robocall robot
    robots somebody someone staff supervisor tape virtual voicebot
    """
)


def beside_our_nature(said: str, heard: Collection[str]) -> str:
    """What is said beside asking, or telling us, whether a machine speaks; "" when nothing is.

    Args:
        said: the words of `intent_text.words` joined by one space.
        heard: the same words.
    """
    if _NAMED.isdisjoint(heard):
        return said
    rest = _NATURE.sub("", said)
    return rest if rest == said or POLITE.sub("", rest).strip() else ""
