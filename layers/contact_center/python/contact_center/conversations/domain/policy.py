"""The constants of the conversation policy, read strictly from config/policy.toml."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Self, cast

from contact_center.conversations.domain.promised import (
    MOST_PATTERNS,
    BadPatternError,
    Promises,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.emergencies import Emergencies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


# Placeholders in texts, put in literally: a text is data and no format string.
DEPARTMENT = "{department}"
DEPARTMENTS = "{departments}"
KEY = "{key}"
EMERGENCY_NUMBER = "{number}"


class PolicyError(ValueError):
    """A policy that cannot be used; the message names the key and what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is spoken to a caller, in one of the two modes.

    Attributes:
        route: Said while the caller is handed to a department; may name {department}.
        default: Said when the default department takes over; may name {department}.
        person: Said while a person is being called.
        nobody_free: Said when a person is wanted and none can be reached.
        clarify: The clarifying questions, in order; each may name {departments}.
        stop_calling: Said to a customer whom we called and who is on our do-not-call list by
            their wish, before we hang up.
        goodbye: Said instead while it is not known to be stored: it promises nothing.
        number_needed: Said to whoever wants no more calls in a call that shows no number.
        emergency: Said to whoever says that a life is in danger, and may name {number}; "":
            nothing is.
        ask_person: Asked of who may want a person, where another matter is clear; "": nobody is.
        ask_person_or: The same where no matter is clear; may name {departments}.
        resume: Asked of who rings again after a call that broke off; names {key}, for a yes.
        resumed: Said after that yes, while whoever had them takes over.
    """

    route: str
    default: str
    person: str
    nobody_free: str
    clarify: tuple[str, ...]
    stop_calling: str
    goodbye: str
    number_needed: str
    ask_person: str
    ask_person_or: str
    emergency: str
    resume: str
    resumed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every constant of the conversation policy. Meaning and source: config/policy.toml.

    Confidences are probabilities from 0 to 1, names ending in `_ms` are milliseconds,
    in `_minutes` minutes.
    """

    route_confidence: float
    partial_confidence: float
    partial_words: int
    reroute_confidence: float
    max_clarifications: int
    clarify_wait_ms: int
    noise_ms: int
    same_barge_in_ms: int
    rapid_ms: int
    rapid_count: int
    counted_gap_ms: int
    interruptions_to_person: int
    speech_fresh_ms: int
    heard_within_ms: int
    transfer_heard_within_ms: int
    rings_ms: int
    resume_minutes: int
    resume_key: str
    promise_wait_ms: int
    opt_out_key: str
    opt_out_phrase: str
    simplify_instruction: str
    never_mind_instruction: str
    emergencies: Emergencies
    texts: Texts
    simplified_texts: Texts
    promises: Promises

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Read a policy from parsed TOML or JSON.

        Args:
            values: Exactly the keys of this class; `texts`, `simplified_texts` and `promises` are
                tables.

        Returns:
            The policy.

        Raises:
            PolicyError: A key is missing, unknown, of the wrong type or out of range.
        """
        names = [field.name for field in fields(cls)]
        _same_keys("", values, names)
        policy = cls(**{name: _RULES[name](name, values[name]) for name in names})  # type: ignore[arg-type]
        for mode in ("texts", "simplified_texts"):
            questions = getattr(policy, mode).clarify
            if len(questions) < policy.max_clarifications:
                raise PolicyError(
                    f"policy: {mode}.clarify must hold at least max_clarifications "
                    f"({policy.max_clarifications}) questions, it holds {len(questions)}"
                )
        for key in ("ask_person", "ask_person_or"):
            said = [bool(getattr(texts, key)) for texts in (policy.texts, policy.simplified_texts)]
            if any(said) and not all(said):
                raise PolicyError(
                    f"policy: texts.{key} and simplified_texts.{key} are both empty or both are not"
                )
        return replace(
            policy,
            texts=_with_number(policy.texts, policy.emergencies),
            simplified_texts=_with_number(policy.simplified_texts, policy.emergencies),
        )


def _with_number(texts: Texts, emergencies: Emergencies) -> Texts:
    said = texts.emergency.replace(EMERGENCY_NUMBER, emergencies.spoken_number)
    return replace(texts, emergency=said)


def _same_keys(where: str, values: Mapping[str, object], names: list[str]) -> None:
    for name in names:
        if name not in values:
            raise PolicyError(f"policy: {where}{name} is missing ({_WANTED[name]})")
    for name in values:
        if name not in names:
            known = ", ".join(names)
            raise PolicyError(f"policy: {where}{name} is not known; the keys are {known}")


def _wrong(name: str, value: object) -> PolicyError:
    wanted = _WANTED[name.rpartition(".")[2].partition("[")[0]]
    return PolicyError(f"policy: {name} must be {wanted}, not {type(value).__name__} {value!r}")


def _probability(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _wrong(name, value)
    return float(value)


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(name, value)
    return value


def _positive(name: str, value: object) -> int:
    if _whole(name, value) == 0:
        raise _wrong(name, value)
    return cast("int", value)


def _digit(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) != 1 or value not in "0123456789":
        raise _wrong(name, value)
    return value


def _text(*may_name: str, may_be_empty: bool = False) -> Callable[[str, object], str]:
    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or not (value.strip() or may_be_empty):
            raise _wrong(name, value)
        rest = value
        for placeholder in may_name:
            rest = rest.replace(placeholder, "")
        if "{" in rest or "}" in rest:
            raise _wrong(name, value)
        return value

    return check


def _questions(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(name, value)
    check = _text(DEPARTMENTS)
    return tuple(check(f"{name}[{index}]", question) for index, question in enumerate(value))


def _texts(name: str, value: object) -> Texts:
    if not isinstance(value, dict):
        raise _wrong(name, value)
    names = [field.name for field in fields(Texts)]
    _same_keys(f"{name}.", value, names)
    return Texts(**{key: _RULES[key](f"{name}.{key}", value[key]) for key in names})  # type: ignore[arg-type]


def _emergencies(name: str, value: object) -> Emergencies:
    if not isinstance(value, dict):
        raise _wrong(name, value)
    _same_keys(f"{name}.", value, ["number", "words"])
    number = value["number"]
    if not isinstance(number, str) or not number.isdecimal():
        raise _wrong(f"{name}.number", number)
    words = _phrases(f"{name}.words", value["words"])
    if not all(any(letter.isalnum() for letter in phrase) for phrase in words):
        raise _wrong(f"{name}.words", value["words"])
    return Emergencies(number=number, words=tuple(words))


def _promises(name: str, value: object) -> Promises:
    if not isinstance(value, dict):
        raise _wrong(name, value)
    _same_keys(f"{name}.", value, ["patterns", "unless"])
    said = {key: _phrases(f"{name}.{key}", value[key]) for key in ("patterns", "unless")}
    for key, phrases in said.items():
        for index, phrase in enumerate(phrases):
            try:
                Promises.of(*([phrase], []) if key == "patterns" else ([], [phrase]))
            except BadPatternError as error:
                raise PolicyError(f"policy: {name}.{key}[{index}] {error}: {phrase!r}") from None
    return Promises.of(**said)


def _phrases(name: str, value: object) -> list[str]:
    is_list = isinstance(value, list | tuple) and len(value) <= MOST_PATTERNS
    if not is_list or any(not isinstance(phrase, str) for phrase in cast("list[object]", value)):
        raise _wrong(name, value)
    return list(cast("list[str]", value))


_A_PROBABILITY = "a number from 0 to 1"
_MILLISECONDS = "a whole number of milliseconds, 0 or more"
_A_COUNT = "a whole number, 1 or more"
_A_TABLE = (
    "a table with route, default, person, nobody_free, clarify, stop_calling, goodbye,"
    " number_needed, ask_person, ask_person_or, emergency, resume and resumed"
)

_WANTED: dict[str, str] = {
    "route_confidence": _A_PROBABILITY,
    "partial_confidence": _A_PROBABILITY,
    "partial_words": _A_COUNT,
    "reroute_confidence": _A_PROBABILITY,
    "max_clarifications": "a whole number, 0 or more",
    "clarify_wait_ms": _MILLISECONDS,
    "noise_ms": _MILLISECONDS,
    "same_barge_in_ms": _MILLISECONDS,
    "rapid_ms": _MILLISECONDS,
    "rapid_count": _A_COUNT,
    "counted_gap_ms": _MILLISECONDS,
    "interruptions_to_person": _A_COUNT,
    "speech_fresh_ms": _MILLISECONDS,
    "heard_within_ms": _MILLISECONDS,
    "transfer_heard_within_ms": _MILLISECONDS,
    "rings_ms": _MILLISECONDS,
    "resume_minutes": "a whole number of minutes, 0 or more",
    "resume_key": "a digit in quotes",
    "promise_wait_ms": _MILLISECONDS,
    "opt_out_key": "a digit in quotes",
    "opt_out_phrase": "a text without placeholders",
    "simplify_instruction": "a text without placeholders",
    "never_mind_instruction": "a text without placeholders",
    "texts": _A_TABLE,
    "simplified_texts": _A_TABLE,
    "route": "a text whose only placeholder is {department}",
    "default": "a text whose only placeholder is {department}",
    "person": "a text without placeholders",
    "nobody_free": "a text without placeholders",
    "clarify": "a list of texts whose only placeholder is {departments}",
    "stop_calling": "a text without placeholders",
    "goodbye": "a text without placeholders",
    "number_needed": "a text without placeholders",
    "emergency": "a text whose only placeholder is {number}, or an empty one",
    "emergencies": "a table with number and words",
    "number": "the digits that are dialled in an emergency, in quotes",
    "words": f"a list of {MOST_PATTERNS} texts at most, none of them empty",
    "ask_person": "a text without placeholders, or an empty one",
    "ask_person_or": "a text whose only placeholder is {departments}, or an empty one",
    "resume": "a text whose only placeholder is {key}",
    "resumed": "a text whose only placeholder is {department}",
    "promises": "a table with patterns and unless",
    "patterns": f"a list of {MOST_PATTERNS} texts at most",
    "unless": f"a list of {MOST_PATTERNS} texts at most",
}

_RULES: dict[str, Callable[[str, object], object]] = {
    "route_confidence": _probability,
    "partial_confidence": _probability,
    "partial_words": _positive,
    "reroute_confidence": _probability,
    "max_clarifications": _whole,
    "clarify_wait_ms": _whole,
    "noise_ms": _whole,
    "same_barge_in_ms": _whole,
    "rapid_ms": _whole,
    "rapid_count": _positive,
    "counted_gap_ms": _whole,
    "interruptions_to_person": _positive,
    "speech_fresh_ms": _whole,
    "heard_within_ms": _whole,
    "transfer_heard_within_ms": _whole,
    "rings_ms": _whole,
    "resume_minutes": _whole,
    "resume_key": _digit,
    "promise_wait_ms": _whole,
    "opt_out_key": _digit,
    "opt_out_phrase": _text(),
    "simplify_instruction": _text(),
    "never_mind_instruction": _text(),
    "texts": _texts,
    "simplified_texts": _texts,
    "route": _text(DEPARTMENT),
    "default": _text(DEPARTMENT),
    "person": _text(),
    "nobody_free": _text(),
    "clarify": _questions,
    "stop_calling": _text(),
    "goodbye": _text(),
    "number_needed": _text(),
    "emergency": _text(EMERGENCY_NUMBER, may_be_empty=True),
    "emergencies": _emergencies,
    "ask_person": _text(may_be_empty=True),
    "ask_person_or": _text(DEPARTMENTS, may_be_empty=True),
    "resume": _text(KEY),
    "resumed": _text(DEPARTMENT),
    "promises": _promises,
}
