"""What is late, refused, unknown or of something else, and what is done meanwhile."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import ONCE, STANDING
from tests.browser.systems import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Response, Route

    from tests.browser.opened import Console, Scene

    type Open = Callable[..., Console]

ACTIONS = "/api/calls/call-2/actions"


# -- what is not as it was -------------------------------------------------------------------


def test_a_part_that_could_not_be_read_says_so_and_since_when(open_console: Open) -> None:
    live = told.live(2, needs=2, waiting=1)
    live |= {"failed": ["people"], "asOf": {**live["asOf"], "people": told.iso(300)}}
    console = open_console(answers=Answers({**full(), "/api/live": live}))
    for page in ("live", "queue"):
        console.go(page)
        people = console.page.get_by_role("region", name="People")
        people.get_by_text("This could not be read just now.").wait_for()
        people.and_(console.page.locator(".stale")).get_by_text("no news since").wait_for()
        others = console.page.get_by_role("region", name="Waiting")
        others.get_by_text("as of").wait_for()
        assert others.get_by_text("could not be read").count() == 0
    console.go("live")
    old = console.page.locator(".strip .old dt")
    assert [one.split(",")[0] for one in old.all_inner_texts()] == ["person ready", "lines"]


def test_what_is_no_answer_of_ours_is_no_news(open_console: Open) -> None:
    answers = Answers({**full(), "/api/live": lambda _: told.live(2)})
    console = open_console(answers=answers)
    console.page.locator(".calls tbody tr").nth(1).wait_for()

    def elsewhere(route: Route) -> None:  # as of a network that wants a password first
        route.fulfill(status=200, content_type="text/html", body="<p>Welcome</p>")

    console.page.route("**/api/live**", elsewhere)
    console.see("What came is no answer of Switchboard's")
    console.page.unroute("**/api/live**", elsewhere)
    console.page.get_by_text("What came is no answer").wait_for(state="detached")


def newer() -> dict[str, Any]:
    """As a later release may tell: states and kinds that this page does not know."""
    live = told.live(3, needs=1, waiting=1)
    live["calls"][0] |= {"state": "dreaming", "direction": "sideways", "flags": ["winking"]}
    live["people"][0]["state"] = "hiding"
    live["waiting"][0]["waitsFor"] = "robot"
    live["needs"]["newest"][0]["kind"] = "a_riddle"
    call = told.call()
    call |= {"status": "dreaming", "howEnded": "dreaming", "achieved": "a_dream"}
    call["recording"] = {**call["recording"], "state": "dreaming"}
    call["timeline"][0] |= {"what": "Dreamt"}
    call["timeline"][2] |= {"role": "ghost"}
    effects = told.effects()
    effects["effects"][0] |= {"state": "dreaming", "kind": "dream"}
    visit = told.visit()
    visit["offers"][0]["outcome"] = "dreaming"
    limits = {**told.LIMITS, "lines": {**told.LIMITS["lines"]}}
    limits["lines"]["held"] = [{**told.LIMITS["lines"]["held"][0], "by": "ghost"}]
    callbacks = {**told.CALLBACKS}
    callbacks["callbacks"] = [{**told.CALLBACKS["callbacks"][0], "state": "dreaming"}]
    return {
        **full(),
        "/api/live": live,
        "/api/needs": {"needs": [{**told.need(0), "kind": "a_riddle"}], "complete": True},
        "/api/calls/call-1": call,
        "/api/calls/call-1/effects": effects,
        "/api/visits/visit-7": visit,
        "/api/limits": limits,
        "/api/callbacks": callbacks,
        "/api/campaigns/camp-1/progress": {**told.PROGRESS, "state": "dreaming"},
    }


NEWER = {
    "live": ("dreaming", "a riddle", "hiding"),
    "calls/call-1": ("Told elsewhere", "dreaming"),
    "visits/visit-7": ("dreaming",),
    "queue": ("hiding", "dreaming", "for a robot"),
    "needs": ("a riddle",),
    "campaigns/camp-1": ("dreaming",),
    "more/numbers": ("ghost",),
}


def test_what_a_newer_release_tells_is_told_in_its_own_words(open_console: Open) -> None:
    console = open_console(answers=Answers(newer()))
    for page, words in NEWER.items():
        console.go(page)
        for one in words:
            console.page.locator("main").get_by_text(one).first.wait_for()


def test_a_page_that_stumbles_takes_no_other_with_it(open_console: Open) -> None:
    answers = Answers({**full(), "/api/callbacks": {"callbacks": 7, "complete": True}})
    console = open_console(answers=answers)
    console.go("queue")
    console.see("The page stumbled over what it was told.")
    assert len(console.faults) == 1  # told to whoever mends it
    console.faults.clear()
    console.press("4")
    console.see("Did this ring?")
    answers.told["/api/callbacks"] = told.CALLBACKS
    console.press("2")
    console.see("no answer")


def test_a_length_is_told_in_whole_minutes(open_console: Open) -> None:
    def figures(request: Any) -> told.Json:
        query = parse_qs(urlsplit(request.url).query)
        said = told.figures(query["from"][0], query["to"][0], query["by"][0])
        said["total"]["waitSeconds"] = {"value": 119.7, "numerator": 1197, "denominator": 10}
        return said

    console = open_console(answers=Answers({**full(), "/api/figures": figures}))
    console.go("figures")
    row = console.page.get_by_role("row").filter(has=console.page.get_by_text("Waited", exact=True))
    row.get_by_text("2:00 min").first.wait_for()


def test_an_answer_that_was_long_under_way_sets_no_clock_back(open_console: Open) -> None:
    calls = told.live(1)["calls"]  # they began when they began
    answers = Answers({**full(), "/api/live": lambda _: {**told.live(1), "calls": calls}})
    console = open_console(answers=answers, script=STANDING + ONCE)
    lasts = console.page.locator(".calls tbody td:first-child time")
    lasts.wait_for()
    with console.waiting_for("**/api/live**"):
        with console.page.expect_request("**/api/live**"):
            console.look_again()
        console.is_at(60)  # what comes then was said in the meantime
        console.until("() => document.querySelector('.calls time').innerText > '15:40'")
    console.page.wait_for_timeout(1_100)  # times are told anew each second

    assert lasts.inner_text() > "15:40"


def test_of_many_rows_few_ask_at_once_and_all_in_turn(open_console: Open) -> None:
    rows = [{**told.need(0), "id": f"attempt-{number}"} for number in range(9)]
    known = {f"/api/attempts/{one['id']}": told.attempt() for one in rows}
    answers = {**full(), "/api/needs": {"needs": rows, "complete": True}, **known}
    console = open_console(answers=Answers(answers), script=ONCE)
    with console.waiting_for("**/api/attempts/*") as held:
        console.go("needs")
        console.page.locator(".needs li").nth(8).wait_for()
        console.page.wait_for_timeout(200)
        assert len(held) == 2

    console.page.locator(".needs li", has_text="sb-7Q2M").nth(8).wait_for()


def test_a_day_of_another_year_is_told_with_it(open_console: Open) -> None:
    today = datetime.now(tz=UTC)
    years = range(today.year - 12, today.year)
    # of the same name as today, if there is one: 30 November was a Monday in 2020 as well
    days = [today.replace(year=year, day=min(today.day, 28)) for year in years]
    then = next((one for one in days if one.weekday() == today.weekday()), days[0])
    said = told.contactable()
    said["evidence"]["consent"]["at"] = then.isoformat()
    answers = {"/api/contactability": said, "/api/customers/story": told.story()}
    console = open_console(answers=Answers({**full(), **answers}))
    console.go("more/customer")
    console.page.get_by_label("Number", exact=True).fill("+12125550143")
    console.page.get_by_role("button", name="May we call now?").click()

    consent = console.page.locator("dd", has_text="web form 4")
    consent.get_by_text(f"{then.year}").wait_for()


# -- what was asked for something else -------------------------------------------------------


def test_a_verdict_is_never_shown_of_another_number_or_purpose(open_console: Open) -> None:
    answers = {"/api/contactability": told.contactable(), "/api/customers/story": told.story()}
    console = open_console(answers=Answers({**full(), **answers}))
    console.go("more/customer")
    number = console.page.get_by_label("Number", exact=True)
    ask = console.page.get_by_role("button", name="May we call now?")
    verdict = console.page.get_by_role("heading", name="Yes, now")
    number.fill("+12125550143")
    with console.waiting_for("**/api/contactability"):
        with console.page.expect_request("**/api/contactability"):
            ask.click()
        number.fill("+12125550199")
    console.see("Looked up.")
    assert verdict.count() == 0

    ask.click()
    verdict.wait_for()
    console.page.get_by_label("A call that is").select_option("marketing")
    verdict.wait_for(state="detached")


def test_nobody_is_put_through_to_who_is_not_shown_as_chosen(open_console: Open) -> None:
    answers = Answers({**full(), f"POST {ACTIONS}": {"actionId": "a-1"}})
    console = open_console(answers=answers)
    console.go("calls/call-2")
    to = console.page.get_by_label("Put through to")
    button = console.page.get_by_role("button", name="Put through")
    to.select_option(label="Ben")
    assert button.is_enabled()
    away = told.live(9)
    away["people"] = [{**one, "state": "away"} for one in away["people"]]
    answers.told["/api/live"] = lambda _: away

    to.get_by_text("Ben").wait_for(state="detached")
    assert to.input_value() == ""
    assert button.is_disabled()


def test_what_is_asked_for_anew_is_another_thing_and_what_is_asked_again_the_same(
    open_console: Open,
) -> None:
    keys: list[str] = []

    def made(request: Any) -> Any:
        keys.append(request.headers["idempotency-key"])
        return ("cut", "cut", 400, {"id": "camp-1"})[len(keys) - 1]

    console = open_console(answers=Answers({**full(), "POST /api/campaigns": made}))
    console.go("campaigns/new")
    make = console.page.get_by_role("button", name="Make it")
    console.page.get_by_label("Name").fill("Spring")
    for _ in range(2):  # no answer came: it may be made by now
        with console.page.expect_event("requestfailed"):
            make.click()
        make.and_(console.page.locator("[aria-busy=false]")).wait_for()
    console.page.get_by_label("Name").fill("Spring, anew")
    make.click()
    console.see("It is so.")
    make.click()
    console.page.locator("main.campaigns h1", has_text="Summer offer").wait_for()

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


# -- what is done meanwhile ------------------------------------------------------------------


def test_what_was_done_stays_done_though_an_older_answer_comes_later(open_console: Open) -> None:
    path = "/api/callbacks/visit-7"
    rest = {**told.CALLBACKS, "callbacks": told.CALLBACKS["callbacks"][:1]}
    answers = Answers({**full(), f"POST {path}/now": rest})
    console = open_console(answers=answers, script=ONCE)
    console.go("queue")
    now = console.page.get_by_role("button", name="Now", exact=True)
    now.wait_for()
    late = iter([told.CALLBACKS])
    answers.told["/api/callbacks"] = lambda _: next(late, rest)

    def has_it(response: Response) -> bool:
        return bool(response.url.endswith("/api/callbacks") and response.json() == rest)

    with console.page.expect_response(has_it), console.waiting_for("**/api/callbacks") as held:
        console.look_again()
        now.click()
        now.wait_for(state="detached")
        assert len(held) == 1
    assert now.count() == 0


def test_what_is_live_is_asked_for_after_an_act_though_it_was_asked_for_before(
    open_console: Open,
) -> None:
    away, ready = told.live(), told.live()
    ready["people"] = [{**one, "state": "ready"} for one in ready["people"]]
    answers = Answers({**full(), "/api/live": away, "PUT /api/people/chidi": {"id": "chidi"}})
    console = open_console(answers=answers, script=ONCE)
    console.go("queue")
    chidi = console.page.get_by_role("listitem").filter(has_text="Chidi")
    chidi.wait_for()
    late = iter([away])
    answers.told["/api/live"] = lambda _: next(late, ready)
    with console.waiting_for("**/api/live**"):
        with console.page.expect_request("**/api/live**"):
            console.look_again()
        chidi.get_by_role("button", name="Ready").click()
        chidi.get_by_text("Done.").wait_for()

    chidi.get_by_text("ready", exact=True).wait_for()


def test_what_another_process_read_earlier_is_not_shown_again(open_console: Open) -> None:
    """A process of the API reads each part when it is due, whatever another one knows by now."""
    earlier, later = told.live(3, people=1), told.live(2, stopped=True, waiting=1)
    earlier["asOf"] = dict.fromkeys(earlier["asOf"], told.iso(1))
    answers = Answers({**full(), "/api/live": later})
    console = open_console(answers=answers, script=ONCE)
    rows, waiting = console.page.locator(".calls tbody tr"), console.page.locator("#waiting ~ *")
    console.see("Dialing is stopped.")
    console.page.get_by_role("button", name="Let dialing go on").click()
    console.see("Start dialing again?")
    answers.told["/api/live"] = earlier
    shown = rows.count(), waiting.count()
    for _ in range(2):
        with console.page.expect_response("**/api/live**"):
            console.look_again()
    console.see("Start dialing again?")
    assert (rows.count(), waiting.count()) == shown

    now_it_is_so = told.live(0)
    answers.told["/api/live"] = now_it_is_so
    console.look_again()
    console.page.get_by_text("Dialing is stopped.").wait_for(state="detached")
    assert console.page.locator(".calls tbody tr:not(.gone)").count() == 0


NOTED = """
const set = window.setTimeout.bind(window);
window.__pauses = [];
window.setTimeout = (act, ms = 0, ...rest) => {
  if (ms === 1000 || ms === 5000) window.__pauses.push(ms);
  return set(act, ms < 1000 ? ms : 20, ...rest);
};
"""


def test_after_a_deed_a_quiet_page_looks_again_soon(open_console: Open) -> None:
    """The first answer may come from a process that read before it."""
    answers = {**full(), "/api/live": told.live(), "PUT /api/people/chidi": {"id": "chidi"}}
    console = open_console(answers=Answers(answers), script=NOTED)
    console.go("queue")
    chidi = console.page.get_by_role("listitem").filter(has_text="Chidi")
    chidi.wait_for()
    assert set(console.page.evaluate("window.__pauses.splice(0)")) == {5_000}
    chidi.get_by_role("button", name="Ready").click()

    console.until("() => window.__pauses.filter((ms) => ms === 1000).length === 3")
    console.until("() => window.__pauses.at(-1) === 5000")


def test_a_clock_that_was_set_back_stops_no_news(open_console: Open) -> None:
    ahead = told.live(0, stopped=True)
    ahead["asOf"] = dict.fromkeys(ahead["asOf"], told.iso(-3_600))
    answers = Answers({**full(), "/api/live": ahead})
    console = open_console(answers=answers, script=ONCE)
    console.see("Dialing is stopped.")
    answers.told["/api/live"] = told.live(0)
    console.look_again()

    console.page.get_by_text("Dialing is stopped.").wait_for(state="detached")


def test_that_an_assistant_was_not_muted_is_seen(open_console: Open) -> None:
    call = {**told.call(ended=False), "id": "call-2"}
    answers = {**full(), f"POST {ACTIONS}": {"actionId": "a-1"}, "/api/calls/call-2": call}
    console = open_console(answers=Answers(answers), script=ONCE)
    console.go("calls/call-2")
    mute = console.page.get_by_role("button", name="Mute the assistant", exact=True)
    mute.click()
    mute.wait_for(state="detached")
    refused = {"what": "Decision", "number": 3, "kind": "mute", "outcome": "refused"}
    call["timeline"] = [*call["timeline"], {"at": told.iso(1), **refused}]
    console.look_again()

    mute.wait_for()


def test_words_that_were_begun_are_there_after_logging_in_again_and_for_nobody_else(
    open_console: Open, scene: Scene
) -> None:
    answers = Answers(full())
    console = open_console(None, answers=answers)
    console.log_in(scene.tokens["operator"])
    words = console.page.get_by_label("Words")
    for role, said in (("operator", "I am with you in a moment."), ("Ada", "")):
        answers.told["/api/live"] = full()["/api/live"]
        console.go("calls/call-2")
        words.fill("I am with you in a moment.")
        answers.told["/api/live"] = 401
        console.see("Your session is over.")
        answers.told["/api/live"] = full()["/api/live"]
        console.log_in(scene.tokens[role])
        words.wait_for()
        assert words.input_value() == said, role


def test_whoever_could_not_be_logged_out_is_told(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    console.page.route("**/console/logout", lambda route: route.abort())
    console.page.get_by_role("button", name="Log out").click()

    console.see("You are still logged in.")
    assert console.page.get_by_role("navigation", name="Pages").count() == 1


def test_people_of_a_list_that_was_taken_in_are_seen(open_console: Open, tmp_path: Any) -> None:
    people = tmp_path / "people.csv"
    people.write_text("phone\n+12125550143\n")
    nobody = {**told.contacts(), "contacts": []}
    answers = Answers(
        {
            **full(),
            "/api/campaigns/camp-1/contacts": nobody,
            "POST /api/campaigns/camp-1/contacts": {"importId": "import-1", "state": "open"},
            "/api/imports/import-1": told.imported(2, 2),
        }
    )
    console = open_console(answers=answers)
    console.go("campaigns/camp-1")
    console.see("Its list is empty.")
    answers.told["/api/campaigns/camp-1/contacts"] = told.contacts()
    console.page.get_by_label("A CSV with a column").set_input_files(people)
    console.page.get_by_role("button", name="Import").click()

    console.see("June Park")


def test_a_correction_is_seen_beside_the_call(open_console: Open) -> None:
    call = told.call()
    correct = "POST /api/calls/call-1/correction"
    answers = Answers({**full(), "/api/calls/call-1": call, correct: {"callId": "call-1"}})
    console = open_console(answers=answers)
    console.go("calls/call-1")
    console.page.get_by_label("They should have been sent to").select_option("sales")
    call["correctedTo"] = "sales"
    console.page.get_by_role("button", name="This was wrong").click()

    console.see("should have been sales")


def test_from_when_on_something_is_possible_is_told_with_its_day(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))

    def not_yet(route: Route) -> None:
        tomorrow = told.iso(-90_000)
        route.fulfill(status=409, json={"detail": "Not now.", "nextAllowedAt": tomorrow})

    console.page.route("**/api/callbacks/visit-7/now", not_yet)
    console.go("queue")
    console.page.get_by_role("button", name="Now", exact=True).click()

    said = console.page.get_by_role("alert").inner_text()
    assert re.search(r"Possible from (Mon|Tue|Wed|Thu|Fri|Sat|Sun) ?", said), said
