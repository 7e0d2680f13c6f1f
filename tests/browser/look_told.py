"""What a page makes of what it is told: each part that people look for is there to be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import told
from tests.browser.answers import Answers
from tests.browser.systems import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.opened import Console

    type Open = Callable[..., Console]

NUMBER = "+14155550111"


def look_up(console: Console) -> None:
    console.go("more/customer")
    console.page.get_by_label("Number", exact=True).fill(NUMBER)
    console.page.get_by_role("button", name="May we call now?").click()
    console.page.get_by_role("heading", name="What happened with them").wait_for()


@pytest.mark.parametrize(
    ("reason", "verdict", "why"),
    [
        (None, "Yes, now", None),
        ("suppressed", "Not now", "on our do-not-call list"),
        ("frequency_cap", "Not now", "called often enough"),
    ],
)
def test_a_customer_may_be_called_now_or_not_and_why(
    open_console: Open, reason: str | None, verdict: str, why: str | None
) -> None:
    answers = Answers({**full(), "/api/contactability": told.contactable(reason)})
    answers.told["/api/customers/story"] = told.story()
    console = open_console(answers=answers)
    look_up(console)
    shown = console.page.locator("main").inner_text()

    console.page.get_by_role("heading", name=verdict, exact=True).wait_for()
    assert why is None or why in shown
    assert ("Possible from" in shown) == (reason == "frequency_cap")
    assert ("Never, as things stand." in shown) == (reason == "suppressed")
    for words in (
        "express written",
        "web form 4",
        "needs express",
        "3 known",
        "3 of 3",
        "us-hours",
    ):
        assert words in shown
    offered = "Take off the do-not-call list" if reason == "suppressed" else "Never call again"
    assert console.page.get_by_role("button", name=offered).count() == 1


def test_what_happened_with_a_customer_is_read_a_page_at_a_time(open_console: Open) -> None:
    def page(request: Any) -> told.Json:
        return told.story(more=request.post_data_json["cursor"] is None)

    answers = Answers({**full(), "/api/contactability": told.contactable()})
    answers.told["/api/customers/story"] = page
    console = open_console(answers=answers)
    look_up(console)
    rows = console.page.get_by_role("region", name="What happened with them").get_by_role(
        "listitem"
    )
    rows.nth(1).wait_for()
    assert '<img src=x onerror="document.title=1">' in rows.nth(0).inner_text()
    assert "achieved question_answered" in rows.nth(1).inner_text()
    console.page.get_by_role("button", name="Show more").click()

    rows.nth(3).wait_for()
    assert console.page.get_by_role("button", name="Show more").count() == 0
    assert console.page.url.endswith("#/more/customer")  # no number in it


def test_the_strip_and_the_frame_tell_how_things_stand(open_console: Open) -> None:
    live = told.live(9, needs=6, waiting=3)
    console = open_console(answers=Answers({**full(), "/api/live": lambda _: live}))
    console.page.locator(".strip .urgent").last.wait_for()
    strip = console.page.locator(".strip").inner_text().replace("\n", " ")

    for words in (
        "calls 9 ",
        "waiting 3 for 2:",
        "person ready, 1 with callers 1 ",
        "lines, 2 kept for callers 9 of 40 ",
        "dials in a minute 4 ",
        "needs you 2 of 6",
    ):
        assert words in strip
    row = console.page.locator(".calls tbody tr").nth(1).text_content() or ""  # laid out when seen
    for words in ("campaign", "out", "support", "wants a person", "the router blink", "0.86"):
        assert words in row
    frame = console.page.locator(".who")
    assert "mira" in frame.locator(".others").inner_text()
    assert frame.locator(".me").get_attribute("title") == "logged in as operator"
    clock = frame.locator("time.clock")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", clock.inner_text())
    assert "New York" in frame.inner_text()  # this browser is elsewhere
    zone, here = (clock.get_attribute("title") or "").split("; here ")
    assert zone == "America/New_York"
    assert here[:2] != clock.inner_text()[:2]


def test_a_preview_says_who_may_be_called_and_why_others_may_not(open_console: Open) -> None:
    preview = "/api/campaigns/camp-1/preview"
    begun = {**told.PREVIEW, "state": "running", "result": None}
    answers = Answers({**full(), f"POST {preview}": begun, preview: told.PREVIEW})
    console = open_console(answers=answers)
    console.go("campaigns/camp-1")
    counts = console.page.get_by_role("region", name="Who could be called")
    counts.get_by_role("button", name="Count").click()

    for row in ("now 412", "later 318", "outside window 300", "never 44", "no consent 4"):
        counts.get_by_role("row", name=row, exact=True).wait_for()


OTHER_MOMENTS: list[dict[str, Any]] = [
    {"what": "ToolCalled", "name": "remember_intent", "arguments": {"intent": "billing"}},
    {"what": "KeyPressed", "digits": "2"},
    {"what": "CustomerInterrupted"},
    {"what": "Corrected", "department": "sales", "by": "mira"},
]


def test_tools_keys_cutting_in_and_corrections_stand_where_they_happened(
    open_console: Open,
) -> None:
    call = told.call()
    others = [{"at": told.iso(100 - at), **one} for at, one in enumerate(OTHER_MOMENTS)]
    call["timeline"] = [*call["timeline"], *others]
    console = open_console(answers=Answers({**full(), "/api/calls/call-1": call}))
    console.go("calls/call-1")
    facts = console.page.get_by_role("list", name="Transcript").locator("li.fact")
    facts.last.wait_for()

    assert [one.split("\n")[-1] for one in facts.all_inner_texts()][-4:] == [
        "tool remember_intent: intent billing",
        "keys 2",
        "the caller cuts in",
        "corrected to sales by mira",
    ]


# What else may need somebody, beside those of told.needs: kind, what it says, what is then read.
OTHER_NEEDS = [
    ("voicemail", "", "A message was left"),
    ("line_lost", "", "A line is held too long"),
    ("import_failed", "bad_head", "bad head"),
    ("forgetting_unfinished", "hubspot, recordings", "hubspot, recordings"),
    ("callback_failed", "no_answer", "no answer"),
    ("recording_lost", "", "A recording is lost"),
]


def test_each_need_says_what_it_is_and_what_it_rests_on(open_console: Open) -> None:
    needs = told.needs(6)
    for number, (kind, says, _) in enumerate(OTHER_NEEDS):
        one = {**told.need(3), "kind": kind, "id": f"{kind}-{number}", "says": says}
        of_visit = {"visitId": "visit-9", "callId": None} if kind == "voicemail" else {}
        needs["needs"].append({**one, **of_visit})
    left = {"recording": "kept", "leftAt": told.iso(900), "seconds": 21, "text": "Call me back."}
    visit = {**told.visit(), "messages": [left]}
    answers = {"/api/needs": needs, "/api/visits/visit-9": visit}
    answers["/api/attempts/attempt-9"] = told.attempt()
    console = open_console(answers=Answers({**full(), **answers}))
    console.go("needs")
    rows = console.page.locator("main .needs li")
    rows.nth(11).wait_for()
    doubt = rows.filter(has_text="Did this ring?")

    for words in ("sb-7Q2M", "1 sent. Looked up: 6\xd7 found nothing, 2\xd7 failed."):
        doubt.get_by_text(words).wait_for()
    for _, _, words in OTHER_NEEDS:
        assert rows.get_by_text(words).count() == 1, words
    message = rows.filter(has_text="A message was left")
    message.get_by_text("Call me back.").wait_for()
    assert "21 s" in message.inner_text()
    message.get_by_role("button", name="I attend to it").wait_for()
    for settled in ("line_lost", "import_failed", "forgetting_unfinished", "recording_lost"):
        words = next(text for kind, _, text in OTHER_NEEDS if kind == settled)
        assert rows.filter(has_text=words).get_by_role("button").count() == 0  # advice alone
