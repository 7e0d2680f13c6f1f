"""What a customer's final words plainly say, beside what the classifier makes of them.

The conversation is folded anew with each message, from what is stored. Words of which something was
taken out were judged before, and what they were judged to say is stored beside them, so that every
fold comes to the same as the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import says_yes
from contact_center.permission.domain.opt_out import asks_to_stop
from contact_center.understanding.domain.agreeing import agrees, refuses
from contact_center.understanding.domain.emergencies import tells_of_danger
from contact_center.understanding.domain.never_mind import lets_it_be
from contact_center.understanding.domain.recogniser_noise import only_sounds, spoken
from contact_center.understanding.domain.recorded_speech import sounds_recorded

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import UtteranceHeard
    from contact_center.conversations.domain.policy import Policy

_STOP, _STOP_ON_OURS = "stop", "stop_on_ours"
_RECORDED, _YES, _LETS_IT_BE, _WORDS = "recorded", "yes", "lets_it_be", "words"
_DANGER = "danger"
_AGREES, _REFUSES = "agrees", "refuses"
_BETWEEN = ","


def words_of(text: str) -> str:
    """The words alone: a full stop that the transcriber adds later is not a second opinion."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def judgement(text: str, policy: Policy) -> str:
    """All that final words plainly say, to be kept when the words are not.

    Args:
        text: As it was said.
        policy: The phrase that opts out.
    """
    said = {
        _STOP: asks_to_stop(text, policy.opt_out_phrase),
        _STOP_ON_OURS: asks_to_stop(text, policy.opt_out_phrase, ours=True),
        _RECORDED: sounds_recorded(text),
        _YES: says_yes(text),
        _LETS_IT_BE: lets_it_be(text),
        _WORDS: _has_words(text),
        _DANGER: tells_of_danger(text, policy.emergencies),
        _AGREES: agrees(text),
        _REFUSES: refuses(text),
    }
    return _BETWEEN.join(name for name, is_said in said.items() if is_said)


def wants_no_calls(fact: UtteranceHeard, policy: Policy, *, ours: bool) -> bool:
    """Whether the customer asks not to be called again; `ours`: it was us who called."""
    if fact.judged is not None:
        return _says(fact.judged, _STOP_ON_OURS if ours else _STOP)
    return asks_to_stop(fact.text, policy.opt_out_phrase, ours=ours)


def is_recorded(fact: UtteranceHeard) -> bool:
    """Whether it is what machines say."""
    if fact.judged is not None:
        return _says(fact.judged, _RECORDED)
    return sounds_recorded(fact.text)


def is_yes(fact: UtteranceHeard) -> bool:
    """Whether it is a plain yes."""
    return says_yes(fact.text) if fact.judged is None else _says(fact.judged, _YES)


def is_agreement(fact: UtteranceHeard) -> bool:
    """Whether it takes up an offer, whatever else it says."""
    return agrees(fact.text) if fact.judged is None else _says(fact.judged, _AGREES)


def is_refusal(fact: UtteranceHeard) -> bool:
    """Whether it declines an offer, whatever else it says."""
    return refuses(fact.text) if fact.judged is None else _says(fact.judged, _REFUSES)


def is_never_mind(fact: UtteranceHeard) -> bool:
    """Whether it lets a wish for a person be."""
    return lets_it_be(fact.text) if fact.judged is None else _says(fact.judged, _LETS_IT_BE)


def has_words(fact: UtteranceHeard) -> bool:
    """Whether there are words in it, beside coughs and other sounds that are no word yet."""
    return _has_words(fact.text) if fact.judged is None else _says(fact.judged, _WORDS)


def is_danger(fact: UtteranceHeard, policy: Policy) -> bool:
    """Whether it says that a life is in danger."""
    if fact.judged is not None:
        return _says(fact.judged, _DANGER)
    return tells_of_danger(fact.text, policy.emergencies)


def _has_words(text: str) -> bool:
    return not only_sounds(words_of(spoken(text)))


def _says(judged: str, what: str) -> bool:
    return what in judged.split(_BETWEEN)
