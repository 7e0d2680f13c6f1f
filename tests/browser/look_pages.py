"""Every page, as it stands full, empty, loading, failed and for a viewer; in light, dark, small."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import DECIDES, LOOKS, TIMES
from tests.browser.systems import PAGES, empty, full, of_strangers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.opened import Console

    type Open = Callable[..., Console]


def test_axe_finds_nothing_on_any_page_light_dark_and_small(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    found = {}
    for page, text in PAGES.items():
        console.go(page)
        console.see(text)
        acts: dict[str, list[str]] = {}
        for look in LOOKS:
            console.wear(look)
            console.picture(f"{page.replace('/', '-')}-{look}")
            found[page, look] = console.axe(look)
            assert console.too_wide() <= 0, f"{page} is wider than the window, {look}"
            acts[look] = console.page.locator("main button:visible").all_inner_texts()
        assert acts["small"] == acts["light"], f"not every act of {page} is reached on a telephone"

    assert {page: faults for page, faults in found.items() if faults} == {}


def test_axe_finds_nothing_on_the_way_in(open_console: Open) -> None:
    console = open_console(None)
    console.page.get_by_label("Token").wait_for()
    for look in LOOKS:
        console.wear(look)
        assert console.axe(look) == [], look


def test_a_call_shows_who_had_the_caller_how_long_and_why(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.go("calls/call-1")
    legs = console.page.get_by_role("region", name="Who had the caller").get_by_role("listitem")
    legs.nth(3).wait_for()

    assert [leg.inner_text().split("\n") for leg in legs.all()] == [
        ["router", "0:24", "answered"],
        ["billing", "1:42", "decision 1: what the caller was saying"],
        ["a person", "0:24", "decision 2: the caller's words"],
        ["billing", "2:00", "nobody took the caller"],
    ]
    bars = console.page.locator(".legs .is").all()
    found = [[float(bar.get_attribute(name) or 0) for name in ("x", "width")] for bar in bars]
    ends = [0.0, *(x + width for x, width in found)]
    assert [x for x, _ in found] == pytest.approx(ends[:-1], abs=1)  # each begins where one ends
    assert ends[-1] == pytest.approx(100, abs=1)


def test_a_visit_tells_what_happened_in_its_order(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.go("visits/visit-7")
    console.see("Chidi is asked")
    steps = console.page.get_by_role("region", name="The visit").locator(".steps strong")

    assert steps.all_inner_texts() == [
        "The caller's line",
        "An assistant",
        "Is to get somebody of billing",
        "Chidi is asked",
        "Ada is asked",
    ]


def test_a_call_shows_what_was_thought_and_from_where_on_it_decides(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.go("calls/call-1")
    console.page.get_by_text("Thought last").wait_for()

    thoughts = console.page.get_by_role("img", name=f"94 {DECIDES}")
    assert thoughts.count() == 3  # of two sentences, and the last of them again
    assert console.page.get_by_text("0.94").count() == 3


def test_an_empty_system_says_when_the_last_call_was_and_which_number_to_ring(
    open_console: Open,
) -> None:
    console = open_console(answers=Answers({**full(), "/api/live": told.live()}))
    quiet = console.page.get_by_role("region", name="Calls")

    quiet.get_by_text("The last call was at").wait_for()
    quiet.get_by_text("Callers ring +1\xa0415\xa0555\xa00100.").wait_for()


def test_a_list_of_more_than_a_megabyte_goes_in_parts_each_under_its_head(
    open_console: Open, tmp_path: Path
) -> None:
    head, row = "phone,name,note\n", '+1212555{:04d},Ada {:06d},"a note\nof two lines"\n'
    rows = [row.format(number % 10_000, number) for number in range(30_000)]
    large = tmp_path / "large.csv"
    large.write_text(head + "".join(rows), encoding="utf-8")
    sent: list[str] = []

    def add(request: Any) -> told.Json:
        sent.append(request.post_data)
        return {"importId": f"import-{len(sent)}", "state": "open"}

    imports = {
        f"/api/imports/import-{number}": told.imported(rows=number * 1_000, bad_row=3)
        for number in (1, 2, 3)
    }
    answers = {**full(), **imports, "POST /api/campaigns/camp-1/contacts": add}
    console = open_console(answers=Answers(answers))
    console.go("campaigns/camp-1")
    console.page.get_by_label("A CSV with a column").set_input_files(large)
    console.page.get_by_role("button", name="Import").click()
    console.page.get_by_text("part 2 of 2").wait_for()
    console.page.get_by_role("status").get_by_text("3,000").wait_for()  # rows of both

    assert len(sent) == 2
    assert all(len(one) <= 1_000_000 and one.startswith(head) for one in sent)
    assert [one for part in sent for one in part[len(head) :].split("+1212555")[1:]] == [
        one.removeprefix("+1212555") for one in rows
    ]
    first = sent[0].count("+1212555")
    for number in (3, first + 3):  # as the reader's own list has it
        console.page.get_by_role("cell", name=f"{number}", exact=True).wait_for()


EMPTY = {
    "live": "Nobody is on the line.",
    "queue": "Nobody is to be called back.",
    "campaigns": "There is no campaign.",
    "needs": "Nothing needs you.",
    "history": "No call of these days fits.",
    "figures": "Nothing was counted",
}


def test_an_empty_page_says_something_true(open_console: Open) -> None:
    console = open_console(answers=Answers(empty()))
    for page, text in EMPTY.items():
        console.go(page)
        console.see(text)
        assert console.axe() == []


def test_only_what_somebody_waits_for_is_loud(open_console: Open) -> None:
    live = told.live(2, needs=2)
    answers = Answers({**full(), "/api/live": lambda _: live})
    console = open_console(answers=answers, faster=TIMES)
    loud = [console.page.locator(f"{where} .urgent") for where in (".top nav", ".strip")]
    for one, text in zip(loud, ("1", "1 of 2"), strict=True):
        one.get_by_text(text, exact=True).wait_for()

    live["needs"]["urgent"] = 0
    for one in loud:
        one.wait_for(state="detached")
    assert console.page.locator(".top nav b").inner_text() == "2"


def test_a_page_that_waits_shows_that_it_does_and_says_nothing_false(open_console: Open) -> None:
    console = open_console(answers=Answers(dict.fromkeys(full(), "never")))
    for page, text in EMPTY.items():
        console.go(page)
        console.page.locator(".skeleton").first.wait_for()
        assert console.page.get_by_text(text).count() == 0


def test_a_panel_that_failed_says_so_and_is_right_again_after_a_try(open_console: Open) -> None:
    answers = Answers({**full(), "/api/campaigns": 503})
    console = open_console(answers=answers)
    console.go("campaigns")
    console.see("It is so.")

    answers.told["/api/campaigns"] = told.campaigns()
    console.page.get_by_role("button", name="Try again").click()

    console.see("Summer offer")
    assert console.page.get_by_text("It is so.").count() == 0


def test_without_news_a_panel_turns_grey_and_then_is_right_again(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers, faster=TIMES)
    console.see("+1\xa0415\xa0555")

    answers.told["/api/live"] = "cut"
    calls = console.page.get_by_role("region", name="Calls")
    calls.and_(console.page.locator(".stale")).wait_for()
    calls.get_by_text("no news since").wait_for()
    answers.told["/api/live"] = lambda _: told.live(2)

    console.until("() => !document.querySelector('.panel.stale')")
    console.page.locator(".rows tbody tr").nth(1).wait_for()


def test_whoever_is_logged_out_meanwhile_is_asked_and_comes_back_to_the_page(
    open_console: Open,
) -> None:
    answers = Answers(full())
    console = open_console(answers=answers)
    console.go("needs")
    console.see("Did this ring?")

    answers.told["/api/live"] = 401
    console.see("Your session is over.")


def test_dialing_that_is_stopped_is_seen_on_every_page(open_console: Open) -> None:
    stopped = {**full(), "/api/live": lambda _: told.live(1, stopped=True)}
    console = open_console(answers=Answers(stopped))
    for page in PAGES:
        console.go(page)
        console.see("Dialing is stopped.")


def test_what_strangers_say_is_text_and_nothing_else(open_console: Open) -> None:
    console = open_console(answers=Answers(of_strangers()))
    for page in ("live", "calls/call-1", "campaigns", "campaigns/camp-1", "history"):
        console.go(page)
        console.see(PAGES[page])
        assert console.page.locator("main img, main script").count() == 0
        assert console.page.evaluate("document.title").endswith("Switchboard")
        for look in ("small", "light"):
            console.wear(look)
            assert console.too_wide() <= 0, (page, look)
    console.go("history")
    console.see('<img src=x onerror="document.title=1">')
    links = console.page.eval_on_selector_all("a", "all => all.map(one => one.protocol)")
    assert set(links) <= {"http:"}


def test_what_a_caller_leaves_turns_nothing_around_and_takes_no_page_away(
    open_console: Open,
) -> None:
    said = {"wish": "call me", "more": "w" * 10_000}
    name = {"customerName": "\u202eadA", "doNotCall": True}
    left = {"id": "follow-1", "kind": "message", **name, "said": said}
    answers = {**full(), "/api/follow-ups": {"followUps": [left], "nextCursor": None}}
    console = open_console(answers=Answers(answers))
    console.go("needs")
    console.see("call me")
    console.see("Do not call")
    words = console.page.locator("main .needs p.theirs")
    parts = [words.locator("strong"), words.get_by_text("wish"), words.get_by_text("call me")]
    lefts = [box["x"] for one in parts if (box := one.bounding_box())]

    assert lefts == sorted(lefts)
    assert len(lefts) == len(parts)
    height = words.evaluate(
        "one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    )
    assert height <= 7  # lines


def test_a_file_of_what_is_shown_runs_nothing_in_a_spreadsheet(open_console: Open) -> None:
    console = open_console(answers=Answers(of_strangers()))
    console.go("history")
    console.see("Maria Alvarez")

    with console.page.expect_download() as saving:
        console.page.get_by_role("button", name="CSV of what is shown").click()
    text = saving.value.path().read_text(encoding="utf-8")

    assert "'=cmd|" in text
    assert "'\uff1d1+1" in text
    assert re.search(r"(^|,)[=@|]", text, re.MULTILINE) is None


def test_the_keys_lead_to_every_page_and_are_off_while_typing(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.see("+1\xa0415\xa0555")
    for key, page in (("2", "queue"), ("3", "campaigns"), ("4", "needs"), ("5", "history")):
        console.page.keyboard.press(key)
        console.shown(page)
        console.see(PAGES[page])
    console.page.keyboard.press("/")
    console.has_focus("[data-search]")
    console.page.keyboard.type("1 2 3")
    assert console.page.evaluate("location.hash") == "#/history"
    console.page.keyboard.press("Escape")
    console.has_focus("body")
    console.page.keyboard.press("1")
    console.see("+1\xa0415\xa0555")

    console.page.keyboard.press("j")
    console.page.keyboard.press("j")
    console.page.keyboard.press("k")
    console.page.keyboard.press("Enter")
    console.page.wait_for_url("**#/calls/call-0")


def test_single_keys_can_be_switched_off(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.page.keyboard.press("?")
    console.page.get_by_label("Single keys do something").uncheck()
    console.page.get_by_role("button", name="Close").click()

    console.page.keyboard.press("4")

    assert console.page.evaluate("location.hash") in {"", "#/live"}


def test_a_doubt_is_settled_by_the_keyboard_alone(open_console: Open) -> None:
    answers = Answers({**full(), "POST /api/attempts/attempt-9/resolve": 409})
    console = open_console(answers=answers)
    console.page.keyboard.press("4")
    console.shown("needs")
    console.reach("It did not ring")
    console.press("Enter")
    console.is_asked("You have seen that it did not?")
    console.press("Enter")

    console.see("It is so.")  # another has settled it: said beside the button
    asked = [one for one in answers.asked if one[0] == "POST"]
    assert asked == [("POST", "/api/attempts/attempt-9/resolve", {"rang": False})]


def test_a_release_between_the_document_and_its_files_is_met_by_loading_again(
    open_console: Open,
) -> None:
    console = open_console(None)
    console.page.get_by_label("Token").wait_for()
    gone = {"left": 1}

    def file(route: Any) -> None:
        if gone["left"]:
            gone["left"] -= 1
            route.fulfill(status=404, body="{}")
        else:
            route.continue_()

    console.page.route("**/api.js", file)
    console.page.goto(f"{console.url}/console")

    console.page.get_by_label("Token").wait_for()
    assert gone["left"] == 0


def test_markup_made_of_text_is_refused_by_the_page_itself(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    refused = console.page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return ''; }"
        " catch (error) { return error.name; } }"
    )

    assert refused == "TypeError"
    console.until("() => window.__reports.length > 0")
    console.page.evaluate("window.__reports.length = 0")  # this one was meant
    console.faults.clear()
