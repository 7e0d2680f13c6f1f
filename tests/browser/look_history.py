"""History: what is looked for page by page, among how many, and what stays when one comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.systems import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console

    type Open = Callable[..., Console]

SEARCH, COUNTED = "/api/calls/search", "/api/figures"
WORDS = "charged TWICE"  # of each summary
KEPT_DAYS = 90  # RETENTION_DAYS, as it is where nobody sets it


def pages(most: int) -> Callable[[Any], told.Json]:
    """So many pages of fifty calls that fit, of 420 that were looked at for each."""

    def page(request: Any) -> told.Json:
        at = int(request.post_data_json.get("cursor", "0"))
        more = {"searchedThrough": told.iso(3_600), "nextCursor": str(at + 1)}
        return {**told.found(50), **(more if at + 1 < most else {})}

    return page


def counting(calls: int) -> tuple[Callable[[Any], told.Json], list[tuple[str, str]]]:
    """Figures of days in which so many calls were, and of which days they were asked for."""
    asked: list[tuple[str, str]] = []

    def figures(request: Any) -> told.Json:
        query = parse_qs(urlsplit(request.url).query)
        asked.append((query["from"][0], query["to"][0]))
        said = told.figures(*asked[-1])
        return {**said, "total": {**said["total"], "calls": calls}}

    return figures, asked


def looked_at(console: Console) -> str:
    """How far it has come, once it has stopped."""
    console.page.get_by_role("button", name="Go on").wait_for()
    return str(console.page.locator("main .asof").inner_text())


def search(console: Console, words: str) -> None:
    console.page.get_by_label("Words of the summary").fill(words)
    console.page.get_by_role("button", name="Search").click()


def test_history_looks_for_what_is_asked_stops_and_goes_on(open_console: Open) -> None:
    answers = Answers({**full(), SEARCH: pages(3)})
    console = open_console(answers=answers)
    console.go("history")
    console.page.get_by_role("button", name="Go on").wait_for()  # a hundred rows are there
    assert console.page.locator("main tbody tr").count() == 100
    assert "840 looked at, back to" in console.page.locator("main .asof").inner_text()
    console.page.get_by_role("button", name="Go on").click()
    console.see("that is all")
    assert console.page.locator("main tbody tr").count() == 150

    console.page.get_by_label("Words of the summary").fill("MARIA")
    console.page.get_by_label("Whole number").fill("+14155550111")
    console.page.get_by_text("More to look for").click()
    console.page.get_by_label("Direction").select_option("inbound")
    console.page.get_by_label("Ended").select_option("dropped")
    console.page.get_by_label("Achieved").fill("transferred")
    console.page.get_by_role("button", name="Search").click()
    console.see("that is all")
    console.until("() => document.querySelectorAll('main tbody tr').length < 100")
    names = set(console.page.locator("main tbody a").all_inner_texts())
    # what is live may have been asked for since
    body = next(said for _, path, said in reversed(answers.asked) if path == "/api/calls/search")

    assert names == {"Maria Alvarez"}
    wish = {"phone": "+14155550111", "direction": "inbound", "ended": "dropped"}
    assert body.items() >= {**wish, "achieved": "transferred"}.items()
    assert "words" not in body


def test_history_says_of_about_how_many_calls_it_has_looked_at(open_console: Open) -> None:
    figures, asked = counting(9_791)
    console = open_console(answers=Answers({**full(), SEARCH: pages(9), COUNTED: figures}))
    console.go("history")
    assert "looked at, back to" in looked_at(console)
    assert asked == []  # nothing is sought: each that is looked at is shown

    search(console, WORDS)
    console.see("840 of about 9,800 looked at, back to")  # and nine under way
    console.page.get_by_role("button", name="Go on").click()
    console.see("1,680 of about 9,800 looked at, back to")
    assert len(asked) == 1  # of a search, not of each page


@pytest.mark.parametrize(("phone", "counted"), [("+14155550111", 9_791), ("", 100)])
def test_what_is_not_known_or_cannot_be_is_not_told_as_a_sum(
    open_console: Open, phone: str, counted: int
) -> None:
    figures, asked = counting(counted)
    console = open_console(answers=Answers({**full(), SEARCH: pages(9), COUNTED: figures}))
    console.go("history")
    looked_at(console)
    console.page.get_by_label("Whole number").fill(phone)
    search(console, WORDS)

    console.see("840 looked at, back to")
    assert len(asked) == (0 if phone else 1)  # nobody counts the calls of one number
    console.page.wait_for_load_state("networkidle")
    assert "of about" not in looked_at(console)


def test_days_whose_calls_are_gone_are_not_counted(open_console: Open) -> None:
    figures, asked = counting(9_791)
    console = open_console(answers=Answers({**full(), SEARCH: pages(9), COUNTED: figures}))
    console.go("history")
    looked_at(console)
    today = datetime.now(tz=UTC).date()
    first, last = (str(today - timedelta(days=back)) for back in (KEPT_DAYS + 5, KEPT_DAYS - 5))
    oldest = str(today - timedelta(days=KEPT_DAYS))
    fields = [console.page.get_by_label(name) for name in ("From (UTC)", "To, 31 days")]
    assert fields[0].get_attribute("min") == oldest
    fields[0].evaluate("one => one.removeAttribute('min')")
    fields[0].fill(first)
    fields[1].fill(last)
    console.page.locator("form").first.evaluate("one => { one.noValidate = true; }")
    search(console, WORDS)

    console.see("840 of about 9,791 looked at")  # nobody of today's is among them
    assert asked == [(oldest, last)]


def with_a_hundred_found(open_console: Open, answers: Answers) -> Console:
    console = open_console(answers=answers)
    console.go("history")
    looked_at(console)
    search(console, WORDS)
    console.until("() => document.querySelectorAll('main tbody tr').length === 100")
    looked_at(console)
    return console


def test_going_on_goes_on_with_what_was_sought_whatever_is_typed_since(open_console: Open) -> None:
    answers = Answers({**full(), SEARCH: pages(9)})
    console = with_a_hundred_found(open_console, answers)
    console.page.get_by_label("Words of the summary").fill("nobody says this")
    console.page.get_by_text("More to look for").click()
    console.page.get_by_label("Direction").select_option("inbound")
    before = len(answers.asked)
    console.page.get_by_role("button", name="Go on").click()

    console.until("() => document.querySelectorAll('main tbody tr').length === 200")
    sought = [body for _, path, body in answers.asked[before:] if path == SEARCH]
    assert [one["cursor"] for one in sought] == ["2", "3"]
    assert all("direction" not in one for one in sought)


def test_whoever_comes_back_from_a_call_finds_what_he_had_found(open_console: Open) -> None:
    answers = Answers({**full(), SEARCH: pages(9)})
    console = with_a_hundred_found(open_console, answers)
    link = console.page.locator("main tbody a").nth(91)
    link.scroll_into_view_if_needed()
    before, searches = console.page.evaluate("scrollY"), len(answers.asked)
    link.click()
    console.page.locator("main.calls").wait_for()
    assert console.page.evaluate("scrollY") == 0  # a page that is opened begins at its top
    console.page.go_back()

    console.page.locator("main.history tbody tr").nth(99).wait_for()
    assert console.page.get_by_label("Words of the summary").input_value() == WORDS
    assert not any(path == SEARCH for _, path, _ in answers.asked[searches:])
    console.until("was => Math.abs(scrollY - was) < 5", arg=before)
