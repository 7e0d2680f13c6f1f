"""Add what is told to what is known of a visit: read, merge, write, until the write holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import ContentionError
from contact_center.visits.domain.visit_merge import merged

if TYPE_CHECKING:
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Kept, Visits

# Each lost race means that somebody else told something: a few speak of one visit at a time.
TRIES = 8


def tell(visits: Visits, told: Visit, known: Kept | None = None) -> Visit | None:
    """Tell something of a visit. What brings nothing new writes nothing.

    Args:
        visits: Where.
        told: What is told.
        known: The visit as it was read a moment ago; None: it is read here.

    Returns:
        The visit as it stands now; None when there is none of that id.

    Raises:
        ContentionError: Others kept being faster.
        StoreUnavailableError: Nobody knows whether it was written; it may be told again.
    """
    kept = known or visits.read(told.visit_id)
    for _ in range(TRIES):
        if kept is None:
            return None
        after = merged(kept.visit, told)
        if after == kept.visit:
            return after
        kept = visits.write(after, kept.revision)
        if kept is None:
            return after
    raise ContentionError
