"""Whether somebody says that a life is in danger: an ambulance, the police, a fire, their own life.

Plain words alone: that somebody needs help at once which nobody here can give. An outage that is
"an emergency", an ambulance that was billed, a fire alarm that is sold, and a display that says
"emergency calls only" are none. What is less than plain is left to the assistant, whose rules say
what to say. English; an owner's own words count in any language.
"""

from __future__ import annotations

import re
from functools import lru_cache

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.late_patterns import LatePattern

# A conversation is folded anew with each of its messages, so the same words are looked at again.
_REMEMBERED = 1_000

_SHORT = {
    "can't": "cannot",
    "can not": "cannot",
    "isn't": "is not",
    "aren't": "are not",
    "don't": "do not",
    "doesn't": "does not",
    "didn't": "did not",
    "there's": "there is",
    "'m": " am",
    "'s": " is",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "gonna": "going to",
    "wanna": "want to",
}
_NOT_A_WORD = LatePattern(r"[^a-z0-9 ]+")

_HELPERS = (
    r"(?:an? |the )?(?:ambulances?|paramedics?|police|cops|fire (?:brigade|department|engine|truck)"
    r"|fire ?fighters|coast guard)"
)
_WHO = (
    r"(?:i|we|he|she|they|somebody|someone|the (?:baby|kids?|children)|(?:a|this|the) (?:man|woman)"
    r"|(?:my|our) (?:wife|husband|partner|mother|mom|mum|father|dad|son|daughter|child|kid|baby"
    r"|brother|sister|friend|boyfriend|girlfriend|grand\w+|uncle|aunt|neighbou?r|roommate"
    r"|colleague|coworker|boss))"
)
_NOW = r"(?: just| has| have| has just| have just| is| am| are)?"
_PLACE = r"(?:house|home|apartment|flat|building|kitchen|basement|garage|car|office|street|hotel)"
_PLAIN = LatePattern(
    r"(?<!not )(?<!never )\b(?:"
    rf"(?:need|want|send|call|get|dial)(?: us| me| him| her| them| for)? {_HELPERS}\b"
    r"(?! (?:report|bill|invoice|records?|discount|station|cover|insurance|department number))"
    r"|(?:call|dial|ring|phone|need) (?:911|9 1 1|nine one one|999|112|000)"
    rf"|{_WHO} (?:is not|are not|am not|has stopped|have stopped|stopped|cannot) breath(?:ing|e)"
    rf"|{_WHO}{_NOW} (?:unconscious|choking to death|bleeding to death|bleeding badly|drowning"
    r"|having an? (?:heart attack|stroke|seizure)|dying)(?! (?:to|for|of)\b)"
    rf"|{_WHO}{_NOW} (?:collapsed|overdosed|taken an overdose|been (?:shot|stabbed))"
    rf"|(?:my|our|the) {_PLACE} is (?:on fire|burning)"
    rf"|there is (?:a )?fire in (?:my|our|the) {_PLACE}"
    rf"|breaking into (?:my|our|the) {_PLACE}"
    r"|(?:he|she|somebody|someone|a man) (?:is )?(?:has|holding|pointing) a (?:gun|knife)"
    r"|(?:going to|want to|wants to|about to) (?:kill (?:myself|himself|herself)"
    r"|end (?:my|his|her) (?:own )?life|take (?:my|his|her) own life)"
    r"|i (?:am|feel) suicidal|i want to die"
    r"|(?:this|it) is (?:a )?(?:matter of )?life (?:and|or) death"
    r"|medical emergency"
    r")\b"
)
# What is told of another time, denied, threatened, or what a machine says to everybody.
_STORY = LatePattern(
    r"\b(?:last (?:week|month|year|night)|years? ago|months? ago|do not|does not|did not|no need to"
    r"|never|if)\b.*$|\b(?:i|we) (?:will|would|could|had to|are going to|am going to) *$"
)


_APART = re.compile(r"[\W_]+")
_DIALS = ("call", "dial", "ring", "phone", "need")


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergencies:
    """What an owner says of emergencies.

    Attributes:
        number: What is dialled there: "911", "112".
        words: Whole phrases, in any language, that say that a life is in danger.
    """

    number: str
    words: tuple[str, ...] = ()

    @property
    def spoken_number(self) -> str:
        """Digit by digit, as every voice says it: 9 1 1, not nine hundred and eleven."""
        return " ".join(self.number)


def tells_of_danger(text: str, owners: Emergencies) -> bool:
    """Whether these words of a customer plainly say that a life is in danger.

    Args:
        text: A final transcript.
        owners: The owner's number and words.
    """
    return _in_english(text) or _as_owner_says(text, owners.number, owners.words)


@lru_cache(_REMEMBERED)
def _in_english(text: str) -> bool:
    said = text.casefold().replace("\u2019", "'")
    for short, long in _SHORT.items():
        said = said.replace(short, long)
    said = " ".join(_NOT_A_WORD.sub(" ", said).split())
    found = _PLAIN.search(said)
    return found is not None and _STORY.search(said[: found.start()]) is None


@lru_cache(_REMEMBERED)
def _as_owner_says(text: str, number: str, words: tuple[str, ...]) -> bool:
    dials = (f"{verb} {digits}" for verb in _DIALS for digits in (number, " ".join(number)))
    said = _spaced(text)
    return any(_spaced(phrase) in said for phrase in (*dials, *words))


def _spaced(text: str) -> str:
    """Words in small letters with one space around each: no phrase is found inside a word."""
    return f" {_APART.sub(' ', text.casefold()).strip()} "
