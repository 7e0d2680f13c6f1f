"""Whom could a campaign call now?

    urgent contacts due, then others ──► may_call ──► callable now
                                             ├──► put off until it is allowed
                                             └──► never

Contactability is asked for now and for the furthest slot, so that nobody is planned into the
end of a window; it is advice: the dialer asks again for the slot's own instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import given_up, put_off
from contact_center.campaigns.services.campaign_ports import ContactChange, DueQueue
from contact_center.campaigns.services.judge_contact import permission_contact
from contact_center.campaigns.services.plan_parts import Looked
from contact_center.campaigns.services.set_aside import move_on, step_of_failure
from contact_center.dialing.services.judge_call import history_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.permission.domain.contact_permission import Gates
from contact_center.permission.domain.contactability import Deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignHead
    from contact_center.campaigns.services.plan_parts import PlanParts
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.permission.domain.permission import Permission

# What closes for everybody alike.
CLOSED = frozenset({"outside_window", "holiday"})


def whom_to_call(head: CampaignHead, room: int, now_ms: int, parts: PlanParts) -> Looked:
    """Whom a campaign could call now, so many at most; who may not is put off, or given up.

    Args:
        head: The campaign.
        room: So many at most.
        now_ms: Civil ms since 1970.
        parts: What it works with.
    """
    urgent = _callable(head, DueQueue.URGENT, room, now_ms, parts)
    room_left = room - len(urgent.callable)
    others = _callable(head, DueQueue.WAIT, room_left, now_ms, parts)
    return Looked(
        head=head,
        room=room,
        urgent=tuple(urgent.callable),
        others=tuple(others.callable),
        more=others.more or urgent.more,
        quiet=others.quiet and not urgent.callable,
        idle=urgent.idle and others.idle,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Who was found in a queue; `more`, `quiet` and `idle` as of Looked."""

    callable: Sequence[CampaignContact]
    more: bool = False
    quiet: bool = False
    idle: bool = False


def _callable(
    head: CampaignHead, queue: DueQueue, room: int, now_ms: int, parts: PlanParts
) -> _Found:
    """Contacts of a queue who may be called now.

    Reading ends when there are enough, at the end of the queue, after so many pages, or with
    a page of whom everybody's window is closed: at night that is everybody, and what is behind
    them is a sample of the same list.
    """
    found: list[CampaignContact] = []
    cursor: object | None = None
    name, settings = head.campaign.campaign_id, parts.settings
    idle = True
    for _ in range(settings.pages):
        if len(found) >= room:
            break
        limit = min(settings.page, 2 * (room - len(found)) + 4)
        page = parts.contacts.due(name, queue, now_ms, limit, cursor)
        if page.unreadable:
            parts.metrics.count("contact_unreadable")
        idle = idle and not (page.contacts or page.unreadable)
        callable_now, closed = _sort_out(head, page.contacts, parts)
        found += callable_now
        cursor = page.cursor
        if cursor is None:
            return _Found(callable=found[:room], more=len(found) > room, idle=idle)
        if closed:
            return _Found(callable=found[:room], more=True, quiet=not found)
    return _Found(callable=found[:room], more=True)


def _sort_out(
    head: CampaignHead, contacts: Sequence[CampaignContact], parts: PlanParts
) -> tuple[list[CampaignContact], bool]:
    """Those who may be called now, the others are put off or given up; whether all are closed."""
    people = parts.people.read_many([one.details.number for one in contacts])
    now = parts.civil.at(parts.clock.now_ms())
    instants = (now, now + timedelta(milliseconds=parts.settings.limits.horizon_ms))
    callable_now: list[CampaignContact] = []
    changes: list[ContactChange] = []
    closed = 0
    for contact in contacts:
        try:
            customer, permission = people[contact.details.number]
            reason, at = _denied(head, contact, customer, permission, instants, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            changes += step_of_failure(contact, error, _ms(now), parts)
            continue
        if not reason:
            callable_now.append(contact)
            continue
        closed += reason in CLOSED
        after = given_up(contact, reason) if at is None else put_off(contact, _ms(at))
        changes.append(ContactChange(before=contact, after=after))
    move_on(changes, parts)
    return callable_now, bool(contacts) and closed == len(contacts)


def _denied(  # noqa: PLR0913, PLR0917  all that decides
    head: CampaignHead,
    contact: CampaignContact,
    customer: Customer,
    permission: Permission,
    instants: tuple[datetime, datetime],
    parts: PlanParts,
) -> tuple[str, datetime | None]:
    """Why the contact may not be called, empty if it may; and when it may, None: never."""
    known = permission_contact(contact, head.campaign.wish.purpose, permission)
    gates = Gates(customer_busy=customer.busy_at(parts.clock.now_ms()))
    history = history_of(customer)
    try:
        number = parse_phone_number(contact.details.number)
        for at in instants:
            verdict = parts.may_call(number, known, history, at, parts.rules, gates)
            if isinstance(verdict, Deny):
                return verdict.reason, verdict.next_allowed_at
    except BadNumberError:
        return "bad_number", None
    return "", None


def _ms(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
