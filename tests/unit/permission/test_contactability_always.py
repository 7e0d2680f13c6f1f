"""What holds of every decision, whatever the inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contact_permission import (
    CallHistory,
    Gates,
)
from contact_center.permission.domain.contactability import (
    Allow,
    Deny,
    may_call,
)
from tests.unit.permission.dialing_examples import (
    DAY,
    HOUR,
    NOW,
    ask,
    contact,
    number,
    reason,
    rules,
    shipped,
)

TEXTS = [
    "+14155550123",
    "+12055550123",
    "+12085550123",
    "+12075550123",
    "+19065550123",
    "+19285550123",
    "+18505550123",
    "+18675551234",
    "+18005551234",
    "+447400123456",
]
instants_drawn = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2028-12-01"),
    timezones=st.just(UTC),
) | st.builds(
    lambda at, away: at + timedelta(minutes=away),
    st.sampled_from([datetime(2026, 3, 8, 8, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)]),
    st.integers(-2000, 2000),
)
ago_drawn = st.integers(0, 60 * 24 * 8).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    now = draw(instants_drawn)
    consented = Consent(kind="express_written", at=now - DAY, source="form")

    def ago() -> datetime | None:
        since = draw(st.none() | ago_drawn)
        return None if since is None else now - since

    callback = draw(st.none() | st.integers(-3000, 3000))
    who = contact(
        consents=(consented,),
        timezone=draw(st.none() | st.sampled_from(["America/New_York", "Pacific/Honolulu"])),
        state=draw(st.none() | st.sampled_from(["TX", "UT", "ME", "ON"])),
        callback_at=None if callback is None else now + timedelta(minutes=callback),
    )
    rung = draw(st.lists(ago_drawn, max_size=9))
    history = CallHistory(
        rung_at=tuple(now - since for since in rung), conversation_at=ago(), refusal_at=ago()
    )
    return {"text": draw(st.sampled_from(TEXTS)), "who": who, "history": history, "now": now}


quiet_for_days = rules(quiet={"after_conversation_days": 2, "after_refusal_days": 5})


@given(questions())
def test_an_allowed_call_is_inside_the_window_in_every_zone(question: dict[str, Any]) -> None:
    answer = ask(**question)

    if isinstance(answer, Allow):
        assert answer.evidence["zones"]
        for place in answer.evidence["zones"]:
            local = question["now"].astimezone(ZoneInfo(place["zone"]))
            assert place["open"] <= f"{local:%H:%M}" < place["close"]
            assert place["holiday"] is None
            assert "08:00" <= f"{local:%H:%M}" < "21:30"


@given(questions(), st.lists(st.floats(0, 1, exclude_max=True), min_size=12, max_size=12))
def test_the_next_allowed_instant_is_allowed_and_nothing_before_it_is(
    question: dict[str, Any], fractions: list[float]
) -> None:
    answer = ask(**question, under=quiet_for_days)

    if isinstance(answer, Deny):
        again = answer.next_allowed_at
        assert again is not None
        now = question["now"]
        assert again > now
        assert reason(ask(**{**question, "now": again}, under=quiet_for_days)) == "allowed"
        last = again - timedelta(microseconds=1)
        probes = [min(now + fraction * (again - now), last) for fraction in fractions]
        for before in [*probes, last]:
            earlier = ask(**{**question, "now": before}, under=quiet_for_days)
            assert isinstance(earlier, Deny)
            assert earlier.next_allowed_at == again


@given(questions(), ago_drawn)
def test_a_withdrawal_never_makes_a_call_allowed(
    question: dict[str, Any], since: timedelta
) -> None:
    at = question["now"] - since
    before = ask(**question)
    who = question["who"]
    revoked = ask(**{**question, "who": replace(who, revoked_at=at)})
    suppressed = ask(**{**question, "who": replace(who, suppressed_at=at)})

    assert reason(suppressed) == "suppressed"
    if isinstance(before, Deny):
        assert isinstance(revoked, Deny)
    if since <= DAY:
        assert reason(revoked) == "consent_revoked"


@given(questions(), st.lists(ago_drawn, min_size=1, max_size=4))
def test_more_calls_never_bring_the_next_one_nearer(
    question: dict[str, Any], more: list[timedelta]
) -> None:
    now, history = question["now"], question["history"]
    rung = (*history.rung_at, *(now - since for since in more))
    before = ask(**question)
    after = ask(**{**question, "history": replace(history, rung_at=rung)})

    if isinstance(before, Deny):
        assert isinstance(after, Deny)
        assert after.next_allowed_at is not None
        assert before.next_allowed_at is not None
        assert after.next_allowed_at >= before.next_allowed_at


@given(questions(), st.sampled_from(["America/Chicago", "Asia/Tokyo", "Europe/London"]))
def test_the_answer_does_not_depend_on_how_the_instant_is_written(
    question: dict[str, Any], zone: str
) -> None:
    elsewhere = question["now"].astimezone(ZoneInfo(zone))

    assert ask(**{**question, "now": elsewhere}) == ask(**question)


def test_a_decision_changes_nothing_it_was_given() -> None:
    rung = (NOW - 3 * HOUR, NOW - HOUR)
    history = CallHistory(rung_at=rung)

    answers = [may_call(number(), contact(), history, NOW, shipped(), Gates()) for _ in range(2)]

    assert answers[0] == answers[1]
    assert history.rung_at == rung
