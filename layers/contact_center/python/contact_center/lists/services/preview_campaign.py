"""Whom a campaign could call now, whom later and why, whom never: the whole list, in pages.

A job, because a list may have a million contacts: it counts page by page, writes down where it
is, and can be cut short and called again. What is counted is advice of the moment: of the
campaign's start, while that is still to come. Who waits for a retry, or for the call he was
promised, is judged for that time, and nobody is called later than the campaign's end.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.campaign_errors import NoCampaignError
from contact_center.campaigns.services.judge_contact import permission_contact
from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.dialing.services.judge_call import history_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.lists.services.import_ports import CampaignJob, JobState
from contact_center.lists.services.list_tries import begin_job, save_job
from contact_center.permission.domain.contact_permission import Gates
from contact_center.permission.domain.contactability import Deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import (
        CampaignStore,
        ContactStore,
        PeopleBook,
    )
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.dialing.services.dialing_ports import MayCall
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.import_ports import FileStore, JobStore
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.domain.permission import Permission

PAGE = 500
ENDING_MS = 5_000

CALLABLE_NOW = "callable"
UNREADABLE = "later:unreadable"
AFTER_END = "never:campaign_ends_before"
NOT_NOW = frozenset({"later", "never"})
EXAMPLES = 20  # rows shown of each reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewParts:
    """What previewing needs."""

    campaigns: CampaignStore
    contacts: ContactStore
    people: PeopleBook
    jobs: JobStore
    files: FileStore
    rules: DialingRules
    may_call: MayCall
    clock: Clock
    civil: CivilTime


def open_job(job: CampaignJob, campaigns: CampaignStore, jobs: JobStore) -> CampaignJob:
    """Open a preview or an export; the same id again gives the one there is.

    Args:
        job: As it is to be: its kind is PREVIEW or EXPORT (import_ports.py).
        campaigns: To know whether there is such a campaign.
        jobs: Where it is kept.

    Raises:
        NoCampaignError: There is no such campaign.
    """
    if campaigns.read(job.campaign_id) is None:
        raise NoCampaignError
    jobs.create(job)
    return jobs.read(job.campaign_id, job.job_id) or job


def preview_campaign(
    campaign_id: str, job_id: str, ends_at_ms: int, parts: PreviewParts
) -> CampaignJob | None:
    """Go on with a preview until it is done or time is short; begun too often, it has failed.

    Args:
        campaign_id: The campaign.
        job_id: The preview.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        The job as it stands: to be called again while it is not done. None: there is no such
        job, or another process is at it.
    """
    job = parts.jobs.read(campaign_id, job_id)
    campaign = parts.campaigns.read(campaign_id)
    if job is None or campaign is None:
        return None
    if job.open:
        job = begin_job(job, parts.jobs, _now_ms(parts))
    while job is not None and job.open:
        page = parts.contacts.page(campaign_id, PAGE, job.cursor)
        labels = _labels(page.contacts, campaign, parts)
        job = _counted(job, labels, unreadable=len(page.unreadable))
        job = replace(job, cursor=page.cursor)
        if page.cursor is None:
            job = _with_result(job, parts)
        job = save_job(job, parts.jobs, _now_ms(parts))
        if parts.clock.now_ms() + ENDING_MS > ends_at_ms:
            break
    return job


def _counted(
    job: CampaignJob, labels: Sequence[tuple[str, CampaignContact]], unreadable: int
) -> CampaignJob:
    counts = Counter(job.counts)
    if unreadable:
        counts[UNREADABLE] += unreadable
    examples = dict(job.examples)
    for label, contact in labels:
        counts[label] += 1
        shown = examples.get(label, ())
        details = contact.details
        if label.partition(":")[0] in NOT_NOW and details.row and len(shown) < EXAMPLES:
            examples[label] = (*shown, (details.import_id, details.row))
    return replace(job, counts=dict(counts), examples=examples)


def summary(job: CampaignJob) -> dict[str, object]:
    """What a preview found, as an operator reads it."""
    counts = job.counts
    groups: dict[str, dict[str, int]] = {"later": {}, "never": {}, "past": {}}
    for label, count in sorted(counts.items()):
        group, _, reason = label.partition(":")
        if group in groups:
            groups[group][reason] = count
    return {
        "callable": counts.get(CALLABLE_NOW, 0),
        "later": sum(groups["later"].values()),
        "laterBy": groups["later"],
        "never": sum(groups["never"].values()),
        "neverBy": groups["never"],
        "rowsBy": {
            label.partition(":")[2]: [{"importId": one, "row": row} for one, row in sorted(rows)]
            for label, rows in sorted(job.examples.items())
        },
        "past": sum(groups["past"].values()),
        "pastBy": groups["past"],
    }


def _with_result(job: CampaignJob, parts: PreviewParts) -> CampaignJob:
    key = f"campaigns/{job.campaign_id}/previews/{job.job_id}.json"
    parts.files.write(key, [json.dumps(summary(job)).encode()])
    return replace(job, state=JobState.DONE, result_key=key)


def _labels(
    contacts: Sequence[CampaignContact], campaign: Campaign, parts: PreviewParts
) -> list[tuple[str, CampaignContact]]:
    waiting = [one for one in contacts if one.state is ContactState.WAITING]
    people = parts.people.read_many([one.details.number for one in waiting])
    labels = [(_past(one), one) for one in contacts if one.state is not ContactState.WAITING]
    for one in waiting:
        known = people.get(one.details.number)
        labels.append((_label(one, known, campaign, parts), one))
    return labels


def _label(
    contact: CampaignContact,
    person: tuple[Customer, Permission] | None,
    campaign: Campaign,
    parts: PreviewParts,
) -> str:
    if person is None:
        return UNREADABLE
    customer, permission = person
    begins_ms = max(_now_ms(parts), campaign.wish.start_at_ms or 0)
    waits_for = _waits_for(contact, begins_ms)
    at_ms = max(begins_ms, contact.due_at_ms or 0) if waits_for else begins_ms
    known = permission_contact(contact, campaign.wish.purpose, permission)
    gates = Gates(customer_busy=customer.busy_at(parts.clock.now_ms()))
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    try:
        number = parse_phone_number(contact.details.number)
        verdict = parts.may_call(number, known, history_of(customer), at, parts.rules, gates)
    except BadNumberError:
        return "never:bad_number"
    if not isinstance(verdict, Deny):
        called_at, label = at, f"later:{waits_for}" if waits_for else CALLABLE_NOW
    elif verdict.next_allowed_at is None:
        return f"never:{verdict.reason}"
    else:
        called_at, label = verdict.next_allowed_at, f"later:{waits_for or verdict.reason}"
    return AFTER_END if campaign.over(round(called_at.timestamp() * 1000)) else label


def _waits_for(contact: CampaignContact, begins_ms: int) -> str:
    """What a contact waits for whatever the hour: its retry, the call it was promised; or "".

    One that was put off by the rules is judged anew.
    """
    if contact.put_off or (contact.due_at_ms or 0) <= begins_ms:
        return ""
    if (contact.callback_at_ms or 0) > begins_ms:
        return "callback"
    return "retry" if contact.outcomes else ""


def _now_ms(parts: PreviewParts) -> int:
    return civil_ms(parts.clock.now_ms(), parts.civil)


def _past(contact: CampaignContact) -> str:
    """A contact who waits no more: never, or part of what was done."""
    if contact.state is ContactState.NEVER:
        return f"never:{contact.reason}"
    return f"past:{contact.reason or contact.state}"
