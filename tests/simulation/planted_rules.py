"""Wrong designs of rules that bind beyond the country's: states, shipped caps, national lists.

And of the door, which asks the same rules and takes what the provider tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contact_center.conversations.services import answer_predial, receive_webhook
from contact_center.dialing.domain import attempt_steps, dial_circumstances
from contact_center.dialing.domain.attempt_steps import TABLE
from contact_center.dialing.domain.dial_attempts import AttemptState, GivenUp
from contact_center.dialing.services import judge_call
from contact_center.lists.services import import_national_list
from contact_center.permission.domain import contactability
from contact_center.permission.domain.dialing_rules import DialingRules
from tests.simulation.load import MINUTE_MS, STRICT_AREAS, Load
from tests.simulation.planted_bug import Planted
from tests.simulation.planted_words import ignoring
from tests.simulation.world import Faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

HOUR_MS = 60 * MINUTE_MS


# -- states and caps -------------------------------------------------------------------------


def states_ignored(patch: pytest.MonkeyPatch) -> None:
    """The country's rules hold in every state."""
    real = DialingRules.jurisdictions

    def wrong(self: DialingRules, *given: Any) -> tuple[str, ...]:
        return tuple(one for one in real(self, *given) if "-" not in one)

    patch.setattr(DialingRules, "jurisdictions", wrong)


def days_begin_at_midnight(patch: pytest.MonkeyPatch) -> None:
    """A cap of a day counts the calls of the calendar day."""
    real = contactability._cap_free_at

    def wrong(case: Any, at: datetime) -> datetime:
        midnight = at.astimezone(case.zones[0]).replace(hour=0, minute=0, second=0, microsecond=0)
        known, case.rung_at = case.rung_at, [one for one in case.rung_at if one >= midnight]
        free = real(case, at)
        case.rung_at = known
        return free

    patch.setattr(contactability, "_cap_free_at", wrong)


