"""What a caller left before it was known whose call it is: it is shown with his number afterwards.

An item that is listed for people says itself whose it is, since nobody reads the call for a list.
Most calls begin with the number. Where it is told later, whoever first sees both writes it there
before he writes the record that knows it, so that nobody who dies in between leaves it out; and
whoever noted something without it, and finds then that others know it, does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallHistory, CallStore

NUMBER = "customer_number"


def show_whose(
    history: CallHistory,
    record: CallRecord,
    new: Iterable[Fact],
    unnamed: Iterable[Fact],
    store: CallStore,
) -> list[Fact]:
    """Show what was left in a call with the number of whose it is, once that is known.

    Args:
        history: As the call was read.
        record: As it stands with what is told now.
        new: What is about to be written down.
        unnamed: What this worker has written down without a number.
        store: Where.

    Returns:
        What has no number after that, as far as it is known here.

    Raises:
        StoreUnavailableError: To be told again.
    """
    number, known = record.value(NUMBER), history.record
    if number is None:
        return [fact for fact in (*history.facts, *new) if _is_left(fact)]
    is_new = known is None or known.value(NUMBER) is None
    left = [fact for fact in history.facts if _is_left(fact)] if is_new else list(unnamed)
    if left:
        store.show_whose(left, number)
    return []


def _is_left(fact: Fact) -> bool:
    """Whether people are to attend to it."""
    return getattr(fact, "follow_up", None) is not None
