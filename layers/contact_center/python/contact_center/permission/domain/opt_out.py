"""Whether somebody plainly asks not to be called again, in so many words. Pure matching.

Plain means: said of calls to this person, without a limit in time or place. "Stop calling me"
is plain; "don't call me before noon", "why did you stop calling?" and "stop calling me Bob" are
not, and neither is "I'm not interested". What is less than plain is left to the assistant, who
has a tool for it, and to the key on the telephone. English; an owner's own phrase, which the
first message offers, counts in any language.

Measured in tests/unit/permission/test_opt_out.py: none of 5,832 utterances of a development set
of other subjects is taken for an opt-out.
"""

from __future__ import annotations

import re
from functools import cache

STOP_TOOL = "stopCalling"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def callable_number(said: str | None) -> str | None:
    """A telephone number under which permissions are kept: E.164, or None for anything else."""
    return said if said is not None and _E164.fullmatch(said) else None


def asks_to_stop(text: str, phrase: str) -> bool:
    """Whether these words of a customer plainly ask that nobody calls again.

    Args:
        text: A final transcript.
        phrase: What the customer was told to say: nothing else in a clause, politeness aside.
    """
    said = _normal(text)
    offered = _normal(phrase).strip(_EDGES)
    alone = any(re.sub(_POLITE, "", clause).strip() == offered for clause in said.split(_BREAK))
    return alone or any(pattern.search(said) for pattern in _plain())


_BREAK = "|"  # between clauses, so that no pattern reaches from one into the next
_EDGES = " |"
# Texts, which `re` compiles when they are first needed and keeps: a cold start does without.
_APOSTROPHES = "['`\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}]"
_STOPS = r"[.,;:!?…]+"
_OTHER = r"[^\w|]+"


def _normal(text: str) -> str:
    """Words in lower case with one space around each; clauses end in a bar; don't is dont."""
    words = re.sub(_STOPS, f" {_BREAK} ", re.sub(_APOSTROPHES, "", text.casefold()))
    return f" {re.sub(_OTHER, ' ', words).strip()} {_BREAK}"


_POLITE = r"(?<![^ ])(?:please|just|yes|no|ok|okay|hey|um|uh|and|so|now|thanks)(?![^ ])"

_NOT = "(?:dont|do not|never)"
_CALL = "(?:call|ring|phone|telephone|contact|bother|dial)"
_CALLING = "(?:calling|ringing|phoning|telephoning|contacting|bothering|harassing|dialing)"
_PLACE = "(?:number|phone|line|house|home|cell|mobile|office)"
_WHOM = f"(?: me| us| here| (?:this|my|our) {_PLACE}(?: phone| number)?)"
_CALLS = "(?:phone |sales |marketing |unwanted |robo)?calls"

# What makes a wish one for a certain time, place or way: then it is not for ever.
_LIMIT = (
    "(?! (?:until|till|before|after|during|while|when|if|unless|except|later|so (?:late|early)"
    "|today|tonight|tomorrow|right now|now|this (?:week|month|morning|afternoon|evening|time)"
    "|(?:at|on) (?!this|my|our|all|any)|in the|in an?|for (?:a|an|the|two|three|now)|by (?:e?mail"
    "|text)|with|without|collect)\\b)"
)
_ADVERB = "(?: (?:again|anymore|any more|any longer|ever|back|please|period|forever|at all))"
# How a sentence goes on after a plain wish; "me Bob" and "me that" are other sentences.
_GOES_ON = (
    "(?= (?:\\||about|and|or|because|cause|since|im|ive|id|i|its|this is|thats|that is|we|were"
    "|you|youre|youve|thanks|thank|bye|goodbye|ok|okay|already|immediately|seriously|every|all"
    "|from now|by phone|by telephone|over the phone|(?:at|on) (?:this|my|our))\\b"
    "| \\|)"
)
_TAIL = f"(?:{_ADVERB}+{_LIMIT}|{_GOES_ON})"

# Whose calling it is that stops, or who does not call: not the customer, nor a story about it.
_NO_STORY = (
    "(?<! i)(?<! we)(?<! they)(?<! he)(?<! she)(?<! ill)(?<! well)(?<! cant)(?<! wont)"
    "(?<! dont)(?<! not)(?<! never)(?<! did you)(?<! people)"
)
_NO_SUBJECT = "(?<! i)(?<! we)(?<! they)(?<! he)(?<! she)(?<! you)(?<! it)(?<! who)(?<! why)"
_SOMEBODY = "(?:you(?: guys| people| all)?|anyone|anybody|anyone else|them|your company)"
_MY = "(?:me|us|(?:my|our|this)(?: phone| cell)?(?: name| number))"
_NO_CALL_LIST = "(?:do not call|dont call|no call|dnc)\\b"

