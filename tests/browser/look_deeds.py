"""What each button asks for, once; what a page asks by itself, and how often; what parts do."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.opened import ONCE, PATIENCE_MS, STANDING, TIMES
from tests.browser.systems import PAGES, full

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console

    type Open = Callable[..., Console]
    type Asked = tuple[str, str, Any]

CALLBACK = "/api/callbacks/visit-7"
# Page, button, whether it asks first, and what it asks for: method, path, body.
DEEDS: list[tuple[str, str, bool, Asked]] = [
    ("queue", "Now", False, ("POST", f"{CALLBACK}/now", None)),
    ("queue", "Give up", True, ("DELETE", CALLBACK, None)),
    ("queue", "Seen to", False, ("DELETE", CALLBACK, None)),
    ("queue", "Ready", False, ("PUT", "/api/people/ada", {"state": "ready"})),
    (
        "queue",
        "Away",
        False,
        ("PUT", "/api/people/ben", {"state": "away", "reason": "by an operator"}),
    ),
    ("queue", "Next caller", False, ("POST", "/api/people/ben/next", {})),
    ("needs", "It rang", True, ("POST", "/api/attempts/attempt-9/resolve", {"rang": True})),
    ("needs", "Replay", False, ("POST", "/api/effects/effect-3/replay", None)),
    ("needs", "Called by hand", True, ("DELETE", CALLBACK, None)),
    ("needs", "I attend to it", False, ("POST", "/api/follow-ups/follow-1/attend", None)),
    ("needs", "Let it call", True, ("DELETE", "/api/caller-numbers/default/rest", None)),
    ("needs", "Take it up again", False, ("POST", "/api/attempts/attempt-8/take-up", None)),
    ("needs", "Seen to", False, ("DELETE", "/api/callbacks/visit-8", None)),
    ("needs", "Go on", True, ("POST", "/api/campaigns/camp-1/resume", {})),
    ("campaigns/camp-1", "Pause", False, ("POST", "/api/campaigns/camp-1/pause", {})),
    ("campaigns/camp-1", "Cancel", True, ("POST", "/api/campaigns/camp-1/cancel", {})),
    (
        "calls/call-1",
        "Yes, billing was right",
        False,
        ("POST", "/api/calls/call-1/correction", {"department": "billing"}),
    ),
    ("calls/call-2", "Take over", True, ("POST", "/api/calls/call-2/actions", {"do": "take_over"})),
    (
        "calls/call-2",
        "Mute the assistant",
        False,
        ("POST", "/api/calls/call-2/actions", {"do": "mute"}),
    ),
    ("more/numbers", "Stop all dialing", True, ("POST", "/api/dialing/stop", None)),
]
READ = "POST /api/calls/search"


def changes(answers: Answers) -> list[Asked]:
    """What was asked that changes something, without its key."""
    found: list[Asked] = []
    for method, path, body in answers.asked:
        if method != "GET" and f"{method} {path}" != READ:
            kept = {name: one for name, one in (body or {}).items() if name != "idempotencyKey"}
            found.append((method, path, None if body is None else kept))
    return found


def test_each_act_is_asked_for_once_however_often_it_is_clicked(open_console: Open) -> None:
    done: dict[str, Any] = {f"{asked[0]} {asked[1]}": {} for *_, asked in DEEDS}
    done |= dict.fromkeys((f"POST {CALLBACK}/now", f"DELETE {CALLBACK}"), told.CALLBACKS)
    needs = told.needs(6)
    for kind, of_id in (("attempt_set_aside", "attempt-8"), ("callback_failed", "visit-8")):
        needs["needs"].append({**told.need(0), "kind": kind, "id": of_id})
    answers = Answers({**full(), **done, "/api/needs": needs})
    console = open_console(answers=answers)
    for number, (page, name, asks_first, asked) in enumerate(DEEDS, 1):
        console.go(page)
        console.see(PAGES[page])
        button = console.page.get_by_role("button", name=name, exact=True).first
        if number % 2:
            button.dblclick()
        else:  # as fast as no finger is
            button.evaluate("one => { one.click(); one.click(); }")
        if asks_first:
            group = console.page.locator(".sure")
            group.wait_for()
            assert len(changes(answers)) == number - 1, f"{name} does not ask first"
            group.get_by_role("button", name=name, exact=True).dblclick()
        waited_ms = 0
        while len(changes(answers)) < number and waited_ms < PATIENCE_MS:
            console.page.wait_for_timeout(20)
            waited_ms += 20
        assert changes(answers)[number - 1 :] == [asked]


def test_whoever_opens_a_call_sees_whether_the_assistant_is_mute(open_console: Open) -> None:
    call = {**told.call(ended=False), "id": "call-2"}
    muted = {"at": told.iso(20), "what": "Decision", "number": 3, "kind": "mute", "outcome": "sent"}
    refused = {**muted, "at": told.iso(10), "number": 4, "kind": "unmute", "outcome": "refused"}
    call["timeline"] = [*call["timeline"], muted, refused]
    console = open_console(answers=Answers({**full(), "/api/calls/call-2": call}))
    console.go("calls/call-2")

    console.page.get_by_role("button", name="Unmute the assistant").wait_for()


@pytest.mark.parametrize("looks_away", [False, True])
def test_what_was_done_is_seen_though_the_page_was_asking_meanwhile(
    open_console: Open, *, looks_away: bool
) -> None:
    before, after = told.needs(6), told.needs(6)
    after["needs"] = [one for one in after["needs"] if one["kind"] != "dead_effect"]
    replay = "/api/effects/effect-3/replay"
    answers = Answers({**full(), "/api/needs": before, f"POST {replay}": {"replayed": 1}})
    console = open_console(answers=answers, script=ONCE)  # nothing is asked again by itself
    console.go("needs")
    button = console.page.get_by_role("button", name="Replay", exact=True)
    button.wait_for()

    late = iter([before])
    answers.told["/api/needs"] = lambda _: next(late, after)
    with console.waiting_for("**/api/needs") as held:
        console.look_again()
        with console.page.expect_response(f"**{replay}"):
            button.click()
        if looks_away:  # and back, while it asks still
            console.look_again()
        assert len(held) == 1
    button.wait_for(state="detached")


PAUSES = """
window.__pauses = [];
window.__asked = 0;
const set = window.setTimeout.bind(window);
window.setTimeout = (act, ms = 0, ...rest) =>
  act.name === "go" ? -window.__pauses.push({ ms, act }) : set(act, ms, ...rest);
