"""Which of our addresses a path is, for Twilio's door to know without loading what serves it.

/twilio/voice/assistant/{number}      the caller's leg, when that call by SIP is over
/twilio/voice/assistant/here          the caller's leg, who has followed what was said there
/twilio/people                        a PIN that was keyed; without one, the question for it
/twilio/people/caller                 a colleague who keyed none, and is any caller
/twilio/transfer/{visit}/brief, key   the person's leg, who is asked about a caller
/twilio/transfer/{visit}/after        the caller's leg, when the room is over
/twilio/transfer/{visit}/status       news of the person's leg
/twilio/transfer/{visit}/conference   news of the room
/twilio/queue/keep, /number, /confirm      keys of a caller who waits; heard in the music
/twilio/voice/callback                     the key of a caller who cannot be served now
/twilio/callback/{visit}.{try}/answer, key the leg that is called back
/twilio/callback/{visit}.{try}/status      news of that leg
/twilio/supervision/{visit}.{number}/answer, menu, key  a supervisor's leg
/twilio/supervision/{visit}.{number}/status             news of that leg
"""

from __future__ import annotations

import re
from typing import NamedTuple

from contact_center.queue.domain.wait_documents import CONFIRM_PATH, KEEP_PATH, NUMBER_PATH
from contact_center.visits.domain.courtesies import (
    AFTER_ASSISTANT,
    AS_A_CALLER,
    KEEP_INSTEAD,
    OFFER_CALL,
    PEOPLE_PATH,
)

_TRANSFER = re.compile(r"(/twilio/transfer)/(v-CA[0-9a-fA-F]{32})(/[a-z]+)")
_CALLBACK = re.compile(
    r"/twilio/callback/(v-C[AB][0-9a-fA-F]{32})\.([A-Za-z0-9_-]{1,64})(/answer|/key|/status)"
)
_SUPERVISION = re.compile(
    r"/twilio/supervision/(v-CA[0-9a-fA-F]{32})\.([0-9]{1,4})(/answer|/menu|/key|/status)"
)
LONGEST_NUMBER = 4
BRIEF, KEY, AFTER, ANSWER = "/brief", "/key", "/after", "/answer"
STATUS, CONFERENCE = "/status", "/conference"
IN_MUSIC = frozenset({KEEP_PATH, NUMBER_PATH, CONFIRM_PATH})


class Transfer(NamedTuple):
    """One of the addresses of a transfer."""

    visit_id: str
    step: str


class Callback(NamedTuple):
    """One of the addresses of a ring of a caller whose place is kept."""

    visit_id: str
    token: str
    step: str


class Supervised(NamedTuple):
    """One of the addresses of a supervisor who joins a talk."""

    visit_id: str
    number: str
    step: str


def transfer_at(path: str) -> Transfer | None:
    """Which transfer's address a path is, or None."""
    found = _TRANSFER.fullmatch(path)
    if found is None or found[3] not in {BRIEF, KEY, AFTER, STATUS, CONFERENCE}:
        return None
    return Transfer(found[2], found[3])


def callback_at(path: str) -> Callback | None:
    """Which ring's address a path is, or None."""
    found = _CALLBACK.fullmatch(path)
    return None if found is None else Callback(found[1], found[2], found[3])


def supervised_at(path: str) -> Supervised | None:
    """Which supervision's address a path is, or None."""
    found = _SUPERVISION.fullmatch(path)
    return None if found is None else Supervised(found[1], found[2], found[3])


def dialled_at(path: str) -> int | None:
    """The number of the visit's call by SIP that a leg comes back from, or None."""
    before, _, number = path.rpartition("/")
    is_one = before == AFTER_ASSISTANT and number.isascii() and number.isdecimal()
    return int(number) if is_one and len(number) <= LONGEST_NUMBER else None


def person_label(path: str) -> str | None:
    """The name of a person's address in metrics; None: it is none of them."""
    if path in {PEOPLE_PATH, AS_A_CALLER}:
        return path
    supervised = supervised_at(path)
    if supervised is not None:
        return f"/twilio/supervision{supervised.step}"
    transfer = transfer_at(path)
    return None if transfer is None else f"/twilio/transfer{transfer.step}"


def callback_label(path: str) -> str | None:
    """The name in metrics of an address of kept places; None: it is none of them."""
    if path in IN_MUSIC or path in {KEEP_INSTEAD, OFFER_CALL}:
        return path
    callback = callback_at(path)
    return None if callback is None else f"/twilio/callback{callback.step}"


def is_news_of_person(path: str) -> bool:
    """Whether an address is only told something: its sender tells it again when we cannot."""
    transfer, supervised = transfer_at(path), supervised_at(path)
    of_supervisor = supervised is not None and supervised.step == STATUS
    return of_supervisor or (transfer is not None and transfer.step in {STATUS, CONFERENCE})


def is_news_of_callback(path: str) -> bool:
    """Whether an address is only told something: its sender tells it again when we cannot."""
    callback = callback_at(path)
    return callback is not None and callback.step == STATUS
