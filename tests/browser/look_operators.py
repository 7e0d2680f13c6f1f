"""Operators in earnest: by keyboard alone, two at once, without a network, over a deploy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import HASTY, PATIENCE_MS, TIMES
from tests.browser.systems import full

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.browser.opened import Console, Scene

    type Open = Callable[..., Console]

LATER_MS = 3 * PATIENCE_MS  # words take their way through queues
LIST = "phone,name\n+12125550161,Ada\n12,Short\n"


def need(console: Console, number: str) -> str:
    """The number of a row as it stands there."""
    grouped = f"+1\xa0{number[2:5]}\xa0{number[5:8]}\xa0{number[8:]}"
    console.page.get_by_text(grouped).first.wait_for(timeout=LATER_MS)
    return grouped


# -- by keyboard alone -----------------------------------------------------------------------


def test_a_doubt_is_settled_by_keyboard_alone(open_console: Open, scene: Scene) -> None:
    scene.command(doubt="+12125550151")
    console = open_console(faster=HASTY)
    console.press("4")
    grouped = need(console, "+12125550151")

    console.reach("It did not ring")
    console.press("Enter")
    console.is_asked("You have seen that it did not?")
    console.press("Enter")

    console.page.get_by_text(grouped).wait_for(state="detached")


def test_what_was_given_up_is_told_again_by_keyboard_alone(
    open_console: Open, scene: Scene
) -> None:
    scene.command(given_up="+12125550152")
    console = open_console()
    console.press("4")
    console.see("Given up, nobody was told")

    console.reach("Replay")
    with console.page.expect_response("**/api/effects/*/replay") as answered:
        console.press("Enter")

    assert answered.value.status == 200


def test_a_list_is_imported_by_keyboard_alone(open_console: Open, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(LIST)
    console = open_console()
    console.press("3")
    console.shown("campaigns")
    console.go("campaigns/new")
    console.see("A new campaign")
    console.reach("Name")
    console.page.keyboard.type("By keyboard")
    console.reach("Make it")
    console.press("Enter")
    console.page.get_by_role("heading", name="By keyboard").wait_for()
    console.shown("campaigns")

    console.reach("A CSV with a column")
    console.choose(people)
    console.reach("Import")
    console.press("Enter")

    console.see("is too short")
    console.see("Added")


def test_somebody_is_forgotten_by_keyboard_alone(open_console: Open) -> None:
    console = open_console()
    console.press("7")
    console.shown("more")
    console.reach("Number")
    console.page.keyboard.type("+12125550153")
    console.reach("May we call now?")
    console.press("Enter")
    console.see("Forget this person")
    console.reach("Type the number's last four digits")
    console.page.keyboard.type("0154")
    assert console.page.get_by_role("button", name="Forget", exact=True).is_disabled()
    console.press("Backspace")
    console.page.keyboard.type("3")
    console.reach("Forget")
    console.press("Enter")
    console.is_asked("For good?")
    console.press("Enter")

    console.see("Forgetting")
    console.page.get_by_role("cell", name="calls").first.wait_for()


# -- in a call -------------------------------------------------------------------------------


def twice(route: Route) -> None:
    """A network that delivers what is asked a second time."""
    route.fetch()
    route.continue_()


def test_what_is_done_in_a_call_reaches_it_once_however_often_it_is_clicked_and_sent(
    open_console: Open, scene: Scene, caller: str
) -> None:
    console = open_console()
    console.page.route("**/actions", twice)
    console.page.get_by_role("row").filter(has_text="+1\xa0415\xa0555\xa00111").first.wait_for()
    console.go(f"calls/{caller}")
    console.page.get_by_label("Words").fill("He has called twice.")
    console.page.get_by_role("button", name="Tell the assistant").dblclick()
    console.see("The assistant was told.")
    for name, done in (("Mute", "It is silent."), ("Unmute", "It speaks again.")):
        console.page.get_by_role("button", name=f"{name} the assistant", exact=True).dblclick()
        console.see(done)
    console.page.get_by_label("Put through to").select_option(label="billing")
    console.page.get_by_role("button", name="Put through").dblclick()
    console.page.get_by_text("Switchboard hands over to billing").first.wait_for(timeout=LATER_MS)

    console.page.get_by_role("button", name="End the call").click()
    console.is_asked("Hang up on the caller?")
    console.page.locator(".sure").get_by_role("button", name="End the call").dblclick()
    console.page.get_by_role("heading", name="What came of it").wait_for(timeout=LATER_MS)

    told = scene.command(told=caller)["told"]
    commands = [one for one in told if one["event"] == "command"]
    heard = Counter(one["target"] or one["kind"] for one in commands)
    once = ("add-message", "mute-assistant", "unmute-assistant", "billing", "end-call")
    assert {name: heard[name] for name in once} == dict.fromkeys(once, 1), told


ADAS, ANYBODYS = "+14155550120", "+14155550177"  # of people.toml, and PERSON_NUMBER


@pytest.mark.parametrize(("person", "rung"), [("Ada", ADAS), ("any person", ANYBODYS)])
def test_a_telephone_rings_once_for_whoever_takes_a_caller_over_or_is_to_take_him(
    open_console: Open, scene: Scene, caller: str, person: str, rung: str
) -> None:
    console = open_console("Ada")
    console.page.route("**/actions", twice)
    console.page.get_by_role("row").filter(has_text="+1\xa0415\xa0555\xa00111").first.wait_for()
    console.go(f"calls/{caller}")
    console.page.get_by_text("Thanks for calling Acme.").first.wait_for(timeout=LATER_MS)
    if person == "Ada":
        console.page.get_by_role("button", name="Take over").click()
        console.is_asked("Your telephone rings?")
        console.page.get_by_role("button", name="Take over").dblclick()
    else:
        console.page.get_by_label("Put through to").select_option(label=person)
        console.page.get_by_role("button", name="Put through").dblclick()
    console.page.get_by_text("asked for by Ada").first.wait_for(timeout=LATER_MS)
    console.page.locator(".decision .mark.good").first.wait_for(timeout=LATER_MS)

    told = scene.command(told=caller)["told"]
    moved = [one for one in told if one["event"] == "command" and one["kind"] == "transfer"]
    assert len(moved) == 1, told
    assert rung in str(moved)


# -- two at once -----------------------------------------------------------------------------


def test_of_two_who_settle_the_same_doubt_one_is_told_that_it_is_settled(
    open_console: Open, scene: Scene
) -> None:
    scene.command(doubt="+12125550154")
    one, other = open_console(faster=HASTY), open_console(faster=HASTY)
    for console in (one, other):
        console.go("needs")
        need(console, "+12125550154")
        console.page.get_by_role("button", name="It rang").click()
        console.see("You have seen that it rang?")

    # Whoever is told of it before he clicks has nothing left to click at.
    with other.waiting_for("**/api/needs"):
        with one.page.expect_response("**/resolve") as first:
            one.page.get_by_role("button", name="It rang").click()
        with other.page.expect_response("**/resolve") as second:
            other.page.get_by_role("button", name="It rang").click()
        assert (first.value.status, second.value.status) == (200, 409)
        other.page.get_by_role("alert").first.wait_for()

    for console in (one, other):
        console.page.get_by_text("+1\xa0212\xa0555\xa00154").wait_for(state="detached")


def test_each_sees_who_else_is_here_and_in_a_call(open_console: Open, caller: str) -> None:
    one, other = open_console(faster=HASTY), open_console("viewer", faster=HASTY)
    other.go(f"calls/{caller}")

    one.page.get_by_text("viewer (in a call)").wait_for()
    other.page.locator(".others", has_text="operator").wait_for()


# -- without a network, over a deploy --------------------------------------------------------


def test_half_a_minute_without_a_network_is_seen_and_gone_without_loading_again(
    open_console: Open,
) -> None:
    console = open_console(faster=TIMES)
    console.page.locator(".asof").first.wait_for()
    console.page.evaluate("window.__still = true")

    console.page.context.set_offline(True)
    console.page.locator(".panel.stale").first.wait_for()
    console.see("no news since")
    console.page.wait_for_timeout(1_500)  # thirty seconds of the page's clock
    console.page.context.set_offline(False)

    console.until("() => !document.querySelector('.panel.stale')")
    assert console.page.evaluate("window.__still")


def test_a_page_that_is_open_over_a_deploy_says_so_and_goes_on(open_console: Open) -> None:
    def deployed(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace('name="release" content="', 'name="release" content="0123')
        route.fulfill(response=answer, body=text)

    answers = Answers(full())
    console = open_console(answers=answers, faster=3 * TIMES)  # it looks each two minutes
    console.see("+1\xa0415\xa0555")

    console.page.route("**/console", deployed)
    console.see("There is a new version of the console.")
    answers.told["/api/live"] = lambda _: told.live(2)
    console.page.locator("tbody tr:not(.gone)").nth(2).wait_for(state="detached")
    console.go("needs")
    console.see("Did this ring?")


def test_a_server_that_does_not_answer_is_no_new_version(open_console: Open) -> None:
    console = open_console(answers=Answers(full()), faster=3 * TIMES)
    looks: list[Route] = []

    def down(route: Route) -> None:
        looks.append(route)
        route.fulfill(status=503, body="{}")

    console.page.route("**/console", down)
    for _ in range(2):  # the second is begun after what became of the first was seen
        with console.page.expect_response("**/console"):
            pass
    assert len(looks) >= 2
    assert console.page.get_by_text("There is a new version of the console.").count() == 0
