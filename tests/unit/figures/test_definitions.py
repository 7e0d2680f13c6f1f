"""Figures are quotients of counters, and what each call adds is what docs/figures.md says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import Corrected
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.domain.counts import (
    Counted,
    added,
    bucket_of,
    counted_in,
    difference,
    text_of,
)
from contact_center.figures.domain.definitions import FIGURES, HOURLY, figures_of
from contact_center.figures.services.count_calls import count_call
from contact_center.records.domain.costs import AWS_CALL_MICROS
from tests.unit.figures.figure_scene import BEGAN, facts_of

DOCS = Path(__file__).resolve().parents[3] / "docs" / "figures.md"
PERSON = "person"


def counts(understood: str | None = "billing", ended: str | None = "billing", **said: Any) -> Any:
    glance = CallGlance(destination=ended, understood=understood, routed_ms=BEGAN + 9_000)
    return count_call(merge_all("c", facts_of("c", **said)), glance).counts


def figures(*parts: Any, hours: int = 1) -> Any:
    return figures_of(added(parts), hours)


def test_every_figure_is_defined_in_words() -> None:
    table = DOCS.read_text(encoding="utf-8").partition("## What each is")[2].partition("## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted([*FIGURES, *HOURLY])


def test_two_departments_add_up_by_their_parts() -> None:
    right, wrong = counts(), counts(ended="sales")
    assert figures(right)["intentAccuracy"]["value"] == 1.0
    assert figures(wrong)["intentAccuracy"]["value"] == 0.0
    assert figures(right, right, wrong)["intentAccuracy"] == {
        "value": 0.666667,
        "numerator": 2,
        "denominator": 3,
    }


@pytest.mark.parametrize(
    ("understood", "ended", "told"),
    [
        ("billing", "billing", (1, 1)),
        ("billing", "sales", (0, 1)),
        ("billing", PERSON, (0, 0)),  # nobody can tell
        (PERSON, PERSON, (1, 1)),
        (None, "support", (0, 0)),  # the default: nothing was understood
        (None, None, (0, 0)),
    ],
)
def test_who_was_understood(understood: str | None, ended: str | None, told: Any) -> None:
    figure = figures(counts(understood, ended))["intentAccuracy"]
    assert (figure["numerator"], figure["denominator"]) == told


@pytest.mark.parametrize(
    ("understood", "corrected", "told"),
    [
        ("billing", "billing", (1, 1)),
        ("billing", "sales", (0, 1)),
        (None, "sales", (0, 1)),  # nothing was understood
        ("billing", None, (0, 0)),
    ],
)
def test_operators_say_who_was_right(
    understood: str | None, corrected: str | None, told: Any
) -> None:
    facts = facts_of("c")[:11]
    if corrected is not None:
        facts.append(
            Corrected(
                call_id="c", at_ms=BEGAN + 9 * 10**6, key="o1", department=corrected, by="ada"
            )
        )
    glance = CallGlance(destination="billing", understood=understood)
    figure = figures(count_call(merge_all("c", facts), glance).counts)["intentAccuracyCorrected"]
    assert (figure["numerator"], figure["denominator"]) == told


def test_a_dial_is_answered_by_a_human_being_or_it_is_not() -> None:
    ends = ("customer-ended-call", "voicemail", "customer-busy", "silence-timed-out")
    dials = [counts(direction="outbound", reason=reason) for reason in ends]
    told = figures(*dials, hours=2)
    assert told["answerRate"] == {"value": 0.25, "numerator": 1, "denominator": 4}
    assert told["dialsPerHour"]["value"] == 2.0
    assert told["humanAnswersPerHour"]["value"] == 0.5
    assert told["contacts"] == 0


def test_an_inbound_call_is_a_contact_and_contained_when_assistants_served_it() -> None:
    served, to_person = counts(), counts(PERSON, PERSON)
    transferred, failed = counts(transfers="busy"), counts(reason="customer-did-not-answer")
    assert "contained" not in to_person | transferred
    told = figures(served, to_person, transferred)
    assert told["containment"] == {"value": 0.333333, "numerator": 1, "denominator": 3}
    assert told["transfersByCause"]["busy"] == 1
    assert told["transferSuccess"]["value"] == 0.0
    assert failed["contacts"] == 1


def test_transfers_at_both_numbers_are_one_figure() -> None:
    told = figures({"transfer.answered": 1, "transfer.busy": 1}, {"offer.answered": 2})
    assert told["transferSuccess"] == {"value": 0.75, "numerator": 3, "denominator": 4}
    assert told["transfersByCause"]["answered"] == 3


def test_what_it_cost_is_everything_that_is_known_of_it() -> None:
    told = figures(counts())
    assert told["costPerCallUsd"]["value"] == (129_500 + AWS_CALL_MICROS) / 1e6
    assert told["costPerAchievedUsd"]["denominator"] == 1
    assert told["callsWithFinalCost"] == 1


def test_a_clock_that_ran_backwards_spoils_no_mean() -> None:
    glance = CallGlance(destination="billing", routed_ms=BEGAN - 5_000)
    counted = count_call(merge_all("c", facts_of("c")), glance)
    assert "routing.ms" not in counted.counts


def test_what_is_kept_is_read_back_as_it_was() -> None:
    counted = count_call(merge_all("c", facts_of("c")), CallGlance(destination="billing"))
    assert counted_in(text_of(counted)) == counted
    assert counted_in(None) is None
    assert len(text_of(counted)) < 900  # an item of one kilobyte


def test_of_two_that_are_equal_there_is_no_difference() -> None:
    one = Counted(bucket_of(BEGAN, "sales", None), {"calls": 1})
    assert difference(one, one) == {}
    assert difference(None, one) == {one.bucket: {"calls": 1}}
    assert difference(one, None) == {one.bucket: {"calls": -1}}
