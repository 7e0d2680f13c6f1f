"""What has the focus, and that no key is lost: the page is drawn anew each second meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import ONCE
from tests.browser.systems import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console

    type Open = Callable[..., Console]

# Presses a key in the very moment in which the menu is there.
AT_ONCE = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("nav")) return;
  watch.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "4", bubbles: true }));
}).observe(document, { childList: true, subtree: true });
"""


def test_a_key_is_heard_from_the_moment_the_menu_is_seen(open_console: Open) -> None:
    console = open_console(answers=Answers(full()), script=AT_ONCE)

    console.shown("needs")


def test_whoever_acts_by_keyboard_stays_at_the_button(open_console: Open) -> None:
    ben = "/api/people/ben"
    answers = Answers({**full(), f"PUT {ben}": {"id": "ben", "state": "away"}})
    console = open_console(answers=answers)
    console.go("queue")
    console.see("Callbacks")
    console.reach("Away")
    with console.waiting_for(f"**{ben}"), console.page.expect_request(f"**{ben}"):
        console.press("Enter")
        console.has_focus("button[aria-busy=true]")
        console.press("Enter")  # once more, while it is under way
    console.page.locator(".told").wait_for()

    console.has_focus("button[aria-busy=false]")
    assert console.page.evaluate("document.activeElement.innerText") == "Away"
    assert [one for one in answers.asked if one[0] == "PUT"] == [
        ("PUT", ben, {"state": "away", "reason": "by an operator"})
    ]


def test_whoever_answers_a_question_is_back_where_it_was_asked(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.press("4")
    console.shown("needs")
    for answer in ("Tab", "Escape"):  # to the No beside it, or away
        console.reach("It did not ring")
        console.press("Enter")
        console.is_asked("You have seen that it did not?")
        console.press(answer, *(["Enter"] if answer == "Tab" else []))
        console.page.locator(".sure").wait_for(state="detached")

        console.has_focus("button")
        assert console.page.evaluate("document.activeElement.innerText") == "It did not ring"


def test_a_row_opens_and_does_nothing_by_itself(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers)
    for page, name in (("queue", "Now"), ("needs", "Replay")):
        console.go(page)
        console.shown(page)
        button = console.page.get_by_role("button", name=name, exact=True)
        console.page.locator("main [data-row]", has=button).focus()
        console.press("Enter")
        console.has_focus("main button")  # another Enter does it
    assert [method for method, path, _ in answers.asked if method != "GET"] == []


def test_a_key_that_is_held_does_not_answer_what_it_has_asked(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers)
    console.go("calls/call-2")
    console.reach("End the call")
    for _ in range(5):
        console.page.keyboard.down("Enter")
    console.is_asked("Hang up on the caller?")
    console.page.keyboard.down("Enter")
    console.page.keyboard.up("Enter")

    console.is_asked("Hang up on the caller?")
    assert [method for method, path, _ in answers.asked if method != "GET"] == []


def test_what_lies_under_the_list_of_keys_hears_none(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.go("calls/call-2")
    console.see("Say to the caller")
    for leaves in ("Escape", "?"):
        console.press("?")
        console.page.locator("dialog[open]").wait_for()
        console.press("Tab", "2", leaves)
        console.page.locator("dialog").wait_for(state="detached")
        assert console.page.evaluate("location.hash") == "#/calls/call-2"


def test_whoever_opens_a_row_goes_on_in_what_it_opens(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.see("+1\xa0415\xa0555")
    console.press("j", "Enter")
    console.page.locator("main.calls").wait_for()

    console.has_focus("main")


def test_the_keys_go_on_where_a_row_has_gone(open_console: Open) -> None:
    needs = told.needs(4)
    answers = Answers({**full(), "/api/needs": needs})
    console = open_console(answers=answers, script=ONCE)
    console.press("4")
    console.shown("needs")
    rows = console.page.locator("main [data-row]")
    rows.nth(3).wait_for()
    names = [row.locator("strong, .mark").first.inner_text() for row in rows.all()]

    for key, stands in (("j", names[2]), ("k", names[0])):
        answers.told["/api/needs"] = needs
        console.look_again()
        rows.nth(3).wait_for()
        console.page.evaluate("document.activeElement.blur(); document.querySelector('a').focus()")
        console.press("j", "j")
        answers.told["/api/needs"] = {"needs": [], "complete": True} | {
            "needs": [one for one in needs["needs"] if one["id"] != second(needs)]
        }
        console.look_again()
        rows.nth(3).wait_for(state="detached")
        console.press(key)
        at = "document.activeElement.querySelector('strong, .mark').innerText"
        assert console.page.evaluate(at) == stands


def second(needs: told.Json) -> str:
    """Of what is urgent first, then the oldest: the id of the second."""
    return str(sorted(needs["needs"], key=lambda one: not one["urgent"])[1]["id"])


# Whether each time of what has the focus is told once more beside itself.
TOLD_TWICE = """() => [...document.activeElement.querySelectorAll(".when"), document.activeElement]
  .filter((one) => one.matches(".when"))
  .map((one) => getComputedStyle(one, "::after").content !== "none")"""
# For a reader whose zone has the longest name.
FAR_AWAY = """all => all.forEach((one) => {
  one.title = "Mon, 30 Nov 2026, 12:00:00 America/Argentina/Buenos_Aires"; })"""


def test_a_time_is_told_in_the_reader_s_zone_too_while_it_or_its_row_has_the_focus(
    open_console: Open,
) -> None:
    console = open_console(answers=Answers(full()))
    for page in ("history", "needs", "queue", "campaigns", "campaigns/camp-1"):
        console.go(page)
        console.shown(page.split("/", maxsplit=1)[0])
        console.page.locator(".when").evaluate_all(FAR_AWAY)
        for look in ("light", "small"):
            console.wear(look)
            for row in console.page.locator("main [data-row]:has(.when)").all()[:3]:
                row.focus()
                assert set(console.page.evaluate(TOLD_TWICE)) == {True}, page
                assert console.too_wide() <= 0, (page, look)
    console.go("calls/call-1")
    console.see("What came of it")
    assert set(console.page.evaluate(TOLD_TWICE)) == {False}
    console.page.locator("time[tabindex]").first.focus()
    assert console.page.evaluate(TOLD_TWICE) == [True]