_PLAIN = (
    # Stop calling me.
    rf"{_NO_STORY} (?:stop|quit|cease) {_CALLING}{_WHOM}?(?: now)?{_TAIL}",
    # Stop these calls.
    (
        rf"{_NO_STORY} (?:stop|quit) (?:with |making )?(?:all |the |these |your |this )*{_CALLS}"
        rf"(?: to{_WHOM})?{_TAIL}"
    ),
    # Don't ever call me again.
    rf"{_NO_SUBJECT} {_NOT}(?: ever| even| please| you ever)* {_CALL}{_WHOM}?{_TAIL}",
    (
        rf" (?:dont you|you dont|you do not|you never) {_CALL}{_WHOM} (?:again|anymore|any more)"
        rf"{_LIMIT}"
    ),
    # I told you not to call me.
    (
        " (?:told|asked|ask|asking|want|like|prefer|need|tell|telling)"
        rf" (?:you |them |you guys |you people )?(?:not to|never to|to not|to never)(?: ever)?"
        rf" {_CALL}{_WHOM}?{_TAIL}"
    ),
    rf" (?:can|could|would|will) you(?: please| just)* (?:not|never) {_CALL}{_WHOM}{_TAIL}",
    (
        rf" (?:rather|prefer|appreciate it if|appreciate if)(?: that)? you"
        rf" (?:did(?:nt| not)|not|dont) {_CALL}{_WHOM}?{_TAIL}"
    ),
    # I don't want you to call me. I don't want to be called.
    rf" {_NOT} want(?: {_SOMEBODY})(?: to)?(?: ever)? (?:{_CALL}|{_CALLING}){_WHOM}?{_TAIL}",
    rf" {_NOT} (?:want|wish|like) to be (?:called|phoned|contacted|bothered){_TAIL}",
    # I don't want any more calls. No more calls.
    (
        rf" {_NOT} (?:want|need|wish)(?: to (?:get|receive|have|take))?"
        rf"(?: any| these| your| more| anymore| further| such)* {_CALLS}(?: from you)?{_TAIL}"
    ),
    (
        rf"(?<! get)(?<! receive)(?<! are)(?<! had)(?<! have)(?<! got) no (?:more|further) {_CALLS}"
        rf"{_TAIL}"
    ),
    # I never want to hear from you again.
    rf" {_NOT} want to hear from (?:you|your company)(?: guys| people)?{_TAIL}",
    rf" never want to hear from you{_TAIL}",
    # Take me off your list.
    (
        rf" (?:take|remove|delete|get|strike|scrub) {_MY} (?:off|from|out)(?: of)?"
        r"(?: your| the| this| that| all| any| of| these)*"
        r"(?: call| calling| phone| contact| contacts| marketing| telemarketing| dialing)?"
        r" (?:lists?|database|system)\b"
    ),
    # Put me on your do-not-call list. My number is on the do-not-call list.
    (
        rf" (?:put|add|place) {_MY} (?:on|onto|to|in)(?: your| the| a| that)?(?: \w+)?"
        rf" {_NO_CALL_LIST}"
    ),
    (
        rf" (?:im|i am|were|we are|number is) (?:already |also |registered )*(?:on|in) (?:the|a)"
        rf"(?: \w+)? {_NO_CALL_LIST}"
    ),
    # Lose my number. Unsubscribe me. I want to opt out.
    rf" lose (?:my|this)(?: phone)? number{_TAIL}",
    rf" unsubscribe(?: me| us)?{_TAIL}",
    (
        r" unsubscribe(?: me| us)? from (?:your|these|this|all|the)(?: calling| call| phone)?"
        r" (?:calls?|lists?)\b"
    ),
    (
        rf" opt(?: me| us)? out(?: of (?:this|these|your|all|the|any)?(?: future)? ?{_CALLS})?"
        rf"{_TAIL}"
    ),
)


@cache
def _plain() -> tuple[re.Pattern[str], ...]:
    """Made for the first words that are looked at: a cold start does not wait for them."""
    return tuple(re.compile(pattern) for pattern in _PLAIN)
