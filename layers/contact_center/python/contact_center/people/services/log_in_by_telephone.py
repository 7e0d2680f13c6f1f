"""Log in and out by calling the business's number and keying a PIN; ask for the next caller by 1.

From the telephone that people.toml names the PIN says enough; from any other its owner keys
extension * PIN. There alone a key asks for the next caller, without a PIN: that telephone rings
afterwards, if its owner is logged in, and no other does.

Whatever is wrong sounds the same: the PIN, the person, the number, the lock. Keys that
are told again are not counted again, and come to what they came to before.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError, PassingError, SecretUnavailableError
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    PersonStateError,
    is_logged_in,
)
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.change_person import change_person
from contact_center.visits.domain.courtesies import AS_A_CALLER, PEOPLE_PATH
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, Speak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.people.domain.people import Held
    from contact_center.people.domain.roster import Colleague, LogInWords, Roster
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.people_ports import Pins, TryBook
    from contact_center.visits.domain.instructions import Instruction

BETWEEN = "*"  # extension and PIN
NEXT_KEY = "1"  # asks for the next caller; a PIN is longer
NO_PIN = frozenset({"", BETWEEN})  # keyed by who wants to be taken as any caller
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
    """What a caller hears who may log in or out; who keys nothing is taken as any caller."""
    asked = AskKeys(sounds=(Speak(words.ask_pin),), to=PEOPLE_PATH, most_keys=None)
    return asked, GoTo(AS_A_CALLER)


def take_pin(caller: str | None, keys: str, told: str, parts: LogInParts) -> LogInAnswer:
    """Log a person in who is off or away, and out otherwise; or let the next caller be offered.

    Args:
        caller: The telephone that calls, as `Roster.whose_telephone` knows it; None: it is
            withheld, or at an address of SIP that is nobody's of ours.
        keys: What was keyed: a PIN, or extension * PIN, or NEXT_KEY.
        told: By which request; the same again logs nobody in and out again.
        parts: What it works with.

    Returns:
        What the caller hears; the call ends with it. Raises nothing for what a store does.
    """
    words, metrics = parts.roster.words, parts.people.metrics
    try:
        colleague, pin = _meant(caller, keys, parts.roster)
        if colleague is not None and keys == NEXT_KEY:
            return LogInAnswer(_say(_next_wanted(colleague, parts)))
        names = _names(caller, colleague)
        right = _is_right(colleague, pin, names, told, parts)
        if colleague is None or not right:
            metrics.count("log_in_refused")
            return LogInAnswer(_say(words.refused))
        event = _decided(colleague, names, told, parts)
        people = parts.people
        if parts.roster.whose_telephone(caller) is colleague:
            people = people.unhinted  # the telephone is busy with this call: its end is told
        return _log_in_or_out(colleague, event, parts.roster.words, people)
    except (PassingError, SecretUnavailableError):
        metrics.count("log_in_unavailable")
        return LogInAnswer(_say(words.unavailable))


def _is_right(
    colleague: Colleague | None, pin: str, names: Sequence[str], told: str, parts: LogInParts
) -> bool:
    """Whether it is the PIN of who is meant, and they are listened to at the moment."""
    listened = _counted(names, told, parts)
    # Asked for nobody too: a failure says nothing of who is who.
    stored = parts.pins.of(NOBODY if colleague is None else colleague.person_id)
    return _is_same(pin, stored) and listened


def _next_wanted(colleague: Colleague, parts: LogInParts) -> str:
    """What somebody hears who wants the next caller: who still writes down is ready by that.

    Nobody is looked for yet, for the telephone is busy with this call: its end is told.
    """
    words, metrics = parts.roster.words, parts.people.metrics
    try:
        wanted = Happening(event=PersonEvent.NEXT_WANTED)
        change_person(colleague.person_id, wanted, parts.people.unhinted)
    except PersonStateError as error:
        metrics.count("next_not_possible", state=error.state.value)
        return words.next_not_possible
    metrics.count("next_wanted_by_key")
    return words.next_caller


def _meant(caller: str | None, keys: str, roster: Roster) -> tuple[Colleague | None, str]:
    extension, between, pin = keys.partition(BETWEEN)
    if between:
        return roster.whose_extension(extension), pin
    return roster.whose_telephone(caller), keys


def _names(caller: str | None, colleague: Colleague | None) -> Sequence[str]:
    """Whose tries they are: the telephone's, and, last, those of the person who is meant."""
    number = f"number:{caller or WITHHELD}"
    return [number] if colleague is None else [number, f"person:{colleague.person_id}"]


def _counted(names: Sequence[str], told: str, parts: LogInParts) -> bool:
    """Count this try, before it is looked at; False: one of the names is locked."""
    for _ in range(COUNTS):
        now_ms = parts.people.clock.now_ms()
        before = parts.tries.read(names)
        if any(one.by == told for one in before):
            return True
        if any(one.locked(now_ms) for one in before):
            return False
        try:
            parts.tries.write([(one, one.tried(now_ms, told)) for one in before])
        except (ConditionLostError, ContentionError):
            continue
        return True
    raise ContentionError


def _decided(
    colleague: Colleague, names: Sequence[str], told: str, parts: LogInParts
) -> PersonEvent:
    """What a right PIN does, as it is kept with the tries, which are forgiven with it."""
    for _ in range(COUNTS):
        counted = parts.tries.read(names)
        own = counted[-1]
        if own.by == told and own.wish is not None:
            return PersonEvent(own.wish)
        event = _wish(colleague, parts.people)
        try:
            parts.tries.write([(one, one.forgiven(told, event)) for one in counted])
        except (ConditionLostError, ContentionError):
            continue  # somebody tries at once, or was told the same
        return event
    raise ContentionError


def _wish(colleague: Colleague, people: PersonParts) -> PersonEvent:
    stands = as_of(people.book.read(colleague.person_id), people.clock.now_ms())
    takes_callers = is_logged_in(stands) and stands.state is not PersonState.AWAY
    return PersonEvent.LOG_OUT if takes_callers else PersonEvent.LOG_IN


def _is_same(said: str, right: str | None) -> bool:
    """Whether a PIN is the right one, in a time that says nothing of either."""
    same = hmac.compare_digest(_digest(said), _digest(right or NOBODY))
    return same and bool(right)


def _digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode("utf-8", "surrogatepass")).digest()


def _log_in_or_out(
    colleague: Colleague, event: PersonEvent, words: LogInWords, people: PersonParts
) -> LogInAnswer:
    step = change_person(colleague.person_id, Happening(event=event), people)
    if event is PersonEvent.LOG_IN:
        return LogInAnswer(_say(words.logged_in))
    off = step.person.state is PersonState.OFF
    return LogInAnswer(_say(words.logged_out if off else words.logged_out_later), step.let_go)


def _say(text: str) -> tuple[Instruction, ...]:
    return (Speak(text), HangUp())
