"""Work on one person's forgetting: each store whose turn it is, each for itself, noted at once.

    read ─► claim (one write on its version) ─► a store ─► note ─► the next … ─► when to go on

The table is the truth and a message is a hint. Whoever is ended on the way has noted what was
finished; the claim is over then and the work goes on where it was. Everything may be done twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.forgetting.domain.forgetting import (
    ONCE_MORE,
    begun,
    claimed,
    closed,
    left,
    noted_first,
    once_more,
    put_off,
    ready,
    with_calls,
    with_crm_names,
    with_stores,
)
from contact_center.forgetting.domain.sealed_numbers import UnsealableError, unsealed
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased, Person
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import cause_of, place_of
from contact_center.kernel.observability import log
from contact_center.kernel.ports import PassingError, SecretUnavailableError
from contact_center.lists.services.work_on_lists import Worked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.forgetting.services.forget_ports import Eraser, Forgettings, Register
    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.lists.services.list_ports import ListJob
    from contact_center.lists.services.work_on_lists import Work
    from contact_center.permission.services.permission_ports import ForgetKey

UNAVAILABLE, NO_SECRET = "unavailable", "no key to it"
SEALED = "its number cannot be read: the key was changed"
NO_MORE = (
    "it was told of him and is not in use any more: erase by hand what it has, or set it up again"
    " and ask again"
)
OVERDUE_TRIES = 18  # half a day
ENDING_MS = 60_000  # what is begun with less time left might be cut off
AGAIN = "again"  # in the place of an id: everybody in the register


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetParts:
    """What forgetting works with.

    Attributes:
        erasers: How each store in use is made to forget; made when it is first asked.
    """

    forgettings: Forgettings
    register: Register
    erasers: Mapping[Store, Callable[[], Eraser]]
    key: ForgetKey
    clock: Clock
    civil: CivilTime
    metrics: Metrics

    def now_ms(self) -> int:
        """Civil ms since 1970."""
        return civil_ms(self.clock.now_ms(), self.civil)


def forget_person(forget_id: str, ends_at_ms: int, parts: ForgetParts) -> Forgetting | None:
    """Go on with one person's forgetting, as far as it is due and time allows.

    Args:
        forget_id: Whose.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        As it is left; None: it is not due, or somebody else is at it.

    Raises:
        StoreUnavailableError: What was erased and not noted is looked for again.
    """
    now_ms = parts.now_ms()
    known = parts.forgettings.read(forget_id)
    if known is None or known.look_ms is None or known.look_ms > now_ms:
        return None
    mine = parts.forgettings.write(claimed(known, now_ms))
    if mine is None:
        return None
    parts.register.put(mine)
    for _ in range(3 * len(mine.stores)):  # what waits for another has its turn then
        due = ready(mine, parts.now_ms())
        if not due or parts.clock.now_ms() + ENDING_MS > ends_at_ms:
            break
        noted = parts.forgettings.write(_asked(mine, due[0], ends_at_ms, parts))
        if noted is None:
            return None
        mine = noted
    return parts.forgettings.write(left(mine, parts.now_ms()))


def forget_again(parts: ForgetParts) -> int:
    """After a restore: everybody who was forgotten lately is forgotten once more, from the start.

    Returns:
        How many that are. What is wrong with one stops no other.

    Raises:
        StoreUnavailableError: Some are; told again, the others are.
    """
    count = 0
    passing: PassingError | None = None
    for forget_id in parts.register.names():
        try:
            count += _begun_again(forget_id, parts)
        except PassingError as error:
            passing = error
        except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
            log("ERROR", "not forgotten again", error=type(error).__name__, place=place_of(error))
            parts.metrics.count("forget_overdue")
    if passing is not None:
        raise passing
    return count


def _begun_again(forget_id: str, parts: ForgetParts) -> bool:
    noted = parts.register.get(forget_id)
    if noted is None:
        return False
    kept, asked_ms, asked_civil_ms = noted
    known = parts.forgettings.read(forget_id)
    again = begun(known, forget_id, kept, (asked_ms, asked_civil_ms), parts.erasers)
    lost = known is None  # with it that he is not to be called
    return parts.forgettings.write(again, asked_civil_ms if lost else None) is not None


def _asked(mine: Forgetting, store: Store, ends_at_ms: int, parts: ForgetParts) -> Forgetting:
    """It, once a store was asked: what is wrong there stops no other."""
    if mine.stores[store].why == ONCE_MORE:  # the queues' last word
        return closed(mine, store, 0, parts.now_ms(), None)
    if store not in parts.erasers:
        return _noted(mine, store, Erased(impossible=NO_MORE), parts)

    def in_time() -> bool:
        return parts.clock.now_ms() + ENDING_MS <= ends_at_ms

    try:
        number = unsealed(parts.key.current(), mine.sealed, mine.forget_id)
        person = Person(
            number=number,
            until_ms=mine.asked_ms,
            civil_until_ms=mine.civil_ms,
            call_ids=mine.call_ids,
            crm_names=mine.crm_names,
            stores=frozenset(mine.stores),
        )
        erased = parts.erasers[store]().erase(person, in_time)
    except PassingError:
        erased = Erased(later=UNAVAILABLE)
    except SecretUnavailableError:
        erased = Erased(later=NO_SECRET)
    except UnsealableError:
        erased = Erased(impossible=SEALED)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        place = place_of(error)
        log("ERROR", "not erased", store=store.value, error=type(error).__name__, place=place)
        erased = Erased(later=f"broken: {cause_of(error)}")
    return _noted(mine, store, erased, parts)


def _noted(mine: Forgetting, store: Store, erased: Erased, parts: ForgetParts) -> Forgetting:
    before, now_ms = mine, parts.now_ms()
    mine = with_crm_names(with_calls(mine, erased.call_ids), erased.crm_names)
    mine = with_stores(mine, erased.told)
    came_to = "later" if erased.later else "impossible" if erased.impossible else "done"
    parts.metrics.count("forget_store", store=store.value, came_to=came_to)
    if erased.later == NOT_NOTED and mine != before:
        return noted_first(mine, store, erased.count)
    if erased.later is not None:
        if mine.stores[store].tries + 1 >= OVERDUE_TRIES:
            parts.metrics.count("forget_overdue")
        return put_off(mine, store, erased.count, now_ms, erased.later)
    if store is Store.QUEUES and mine.round > 1:  # the first is followed by a second anyway
        return once_more(mine, now_ms)
    return closed(mine, store, erased.count, now_ms, erased.impossible)


def forgetting_work(parts: ForgetParts) -> Work:
    """The work on forgetting, for the worker on lists."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        if job.job_id == AGAIN:
            forget_again(parts)
            return Worked.ENDED
        after = forget_person(job.job_id, ends_at_ms, parts)
        due = after is not None and after.look_ms is not None and after.look_ms <= parts.now_ms()
        return Worked.GOES_ON if due else Worked.ENDED

    return work
