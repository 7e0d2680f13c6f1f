"""Outcomes for campaigns: one attempt, or many at once.

    settled attempts ─► by campaign ─► contacts, calls ─► steps ─► one write ─► look again when due
                   └──► none of them rang: whoever was put off for it is planned sooner

Many at once cost a tenth of the requests, and do not meet each other at the campaign's figures,
which every one of them changes. Told again, they change nothing, as in finish_attempt.py.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.campaigns.services.call_back import keep_promise
from contact_center.campaigns.services.campaign_ports import CallNotes, MovedInPartError
from contact_center.campaigns.services.finish_attempt import (
    finish_attempt,
    look_again,
    look_when_due,
    outcome_of,
    promise_of,
    step_for,
)
from contact_center.campaigns.services.plan_sooner import plan_sooner
from contact_center.campaigns.services.watch_callers import note_news
from contact_center.dialing.domain.call_outcomes import Disposition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.campaigns.services.finish_attempt import FinishParts
    from contact_center.dialing.domain.dial_attempts import DialAttempt


class FinishAttempts:
    """Outcomes: attempts without a campaign are nobody's here."""

    def __init__(self, parts: FinishParts) -> None:
        """Keep what it works with."""
        self._parts = parts

    def report(self, attempt: DialAttempt) -> None:
        """Take note of a settled attempt; see `finish_attempt`."""
        finish_attempt(attempt, self._parts)
        plan_sooner([attempt], self._parts)
        if attempt.call_id:
            keep_promise(attempt, self._parts.calls.notes(attempt.call_id).callback, self._parts)

    def report_all(self, attempts: Sequence[DialAttempt]) -> frozenset[str]:
        """Take note of many; see `finish_attempts`."""
        noted = finish_attempts(attempts, self._parts)
        plan_sooner([one for one in attempts if one.attempt_id in noted], self._parts)
        return noted


def finish_attempts(attempts: Sequence[DialAttempt], parts: FinishParts) -> frozenset[str]:
    """Note what settled attempts came to, and plan their contacts on.

    Args:
        attempts: As stored, all of them settled.
        parts: What it works with.

    Returns:
        The ids of those that are noted. The others are to be told again: of a campaign whose
        store did not answer, of a contact that somebody else was changing, or told of here
        by an earlier attempt, and any that could not be worked out.
    """
    groups: dict[str | None, list[DialAttempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.request.campaign_id].append(attempt)
    noted = {attempt.attempt_id for attempt in groups.pop(None, [])}
    for campaign_id, group in groups.items():
        with suppress(Exception):  # the others may be luckier; each of these is told of alone next
            noted |= _finish(campaign_id or "", group, parts)
    return frozenset(noted)


def _finish(campaign_id: str, group: Sequence[DialAttempt], parts: FinishParts) -> set[str]:
    campaign = parts.campaigns.read(campaign_id)
    if campaign is None:
        return {attempt.attempt_id for attempt in group}
    wrong = [one for one in group if one.disposition is Disposition.CONFIGURATION]
    if wrong:
        parts.brake.stop(campaign_id, wrong[0].reason or "configuration")
    contacts = parts.contacts.read_many(campaign_id, [_contact_of(one) for one in group])
    notes = parts.calls.notes_of_many([one.call_id for one in group if one.call_id])
    noted: set[str] = set()
    known: list[CampaignContact] = []
    steps: dict[str, tuple[DialAttempt, ContactChange]] = {}
    for attempt in group:
        contact = contacts.get(_contact_of(attempt))
        if contact is None:
            noted.add(attempt.attempt_id)
            continue
        with suppress(Exception):  # whatever is wrong with one must not stop the others
            told = notes.get(attempt.call_id or "", CallNotes())
            outcome = outcome_of(attempt, told, parts)
            promised = promise_of(attempt, told.callback, contact, parts)
            step = step_for(contact, outcome, campaign, parts, promised=promised)
            if step is None:
                noted.add(attempt.attempt_id)
                known.append(contact)
            else:
                steps.setdefault(contact.contact_id, (attempt, step))
    try:
        moved = parts.contacts.move([step for _, step in steps.values()])
    except MovedInPartError as part:
        moved = part.moved  # the others are told again
    look_when_due([steps[name][1] for name in moved], parts)
    look_again(known, parts)
    note_news([steps[name] for name in moved], parts.callers)
    noted |= {steps[name][0].attempt_id for name in moved}
    promises = [one for one in group if one.call_id and one.call_id in notes]
    return noted - _broken(promises, notes, parts)


def _broken(
    promises: Sequence[DialAttempt], notes: Mapping[str, CallNotes], parts: FinishParts
) -> set[str]:
    """Plan the calls that were agreed on; the ids of those for which it has to be tried again."""
    broken = set()
    for attempt in promises:
        try:
            keep_promise(attempt, notes[attempt.call_id or ""].callback, parts)
        except Exception:  # noqa: BLE001  as above
            broken.add(attempt.attempt_id)
    return broken


def _contact_of(attempt: DialAttempt) -> str:
    return attempt.request.contact_id or ""