const fetched = window.fetch.bind(window);
window.fetch = (address, ...rest) => {
  if (String(address).startsWith("/api/live")) window.__asked += 1;
  return fetched(address, ...rest);
};
"""


class Polls:
    """A console whose pauses end when the test says so."""

    def __init__(self, console: Console) -> None:
        self.console, self.page = console, console.page
        self.seen = 0

    def pause_ms(self) -> int:
        """Of the pause that it makes next."""
        self.console.until("seen => __pauses.length > seen", arg=self.seen)
        self.seen += 1
        return int(self.page.evaluate("at => __pauses[at].ms", self.seen - 1))

    def end_pause(self) -> None:
        """And wait until what is asked then is answered."""
        self.page.evaluate("at => __pauses[at].act()", self.seen - 1)

    def hide(self, *, hidden: bool) -> None:
        self.page.evaluate(
            """hidden => {
                Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    def asked(self) -> int:
        return int(self.page.evaluate("__asked"))


def test_how_often_the_page_asks_what_is_live(open_console: Open) -> None:
    answers = Answers({**full(), "/api/live": lambda _: told.live(2)})
    polls = Polls(open_console(answers=answers, script=PAUSES))
    assert polls.pause_ms() == 1_000  # somebody talks

    answers.told["/api/live"] = lambda _: told.live(0)
    polls.end_pause()
    assert polls.pause_ms() == 5_000

    answers.told["/api/live"] = 503
    backing_off = []
    for _ in range(4):
        polls.end_pause()
        backing_off.append(polls.pause_ms())
    assert backing_off == [10_000, 20_000, 30_000, 30_000]

    answers.told["/api/live"] = lambda _: told.live(2)
    polls.end_pause()
    assert polls.pause_ms() == 1_000
    polls.hide(hidden=True)
    polls.end_pause()  # which had begun by then; no other begins
    assert polls.page.evaluate("__pauses.length") == polls.seen
    polls.hide(hidden=False)
    assert polls.pause_ms() == 1_000

    answers.told["/api/live"] = "never"
    before = polls.asked()
    for _ in range(3):
        polls.hide(hidden=False)  # asks at once, but for what is under way
    assert polls.asked() == before + 1


ROWS = """() => [...document.querySelectorAll(".calls tbody tr")]
  .map((row) => [row.className, row.textContent])"""
GREY = ["", "gone", "", ""]


def test_a_row_keeps_its_place_and_stays_grey_for_ten_seconds_after_the_end(
    open_console: Open,
) -> None:
    answers = Answers({**full(), "/api/live": lambda _: told.live(3)})
    console = open_console(answers=answers, script=STANDING + PAUSES)
    polls = Polls(console)
    polls.pause_ms()
    rows = console.page.locator(".calls tbody tr")
    rows.nth(2).wait_for()

    def without_the_second(_: object) -> told.Json:
        live = told.live(4)
        del live["calls"][1]
        return live

    answers.told["/api/live"] = without_the_second
    for seconds, kinds in ((0, GREY), (9.9, GREY), (10.1, ["", "", ""])):
        console.is_at(seconds)
        polls.end_pause()
        polls.pause_ms()
        seen = console.page.evaluate(ROWS)
        assert [kind for kind, _ in seen] == kinds, seconds
        assert ("over" in seen[1][1]) == (kinds == GREY)


def test_how_long_a_call_lasted_stands_still_once_it_is_over(open_console: Open) -> None:
    live = told.live(2)
    answers = Answers({**full(), "/api/live": live})
    console = open_console(answers=answers, script=STANDING)
    console.page.locator(".calls tbody tr").nth(1).wait_for()
    answers.told["/api/live"] = {**live, "calls": live["calls"][:1]}
    over, lasts = (console.page.locator(f".calls tr{one} time") for one in (".gone", ":not(.gone)"))
    over.wait_for()
    stood, before = over.inner_text(), lasts.inner_text()

    console.is_at(1.5)  # less than by what a clock is set right
    lasts.and_(console.page.locator(f":not(:text-is('{before}'))")).wait_for()
    assert over.inner_text() == stood


def test_a_panel_turns_grey_when_it_is_ten_seconds_without_news(open_console: Open) -> None:
    answers = Answers(full())
    console = open_console(answers=answers, script=STANDING + PAUSES)
    Polls(console).pause_ms()
    console.see("+1\xa0415\xa0555")
    grey, as_of = console.page.locator(".panel.stale"), console.page.locator(".asof").first

    console.is_at(9.9)
    console.page.wait_for_timeout(1_200)  # the page looks at its clock each second
    assert grey.count() == 0
    assert "as of" in as_of.inner_text()
    console.is_at(10.1)
    grey.first.wait_for()
    assert "no news since" in as_of.inner_text()


def test_an_act_whose_answer_never_came_is_the_same_one_when_asked_for_again(
    open_console: Open,
) -> None:
    path = "/api/calls/call-2/actions"
    answers = Answers({**full(), f"POST {path}": "cut"})
    console = open_console(answers=answers)
    console.go("calls/call-2")
    mute = console.page.get_by_role("button", name="Mute the assistant")
    mute.click()
    console.see("The console has no connection.")

    answers.told[f"POST {path}"] = 409  # this time it was heard and refused
    mute.click()
    console.see("It is so.")
    with console.page.expect_request(f"**{path}"):
        mute.click()
    sent = [body for verb, at, body in answers.asked if (verb, at) == ("POST", path)]
    keys = [body["idempotencyKey"] for body in sent]
    assert keys[0] == keys[1]
    assert len(set(keys)) == len(keys) - 1  # what was refused is over: the next is another


def test_hours_say_what_is_open_and_what_is_closed(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))

    def business(route: Any) -> None:
        said = route.fetch().json()
        hours = [("sales", True), ("support", False)]
        said["business"]["departments"] = [
            {"key": key, "open": is_open, "until": told.iso(-3600)} for key, is_open in hours
        ]
        route.fulfill(json=said)

    console.page.route("**/console/session", business)
    console.page.reload()
    console.go("queue")
    hours = console.page.get_by_role("region", name="Hours and messages").get_by_role("listitem")
    hours.nth(1).get_by_text("closed until").wait_for()

    assert hours.nth(0).get_by_text("open until").count() == 1
    assert hours.count() == 2


