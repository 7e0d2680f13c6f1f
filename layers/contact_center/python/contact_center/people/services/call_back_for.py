"""A caller whose place in line for a person is kept is called for one who is held for him."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.ports import PassingError
from contact_center.people.domain.people import Happening, Held, PersonEvent
from contact_center.people.services.change_person import change_person, offer_caller
from contact_center.queue.services.call_kept_place import call_kept_place
from contact_center.queue.services.serve_next import Came

if TYPE_CHECKING:
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.change_person import PersonParts
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.call_kept_place import CallParts

# As long as the caller's telephone rings and he listens to who calls; a lost word costs no more.
HELD_SECONDS = 60


def call_back_for(
    entry: QueueEntry, colleague: Colleague, calls: CallParts, people: PersonParts
) -> bool:
    """Hold a person and call the caller whose turn it is.

    Args:
        entry: As read: KEPT.
        colleague: The person; is ready.
        calls: What calling works with.
        people: What holding works with.

    Returns:
        Whether the person is held for him: he is, or may be, rung.

    Raises:
        PersonStateError: The person is not to be had; nobody is rung.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    held = Held(offer_id=calls.ids.new(), visit_id=entry.visit_id)
    offer_caller(replace(colleague, ring_seconds=HELD_SECONDS), held, 0, people)
    rings = True  # whatever broke, unless it is known that nobody does
    try:
        came = call_kept_place(entry, calls, None, colleague.person_id, held.offer_id)
        rings = came is Came.SERVED
    except Exception:
        with suppress(PassingError):
            stored = calls.waiting.queue.read(entry.visit_id)
            rings = stored is not None and stored.token == held.offer_id
        raise
    finally:
        if not rings:
            let_go(colleague.person_id, held.offer_id, people)
    return rings


def let_go(person_id: str, token: str, people: PersonParts) -> None:
    """Whoever was held for a try is ready again; told again, nothing changes.

    Nobody is told: who holds people for callers one after the other would be asked without end.

    Raises ContentionError, StoreUnavailableError: his lease ends.
    """
    withdrawn = Happening(event=PersonEvent.WITHDRAWN, offer_id=token)
    change_person(person_id, withdrawn, people.unhinted)
