"""Whom a campaign could call now, whom later and why, whom never: the whole list, in pages.

A job, because a list may have a million contacts: it counts page by page, writes down where it
is, and can be cut short and called again. What is counted is advice of the moment.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
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
    from datetime import datetime

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
        job = begin_job(job, parts.jobs, civil_ms(parts.clock.now_ms(), parts.civil))
    while job is not None and job.open:
        page = parts.contacts.page(campaign_id, PAGE, job.cursor)
        labels = _labels(page.contacts, campaign.wish.purpose, parts)
        job = _counted(job, labels, unreadable=len(page.unreadable))
        job = replace(job, cursor=page.cursor)
        if page.cursor is None:
            job = _with_result(job, parts)
        job = save_job(job, parts.jobs, civil_ms(parts.clock.now_ms(), parts.civil))
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
    contacts: Sequence[CampaignContact], purpose: str, parts: PreviewParts
) -> list[tuple[str, CampaignContact]]:
    waiting = [one for one in contacts if one.state is ContactState.WAITING]
    people = parts.people.read_many([one.details.number for one in waiting])
    now = parts.civil.at(parts.clock.now_ms())
    labels = [(_past(one), one) for one in contacts if one.state is not ContactState.WAITING]
    for one in waiting:
        known = people.get(one.details.number)
        labels.append((_label(one, known, purpose, now, parts), one))
    return labels


def _label(
    contact: CampaignContact,
    person: tuple[Customer, Permission] | None,
    purpose: str,
    now: datetime,
    parts: PreviewParts,
) -> str:
    if contact.outcomes and (contact.due_at_ms or 0) > round(now.timestamp() * 1000):
        return "later:retry"
    if person is None:
        return UNREADABLE
    customer, permission = person
    known = permission_contact(contact, purpose, permission)
    gates = Gates(customer_busy=customer.busy_at(parts.clock.now_ms()))
    try:
        number = parse_phone_number(contact.details.number)
        verdict = parts.may_call(number, known, history_of(customer), now, parts.rules, gates)
    except BadNumberError:
        return "never:bad_number"
    return _verdict(verdict) if isinstance(verdict, Deny) else CALLABLE_NOW


def _verdict(deny: Deny) -> str:
    return f"never:{deny.reason}" if deny.next_allowed_at is None else f"later:{deny.reason}"


def _past(contact: CampaignContact) -> str:
    """A contact who waits no more: never, or part of what was done."""
    if contact.state is ContactState.NEVER:
        return f"never:{contact.reason}"
    return f"past:{contact.reason or contact.state}"