@pytest.mark.parametrize(("now", "before"), [(0.4, 0.8), (0.8, 0.4)])
def test_what_became_worse_is_told_by_what_is_better_of_each_figure(
    open_console: Open, now: float, before: float
) -> None:
    def figures(request: Any) -> told.Json:
        query = parse_qs(urlsplit(request.url).query)
        answer = told.figures(query["from"][0], query["to"][0], query["by"][0])
        is_now = query["to"][0] >= told.iso()[:10]
        share = {"value": now if is_now else before, "numerator": 1, "denominator": 2}
        answer["total"] |= {"containment": share, "abandonment": share}
        return answer

    console = open_console(answers=Answers({**full(), "/api/figures": figures}))
    console.go("figures")
    rows = [
        console.page.get_by_role("row").filter(has_text=name)
        for name in ("Served by assistants alone", "Gave up")
    ]
    for row in rows:
        row.locator("small").wait_for()
    assert [row.get_by_text("worse").count() for row in rows] == [now < before, now > before]


def test_a_figure_has_its_definition_a_plot_the_same_as_a_table_and_a_file(
    open_console: Open,
) -> None:
    console = open_console(answers=Answers(full()))
    console.go("figures")
    console.page.get_by_role("button", name="Gave up", exact=True).click()
    console.see("Of the contacts, those that hung up before anybody had them.")
    console.page.locator(".plot canvas").wait_for()
    plot = console.page.get_by_role("img", name="Gave up: a line of 7 values")
    plot.wait_for()
    console.page.get_by_role("button", name="As a table").click()
    rows = console.page.get_by_role("region", name="Gave up, as a table").locator("tbody tr")
    with console.page.expect_download() as saving:
        console.page.get_by_role("button", name="CSV").click()
    lines = list(csv.reader(io.StringIO(saving.value.path().read_text(encoding="utf-8"))))

    assert rows.count() == 7
    assert lines[0] == ["at", "value", "period before"]
    # what is less than a tenth is told to a tenth of a percent
    shares = [f"{float(value) * 100:.{int(float(value) < 0.1)}f} %" for _, value, _ in lines[1:]]
    assert [row.locator("td").nth(1).inner_text() for row in rows.all()] == shares


