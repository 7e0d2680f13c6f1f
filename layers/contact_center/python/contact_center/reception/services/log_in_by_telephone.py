"""Log in and out by calling the business's number and keying a PIN.

From the telephone that people.toml names the PIN says enough; from any other its owner keys
extension * PIN. Whatever is wrong sounds the same: the PIN, the person, the number, the lock.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError, PassingError, SecretUnavailableError
from contact_center.reception.domain.instructions import AskKeys, HangUp, Speak
from contact_center.reception.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    is_logged_in,
)
from contact_center.reception.domain.person_steps import as_of
from contact_center.reception.services.change_person import change_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.reception.domain.instructions import Instruction
    from contact_center.reception.domain.people import Held
    from contact_center.reception.domain.pins import Tries
    from contact_center.reception.domain.roster import Colleague, LogInWords, Roster
    from contact_center.reception.services.change_person import PersonParts
    from contact_center.reception.services.people_ports import Pins, TryBook

PEOPLE_PATH = "/twilio/people"
BETWEEN = "*"  # extension and PIN
WITHHELD = "withheld"  # in place of a number that is not shown: all of those are one
NOBODY = ""  # no key of people.toml
COUNTS = 6  # times that a try which others overtook is counted anew


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInParts:
    """What logging in by telephone needs."""

    roster: Roster
    tries: TryBook
    pins: Pins
    people: PersonParts


class LogInAnswer(NamedTuple):
    """What a caller hears, and what is to be done besides.

    Attributes:
        let_go: An offer that rang at the person who has logged out: its leg is to be ended.
    """

    instructions: tuple[Instruction, ...]
    let_go: Held | None = None


def ask_for_pin(words: LogInWords) -> tuple[Instruction, ...]:
    """What a caller hears who wants to log in or out; nothing keyed sounds as any mistake."""
    asked = AskKeys(sounds=(Speak(words.ask_pin),), to=PEOPLE_PATH, most_keys=None)
    return (asked, *_say(words.refused))


def take_pin(caller: str | None, keys: str, parts: LogInParts) -> LogInAnswer:
    """Log a person in who is off or away, and out otherwise.

    Args:
        caller: The number that calls, E.164; None: it is withheld, or none.
        keys: What was keyed: a PIN, or extension * PIN.
        parts: What it works with.

    Returns:
        What the caller hears; the call ends with it. Raises nothing for what a store does.
    """
    words, metrics = parts.roster.words, parts.people.metrics
    try:
        colleague = _proved(caller, keys, parts)
        if colleague is None:
            metrics.count("log_in_refused")
            return LogInAnswer(_say(words.refused))
        return _log_in_or_out(colleague, parts)
    except (PassingError, SecretUnavailableError):
        metrics.count("log_in_unavailable")
        return LogInAnswer(_say(words.unavailable))


def _proved(caller: str | None, keys: str, parts: LogInParts) -> Colleague | None:
    """Who has keyed their own PIN; None: nobody has, or is not listened to at the moment."""
    colleague, pin = _meant(caller, keys, parts.roster)
    person_id = NOBODY if colleague is None else colleague.person_id
    names = [f"number:{caller or WITHHELD}", *([f"person:{person_id}"] if colleague else [])]
    counted = _counted(names, parts)
    right = parts.pins.of(person_id)  # asked for nobody too: a failure says nothing of who is who
    if counted is None or not _is_same(pin, right):
        return None
    _forgive(counted, parts)
    return colleague


def _meant(caller: str | None, keys: str, roster: Roster) -> tuple[Colleague | None, str]:
    extension, between, pin = keys.partition(BETWEEN)
    if between:
        return roster.whose_extension(extension), pin
    return roster.whose_number(caller), keys


def _counted(names: Sequence[str], parts: LogInParts) -> Sequence[Tries] | None:
    """The tries with this one among them, before it is looked at; None: one of them is locked."""
    for _ in range(COUNTS):
        now_ms = parts.people.clock.now_ms()
        before = parts.tries.read(names)
        if any(one.locked(now_ms) for one in before):
            return None
        after = [one.tried(now_ms) for one in before]
        try:
            parts.tries.write(list(zip(before, after, strict=True)))
        except (ConditionLostError, ContentionError):
            continue
        return [replace(one, version=one.version + 1) for one in after]
    raise ContentionError


def _forgive(counted: Sequence[Tries], parts: LogInParts) -> None:
    try:
        parts.tries.write([(one, one.forgiven()) for one in counted])
    except (ConditionLostError, PassingError):
        parts.people.metrics.count("tries_not_forgiven")  # somebody tries at once: they count


def _is_same(said: str, right: str | None) -> bool:
    """Whether a PIN is the right one, in a time that says nothing of either."""
    same = hmac.compare_digest(_digest(said), _digest(right or NOBODY))
    return same and bool(right)


def _digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode("utf-8", "surrogatepass")).digest()


def _log_in_or_out(colleague: Colleague, parts: LogInParts) -> LogInAnswer:
    words, people = parts.roster.words, parts.people
    stands = as_of(people.book.read(colleague.person_id), people.clock.now_ms())
    takes_callers = is_logged_in(stands) and stands.state is not PersonState.AWAY
    event = PersonEvent.LOG_OUT if takes_callers else PersonEvent.LOG_IN
    step = change_person(colleague.person_id, Happening(event=event), people)
    if event is PersonEvent.LOG_IN:
        return LogInAnswer(_say(words.logged_in))
    off = step.person.state is PersonState.OFF
    return LogInAnswer(_say(words.logged_out if off else words.logged_out_later), step.let_go)


def _say(text: str) -> tuple[Instruction, ...]:
    return (Speak(text), HangUp())
