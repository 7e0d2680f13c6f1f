"""From a click to what the system did: the whole local system, with callers that ring in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.opened import HASTY, PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Response

    from tests.browser.opened import Console, Scene

    type Open = Callable[..., Console]

SHOWN = "+1\xa0415\xa0555\xa00111"  # of the caller
WHOLE = re.compile(r"415\D{0,3}555\D{0,3}0111|212\D{0,3}555\D{0,3}01")
LATER_MS = 3 * PATIENCE_MS  # words take their way through queues
LIST = (
    "phone,name,consent_kind,consent_at,consent_source\n"
    "{good},Maria,express_written,{at},web\n"
    "12,Short,,,\n"
)


def test_a_wrong_token_lets_nobody_in_and_says_so(open_console: Open) -> None:
    console = open_console(None)
    console.page.get_by_label("Token").fill("guess")
    console.page.get_by_role("button", name="Log in").click()

    console.see("This is no valid token.")
    assert console.page.get_by_role("navigation", name="Pages").count() == 0


def test_whoever_logs_out_is_out(open_console: Open, scene: Scene) -> None:
    console = open_console(None)
    console.page.get_by_label("Token").fill(scene.tokens["operator"])
    console.page.get_by_role("button", name="Log in").click()
    console.page.get_by_role("button", name="Log out").click()

    console.page.get_by_label("Token").wait_for()
    assert console.page.evaluate("fetch('/api/live').then((answer) => answer.status)") == 401


def test_a_caller_is_seen_while_talking_word_by_word_and_with_what_is_decided(
    open_console: Open, scene: Scene, caller: str
) -> None:
    console = open_console()
    console.page.get_by_role("row").filter(has_text=SHOWN).first.get_by_role("link").first.click()
    scene.command(call=caller, does={"say": "I was charged twice on my last invoice."})

    for words in ("Thanks for calling Acme.", "charged twice", "Switchboard hands over to billing"):
        console.page.get_by_text(words).first.wait_for(timeout=LATER_MS)
    legs = console.page.get_by_role("region", name="Who had the caller").get_by_role("listitem")
    legs.filter(has_text="billing").filter(has_text="decision 1: ").wait_for(timeout=LATER_MS)


def test_what_is_said_to_a_caller_is_said_once_and_the_call_ended_when_it_is_meant(
    open_console: Open, scene: Scene, caller: str
) -> None:
    console = open_console()
    console.page.get_by_role("row").filter(has_text=SHOWN).first.wait_for()
    console.go(f"calls/{caller}")
    console.page.get_by_text("Thanks for calling Acme.").first.wait_for(timeout=LATER_MS)
    words = "One moment, I am listening."
    console.page.get_by_label("Words").fill(words)
    console.page.get_by_role("button", name="Say to the caller").dblclick()
    console.page.get_by_text("asked for by operator").first.wait_for(timeout=LATER_MS)

    console.page.get_by_role("button", name="End the call").click()
    console.see("Hang up on the caller?")
    console.page.get_by_role("button", name="No", exact=True).click()
    console.page.get_by_role("button", name="End the call").click()
    console.page.get_by_role("button", name="End the call").click()
    console.page.get_by_text("What came of it").wait_for(timeout=LATER_MS)

    told = [entry for entry in scene.command(told=caller)["told"] if entry["event"] == "command"]
    said = [entry for entry in told if words in str(entry)]
    assert len(said) == 1, told
    assert "end-call" in str(told[-1])


@pytest.mark.usefixtures("caller")  # while somebody is on the line all is asked each second
def test_a_colleague_is_made_ready_and_others_see_it(open_console: Open) -> None:
    one, other = open_console(faster=HASTY), open_console("viewer", faster=HASTY)
    for console in (one, other):
        console.go("queue")
    ben = one.page.get_by_role("listitem").filter(has_text="Ben").first
    ben.get_by_role("button", name="Ready").click()

    ben.get_by_text("ready", exact=True).wait_for()
    theirs = other.page.get_by_role("listitem").filter(has_text="Ben").first
    theirs.get_by_text("ready", exact=True).wait_for()
    assert theirs.get_by_role("button").count() == 0
    ben.get_by_role("button", name="Log off").click()
    ben.get_by_text("off", exact=True).wait_for()


def test_a_message_for_all_callers_is_turned_on_and_off(open_console: Open) -> None:
    console = open_console()
    console.go("queue")
    console.page.get_by_role("button", name="Message of billing").click()
    console.page.get_by_label("Message of billing").fill("We know about the outage.")
    console.page.get_by_role("button", name="Turn on").click()

    console.see("message on")
    console.page.get_by_role("button", name="Turn off").click()
    console.page.get_by_text("message on").wait_for(state="detached")


@pytest.mark.usefixtures("caller")
def test_stopping_all_dialing_is_seen_by_everybody_and_undone(open_console: Open) -> None:
    one, other = open_console(faster=HASTY), open_console("viewer", faster=HASTY)
    one.go("more/numbers")
    one.page.get_by_role("button", name="Stop all dialing").click()
    one.see("No phone rings any more?")
    one.page.get_by_role("button", name="Stop all dialing").click()

    for console in (one, other):
        console.see("Dialing is stopped.")
    assert other.page.get_by_role("button", name="Let dialing go on").count() == 0
    one.page.get_by_role("button", name="Let dialing go on").click()
    one.page.get_by_role("button", name="Let dialing go on").click()
    for console in (one, other):
        console.page.locator(".alarm").wait_for(state="detached")


def test_a_campaign_is_made_filled_counted_started_and_paused(
    open_console: Open, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(LIST.format(good="+12125550123", at="2026-06-01T10:00:00-04:00"))
    console = open_console()
    console.go("campaigns/new")
    console.page.get_by_label("Name").fill('<b onclick="x">Autumn</b>')
    console.page.get_by_role("button", name="Make it").click()
    console.page.get_by_role("heading", name='<b onclick="x">Autumn</b>').wait_for()

    console.page.get_by_label("A CSV with a column").set_input_files(people)
    console.page.get_by_role("button", name="Import").click()
    console.see("Refused because")
    console.see("is too short")
    counts = console.page.get_by_role("region", name="Who could be called")
    counts.get_by_role("button", name="Count").click()
    counts.get_by_role("row", name="now 1").wait_for(timeout=LATER_MS)
    results = console.page.get_by_role("region", name="Results")
    results.get_by_role("button", name="Write the file").click()
    results.get_by_role("link", name="Results as CSV").wait_for(timeout=LATER_MS)

    console.page.get_by_role("button", name="Start").click()
    console.see("Start calling people?")
    console.page.get_by_role("button", name="Start").click()
    console.page.get_by_role("button", name="Pause").click()
    console.page.get_by_text("paused", exact=True).first.wait_for()


def test_a_number_is_never_called_again_once_it_is_said(open_console: Open) -> None:
    console = open_console()
    console.go("more/customer")
    console.page.get_by_label("Number").fill("+12125550177")
    console.page.get_by_role("button", name="May we call now?").click()
    console.see("Not now")
    console.page.get_by_role("button", name="Never call again").click()
    console.see("on our do-not-call list")
    assert "2125550177" not in console.page.url

    console.go("more/audit")
    console.see("suppress")


@pytest.mark.usefixtures("caller")
def test_a_viewer_sees_no_whole_number_anywhere(open_console: Open) -> None:
    answers: list[Response] = []
    console = open_console("viewer")
    console.page.goto("about:blank")  # an answer to what is left behind has no body any more
    console.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - a builtin takes no marks
    console.page.goto(f"{console.url}/console")
    console.page.get_by_text("0111").first.wait_for()
    for page in ("live", "history", "queue", "needs", "campaigns", "figures"):
        with console.page.expect_response("**/api/**"):
            console.go(page)
        console.shown(page)
        shown = console.page.content() + console.page.url

        assert WHOLE.search(shown) is None, page
    console.go("history")
    with console.page.expect_download() as saving:
        console.page.get_by_role("button", name="CSV of what is shown").click()
    assert WHOLE.search(saving.value.path().read_text(encoding="utf-8")) is None
    told = [one for one in answers if "/api/" in one.url and one.status == 200]
    asked = {urlsplit(one.url).path for one in told}
    assert asked >= {"/api/live", "/api/calls/search", "/api/callbacks", "/api/figures"}
    assert [one.url for one in told if WHOLE.search(one.text())] == []