AFTERWARDS = {
    "What came of it": ("completed", "question answered", "claimed, not shown", "Charged twice;"),
    "Cost": ("vapi", "voice", "$0.13"),
    "Card": ("billing", "router, billing"),
    "Told elsewhere": ("told", "given up"),
}


def test_a_call_that_is_over_shows_what_it_came_to_and_where_something_was_redacted(
    open_console: Open,
) -> None:
    console = open_console(answers=Answers(full()))
    console.go("calls/call-1")
    console.see("question answered")
    for name, texts in AFTERWARDS.items():
        part = console.page.get_by_role("region", name=name)
        for text in texts:
            part.get_by_text(text).first.wait_for()
    said = console.page.get_by_role("list", name="Transcript")
    assert said.locator(".redacted").inner_text() == "card"
    console.page.get_by_role("button", name="Get the link").click()
    console.page.get_by_role("link", name="Listen").wait_for()
    console.page.get_by_role("button", name="Get another link").wait_for()  # each ends soon


def test_the_frame_is_skipped_its_look_chosen_and_times_are_the_business_s(
    open_console: Open,
) -> None:
    console = open_console(answers=Answers(full()))
    console.see("+1\xa0415\xa0555")
    console.press("Tab")
    assert "Skip to the page" in console.page.evaluate(
        "document.activeElement.getAttribute('class') && document.activeElement.innerText"
    )
    console.press("Enter")
    assert console.page.evaluate("document.activeElement.id") == "content"

    console.page.get_by_role("button", name="Light or dark, now: system").click()
    console.page.get_by_role("button", name="Light or dark, now: light").click()
    console.until("() => document.documentElement.dataset.theme === 'dark'")
    assert console.page.evaluate("({...localStorage})") == {"view.theme": "dark"}

    console.go("calls/call-1")
    began = console.page.get_by_role("region", name="Card").locator("time").first
    assert console.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") in str(
        began.get_attribute("title")
    )


