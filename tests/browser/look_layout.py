"""Where things stand: an empty system, one call, a crowd, on windows of all widths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import DESK, LOOKS, STANDING, TIMES
from tests.browser.systems import PAGES, crowded, empty, full, with_one_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console

    type Open = Callable[..., Console]

WIDTHS = (390, 768, 961, 1024, 1100, 1281, 1366, 1920)
LEAST_WORDS = 200  # pixels: what is said last is read, not spelled
SYSTEMS = {"empty": empty, "crowd": crowded}
# Controls and words of the frame that lie on each other: pairs of their texts.
COVERED = """() => {
  const parts = [...document.querySelectorAll(".top a, .top .who > *")]
    .map((one) => [one.innerText || one.title, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return parts.flatMap(([name, box], at) => parts.slice(at + 1)
    .filter(([, other]) => over(box, other)).map(([another]) => `${name} | ${another}`));
}"""
# Of rows behind the first, which has no line above it.
HEIGHTS = """() => [...document.querySelectorAll(".calls tbody tr")].slice(1, 12)
  .map((row) => Math.round(row.getBoundingClientRect().height))"""
# What should stand in one line and is cut off.
CUT = """() => [...document.querySelectorAll(":is(.mark, .thought, .strip dd, td.tight, .asof)")]
  .filter((one) => one.clientWidth && !one.closest(".unseen"))
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.innerText)"""
# What is filled with the colour of an alarm.
ALARM = "() => getComputedStyle(document.querySelector('.strip .urgent')).backgroundColor"
FILLED = """(alarm) => [...document.querySelectorAll("body *")]
  .filter((one) => getComputedStyle(one).backgroundColor === alarm).map((one) => one.innerText)"""


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_page_is_wider_than_its_window_and_nothing_is_cut(open_console: Open, name: str) -> None:
    console = open_console(answers=Answers(SYSTEMS[name]()))
    for page in PAGES:
        console.go(page)
        console.shown(page.split("/", maxsplit=1)[0])
        for look in LOOKS:
            console.wear(look)
            console.picture(f"{name}-{page.replace('/', '-')}-{look}")
            assert console.too_wide() <= 0, (page, look)
            assert console.page.evaluate(CUT) == [], (page, look)


def test_the_frame_covers_nothing_of_itself_at_any_width(open_console: Open) -> None:
    crowd = told.live(300, needs=40, waiting=30, people=40)
    crowd["others"] = [{"name": f"somebody-{number}", "callId": None} for number in range(6)]
    console = open_console(answers=Answers({**crowded(), "/api/live": lambda _: crowd}))
    console.page.get_by_role("button", name="want a person").wait_for()
    for width in WIDTHS:
        console.page.set_viewport_size({"width": width, "height": DESK["height"]})
        assert console.page.evaluate(COVERED) == [], width
        assert console.too_wide() <= 0, width
        words = console.page.locator(".calls .words").first.bounding_box()
        assert words is not None
        assert words["width"] >= LEAST_WORDS, width


def test_on_a_telephone_what_can_be_done_in_a_call_is_a_touch_away(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.wear("small")
    console.go("calls/call-2")
    acts = console.page.get_by_role("heading", name="Step in")
    acts.wait_for()
    console.page.get_by_role("link", name="Step in").click()

    console.until(
        "one => one.getBoundingClientRect().bottom < innerHeight / 2", arg=acts.element_handle()
    )
    assert console.page.url.endswith("#/calls/call-2")


def test_rows_of_calls_are_as_high_as_each_other_whatever_is_marked(open_console: Open) -> None:
    console = open_console(answers=Answers(crowded()))
    console.page.locator(".calls tbody tr").nth(11).wait_for()
    for look in ("light", "small"):
        console.wear(look)
        heights = console.page.evaluate(HEIGHTS)
        assert len(set(heights)) == 1, (look, heights)


def test_red_counts_what_is_urgent_and_nothing_that_can_wait(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    page = console.page
    page.locator(".strip .urgent").last.wait_for()

    assert page.locator(".top nav .urgent").inner_text() == "2"
    assert page.locator(".strip .urgent dd").all_inner_texts()[1] == "2 of 6"
    glimpse = page.get_by_role("region", name="Needs you").get_by_role("listitem")
    marked = [one.locator(".urgent").count() for one in glimpse.all()]
    assert marked == [1, 1, 0, 0, 0]
    loud = page.evaluate(FILLED, page.evaluate(ALARM))
    assert len(loud) == 5, loud  # the menu, two of the strip, two of what needs somebody

    console.go("queue")
    page.locator(".waits .urgent").nth(1).wait_for()
    assert page.locator(".waits .urgent").count() == 2  # of three, who wait for two minutes
    for where, words in (("visits/visit-7", "declined"), ("more/audit", "refused")):
        console.go(where)
        console.see(words)
        assert page.locator("main .mark.bad").count() == 0, where  # what was is no alarm


@pytest.mark.parametrize(("used", "loud"), [(39, 0), (40, 1), (None, 0)])
def test_that_no_line_is_left_is_loud(open_console: Open, used: int | None, loud: int) -> None:
    live = told.live(2)
    live["figures"]["lines"] = {"inUse": used, "of": 40, "keptForInbound": 2}
    console = open_console(answers=Answers({**full(), "/api/live": live}))
    lines = console.page.locator(".strip div").filter(has_text="of 40")
    lines.wait_for()

    assert console.page.locator(".strip .urgent").filter(has_text="of 40").count() == loud


def test_what_is_urgent_is_the_first_that_needs_somebody(open_console: Open) -> None:
    console = open_console(answers=Answers(crowded()))
    console.go("needs")
    rows = console.page.locator("main .needs li")
    rows.nth(39).wait_for()
    marked = [row.locator(".mark.urgent").count() for row in rows.all()]

    assert not any(re.search(r"\d:\d\d:\d\d", text) for text in rows.all_inner_texts())  # of hours
    assert marked == sorted(marked, reverse=True)
    assert sum(marked) == told.live(needs=40)["needs"]["urgent"]
    assert [row.locator("strong").inner_text() for row in rows.all()[sum(marked) :]][:2] == [
        "Given up, nobody was told",  # of the others the oldest first, as before
        "Left by a caller",
    ]


@pytest.mark.parametrize("calls", [1, 300])
def test_a_system_with_one_call_and_one_with_three_hundred_look_intended(
    open_console: Open, calls: int
) -> None:
    console = open_console(answers=Answers(with_one_call() if calls == 1 else crowded()))
    page = console.page
    console.until(
        "count => document.querySelectorAll('.calls tbody tr').length === count", arg=calls
    )
    for look in LOOKS:
        console.wear(look)
        console.picture(f"{calls}-live-{look}")
    strip = page.locator(".strip dt").all_inner_texts()

    assert strip[0] == ("call" if calls == 1 else "calls")
    assert page.get_by_role("searchbox").count() == int(calls > 1)
    for panel in ("Waiting", "People"):
        rows = page.get_by_role("region", name=panel).get_by_role("listitem").count()
        assert rows == ({"Waiting": 1, "People": 3}[panel] if calls == 1 else 8)
    assert page.get_by_role("link", name="All 30").count() == int(calls > 1)
    people = page.get_by_role("region", name="People").locator(".mark").all_inner_texts()
    assert people == (["ready", "busy", "away"] if calls == 1 else ["ready"] * 8)


def test_of_hundreds_of_calls_those_are_found_that_are_looked_for(open_console: Open) -> None:
    console = open_console(answers=Answers(crowded()))
    page = console.page
    rows = page.locator(".calls tbody tr")
    wanting = page.get_by_role("button", name="60 want a person")
    wanting.wait_for()
    page.keyboard.press("/")
    console.has_focus("[data-search]")
    page.keyboard.type("415 555 0123")
    console.until("() => document.querySelectorAll('.calls tbody tr').length === 1")
    assert rows.get_by_role("link").first.text_content() == "+1\xa0415\xa0555\xa00123"
    assert "history" not in page.url

    page.get_by_role("searchbox").fill("Light on the ROUTER")
    console.until("() => document.querySelectorAll('.calls tbody tr').length > 1")
    assert all("router blink" in one for one in rows.all_text_contents())
    page.get_by_role("searchbox").fill("nobody says this")
    page.get_by_text("No call fits.").wait_for()
    page.get_by_role("searchbox").fill("")
    wanting.click()
    console.until("() => document.querySelectorAll('.calls tbody tr').length === 60")
    assert rows.get_by_text("wants a person").count() == 60


def test_a_business_without_people_is_told_where_they_are_named(open_console: Open) -> None:
    def nobody(_: Any) -> told.Json:
        return told.live(people=0)

    console = open_console(answers=Answers({**empty(), "/api/live": nobody}))
    for page in ("live", "queue"):
        console.go(page)
        people = console.page.get_by_role("region", name="People")
        people.get_by_text("Nobody is in people.toml.").wait_for()
        assert people.get_by_role("link").count() == 0


def test_only_who_may_is_asked_to_log_somebody_in(open_console: Open) -> None:
    away = told.live()
    away["people"] = [{**one, "state": "off"} for one in away["people"]]
    for role in ("operator", "viewer"):
        console = open_console(role, answers=Answers({**empty(), "/api/live": lambda _: away}))
        people = console.page.get_by_role("region", name="People")
        people.get_by_text("Nobody is logged in.").wait_for()
        assert people.get_by_role("link").count() == int(role == "operator")


def test_a_call_that_is_over_is_no_longer_among_those_who_want_a_person(
    open_console: Open,
) -> None:
    answers = Answers(crowded())
    # it stands still: what is over would be gone from the list by itself otherwise
    console = open_console(answers=answers, script=STANDING)
    console.page.get_by_role("button", name="60 want a person").click()

    answers.told["/api/live"] = lambda _: told.live(3)
    console.page.get_by_role("button", name="1 want a person", exact=True).wait_for()
    assert console.page.locator(".calls tbody tr").count() == 1


def test_what_is_looked_for_stands_there_also_when_few_calls_are_left(open_console: Open) -> None:
    answers = Answers(crowded())
    console = open_console(answers=answers, faster=TIMES)
    console.page.get_by_role("searchbox").fill("billing")

    answers.told["/api/live"] = lambda _: told.live(3)
    console.until("() => document.querySelectorAll('.calls tbody tr').length === 1")
    assert console.page.get_by_role("searchbox").input_value() == "billing"
