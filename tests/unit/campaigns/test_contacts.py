"""Where a campaign stands with a contact, and what each attempt makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.contacts import (
    OUTCOMES_KEPT,
    SHARDS,
    SPREAD_MS,
    TERMINAL,
    AttemptOutcome,
    CampaignContact,
    ContactDetails,
    ContactState,
    asked_back,
    contact_id,
    given_up,
    new_contact,
    put_off,
    stumbled,
    taken,
    with_outcome,
    withdrawn,
)
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.change_campaign import cancel_campaign
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from tests.campaign_scene import NOON, CampaignScene, ms, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.domain.dial_attempts import DialAttempt

NOW_MS = ms(NOON)
MINUTE_MS = 60_000


def contact(number: str = "+12122000014") -> CampaignContact:
    details = ContactDetails(number=number, prefix="+1212")
    return new_contact("c1", details, NOW_MS, NOW_MS)


def test_a_contact_is_named_by_campaign_and_number() -> None:
    assert contact_id("c1", "+12122000014") == contact_id("c1", "+12122000014")
    assert contact_id("c1", "+12122000014") != contact_id("c2", "+12122000014")
    assert contact_id("c1", "+12122000014") != contact_id("c1", "+12122000021")


def test_a_list_is_due_mixed_and_spread_over_the_index() -> None:
    contacts = [contact(number) for number in numbers(212, 400)]
    due = [one.due_at_ms or 0 for one in contacts]

    assert all(NOW_MS - SPREAD_MS < at <= NOW_MS for at in due)
    ups = sum(after > before for before, after in pairwise(due))
    assert 100 < ups < 300  # not in the list's order
    assert {one.shard for one in contacts} == set(range(SHARDS))


STEPS: dict[str, Callable[[CampaignContact], CampaignContact]] = {
    "taken": lambda one: taken(one, NOW_MS + 5),
    "put_off": lambda one: put_off(one, NOW_MS + 5),
    "given_up": lambda one: given_up(one, "suppressed"),
    "withdrawn": withdrawn,
    "stumbled": lambda one: stumbled(one, "KeyError at here.py:1", NOW_MS),
}
W, I, DONE, NEVER, GONE, DOUBT = ContactState  # noqa: E741
EXPECTED = {
    W: (I, W, NEVER, GONE, W),
    I: (I, I, NEVER, GONE, I),
    DONE: (DONE, DONE, DONE, DONE, DONE),
    NEVER: (NEVER, NEVER, NEVER, NEVER, NEVER),
    GONE: (GONE, GONE, GONE, GONE, GONE),
    DOUBT: (DOUBT, DOUBT, DOUBT, DOUBT, DOUBT),
}


@pytest.mark.parametrize("state", list(ContactState))
def test_every_step_in_every_state(state: ContactState) -> None:
    before = replace(contact(), state=state, due_at_ms=None if state in TERMINAL else NOW_MS)

    for step, expected in zip(STEPS.values(), EXPECTED[state], strict=True):
        after = step(before)
        assert after.state is expected
        assert (after.due_at_ms is None) == (expected in TERMINAL)


def test_an_outcome_told_again_replaces_the_first_and_keeps_the_price() -> None:
    unknown = AttemptOutcome(n=1, at_ms=NOW_MS, disposition=Disposition.UNKNOWN, cost_micros=7)
    busy = AttemptOutcome(n=1, at_ms=NOW_MS, disposition=Disposition.BUSY)

    after = with_outcome(with_outcome(contact(), unknown), busy)

    assert after.outcomes == (replace(busy, cost_micros=7),)


def test_what_rang_is_not_forgotten_however_often_nobody_could_be_called_since() -> None:
    rang = AttemptOutcome(n=1, at_ms=NOW_MS, disposition=Disposition.BUSY)
    after = with_outcome(contact(), rang)
    for n in range(2, 3 * OUTCOMES_KEPT):
        silent = AttemptOutcome(n=n, at_ms=NOW_MS, disposition=Disposition.NOT_CALLED)
        after = with_outcome(after, silent)
        assert after.outcomes[-1] == silent

    assert after.outcomes[0] == rang
    assert (after.rings, len(after.outcomes)) == (1, OUTCOMES_KEPT)


@given(at=st.integers(1, 10**6))
def test_a_callback_keeps_the_attempt_s_number_unless_the_contact_was_done(at: int) -> None:
    waiting = asked_back(contact(), NOW_MS + at)
    again = asked_back(replace(contact(), state=DONE, reason="completed", n=2), NOW_MS + at)

    assert (waiting.n, waiting.due_at_ms, waiting.urgent) == (1, NOW_MS + at, True)
    assert (again.n, again.state, again.urgent) == (3, W, True)
    assert asked_back(withdrawn(contact()), NOW_MS + at).state is GONE


# -- attempts end ----------------------------------------------------------------------------


def planned(scene: CampaignScene | None = None) -> tuple[CampaignScene, CampaignContact]:
    scene = scene or CampaignScene()
    scene.campaign("c1")
    [one] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    return scene, scene.contact(one)


def ended(
    scene: CampaignScene, one: CampaignContact, disposition: Disposition, **changes: object
) -> DialAttempt:
    return scene.settled(attempt_id("c1", one.contact_id, one.n), disposition, **changes)


@pytest.mark.parametrize(
    ("disposition", "minutes"),
    [
        (Disposition.BUSY, (15, 30)),
        (Disposition.NO_ANSWER, (120, 240)),
        (Disposition.VOICEMAIL, (1440, 1440)),
        (Disposition.FAILED, (10, 10)),
        (Disposition.DROPPED, (2, 5)),
        (Disposition.EXPIRED, (10, 20)),
        (Disposition.UNKNOWN, (1440, 1440)),
    ],
)
def test_the_outcome_says_when_the_next_attempt_is_due(
    disposition: Disposition, minutes: tuple[int, int]
) -> None:
    scene, one = planned()

    finish_attempt(ended(scene, one, disposition), scene.finish)

    after = scene.contact(one)
    assert (after.state, after.n) == (ContactState.WAITING, 2)
    assert after.due_at_ms is not None
    later = (after.due_at_ms - scene.clock.now_ms()) / MINUTE_MS
    if disposition is Disposition.NO_ANSWER:  # another part of the day
        assert later >= minutes[0]
    else:
        assert minutes[0] <= later <= minutes[1]
    assert after.urgent == (disposition is Disposition.DROPPED)


@pytest.mark.parametrize(
    ("disposition", "reason", "label"),
    [
        (Disposition.COMPLETED, None, "done:completed"),
        (Disposition.BAD_NUMBER, None, "done:bad_number"),
        (Disposition.REFUSED, "bad request", "done:refused"),
        (Disposition.NOT_CALLED, "suppressed", "never:suppressed"),
    ],
)
def test_a_last_outcome_ends_the_contact(
    disposition: Disposition, reason: str | None, label: str
) -> None:
    scene, one = planned()

    finish_attempt(ended(scene, one, disposition, reason=reason), scene.finish)

    assert scene.contact(one).label == label
    assert scene.labels("c1") == {label: 1}


def test_who_could_not_be_called_at_the_slot_waits_until_it_is_allowed() -> None:
    scene, one = planned()
    allowed = NOON + timedelta(hours=20)

    finish_attempt(
        ended(
            scene,
            one,
            Disposition.NOT_CALLED,
            reason="outside_window",
            next_allowed_at=allowed,
            counts_at_ms=None,
        ),
        scene.finish,
    )

    after = scene.contact(one)
    assert (after.state, after.n, after.due_at_ms) == (ContactState.WAITING, 2, ms(allowed))
    assert after.rings == 0


def test_attempts_end_when_the_policy_s_count_is_used_up() -> None:
    scene, one = planned()
    tried = 0
    for _ in range(12):
        now = scene.contact(one)
        if now.state is ContactState.DONE:
            break
        if now.state is ContactState.IN_FLIGHT:
            tried += 1
            finish_attempt(ended(scene, now, Disposition.BUSY), scene.finish)
            continue
        scene.clock.at_ms = now.due_at_ms or 0
        scene.tick()

    assert tried == 4  # the first and three more
    assert scene.contact(one).label == "done:busy"


def test_an_end_told_twice_counts_once() -> None:
    scene, one = planned()
    attempt = ended(scene, one, Disposition.BUSY)
    finish_attempt(attempt, scene.finish)
    after, figures = scene.contact(one), scene.campaigns.figures["c1"]
    tallies = dict(scene.campaigns.tallies["c1"])

    scene.clock.advance(7 * MINUTE_MS)
    finish_attempt(replace(attempt, version=9), scene.finish)

    assert scene.contact(one) == after
    assert scene.campaigns.figures["c1"] == figures
    assert scene.campaigns.tallies["c1"] == tallies


def test_a_truth_that_comes_later_replans_the_contact() -> None:
    scene, one = planned()
    unknown = ended(scene, one, Disposition.UNKNOWN)
    finish_attempt(unknown, scene.finish)
    assert scene.contact(one).state is ContactState.WAITING

    finish_attempt(replace(unknown, disposition=Disposition.COMPLETED, version=8), scene.finish)

    assert scene.contact(one).label == "done:completed"
    assert scene.labels("c1") == {"done:completed": 1}
    [tally] = scene.campaigns.tallies["c1"].values()
    assert tally.ended == 1


def test_a_truth_that_comes_after_the_next_attempt_began_changes_the_history_alone() -> None:
    scene, one = planned()
    unknown = ended(scene, one, Disposition.UNKNOWN)
    finish_attempt(unknown, scene.finish)
    scene.clock.at_ms = scene.contact(one).due_at_ms or 0
    scene.tick()
    assert scene.contact(one).n == 2

    finish_attempt(replace(unknown, disposition=Disposition.COMPLETED, version=8), scene.finish)

    after = scene.contact(one)
    assert (after.state, after.n) == (ContactState.IN_FLIGHT, 2)
    assert after.outcomes[0].disposition is Disposition.COMPLETED


def test_a_truth_about_an_attempt_long_past_does_not_plan_the_contact_anew() -> None:
    scene, one = planned()
    unknown = ended(scene, one, Disposition.UNKNOWN)
    finish_attempt(unknown, scene.finish)
    scene.clock.at_ms = scene.contact(one).due_at_ms or 0
    scene.tick()
    finish_attempt(ended(scene, scene.contact(one), Disposition.BUSY), scene.finish)
    before = scene.contact(one)
    assert (before.state, before.n) == (ContactState.WAITING, 3)

    finish_attempt(replace(unknown, disposition=Disposition.NO_ANSWER, version=8), scene.finish)

    after = scene.contact(one)
    assert (after.state, after.n, after.due_at_ms) == (ContactState.WAITING, 3, before.due_at_ms)
    assert after.outcomes[0].disposition is Disposition.NO_ANSWER


def test_in_a_campaign_that_is_over_nobody_waits_for_another_attempt() -> None:
    scene, one = planned()
    cancel_campaign("c1", scene.change)

    finish_attempt(ended(scene, one, Disposition.BUSY), scene.finish)

    assert scene.contact(one).label == "done:busy"


def test_a_campaign_that_sleeps_is_woken_for_its_next_attempt() -> None:
    asleep = PlanSettings(check_ms=60 * MINUTE_MS, idle_ms=30 * MINUTE_MS)
    scene, one = planned(CampaignScene(settings=asleep))
    scene.clock.advance(MINUTE_MS)
    scene.tick()
    asleep_until = scene.campaigns.notes["c1"].look_at_ms or 0

    finish_attempt(ended(scene, one, Disposition.FAILED), scene.finish)

    due = scene.contact(one).due_at_ms or 0
    assert due < asleep_until
    assert scene.campaigns.notes["c1"].look_at_ms == due


def test_a_withdrawn_contact_keeps_its_history_and_is_not_planned_on() -> None:
    scene, one = planned()
    gone = withdrawn(scene.contact(one))
    scene.contacts.contacts["c1", one.contact_id] = replace(gone, version=gone.version + 1)

    finish_attempt(ended(scene, one, Disposition.BUSY), scene.finish)

    after = scene.contact(one)
    assert (after.state, len(after.outcomes)) == (ContactState.WITHDRAWN, 1)


def test_a_callback_asked_for_in_a_call_is_the_next_attempt() -> None:
    scene, one = planned()
    at = NOON + timedelta(hours=2)
    assert call_back("c1", one.contact_id, at, scene.finish)
    assert scene.contact(one).state is ContactState.IN_FLIGHT

    finish_attempt(ended(scene, one, Disposition.COMPLETED), scene.finish)

    after = scene.contact(one)
    assert (after.state, after.n, after.urgent) == (ContactState.WAITING, 2, True)
    assert after.due_at_ms == ms(at)
    assert not call_back("c1", "f" * 24, at, scene.finish)


@pytest.mark.parametrize("late", [False, True])
def test_a_price_is_counted_once_whether_it_comes_before_or_after_the_end(
    late: bool,  # noqa: FBT001
) -> None:
    scene, one = planned()
    attempt = ended(scene, one, Disposition.COMPLETED)
    if late:
        finish_attempt(attempt, scene.finish)
        before = scene.contact(one)
        assert (scene.campaigns.figures["c1"].unpriced, before.outcomes[0].cost_micros) == (1, None)
    scene.calls.micros[attempt.call_id or ""] = 400_000
    for _ in range(3):
        finish_attempt(attempt, scene.finish)

    figures = scene.campaigns.figures["c1"]
    assert (figures.spent_micros, figures.priced, figures.unpriced) == (400_000, 1, 0)


def test_an_attempt_of_a_trigger_or_of_nobody_changes_nothing() -> None:
    scene, one = planned()
    attempt = ended(scene, one, Disposition.BUSY)
    nobody = replace(attempt, request=replace(attempt.request, contact_id="f" * 24))
    trigger = replace(attempt, request=replace(attempt.request, campaign_id=None))

    assert finish_attempt(nobody, scene.finish) is None
    assert finish_attempt(trigger, scene.finish) is None
    assert scene.contact(one) == one


def test_the_next_attempt_goes_to_another_part_of_the_day() -> None:
    scene = CampaignScene()
    scene.clock.at_ms = ms(datetime(2026, 11, 18, 15, tzinfo=UTC))  # 10:00 in New York
    scene, one = planned(scene)

    finish_attempt(ended(scene, one, Disposition.NO_ANSWER), scene.finish)

    due = datetime.fromtimestamp((scene.contact(one).due_at_ms or 0) / 1000, UTC)
    assert due.hour - 5 >= 12  # not in the morning again


def test_the_tenth_failure_in_a_row_leaves_a_contact_in_doubt_and_the_ninth_does_not() -> None:
    one = contact()

    for number in range(1, 10):
        one = stumbled(one, "KeyError at here.py:1", NOW_MS)
        assert (one.state, one.failures) == (ContactState.WAITING, number)
        assert (one.due_at_ms or 0) > NOW_MS

    tenth = stumbled(one, "KeyError at here.py:1", NOW_MS)
    assert (tenth.state, tenth.due_at_ms) == (ContactState.DOUBTFUL, None)
    assert stumbled(taken(one, NOW_MS), "KeyError at here.py:1", NOW_MS).failures == 1
