"""Which steps of contacts are one transaction, and what each makes of whose figures.

    steps of any campaigns ─► transactions of at most 100 items ─► per campaign: count, tallies

Adapter and fake go by this, so that what the figures come to is decided once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange

# DynamoDB's limits for one transaction are 100 items and 4 MB. A contact's item is its JSON in
# ASCII, where a character of what a list says may be twelve (fourteen in the request itself,
# which stays below 4 MB as well); the rest of it is bounded.
MOST_ITEMS = 100
MOST_BYTES = 3_400_000
BYTES_A_CHARACTER = 12
BYTES_BESIDE = 24_000


@dataclass(slots=True)
class FigureChange:
    """What some steps change in the figures of one campaign.

    Attributes:
        shard: The part of the count it is booked to.
        labels: Contacts by label, money and priced calls likewise: what is to be added.
        tallies: Outcomes to add, `ended` and `failed`, by the beginning of their five minutes.
    """

    campaign_id: str
    shard: int
    labels: Counter[str] = field(default_factory=Counter)
    spent_micros: int = 0
    priced: int = 0
    unpriced: int = 0
    open_legs: int = 0
    tallies: dict[int, Counter[str]] = field(default_factory=dict)


def in_transactions(changes: Sequence[ContactChange]) -> list[list[ContactChange]]:
    """The steps in parts that fit into a transaction with all the figures they change.

    Steps of one campaign lie together, so that its count is written as seldom as can be. Two
    steps of one contact are never in the same part: the second is judged after the first.
    """
    by_campaign = sorted(changes, key=lambda one: one.before.campaign_id)
    parts: list[list[ContactChange]] = []
    items: set[tuple[str, object]] = set()
    size = 0
    for change in by_campaign:
        name = change.before.campaign_id
        contact: tuple[str, object] = (name, change.before.contact_id)
        touched: set[tuple[str, object]] = {contact, (name, None)}
        if change.tally is not None:
            touched.add((name, change.tally.began_at_ms))
        size += bytes_of(change.after)
        full = size > MOST_BYTES or len(items | touched) > MOST_ITEMS
        if not parts or contact in items or full:
            parts.append([])
            items, size = set(), bytes_of(change.after)
        parts[-1].append(change)
        items |= touched
    return parts


def bytes_of(contact: CampaignContact) -> int:
    """No less than what a contact's item takes."""
    said = contact.details.variables
    characters = sum(len(name) + len(value) for name, value in said.items())
    return BYTES_BESIDE + BYTES_A_CHARACTER * characters


def figure_changes(changes: Sequence[ContactChange]) -> list[FigureChange]:
    """What steps change in the figures, each booked to its own campaign."""
    found: dict[str, FigureChange] = {}
    for change in changes:
        before, after = change.before, change.after
        figures = found.setdefault(
            before.campaign_id, FigureChange(before.campaign_id, before.shard)
        )
        if after.label != before.label:
            figures.labels[before.label] -= 1
            figures.labels[after.label] += 1
        figures.spent_micros += change.spent_micros
        figures.priced += change.priced
        figures.unpriced += change.unpriced
        figures.open_legs += change.open_legs
        if change.tally is not None:
            tally = figures.tallies.setdefault(change.tally.began_at_ms, Counter())
            tally.update(ended=change.tally.ended, failed=change.tally.failed)
    return list(found.values())