def weeks_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whom we rang is remembered for a day."""
    patch.setattr(dial_circumstances, "HISTORY_DAYS", 1)


# -- national lists --------------------------------------------------------------------------


def national_lists_ignored(patch: pytest.MonkeyPatch) -> None:
    """Lists are read, and not asked."""
    ignoring(patch, "national_dnc")


@dataclass
class _Unmarked:
    """A book in which nobody is written down."""

    book: Any

    def mark(self, numbers: Sequence[str], _listing: object) -> int:
        return len(numbers)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.book, name)


def listed_on_paper(patch: pytest.MonkeyPatch) -> None:
    """A list says that it is done, and nobody on it was marked."""
    real = import_national_list._commit

    def wrong(job: Any, step: Any, parts: Any) -> Any:
        return real(job, step, replace(parts, book=_Unmarked(parts.book)))

    patch.setattr(import_national_list, "_commit", wrong)


def complete_lists_not_noted(patch: pytest.MonkeyPatch) -> None:
    """That a complete list was read is written down nowhere."""
    real = import_national_list._finish

    def wrong(job: Any, parts: Any) -> Any:
        return real(replace(job, national=None), parts)

    patch.setattr(import_national_list, "_finish", wrong)


# -- the door --------------------------------------------------------------------------------


def door_knows_no_complete_lists(patch: pytest.MonkeyPatch) -> None:
    """The door reads what a person permits, and not the lists that say nothing of them."""
    real = judge_call.judge_call

    def wrong(request: Any, around: Any, now_ms: int, parts: Any) -> Any:
        permission = replace(around.permission, complete_lists={})
        return real(request, replace(around, permission=permission), now_ms, parts)

    patch.setattr(answer_predial, "judge_call", wrong)


def door_judges_for_tomorrow(patch: pytest.MonkeyPatch) -> None:
    """The door asks whether somebody may be called at some time."""
    real = judge_call.judge_call

    def wrong(request: Any, around: Any, now_ms: int, parts: Any) -> Any:
        verdict = real(request, around, now_ms, parts)
        at = getattr(verdict, "next_allowed_at", None)
        if at is None:
            return verdict
        later = max(at, datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(seconds=1))
        return real(request, around, parts.civil.machine_ms(later), parts)

    patch.setattr(answer_predial, "judge_call", wrong)


def acknowledged_before_it_is_stored(patch: pytest.MonkeyPatch) -> None:
    """The provider is told that we have a webhook before the queue has it."""
    real = receive_webhook._store

    def wrong(*given: Any) -> bool:
        real(*given)
        return True

    patch.setattr(receive_webhook, "_store", wrong)


# -- withdrawn under way ---------------------------------------------------------------------


def withdrawn_and_dialled_again(patch: pytest.MonkeyPatch) -> None:
    """Whoever is taken off the list while a POST is under way is dialled again if it fails."""

    def wrong(attempt: Any, event: GivenUp, timings: Any) -> Any:
        return replace(attempt_steps._give_up_later(attempt, event, timings), cancelled=False)

    patch.setitem(TABLE[AttemptState.DIALING], GivenUp, wrong)


# -- the list --------------------------------------------------------------------------------

_CALM = Load(contacts=12, triggers=4, numbers=12, account_calls=5, lines=30, faulty_ms=MINUTE_MS)
_SELDOM = Load(
    contacts=0,
    inbound=0,
    numbers=1,
    prefixes=1,
    account_calls=5,
    lines=10,
    shipped_caps=True,
    operators=False,
    faulty_ms=MINUTE_MS,
)
_LISTED = replace(
    _CALM, national=True, operators=False, faulty_ms=10 * MINUTE_MS, spread_ms=15 * MINUTE_MS
)

RULE_BUGS: tuple[Planted, ...] = (
    Planted(
        plant=states_ignored,
        caught="there",
        load=replace(_CALM, near_close=True, areas=STRICT_AREAS, prefixes=3),
    ),
    Planted(
        plant=days_begin_at_midnight,
        caught="calls in 24 hours",
        load=replace(_SELDOM, triggers=40, spread_ms=26 * HOUR_MS, horizon_ms=28 * HOUR_MS),
    ),
    Planted(
        plant=weeks_forgotten,
        caught="calls in 168 hours",
        load=replace(_SELDOM, triggers=80, spread_ms=98 * HOUR_MS, horizon_ms=100 * HOUR_MS),
    ),
    Planted(plant=national_lists_ignored, caught="on the national list", load=_LISTED),
    Planted(plant=listed_on_paper, caught="on the national list", load=_LISTED),
    Planted(
        plant=complete_lists_not_noted,
        caught="nothing stood in the way",
        load=replace(_LISTED, predials=30),
    ),
    Planted(
        plant=door_knows_no_complete_lists,
        caught="nothing stood in the way",
        load=replace(_LISTED, predials=30),
    ),
    Planted(
        plant=door_judges_for_tomorrow,
        caught="the door let somebody be called",
        load=replace(_CALM, near_close=True, predials=20, faulty_ms=20 * MINUTE_MS),
    ),
    Planted(
        plant=acknowledged_before_it_is_stored,
        caught="acknowledged and not recorded",
        load=replace(_CALM, faults=Faults(queue_down=0.3)),
    ),
    Planted(
        plant=withdrawn_and_dialled_again,
        caught="contact was withdrawn",
        load=Load(
            campaigns=1,
            contacts=0,
            triggers=0,
            inbound=0,
            numbers=60,
            account_calls=20,
            lines=90,
            caps_per_hour=20,
            acts=12,
            faulty_ms=8 * MINUTE_MS,
            horizon_ms=26 * HOUR_MS,
            expires_ms=25 * MINUTE_MS,
            spread_ms=1_000,
            network_ms=(1_000, 1_000),  # a POST is under way for long, and as long as any other
            faults=Faults(rate_limited=0.9),
        ),
        first=350,
    ),
)
