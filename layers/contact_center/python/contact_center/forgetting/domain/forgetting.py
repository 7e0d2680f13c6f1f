"""One person's forgetting: what each store said of it, when to go on, what can be certified.

    begun ─► each store: open ─► done, or impossible (why) ─► soon once more ─► 14 days later again
                          │  ▲
                          └──┘ later, longer each time

Three rounds. The second finds what was being written in the moment of the first: whoever wrote then
lives no longer. It waits for no queue. The last finds what came late: a dead letter is kept for 14
days. After a restore of a table whoever was forgotten since is forgotten again, from the first
round on.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.forgetting.domain.stores import AFTER, FED_BY_QUEUES, Store
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

DAY_MS = 86_400_000
AGAIN_MS = 14 * DAY_MS + 3_600_000  # dead letters are gone then (template.yaml)
SOON_MS = 20 * 60_000  # no function of ours lives for longer than 15 minutes
BACKUPS_MS = 35 * DAY_MS  # a table can be restored to any second of these (point-in-time recovery)
REGISTERED_DAYS = 50  # both, and a day: then nobody can unseal the number any more
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 60_000, 3_600_000
# Whoever begins is at work for as long as Lambda lets him; then the work is anybody's again.
LEASE_MS = 960_000
LAST_ROUND = 3
OVERDUE_MS = DAY_MS  # queues let go of a message within hours
ONCE_MORE = "nothing waits any more: what came meanwhile is looked for"


class StoreState(StrEnum):
    """How far a store is."""

    OPEN = "open"  # waits, or is tried again
    DONE = "done"  # nothing of the person is left in it
    IMPOSSIBLE = "impossible"  # `why` says what is in the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What is known of one store. Times are civil ms since 1970.

    Attributes:
        why: It is open or impossible, in words of ours; None: it is its turn, or done.
        erased: How many things were erased there so far.
        tries: How often in a row it could not be finished.
        due_ms: Open: not to be tried before.
        at_ms: When it was closed last.
    """

    state: StoreState = StoreState.OPEN
    why: str | None = None
    erased: int = 0
    tries: int = 0
    due_ms: int = 0
    at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """One person's.

    Attributes:
        forget_id: The person's mark.
        sealed: The number, readable by whoever works on it; empty once nobody has to any more.
        asked_ms: When it was asked for, machine ms since 1970; what is younger is another story.
        civil_ms: The same by the civil clock.
        round: Which one it is, from 1.
        call_ids: Calls that the providers are still to forget.
        crm_names: By what a CRM that is still to forget him may know him, besides his number.
        look_ms: When somebody is to go on, civil; None: never again.
        version: Of what is stored; 0: nothing is.
    """

    forget_id: str
    sealed: str = field(repr=False)
    asked_ms: int
    civil_ms: int
    stores: Mapping[Store, Reached]
    round: int = 1
    call_ids: tuple[str, ...] = ()
    crm_names: tuple[str, ...] = ()
    look_ms: int | None = None
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether some store is still to be done in this round."""
        return any(one.state is StoreState.OPEN for one in self.stores.values())

    @property
    def overdue_from_ms(self) -> int:
        """From when on a person is to see why some store holds him still, machine ms since 1970."""
        return self.asked_ms + OVERDUE_MS

    @property
    def closed_ms(self) -> int | None:
        """When the last store was closed; None while one is open."""
        times = [one.at_ms for one in self.stores.values() if one.at_ms is not None]
        return None if self.open else max(times, default=self.civil_ms)

    @property
    def backups_until_ms(self) -> int:
        """Until when a backup of a table may hold the person, as far as that is known now."""
        return (self.closed_ms or self.civil_ms) + BACKUPS_MS


def begun(
    known: Forgetting | None,
    forget_id: str,
    sealed: str,
    at: tuple[int, int],
    used: Iterable[Store],
) -> Forgetting:
    """The forgetting of somebody, from the first round on; asked for again it begins again.

    Args:
        known: As stored, or None.
        forget_id: The person's mark.
        sealed: The number.
        at: Now, by the machine's clock and by the civil one, ms since 1970.
        used: The stores there are; those that were asked before stay, in use or not.
    """
    asked_ms, civil_ms = at
    if known is not None:
        asked_ms, civil_ms = max(known.asked_ms, asked_ms), max(known.civil_ms, civil_ms)
    return Forgetting(
        forget_id=forget_id,
        sealed=sealed,
        asked_ms=asked_ms,
        civil_ms=civil_ms,
        stores=_in_order({*used, *(() if known is None else known.stores)}),
        call_ids=() if known is None else known.call_ids,
        crm_names=() if known is None else known.crm_names,
        look_ms=civil_ms,
        version=0 if known is None else known.version,
    )


def claimed(known: Forgetting, now_ms: int) -> Forgetting:
    """As it is for whoever works on it now: nobody else looks before his time is over."""
    again, begins_ms = known, _next_round_ms(known)
    if begins_ms is not None and begins_ms <= now_ms:
        stores = {
            store: replace(one, state=StoreState.OPEN, why=None, tries=0, due_ms=0)
            for store, one in known.stores.items()
        }
        again = replace(known, round=known.round + 1, stores=stores)
    return replace(again, look_ms=now_ms + LEASE_MS)


def ready(known: Forgetting, now_ms: int) -> list[Store]:
    """The stores whose turn it is, in their order."""
    return [
        store
        for store, one in known.stores.items()
        if one.state is StoreState.OPEN and one.due_ms <= now_ms and not _waits(known, store)
    ]


def closed(
    known: Forgetting, store: Store, erased: int, now_ms: int, why: str | None
) -> Forgetting:
    """A store has let go of him; `why`: it cannot, or not of all."""
    state = StoreState.DONE if why is None else StoreState.IMPOSSIBLE
    before = known.stores[store]
    reached = Reached(state=state, why=why, erased=before.erased + erased, at_ms=now_ms)
    return replace(known, stores={**known.stores, store: reached})


def put_off(known: Forgetting, store: Store, erased: int, now_ms: int, why: str) -> Forgetting:
    """A store is tried again: after a minute, then twice as long each time, an hour at most."""
    before = known.stores[store]
    pause_ms = min(FIRST_PAUSE_MS << min(before.tries, 10), LONGEST_PAUSE_MS)
    reached = replace(
        before,
        why=why,
        erased=before.erased + erased,
        tries=before.tries + 1,
        due_ms=now_ms + pause_ms,
    )
    return replace(known, stores={**known.stores, store: reached})


def noted_first(known: Forgetting, store: Store, erased: int) -> Forgetting:
    """A store that waited for something to be noted, which it is now: it is its turn again."""
    before = known.stores[store]
    reached = replace(before, erased=before.erased + erased)
    return replace(known, stores={**known.stores, store: reached})


def once_more(known: Forgetting, now_ms: int) -> Forgetting:
    """Nothing waits in queues any more: what they feed is asked again, once a round.

    A call of his may have been in one, known to nobody, while the stores were asked; or a store was
    asked while another had to wait, and a report came meanwhile.
    """
    stores = {
        store: replace(one, state=StoreState.OPEN, why=None, tries=0, due_ms=now_ms)
        if store in FED_BY_QUEUES
        else one
        for store, one in known.stores.items()
    }
    waits = replace(known.stores[Store.QUEUES], why=ONCE_MORE, tries=0, due_ms=now_ms)
    return replace(known, stores={**stores, Store.QUEUES: waits})


def with_calls(known: Forgetting, call_ids: Iterable[str]) -> Forgetting:
    """With calls that the providers are to forget as well."""
    return replace(known, call_ids=tuple(dict.fromkeys((*known.call_ids, *call_ids))))


def with_crm_names(known: Forgetting, crm_names: Iterable[str]) -> Forgetting:
    """With more by which a CRM may know him."""
    return replace(known, crm_names=tuple(dict.fromkeys((*known.crm_names, *crm_names))))


def with_stores(known: Forgetting, stores: Iterable[Store]) -> Forgetting:
    """With stores that were told of him as well."""
    return replace(known, stores=_in_order({*stores, *known.stores}) | dict(known.stores))


def left(known: Forgetting, now_ms: int) -> Forgetting:
    """As it is left by whoever worked on it: when to go on, and with what.

    After the last round nobody needs the number any more. By what a CRM knows him stays where it
    did not forget him: whoever asks once more finds it nowhere else.
    """
    due = [
        one.due_ms
        for store, one in known.stores.items()
        if one.state is StoreState.OPEN and not _waits(known, store)
    ]
    begins_ms = _next_round_ms(known)
    if begins_ms is not None:
        due.append(begins_ms)
    if due or known.open:
        return replace(known, look_ms=max(now_ms, min(due, default=now_ms)))
    at_crm = known.stores.get(Store.HUBSPOT, Reached(state=StoreState.DONE))
    crm_names = () if at_crm.state is StoreState.DONE else known.crm_names
    return replace(known, look_ms=None, sealed="", call_ids=(), crm_names=crm_names)


def _next_round_ms(known: Forgetting) -> int | None:
    """When the next round begins, civil; None: there is none, or something of this one is open."""
    if known.round >= LAST_ROUND:
        return None
    if known.round > 1:
        return None if known.open else known.civil_ms + AGAIN_MS
    ours = [one for store, one in known.stores.items() if store is not Store.QUEUES]
    if any(one.state is StoreState.OPEN for one in ours):
        return None
    return max((one.at_ms or 0 for one in ours), default=known.civil_ms) + SOON_MS


def _in_order(stores: Collection[Store]) -> dict[Store, Reached]:
    return {store: Reached() for store in Store if store in stores}


def _waits(known: Forgetting, store: Store) -> bool:
    """Whether another store has to be done before it."""
    before = AFTER.get(store, frozenset()) & known.stores.keys()
    return any(known.stores[one].state is StoreState.OPEN for one in before)
