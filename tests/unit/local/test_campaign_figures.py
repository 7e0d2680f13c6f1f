"""Each broken promise of a campaign shows: what is planted here is what the judge must find."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.cloud.civil import Civil
from local.demo.campaign_figures import CampaignRun, Judge, Limits
from local.demo.campaign_list import OFFER, REMINDER, Person
from local.demo.campaign_log import most_at_once, worst_window
from local.demo.ring_log import Dial

BEGAN_MS = 1_000_000_000_000
NOON = datetime(2026, 7, 8, 16, tzinfo=UTC)  # in New York
ANNA = Person("+12125550110", "talks", "America/New_York", "NY", (OFFER,))
BORIS = Person("+12125550111", "talks", "America/New_York", "NY", (OFFER, REMINDER))
CLARA = Person("+13125550112", "talks", "America/Chicago", "IL", (REMINDER,))
STOPS = Person("+13125550175", "opts out by voice", "America/Chicago", "IL", (OFFER, REMINDER))
NEVER = Person("+13125550190", "suppressed before", "America/Chicago", "IL", (OFFER,))
PEOPLE = (ANNA, BORIS, CLARA, STOPS, NEVER)
IDS = {"c1": OFFER, "c2": REMINDER}
FIGURES = {
    "c1": {"done:completed": 2, "never:suppressed": 2},
    "c2": {"done:completed": 3},
}
CALL_MS = 5_000


def dial(after_ms: int, person: Person, campaign: str, attempt: str, k: int = 1) -> Dial:
    return Dial(
        at_ms=BEGAN_MS + after_ms,
        name=f"{attempt}.{k}",
        number=person.number,
        campaign=campaign,
        rang=True,
    )


def entries(dials: list[Dial], stops: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """What the simulator would have written of these rings, had each call lasted `CALL_MS`."""
    written: list[dict[str, Any]] = []
    for place, one in enumerate(dials):
        at_ms, call = one.at_ms - BEGAN_MS, f"call-{place}"
        told = {"number": one.number, "name": one.name, "direction": "outbound"}
        written.append({"event": "call-placed", "at_ms": at_ms, "call": call, **told})
        if one.number in stops:
            stop = {"tool": "stopCalling", "problems": []}
            written.append({"event": "tool-answered", "at_ms": at_ms + 10, "call": call, **stop})
        ended = {"reason": "customer-ended-call"}
        written.append({"event": "call-ended", "at_ms": at_ms + CALL_MS, "call": call, **ended})
    return written


def good_dials() -> list[Dial]:
    return [
        dial(0, ANNA, "c1", "a1"),
        dial(400, BORIS, "c1", "a2"),
        dial(500, CLARA, "c2", "a3"),
        dial(900, STOPS, "c2", "a4"),
        dial(9_000, BORIS, "c2", "a5"),
    ]


def run_of(dials: list[Dial], **changes: Any) -> CampaignRun:
    ends = {
        ("c1", ANNA.given_id): "done:completed",
        ("c1", BORIS.given_id): "done:completed",
        ("c1", STOPS.given_id): "never:suppressed",
        ("c1", NEVER.given_id): "never:suppressed",
        ("c2", BORIS.given_id): "done:completed",
        ("c2", CLARA.given_id): "done:completed",
        ("c2", STOPS.given_id): "done:completed",
    }
    run = CampaignRun(
        dials=dials,
        entries=entries(dials, frozenset({STOPS.number})),
        people=PEOPLE,
        names=IDS,
        civil=Civil(began_at_ms=BEGAN_MS, starts_at=NOON, speed=240),
        limits=Limits(account_calls=4, prefix_calls=2, lines=4, stagger_ms={"c1": 300, "c2": 300}),
        ends=ends,
        figures=FIGURES,
        open_contacts=0,
        dead_messages=0,
    )
    return replace(run, **changes)


def broken(run: CampaignRun) -> set[str]:
    return {measure.key for measure in Judge(run).measures() if not measure.kept}


def test_a_run_that_kept_every_promise_passes() -> None:
    assert broken(run_of(good_dials())) == set()


@pytest.mark.parametrize(
    ("planted", "promise"),
    [
        (dial(20_000, ANNA, "c1", "a1", 2), "double_rings"),
        (dial(800, Person("+14155550110", "talks", "", "", ()), "c2", "x"), "rings_forbidden"),
        (dial(20_000, NEVER, "c1", "x"), "rings_forbidden"),
        (dial(20_000, STOPS, "c1", "x"), "rings_after_opt_out"),
        (dial(20_000, ANNA, "c1", "x"), "rings_after_served"),
        (dial(3_000, CLARA, "c1", "x"), "rung_by_two_at_once"),
        (dial(600, CLARA, "c2", "x"), "least_gap_ms_reminder"),
        (dial(700, ANNA, "c1", "x"), "worst_second_area"),
        (dial(140_000, ANNA, "c1", "x"), "rings_outside_hours"),  # 21:20 in New York
    ],
)
def test_one_planted_ring_breaks_its_promise(planted: Dial, promise: str) -> None:
    dials = sorted([*good_dials(), planted], key=lambda one: one.at_ms)
    assert promise in broken(run_of(dials))


@pytest.mark.parametrize(
    "figures",
    [
        FIGURES | {"c2": {"done:completed": 2}},  # one too few
        FIGURES | {"c2": {"done:completed": 3, "waiting": -1}},
        {"c1": {"done:completed": 5, "never:suppressed": 2}, "c2": {}},  # booked to the other
    ],
)
def test_figures_that_are_not_the_contacts_show_beside_a_recount(
    figures: dict[str, dict[str, int]],
) -> None:
    run = run_of(good_dials(), figures=figures)

    assert broken(run) == {"figures_wrong"}
    assert sum(one.counted for one in Judge(run).recounts()) == 7


WEST = Person("+12135550113", "talks", "America/Los_Angeles", "CA", (OFFER,))


@pytest.mark.parametrize(
    ("there", "outside"),
    [
        (time(7, 30), True),
        (time(7, 59, 59), True),
        (time(8), False),
        (time(20, 59, 59), False),
        (time(21), True),
    ],
)
def test_hours_are_those_of_where_it_rang(there: time, *, outside: bool) -> None:
    """At half past seven in Los Angeles it is half past ten in New York."""
    starts = datetime.combine(NOON.date(), there, ZoneInfo(WEST.zone))
    run = run_of([dial(0, WEST, "c1", "x")], people=(*PEOPLE, WEST))
    run = replace(run, civil=Civil(began_at_ms=BEGAN_MS, starts_at=starts, speed=240))

    assert ("rings_outside_hours" in broken(run)) is outside


def test_an_opt_out_that_nobody_took_note_of_is_held_against_us() -> None:
    dials = [*good_dials(), dial(20_000, STOPS, "c1", "x")]
    unheard = run_of(dials, entries=entries(dials))

    assert "rings_after_opt_out" in broken(unheard)


def test_a_callback_before_the_time_agreed_on_shows() -> None:
    doris = Person("+12125550186", "asks to be called back", "America/New_York", "NY", (OFFER,))
    first, later = dial(10_000, doris, "c1", "d1"), dial(46_000, doris, "c1", "d2")
    ends = dict(run_of([]).ends) | {("c1", doris.given_id): "done:completed"}
    people = (*PEOPLE, doris)
    with_her = FIGURES | {"c1": {"done:completed": 3, "never:suppressed": 2}}
    known = {"people": people, "ends": ends, "figures": with_her}
    on_time = run_of([*good_dials(), first, later], **known)  # 15:04
    assert Judge(on_time).callbacks() == (1, 0)
    assert broken(on_time) == set()
    early = [*good_dials(), first, replace(later, at_ms=BEGAN_MS + 30_000)]  # 14:00
    assert broken(run_of(early, **known)) == {"called_back_early"}
    on_the_next_morning = [*good_dials(), first, replace(later, at_ms=BEGAN_MS + 315_000)]  # 9:00
    assert Judge(run_of(on_the_next_morning, **known)).callbacks() == (1, 0)


def test_a_post_that_was_refused_rang_nobody_but_counts_for_the_pace() -> None:
    refused = replace(dial(20_000, ANNA, "c1", "a1", 2), rang=False)
    dials = [*good_dials(), refused]
    assert broken(run_of(dials, entries=run_of(good_dials()).entries)) == set()


def test_too_many_calls_in_a_second_and_too_many_lines_show() -> None:
    areas = ("212", "312", "303", "213", "602")
    crowd = [
        dial(place * 190, replace(ANNA, number=f"+1{area}5550110"), f"c{place}", f"b{place}")
        for place, area in enumerate(areas)
    ]
    found = broken(run_of(crowd))
    assert {"worst_second_account", "lines_in_use"} <= found


def test_four_calls_to_one_person_within_a_day_show() -> None:
    dials = [dial(place * 10_000, ANNA, "c1", f"a{place}") for place in range(4)]
    assert "calls_to_one_in_a_day" in broken(run_of(dials))


def test_what_our_api_tells_otherwise_shows_by_campaign_and_contact() -> None:
    told = dict(run_of(good_dials()).ends) | {("c1", ANNA.given_id): "done:busy"}
    run = run_of(good_dials(), ends=told)
    assert broken(run) == {"told_otherwise"}
    assert Judge(run).differences() == [
        f"offer, {ANNA.given_id}: done:busy, the log says done:completed"
    ]


@pytest.mark.parametrize("told", ["in_flight", "waiting", "waiting:retry"])
def test_who_has_come_to_no_end_is_open_and_contradicts_nothing(told: str) -> None:
    good = run_of(good_dials())
    ends = dict(good.ends) | {("c1", ANNA.given_id): told}
    figures = {one: dict(counts) for one, counts in good.figures.items()}
    figures["c1"] |= {told: 1, "done:completed": figures["c1"]["done:completed"] - 1}
    run = run_of(good_dials(), ends=ends, figures=figures)
    assert broken(run) == {"contacts_open"}
    assert Judge(run).differences() == []


def test_what_is_left_open_or_dead_shows() -> None:
    assert broken(run_of(good_dials(), open_contacts=1)) == {"contacts_open"}
    assert broken(run_of(good_dials(), dead_messages=1)) == {"dead_messages"}
    violation = {"event": "violation", "at_ms": 0, "call": None, "what": "a rule"}
    more = [*run_of(good_dials()).entries, violation]
    assert broken(run_of(good_dials(), entries=more)) == {"rules_broken"}


def test_a_window_does_not_hold_its_own_end() -> None:
    assert worst_window([0, 999.9, 1_000, 1_500]) == 3
    assert worst_window([0, 1_000, 2_000]) == 1
    assert worst_window([]) == 0
    assert most_at_once([(0, 10), (10, 20), (5, 12)]) == 2
