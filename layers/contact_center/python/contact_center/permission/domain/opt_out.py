"""Whether somebody plainly asks not to be called again, in so many words. Pure matching.

Plain means: said of calls to this person, without a limit in time or place. "Stop calling me",
"take me off your, uh, list" and "I revoke my consent" are plain; "don't call me before noon", "why
did you stop calling?", "stop calling me Bob" and "I don't want to stop the calls" are not, and
neither is "I'm not interested". On a call of ours a lone "Stop." is plain as well. What is less
than plain is left to the assistant, who has a tool for it, and to the key on the telephone.
English; an owner's own phrase, which the first message offers, counts in any language.

Measured in tests/unit/permission/test_opt_out.py: none of 5,832 utterances of a development set
of other subjects is taken for an opt-out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from contact_center.kernel.late_patterns import LatePattern, late
from contact_center.permission.domain.opt_out_words import ON_OURS, REFUSALS, WISHES

if TYPE_CHECKING:
    import re

STOP_TOOL = "stopCalling"


# A conversation is folded anew with each of its messages, so the same words are looked at again.
_REMEMBERED = 1_000


@lru_cache(_REMEMBERED)
def asks_to_stop(text: str, phrase: str, *, ours: bool = False) -> bool:
    """Whether these words of a customer plainly ask that nobody calls again.

    Args:
        text: A final transcript.
        phrase: What the customer was told to say: nothing else in a clause, politeness aside.
        ours: Whether it was us who called: then fewer words are plain.
    """
    said = _normal(text)
    offered = _alone(_normal(phrase).strip(_EDGES))
    clauses = [words for clause in said.split(_BREAK) if (words := _alone(clause))]
    if offered in clauses or (ours and clauses and set(clauses) <= _BARE):
        return True
    return any(_is_plain(reading, ours=ours) for reading in {said, _normal(_joined(text))})


def _is_plain(said: str, *, ours: bool) -> bool:
    asked = (*_WISHES, *_ON_OURS) if ours else _WISHES
    if any(_is_asked(found, said) for each in asked for found in each.finditer(said)):
        return True
    return any(each.search(said) for each in _REFUSALS)


def _is_asked(found: re.Match[str], said: str) -> bool:
    """Whether a wish that was found is this customer's, and no denial or story of one."""
    before = said[: found.start()].rpartition(_BREAK)[2]
    return not (_DENIED.search(before) or _STORY.search(before))


# -- how words are read ----------------------------------------------------------------------

_BREAK = "|"  # between clauses, so that no pattern reaches from one into the next
_EDGES = " |"
# "stop. calling me": a recogniser's stop, no speaker's.
_MID_SENTENCE = LatePattern(r"[.,…]++(?=\s++[a-z])")
_APOSTROPHES = LatePattern("['`\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}]")
_STOPS = LatePattern(r"[.,;:!?…]+")
_OTHER = LatePattern(r"[^\w|]+")

# "your, uh, list" and "your... list" are "your list".
_HESITATION = LatePattern(r"(?:…|(?<!\.)\.\.++)(?=\s*+[a-z])")
# Commas and dashes. Each run is looked at once: whoever sends thousands of them makes nobody wait.
_PAUSE = r"[\s,\u2013\u2014-]*+"
_NO_PAUSE = r"(?<![\s,\u2013\u2014-])"
_FILLERS = LatePattern(
    rf"{_NO_PAUSE}{_PAUSE}(?<!\w)(?:u+h+m*|u+m+|e+r+m*|a+h+|h+m+|m+hm*"
    rf"|you know|i mean|like(?=,))(?!\w)"
    rf"{_PAUSE}"
)
_CURSES = LatePattern(
    r"(?<!\w)(?:f\*+\w*|(?:mother ?)?fuck(?:ing|in)|freak(?:ing|in)|frick(?:ing|in)"
    r"|frigg(?:ing|in)|effing|goddamn(?:ed)?|god damn|damn(?:ed)?|bloody|blasted|the hell|the fuck"
    r"|the heck)(?!\w)"
)
_SPACES = LatePattern(" +")
_SAME_WORDS = (
    (r"(?<!\w)(?:please|pls|kindly|just|simply|really|actually|honestly|seriously)(?!\w)", ""),
    (r" do not ", " dont "),
    (r" did not ", " didnt "),
    (r" (?:cannot|can not) ", " cant "),
    (r" will not ", " wont "),
    (r" would not ", " wouldnt "),
    (r" am not ", " not "),
    (r" i am ", " im "),
    (r" i have ", " ive "),
    (r" i (?:would|had) ", " id "),
    (r" i will ", " ill "),
    (r" (?:wanna|want ta) ", " want to "),
    (r" gonna ", " going to "),
    (r" (stop|quit) like ", r" \1 "),
    (r" (call|ring|phon|contact|bother|harass|bugg|pester)in(?= )", r" \1ing"),
    (r"(?<= )(\w+)(?: \1)+(?= )", r"\1"),  # stop stop calling me
    # Asked for in the form of a question, not denied.
    (r" why (?:dont|cant|wont) you ", " would you "),
    (r"(?<=\|) (?:cant|wont|couldnt|wouldnt) you ", " would you "),
)
_SAME = tuple((LatePattern(spoken), read) for spoken, read in _SAME_WORDS)


