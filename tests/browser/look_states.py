"""Every page when what it asks for fails, grows old or is a stranger's, and as a viewer has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.answers import Answers
from tests.browser.budgets import Passing, held_mb
from tests.browser.opened import ONCE, TIMES
from tests.browser.systems import PAGES, full

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console, Scene

    type Open = Callable[..., Console]

# What each page asks for itself, and a text that it then shows.
ASKS = {
    "calls/call-1": ("/api/calls/call-1", "What came of it"),
    "visits/visit-7": ("/api/visits/visit-7", "Chidi is asked"),
    "queue": ("/api/callbacks", "gave no answer|no answer"),
    "campaigns": ("/api/campaigns", "Summer offer"),
    "campaigns/camp-1": ("/api/campaigns/camp-1", "wait for their call"),
    "needs": ("/api/needs", "Did this ring?"),
    "history": ("/api/calls/search", "Maria Alvarez"),
    "figures": ("/api/figures", "Served by assistants alone"),
    "more/numbers": ("/api/limits", "all dials"),
    "more/audit": ("/api/audit", "start campaign"),
}
READS = {"POST /api/calls/search"}


def test_each_page_says_that_it_failed_and_is_right_after_a_try(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers, script=ONCE)  # it tries again by nobody's click else
    console.see("+1\xa0415\xa0555")
    for page, (path, text) in ASKS.items():
        good, answers.told[path] = answers.told[path], 503
        console.go(page)
        console.see("It is so.")
        answers.told[path] = good
        console.page.get_by_role("button", name="Try again").first.click()
        console.page.get_by_text(text.split("|")[-1]).first.wait_for()
        assert console.page.get_by_text("It is so.").count() == 0, page


def test_each_page_asks_a_stranger_to_log_in_and_is_shown_again(
    open_console: Open, scene: Scene
) -> None:
    answers = Answers(full())
    console = open_console(answers=answers)
    for page, (path, text) in ASKS.items():
        good, answers.told[path] = answers.told[path], 401
        console.go(page)
        console.see("Your session is over.")
        answers.told[path] = good
        console.log_in(scene.tokens["operator"])
        console.page.get_by_text(text.split("|")[-1]).first.wait_for()


AGES = ("live", "calls/call-2", "queue", "needs", "campaigns/camp-1", "more/numbers")


def test_each_page_that_ages_turns_grey_when_nothing_is_heard(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers, faster=TIMES)
    for page in AGES:
        answers.told = full()
        console.go(page)
        console.see(PAGES[page])
        console.shown(page.split("/", maxsplit=1)[0])  # what has never come cannot age
        console.until("() => !document.querySelector('.panel.stale')")
        answers.told = dict.fromkeys(full(), "cut")
        console.page.locator(".panel.stale").first.wait_for()
        console.see("no news since")


def test_a_page_that_is_asked_for_seldom_is_not_grey_in_between(open_console: Open) -> None:
    console = open_console(answers=Answers(full()), faster=TIMES)
    console.go("figures")
    console.see(PAGES["figures"])

    console.page.wait_for_timeout(1_500)  # half a minute of the page's clock

    assert console.page.locator("main .panel.stale").count() == 0


NOT_FOR_VIEWERS = {
    "more/customer": "Only an operator may look up one customer",
    "more/audit": "The trail is for operators.",
}
WITHOUT_ACTS = {"calls/call-1": "What came of it", "calls/call-2": "What is said"}

# Each button that is seen, all at one moment: what one does may take others away.
PRESSED = """() => [...document.querySelectorAll("main button")]
  .filter((one) => one.checkVisibility() && !one.disabled).forEach((one) => one.click())"""


def test_a_viewer_may_press_whatever_there_is_and_changes_nothing(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console("viewer", answers=answers)
    for page, text in PAGES.items():
        if page == "campaigns/new":
            continue
        console.go(page)
        console.see(NOT_FOR_VIEWERS.get(page) or WITHOUT_ACTS.get(page, text))
        console.page.evaluate(PRESSED)

    changed = {f"{method} {path}" for method, path, _ in answers.asked if method != "GET"}
    assert changed <= READS


def test_what_was_shown_is_let_go(open_console: Open) -> None:
    answers = Answers({**full(), "/api/live": Passing(30)})
    console = open_console(answers=answers, faster=TIMES)
    cdp = console.page.context.new_cdp_session(console.page)

    def held_after(polls: int) -> float:
        until = len(answers.asked) + polls
        while len(answers.asked) < until:
            console.page.wait_for_timeout(100)
        return held_mb(cdp)

    before = held_after(15)
    assert held_after(30) < before + 2  # what kept a tree with each poll came to four