def test_what_is_spoken_is_spoken_at_most_once_in_five_seconds(open_console: Open) -> None:
    console = open_console(answers=Answers(full()), faster=TIMES)
    console.see("+1\xa0415\xa0555")
    told_at = console.page.evaluate(
        """async () => {
            const { announce } = await import(
              document.querySelector("script[src]").src.replace("boot.js", "kit.js"));
            const said = [];
            const region = document.getElementById("spoken");
            new MutationObserver(() => said.push([region.textContent, Date.now()]))
              .observe(region, { childList: true, characterData: true, subtree: true });
            for (const words of ["one", "two", "three"]) announce(words);
            while (said.at(-1)?.[0] !== "three") await new Promise((done) => setTimeout(done, 100));
            return said;
        }"""
    )
    words = [word for word, _ in told_at]
    assert words == ["one", "three"]  # what came between is no news any more
    # a timer keeps whole milliseconds, each of which is so many here
    assert told_at[1][1] - told_at[0][1] >= 5_000 - TIMES


def test_whoever_waits_waits_by_the_server_s_clock(
    open_console: Open,
    caller: str,  # noqa: ARG001 - is on the line
) -> None:
    console = open_console(script="const by = Date.now; Date.now = () => by() + 600_000;")
    lasts = console.page.locator(".calls tbody td:first-child time").first
    lasts.wait_for()

    assert int(lasts.inner_text().split(":")[0]) < 10  # minutes, as this machine would have it


def test_an_address_that_nobody_can_read_leads_to_what_is_live(open_console: Open) -> None:
    console = open_console(answers=Answers(full()))
    for where in ("%", "%E0%A4%A/x", "constructor", "__proto__/a", "toString"):
        console.go("needs")
        console.see("Did this ring?")
        console.page.evaluate("where => { location.hash = `#/${where}`; }", where)
        console.page.locator("main.live .calls").wait_for()
        assert console.page.title() == "Live · Switchboard"


def test_the_end_of_a_stop_that_cannot_be_fetched_is_told_where_it_can_be_read(
    open_console: Open,
) -> None:
    answers = Answers({**full(), "/api/live": lambda _: told.live(1)})
    console = open_console(answers=answers)
    console.page.route("**/seldom.js", lambda route: route.fulfill(status=404, body="{}"))
    answers.told["/api/live"] = lambda _: told.live(1, stopped=True)
    bar = console.page.locator(".alarm")
    bar.get_by_text("There may be a new version").wait_for()

    colour = "one => getComputedStyle(one).color"
    assert bar.locator(".fault").evaluate(colour) == bar.evaluate(colour)
