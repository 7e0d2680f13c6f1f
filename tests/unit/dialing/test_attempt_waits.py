"""What a queued attempt waits for: told from its reason, for every reason there is."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.attempt_waits import WaitsFor, is_news, waits_for
from contact_center.dialing.domain.dial_attempts import AttemptState, Deferred, Withdrawn
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.permission.domain.contactability import Reason
from tests.unit.dialing.dialing_scene import NOW_MS, TIMINGS, in_state

FOR_EVER = {"suppressed", "no_consent", "consent_revoked"}  # nobody waits for these
LATER_MS = NOW_MS + 60_000


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        (None, WaitsFor.SLOT),
        ("no_slot", WaitsFor.SLOT),
        ("slot_missed", WaitsFor.SLOT),
        ("late", WaitsFor.SLOT),
        ("lines_taken", WaitsFor.LINE),
        ("capacity", WaitsFor.LINE),
        ("call.start.error-subscription-concurrency-limit-reached", WaitsFor.LINE),
        ("outside_window", WaitsFor.WINDOW),
        ("holiday", WaitsFor.WINDOW),
        ("frequency_cap", WaitsFor.WINDOW),
        ("quiet_period", WaitsFor.WINDOW),
        ("national_dnc", WaitsFor.WINDOW),
        ("campaign_not_running", WaitsFor.PAUSE),
        ("dialing_stopped", WaitsFor.STOP),
        ("customer_busy", WaitsFor.CUSTOMER_BUSY),
        ("not_connected", WaitsFor.PROVIDER),
        ("rate", WaitsFor.PROVIDER),
        ("credentials", WaitsFor.PROVIDER),
    ],
)
def test_a_reason_says_what_is_waited_for(reason: str | None, what: WaitsFor) -> None:
    assert waits_for(reason) is what


def test_no_denial_that_passes_is_laid_at_the_providers_door() -> None:
    passing = set(get_args(Reason)) - FOR_EVER
    assert WaitsFor.PROVIDER not in {waits_for(reason) for reason in passing}


def test_the_next_slot_is_no_news_to_who_waits_for_a_line_or_the_provider() -> None:
    told = {before for before in WaitsFor if not is_news(before, WaitsFor.SLOT)}
    assert told == {WaitsFor.SLOT, WaitsFor.LINE, WaitsFor.PROVIDER}
    assert is_news(WaitsFor.SLOT, WaitsFor.LINE)
    assert not is_news(WaitsFor.LINE, WaitsFor.LINE)


def test_since_changes_with_what_is_waited_for_and_with_nothing_else() -> None:
    queued = in_state(AttemptState.QUEUED)

    def deferred(reason: str | None, at_ms: int) -> None:
        nonlocal queued
        queued = next_step(queued, Deferred(now_ms=at_ms, reason=reason), TIMINGS)

    assert queued.waits_since_ms == queued.request.created_at_ms
    deferred("outside_window", NOW_MS + 1)
    deferred("frequency_cap", NOW_MS + 2)  # the same: a time at which it is allowed
    deferred(None, NOW_MS + 3)  # the reconciler sends its job again
    assert (queued.waits_for, queued.waits_since_ms) == (WaitsFor.WINDOW, NOW_MS + 1)
    deferred("customer_busy", NOW_MS + 4)
    assert (queued.waits_for, queued.waits_since_ms) == (WaitsFor.CUSTOMER_BUSY, NOW_MS + 4)


def test_a_deferral_that_names_no_time_to_be_looked_at_leaves_it() -> None:
    queued = replace(in_state(AttemptState.QUEUED), due_at_ms=LATER_MS)
    assert next_step(queued, Deferred(now_ms=NOW_MS, reason="no_slot"), TIMINGS) == replace(
        queued, reason="no_slot"
    )


def test_who_is_given_back_waits_since_then() -> None:
    given_back = Withdrawn(posts=1, reason="capacity", now_ms=NOW_MS, not_before_ms=LATER_MS)
    after = next_step(in_state(AttemptState.DIALING), given_back, TIMINGS)
    assert (after.waits_for, after.waits_since_ms) == (WaitsFor.LINE, NOW_MS)


@pytest.mark.parametrize("state", [one for one in AttemptState if one is not AttemptState.QUEUED])
def test_what_is_not_queued_waits_for_nothing(state: AttemptState) -> None:
    shown = show_attempt(replace(in_state(state), reason="campaign_not_running"))
    assert (shown["waitsFor"], shown["since"]) == (None, None)


def test_a_new_attempt_is_shown_to_wait_for_its_turn() -> None:
    shown = show_attempt(in_state(AttemptState.QUEUED))
    assert (shown["waitsFor"], shown["since"]) == ("slot", shown["createdAt"])