def _joined(text: str) -> str:
    """The words as one sentence where a small letter says that it goes on."""
    return _MID_SENTENCE.sub(" ", text)


def _normal(text: str) -> str:
    """Words in lower case with one space around each; clauses end in a bar; don't is dont."""
    words = _APOSTROPHES.sub("", text.casefold())
    for unsaid in (_HESITATION, _FILLERS, _CURSES):
        words = unsaid.sub(" ", words)
    words = _OTHER.sub(" ", _STOPS.sub(f" {_BREAK} ", words)).strip()
    said = f"{_BREAK} {words} {_BREAK}"
    for spoken, read in _SAME:
        said = _SPACES.sub(" ", spoken.sub(read, said))
    return said


_POLITE = LatePattern(
    r"(?<![^ ])(?:please|yes|yeah|no(?! calls| phone| solicit)|nope|nah|ok|okay|hey|hello|hi"
    r"|well|and|so|now|right now|immediately|thanks|thank you|sir|maam|bye|goodbye|i said|oh)"
    r"(?![^ ])"
)


def _alone(clause: str) -> str:
    return " ".join(_POLITE.sub("", clause).split())


# Nothing but this, on a call of ours. "Cancel" and "end" may be meant for an appointment.
_BARE = frozenset(
    {
        "stop",
        "stop it with the calls",
        "stop all",
        "quit",
        "unsubscribe",
        "unsubscribe me",
        "opt out",
        "opt me out",
        "revoke",
        "remove",
        "remove me",
        "take me off",
        "dont call",
        "dont call list",
        "dont call registry",
        "dnc",
        "no calls",
        "no phone calls",
        "no soliciting",
        "no solicitation",
        "no solicitations",
        "leave me alone",
        "leave us alone",
    }
)

# -- what makes a wish none ------------------------------------------------------------------

# Denied just before: "I don't want to", "you don't have to", "I never said".
_DENIED = LatePattern(
    " (?:dont|didnt|doesnt|not|never|wont|cant|couldnt|shouldnt|wouldnt|isnt|neednt|havent|hasnt"
    "|nobody|no need|no reason|refuse|without|instead of|forgot|forget|unable)"
    "(?: (?:want|wanted|wish|need|needed|like|have|mean|meant|ask|asked|asking|say|said|saying"
    "|tell|told|telling|you|him|her|them|anyone|anybody|to|ever|be|being|get|getting|going|yet"
    "|think|believe|id|im|i|that|for|trying|planning|wanting|should|would|could|let|make|even|all"
    "|guys|people|yall|had|been|any|of|about|the|request|me|please|so))* ?$"
)
# Somebody else's stopping, or a story about it. "How do I", "can I" and "I'd like to" are wishes.
_STORY = LatePattern(
    r" (?:they|he|she|it|ill|well|people|customers|somebody|someone"
    r"|(?:did|have|had|when|if|until|after|before|once|thought|glad|since) you"
    r"(?: guys| people)?"
    r"|(?:when|why|how|if|where) did (?:i|we|they|you)|when (?:will|would|do) you)"
    r"(?: ever| already)? ?$"
    r"| (?:did|people|usually|if|unless|why|when|(?<! you )(?:should|would)) ?$"
    r"|(?<! do)(?<! can)(?<! could)(?<! may)(?<! should) (?:i|we) ?$"
)

_WISHES, _ON_OURS, _REFUSALS = late(WISHES), late(ON_OURS), late(REFUSALS)
