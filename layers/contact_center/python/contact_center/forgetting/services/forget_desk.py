"""Forgetting as operators ask for it: begin, look, begin again after a restore.

From the answer on nobody calls him: that is written before anything is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.forgetting.domain.forgetting import AGAIN_MS, LAST_ROUND, begun
from contact_center.forgetting.domain.sealed_numbers import sealed
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import ContentionError, QueueUnavailableError
from contact_center.permission.domain.forgotten import forgotten_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.forgetting.domain.stores import Store
    from contact_center.forgetting.services.forget_ports import Forgettings
    from contact_center.kernel.ports import CivilTime, Clock, Ids, Metrics
    from contact_center.permission.services.permission_ports import ForgetKey

    type Json = dict[str, object]

TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetDesk:
    """What asking to forget needs.

    Attributes:
        used: The stores there are.
        hint: Tells whoever works on it which one to look at. Raises QueueUnavailableError.
        ours: Numbers of the business, E.164, which are nobody's own.
    """

    forgettings: Forgettings
    used: Sequence[Store]
    hint: Callable[[str], None]
    key: ForgetKey
    ids: Ids
    clock: Clock
    civil: CivilTime
    metrics: Metrics
    ours: Collection[str] = ()


def begin_forgetting(number: str, desk: ForgetDesk) -> Json:
    """Have a person forgotten; asked again it begins again, and reaches what came since.

    Args:
        number: E.164.
        desk: What it needs.

    Raises:
        FieldError: It is a number of the business: everybody's calls would go with it.
        SecretUnavailableError: The key of marks cannot be had; nothing is written.
        ContentionError, StoreUnavailableError: Nobody knows; to be asked again.
    """
    if number in desk.ours:
        raise FieldError("phone", "must be a person's: it is a number of the business")
    key = desk.key.current()
    forget_id = forgotten_mark(key, number)
    for _ in range(TRIES):
        now_ms = desk.clock.now_ms()
        at = now_ms, civil_ms(now_ms, desk.civil)
        known = desk.forgettings.read(forget_id)
        wished = begun(known, forget_id, sealed(key, number, desk.ids.new()), at, desk.used)
        if desk.forgettings.write(wished, suppressed_ms=at[1]) is not None:
            _hint(forget_id, desk)
            return {"forgetId": forget_id}
    raise ContentionError


def show_forgetting(forget_id: str, desk: ForgetDesk) -> Json | None:
    """What was reached and what was not, and until when backups hold it; None: there is no such.

    Raises StoreUnavailableError.
    """
    known = desk.forgettings.read(forget_id)
    return None if known is None else _certificate(known)


def _certificate(known: Forgetting) -> Json:
    goes_on = known.round < LAST_ROUND and known.look_ms is not None
    again_ms = known.civil_ms + AGAIN_MS if goes_on else None
    return {
        "forgetId": known.forget_id,
        "state": "open" if known.open else "done",
        "askedAt": iso(known.civil_ms),
        "closedAt": iso(known.closed_ms),
        "round": known.round,
        "runsAgainAt": iso(again_ms),
        "backupsUntil": iso(known.backups_until_ms),
        "stores": [
            {
                "store": store.value,
                "state": one.state.value,
                "why": one.why,
                "erased": one.erased,
                "closedAt": iso(one.at_ms),
            }
            for store, one in known.stores.items()
        ],
    }


def _hint(forget_id: str, desk: ForgetDesk) -> None:
    """Tell whoever works on it; a hint that is lost is made good by the next tick."""
    try:
        desk.hint(forget_id)
    except QueueUnavailableError:
        desk.metrics.count("forget_hint_lost")
