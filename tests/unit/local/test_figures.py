"""The figures of a run come from the simulator's log alone, and planted faults show in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.demo_report import mood_table
from local.demo.figures import Figure, Outcome, figures, outcomes, percentile

if TYPE_CHECKING:
    from local.vapi.log import Entry

DEPARTMENTS = {"billing": "billing", "sales": "sales-desk"}


class LogOf:
    """Writes one call's entries in the simulator's words."""

    def __init__(self, destination: str = "billing", call: str = "call-1", **expects: Any) -> None:
        self.call = call
        self.entries: list[Entry] = []
        wanted = {
            "destination": destination,
            "mode": None,
            "clarifications": None,
            "actions": None,
            "ended_reason": None,
            **expects,
        }
        self.add("call-placed", 0, caller=f"caller of {call}", expects=wanted)

    def add(self, event: str, at_ms: float, **details: Any) -> LogOf:
        self.entries.append(
            {"event": event, "at_ms": at_ms, "call": self.call, "v_ms": at_ms, **details}
        )
        return self

    def answered(self, at_ms: float = 100, first: str = "router") -> LogOf:
        self.add("server-answered", at_ms, type="assistant-request")
        self.add("speech", at_ms, who="assistant", text="Hello", v_ms=450)
        return self.add("reached", at_ms + 1, kind="assistant", where=first, first=True)

    def words(self, at_ms: float, text: str = "my bill", kind: str = "final") -> LogOf:
        return self.add(
            "message-leaves",
            at_ms,
            type="transcript",
            role="user",
            transcriptType=kind,
            transcript=text,
        )

    def command(self, at_ms: float, kind: str, target: str, *, accepted: bool = True) -> LogOf:
        self.add("command", at_ms, kind=kind, target=target, accepted=accepted)
        return self.add("transfer-began", at_ms, where=target) if accepted else self

    def reached(self, at_ms: float, where: str, kind: str = "assistant") -> LogOf:
        return self.add("reached", at_ms, kind=kind, where=where, first=False)

    def over(self, reason: str = "customer-ended-call") -> LogOf:
        self.add("call-ended", 9000, reason=reason)
        return self.add("call-over", 9001)

    def outcome(self) -> Outcome:
        [outcome] = outcomes(self.entries, DEPARTMENTS)
        return outcome


def routed(to: str, expected: str = "billing", call: str = "call-1") -> LogOf:
    log = LogOf(expected, call).answered().words(5000).command(5080, "handoff", to)
    return log.reached(7000, to).over()


def figure(results: list[Outcome], name: str) -> Figure:
    return next(row for row in figures(results) if row.name == name)


def test_a_call_that_went_where_its_script_says_is_as_expected() -> None:
    outcome = routed("billing").outcome()
    assert outcome.problems == ()
    assert outcome.understood
    assert (outcome.transfers_tried, outcome.transfers_made) == (1, 1)


def test_a_department_is_known_by_its_key_whatever_its_assistant_is_called() -> None:
    assert routed("sales-desk", "sales").outcome().went_to == "sales"
    assert routed("sales-desk", "sales-desk").outcome().understood


def test_a_planted_misroute_shows() -> None:
    results = [routed("billing").outcome(), routed("sales-desk").outcome()]
    accuracy = figure(results, "intent accuracy")
    assert (accuracy.value, accuracy.n, accuracy.passed) == (0.5, 2, False)
    assert results[1].problems == ("went to sales, expected billing",)
    assert figure(results, "transfer success").value == 1.0


def test_a_planted_failed_transfer_shows() -> None:
    failed = LogOf("person").answered().words(5000).command(5050, "transfer", "+14155550177")
    failed.add("transfer-failed", 9000, where="+14155550177", why="no answer").over()
    results = [routed("billing").outcome(), failed.outcome()]
    success = figure(results, "transfer success")
    assert (success.value, success.n, success.passed) == (0.5, 2, False)
    assert results[1].went_to == "nowhere"


def test_a_refused_handoff_is_a_failed_transfer() -> None:
    refused = LogOf().answered().command(5080, "handoff", "stranger", accepted=False).over()
    outcome = refused.outcome()
    assert (outcome.transfers_tried, outcome.transfers_made) == (1, 0)


def test_a_handoff_that_never_speaks_is_a_failed_transfer() -> None:
    silent = LogOf().answered().command(5080, "handoff", "billing").over()
    assert silent.outcome().transfers_made == 0


def test_a_handoff_that_we_replaced_before_it_was_through_is_not_counted() -> None:
    corrected = LogOf().answered().command(5000, "handoff", "sales-desk")
    corrected.command(6000, "handoff", "billing").reached(8000, "billing").over()
    outcome = corrected.outcome()
    assert (outcome.transfers_tried, outcome.transfers_made) == (1, 1)
    assert outcome.went_to == "billing"


def test_two_departments_one_after_the_other_are_two_transfers() -> None:
    twice = LogOf().answered().command(5000, "handoff", "sales-desk").reached(6000, "sales-desk")
    twice.command(7000, "handoff", "billing").reached(8000, "billing").over()
    outcome = twice.outcome()
    assert (outcome.transfers_tried, outcome.transfers_made) == (2, 2)


def test_staying_with_the_first_assistant_is_nowhere_unless_it_serves_a_department() -> None:
    assert LogOf().answered().over().outcome().went_to == "nowhere"
    assert LogOf().answered(first="billing").over().outcome().understood


def test_the_answer_is_real_time_of_the_server_and_simulated_time_until_the_first_sound() -> None:
    outcome = LogOf().answered(at_ms=1200).over().outcome()
    assert outcome.answer_ms == 1650


def test_an_unanswered_call_fails_the_speed_to_answer() -> None:
    results = [routed("billing").outcome(), LogOf(call="call-2").over().outcome()]
    row = figure(results, "speed to answer, mean")
    assert (row.n, row.passed) == (1, False)


def test_a_decision_is_timed_from_the_callers_last_news_and_a_repetition_is_no_news() -> None:
    log = LogOf().answered().words(4000, "my", "partial").words(5000)
    repeated = {**log.entries[-1], "at_ms": 5060}
    log.entries.append(repeated)
    log.command(5080, "handoff", "billing").words(6000, "later words")
    assert log.over().outcome().decision_ms == (80,)


@pytest.mark.parametrize(
    ("expects", "problem"),
    [
        ({"mode": "simplified"}, "mode: normal, expected simplified"),
        ({"clarifications": 1}, "clarifications: 2, expected 1"),
        ({"actions": ["handoff"]}, "actions: ['say', 'say', 'handoff'], expected ['handoff']"),
        ({"ended_reason": "x"}, "ended_reason: customer-ended-call, expected x"),
    ],
)
def test_every_expectation_is_held(expects: dict[str, Any], problem: str) -> None:
    log = LogOf(**expects).answered()
    for at_ms in (3000, 4000):
        log.add("command", at_ms, kind="say", accepted=True)
    log.command(5000, "handoff", "billing").reached(6000, "billing").over()
    assert log.outcome().problems == (problem,)


def test_refused_webhooks_broken_rules_and_endless_calls_are_problems() -> None:
    log = LogOf().answered().command(5000, "handoff", "billing").reached(6000, "billing")
    log.add("message-sent", 100, type="hang", status=503)
    log.add("violation", 200, what="a rule was broken")
    assert log.outcome().problems == (
        "a rule was broken",
        "1 webhooks were not accepted, the first with status 503",
        "the call never ended",
    )


def test_no_call_passes_no_target() -> None:
    rows = figures([])
    assert [row.passed for row in rows if row.target] == [False, False, False]
    assert {row.value for row in rows} == {None}


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_measured_value_with_enough_values_at_or_below_it(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found in values
    below = sum(value <= (found or 0) for value in values)
    assert below >= len(values) * percent / 100


def test_a_table_tells_how_calls_went_in_each_mood_of_vapi() -> None:
    good, bad, calm = (
        Outcome(call_id="1", caller="a", expected="x", went_to="x", moods=("one", "two")),
        Outcome(
            call_id="2", caller="b", expected="x", went_to="y", moods=("two",), problems=("!",)
        ),
        Outcome(call_id="3", caller="c", expected="x", went_to="x"),
    )
    rows = mood_table([good, bad, calm]).splitlines()[2:]
    assert [row.split() for row in rows] == [["one", "1", "1"], ["two", "2", "1"]]
    assert mood_table([calm]) == ""


def test_the_moods_of_a_call_are_those_of_its_script() -> None:
    log = LogOf()
    log.entries[0]["moods"] = ["credential withheld"]
    [outcome] = outcomes(log.entries, DEPARTMENTS)
    assert outcome.moods == ("credential withheld",)
