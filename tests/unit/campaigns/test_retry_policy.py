"""When a contact is tried again, by what became of the attempts so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.retry_policy import (
    CALLBACK_PRIORITY,
    DEFAULT_RULES,
    PARTS_OF_DAY,
    RESUME_PRIORITY,
    NextAttempt,
    PastAttempt,
    RetryPolicy,
    next_attempt,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.field_errors import FieldError

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # ten in the morning in New York
NEW_YORK = ZoneInfo("America/New_York")
POLICY = RetryPolicy()


def past(*dispositions: Disposition, at: datetime = AT) -> list[PastAttempt]:
    """Attempts a day apart, the last one at an instant."""
    days = range(len(dispositions) - 1, -1, -1)
    return [
        PastAttempt(disposition=one, at=at - timedelta(days=day))
        for one, day in zip(dispositions, days, strict=True)
    ]


@pytest.mark.parametrize(
    ("disposition", "shortest", "longest"),
    [
        (Disposition.BUSY, 15, 30),
        (Disposition.NO_ANSWER, 120, 240),
        (Disposition.VOICEMAIL, 1_440, 1_440),
        (Disposition.FAILED, 10, 10),
        (Disposition.DROPPED, 2, 5),
        (Disposition.CAPACITY, 5, 10),
        (Disposition.EXPIRED, 10, 20),
        (Disposition.UNKNOWN, 1_440, 1_440),
    ],
)
def test_the_delay_of_an_outcome(disposition: Disposition, shortest: int, longest: int) -> None:
    soonest = next_attempt(past(disposition), POLICY, spread=0.0)
    latest = next_attempt(past(disposition), POLICY, spread=1.0)

    assert soonest is not None
    assert latest is not None
    assert soonest.at == AT + timedelta(minutes=shortest)
    assert latest.at == AT + timedelta(minutes=longest)


@pytest.mark.parametrize(
    "disposition",
    [
        Disposition.COMPLETED,
        Disposition.BAD_NUMBER,
        Disposition.CONFIGURATION,
        Disposition.CANCELLED,
        Disposition.REFUSED,
    ],
)
def test_what_is_final(disposition: Disposition) -> None:
    assert next_attempt(past(disposition), POLICY) is None


def test_every_outcome_has_its_say() -> None:
    silent = set(Disposition) - set(DEFAULT_RULES)
    assert silent == {
        Disposition.COMPLETED,
        Disposition.BAD_NUMBER,
        Disposition.CONFIGURATION,
        Disposition.CANCELLED,
        Disposition.REFUSED,
        Disposition.NOT_CALLED,
    }


@pytest.mark.parametrize(
    ("disposition", "further"),
    [
        (Disposition.BUSY, 3),
        (Disposition.NO_ANSWER, 3),
        (Disposition.VOICEMAIL, 2),
        (Disposition.FAILED, 2),
        (Disposition.DROPPED, 1),
        (Disposition.UNKNOWN, 1),
    ],
)
def test_how_often_an_outcome_leads_to_another_attempt(
    disposition: Disposition, further: int
) -> None:
    assert next_attempt(past(*[disposition] * further), POLICY) is not None
    assert next_attempt(past(*[disposition] * (further + 1)), POLICY) is None


def test_the_attempts_that_count_are_limited_together() -> None:
    mixed = [Disposition.BUSY, Disposition.NO_ANSWER, Disposition.VOICEMAIL, Disposition.BUSY]
    assert next_attempt(past(*mixed), POLICY) is not None
    assert next_attempt(past(Disposition.VOICEMAIL, *mixed), POLICY) is None


def test_failures_of_ours_do_not_count() -> None:
    ours = [Disposition.CAPACITY, Disposition.EXPIRED] * 5
    assert next_attempt(past(*ours, Disposition.BUSY), POLICY) is not None


def test_one_call_takes_up_where_the_talk_broke_off() -> None:
    resume = next_attempt(past(Disposition.DROPPED), POLICY)

    assert resume is not None
    assert (resume.priority, resume.reason) == (RESUME_PRIORITY, "resume")
    assert next_attempt(past(Disposition.DROPPED, Disposition.DROPPED), POLICY) is None


def test_a_callback_comes_at_the_agreed_time_before_everybody() -> None:
    agreed = AT + timedelta(hours=3)

    assert next_attempt(past(Disposition.COMPLETED), POLICY, callback_at=agreed) == NextAttempt(
        at=agreed, priority=CALLBACK_PRIORITY, reason="callback"
    )
    assert next_attempt([], POLICY, callback_at=agreed) is not None


def test_a_callback_that_was_made_is_over() -> None:
    made = AT - timedelta(hours=1)

    assert next_attempt(past(Disposition.COMPLETED), POLICY, callback_at=made) is None


def test_a_promised_call_has_tries_of_its_own() -> None:
    """Three times busy before they talked: the promised call was busy, and that was all."""
    before = [Disposition.BUSY] * 3 + [Disposition.COMPLETED]
    made = AT - timedelta(hours=1)

    again = next_attempt(past(*before, Disposition.BUSY), POLICY, callback_at=made)
    assert again is not None
    assert (again.reason, again.priority) == ("busy", None)

    vain = past(*before, *[Disposition.BUSY] * 4)
    assert next_attempt(vain, POLICY, callback_at=vain[-4].at) is None


def test_a_contact_without_attempts_has_nothing_to_retry() -> None:
    assert next_attempt([], POLICY) is None


def test_who_was_not_called_is_tried_when_it_is_allowed() -> None:
    allowed = AT + timedelta(hours=20)
    denied = PastAttempt(disposition=Disposition.NOT_CALLED, at=AT, next_allowed_at=allowed)

    assert next_attempt([denied], POLICY) == NextAttempt(
        at=allowed, priority=None, reason="not_called"
    )


def test_who_may_never_be_called_is_finished() -> None:
    never = PastAttempt(disposition=Disposition.NOT_CALLED, at=AT)

    assert next_attempt([never], POLICY) is None


def local_hour(proposal: NextAttempt | None) -> int:
    assert proposal is not None
    return proposal.at.astimezone(NEW_YORK).hour


def test_who_did_not_answer_in_the_morning_is_tried_in_the_afternoon() -> None:
    once = next_attempt(past(Disposition.NO_ANSWER), POLICY, zone=NEW_YORK, spread=0.0)

    assert local_hour(once) == 12  # ten and two hours: another part already


def test_and_then_in_the_evening() -> None:
    afternoon = AT + timedelta(hours=3)  # one o'clock; two hours later is afternoon still
    attempts = [
        PastAttempt(disposition=Disposition.NO_ANSWER, at=AT - timedelta(days=1)),
        PastAttempt(disposition=Disposition.NO_ANSWER, at=afternoon),
    ]

    assert local_hour(next_attempt(attempts, POLICY, zone=NEW_YORK, spread=0.0)) == 17


def test_from_the_evening_it_goes_to_the_next_morning() -> None:
    evening = AT + timedelta(hours=10)
    proposal = next_attempt(
        past(Disposition.NO_ANSWER, at=evening), POLICY, zone=NEW_YORK, spread=0.0
    )

    assert local_hour(proposal) == 8
    assert proposal is not None
    assert proposal.at.astimezone(NEW_YORK).date() > evening.astimezone(NEW_YORK).date()


def test_when_every_part_was_tried_any_will_do() -> None:
    attempts = [
        PastAttempt(disposition=Disposition.NO_ANSWER, at=AT + timedelta(hours=hours))
        for hours in (0, 4, 8)
    ]

    assert next_attempt(attempts, POLICY, zone=NEW_YORK, spread=0.0) == NextAttempt(
        at=attempts[-1].at + timedelta(hours=2), priority=None, reason="no_answer"
    )


@given(
    hours=st.floats(0, 200),
    spread=st.floats(0, 1),
    disposition=st.sampled_from(sorted(DEFAULT_RULES)),
)
def test_a_proposal_is_never_sooner_than_its_delay(
    hours: float, spread: float, disposition: Disposition
) -> None:
    at = AT + timedelta(hours=hours)
    proposal = next_attempt(past(disposition, at=at), POLICY, zone=NEW_YORK, spread=spread)

    assert proposal is not None
    assert proposal.at >= at + timedelta(minutes=DEFAULT_RULES[disposition].minutes[0])
    if disposition is Disposition.NO_ANSWER:
        begins = [opens for opens, _ in PARTS_OF_DAY]
        delay = proposal.at - at
        moved = delay > timedelta(minutes=240)
        assert not moved or proposal.at.astimezone(NEW_YORK).time() in begins


# -- an owner's own rules --------------------------------------------------------------------


def test_an_owner_changes_what_is_named_and_nothing_else() -> None:
    policy = RetryPolicy.of(
        {"most_attempts": 2, "busy": {"shortest_minutes": 40, "longest_minutes": 50, "most": 1}}
    )

    assert policy.most_attempts == 2
    assert policy.rules[Disposition.BUSY].minutes == (40, 50)
    assert policy.rules[Disposition.VOICEMAIL] == DEFAULT_RULES[Disposition.VOICEMAIL]
    assert RetryPolicy.of({}) == RetryPolicy()


def test_retries_after_an_outcome_can_be_turned_off() -> None:
    policy = RetryPolicy.of({"voicemail": {"most": 0}})

    assert next_attempt(past(Disposition.VOICEMAIL), policy) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"busy": {"shortest_minutes": 9, "longest_minutes": 5}}, "retry.busy.longest_minutes"),
        ({"busy": {"shortest_minutes": 9}}, "retry.busy.longest_minutes"),
        ({"busy": {"longest_minutes": 9}}, "retry.busy.shortest_minutes"),
        ({"completed": {"most": 1}}, "retry.completed"),
        (
            {"unknown": {"shortest_minutes": 59, "longest_minutes": 90}},
            "retry.unknown.shortest_minutes",
        ),
    ],
)
def test_a_mistake_is_told_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        RetryPolicy.of(values)

    assert caught.value.field == field


def test_nobody_is_rung_again_within_the_hour_for_a_reason_nobody_knows() -> None:
    owners = RetryPolicy.of({"unknown": {"shortest_minutes": 60, "longest_minutes": 60}})
    for policy in (RetryPolicy(), owners):
        again = next_attempt(past(Disposition.UNKNOWN), policy)
        assert again is not None
        assert again.at - past(Disposition.UNKNOWN)[-1].at >= timedelta(hours=1)


def test_what_never_rang_for_reasons_of_the_account_does_not_use_an_attempt_up() -> None:
    policy = RetryPolicy(most_attempts=2)
    never_rang = (Disposition.CONFIGURATION, Disposition.REFUSED, Disposition.CANCELLED)

    assert next_attempt(past(*never_rang, Disposition.BUSY), policy) is not None
    assert next_attempt(past(Disposition.BUSY, Disposition.BUSY), policy) is None
