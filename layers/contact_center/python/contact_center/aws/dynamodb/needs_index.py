"""The sparse index `needs` of each table: what waits for a person, and nothing else.

An item is in it while it carries these two attributes. Whoever writes an item that needs somebody
writes them with it; whatever is written later without them takes it out again, as deleting it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item

INDEX = "needs"
PERSON = "PERSON"  # the one partition
NEEDS, SINCE = "needs", "needs_since_ms"


def needs(since_ms: int) -> Item:
    """What an item carries that needs somebody from then on, machine ms since 1970."""
    return {NEEDS: {"S": PERSON}, SINCE: {"N": str(since_ms)}}
