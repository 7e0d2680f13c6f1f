"""The telephone in the page: from a click to what the caller hears, and what is shown beside."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.opened import DECIDES, LOOKS, PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.opened import Console, Scene

    type Open = Callable[..., Console]

LATER_MS = 3 * PATIENCE_MS  # words take their way through queues
GREETING = "Thanks for calling Acme."
LAST_FOUR = count(140)  # who rings again is known: nobody here has another's number


def call(telephone: Console, script: str = "", *, own: bool = False) -> None:
    """Ring, and wait until somebody has answered."""
    page = telephone.page
    page.get_by_role("option", name="Line drops").wait_for(state="attached")
    if own:
        page.get_by_label("Number called").select_option("own")
    if script:
        page.get_by_label("Who calls").select_option(label=script)
    else:
        page.get_by_label("Your number").fill(f"+1415555{next(LAST_FOUR):04}")
    page.get_by_role("button", name="Let them call" if script else "Call", exact=True).click()
    heard(telephone).get_by_text(GREETING).wait_for(timeout=LATER_MS)


def heard(telephone: Console) -> Locator:
    return telephone.page.get_by_role("list", name="What is heard")


def made(telephone: Console) -> Locator:
    return telephone.page.get_by_role("list", name="What Switchboard makes of it")


def wire(telephone: Console) -> Locator:
    return telephone.page.get_by_role("list", name="Over the wire")


def hang_up(telephone: Console) -> None:
    telephone.page.get_by_role("button", name="Hang up").click()
    telephone.page.get_by_role("heading", name="The call is over").wait_for(timeout=LATER_MS)


def test_a_caller_by_hand_is_heard_understood_and_handed_over_and_all_of_it_is_shown(
    open_telephone: Open,
) -> None:
    telephone = open_telephone()
    call(telephone)
    telephone.page.get_by_role("button", name="I want my money back").click()

    made(telephone).get_by_text("Switchboard hands over to billing").wait_for(timeout=LATER_MS)
    made(telephone).get_by_role("img", name=DECIDES).first.wait_for()
    heard(telephone).get_by_text("billing has the call").wait_for(timeout=LATER_MS)
    for sent in ("assistant-request", "transcript", "assistant.started"):
        row = wire(telephone).get_by_role("listitem").filter(has_text=sent).first
        row.get_by_text("200", exact=True).first.wait_for()
        row.get_by_text("signed", exact=True).wait_for()
    telephone.page.get_by_text("signed by x-signature, x-timestamp").wait_for()
    wire(telephone).get_by_text("handoff", exact=True).first.wait_for()
    hang_up(telephone)
    wire(telephone).get_by_text("end-of-call-report").wait_for(timeout=LATER_MS)
    link = telephone.page.get_by_role("link", name="The call in the console")
    assert (link.get_attribute("href") or "").startswith("/console#/calls/")


@pytest.mark.usefixtures("people_take_their_time")
def test_whoever_cuts_in_is_heard_at_once_and_the_assistant_is_cut_short(
    open_telephone: Open,
) -> None:
    telephone = open_telephone()
    call(telephone)
    telephone.page.get_by_role("button", name="Cut in").click()

    heard(telephone).get_by_text("you make a sound").wait_for(timeout=LATER_MS)
    heard(telephone).get_by_title("cut short").first.wait_for(timeout=LATER_MS)
    made(telephone).get_by_text("the caller cuts in").first.wait_for(timeout=LATER_MS)
    wire(telephone).get_by_text("user-interrupted").wait_for(timeout=LATER_MS)
    hang_up(telephone)


def test_a_key_leads_to_its_department(open_telephone: Open) -> None:
    telephone = open_telephone()
    call(telephone)
    telephone.page.get_by_role("group", name="Keys").get_by_role("button", name="1").click()

    heard(telephone).get_by_text("you press 1").wait_for(timeout=LATER_MS)
    made(telephone).get_by_text("Switchboard hands over to sales").wait_for(timeout=LATER_MS)
    hang_up(telephone)


def test_a_script_plays_until_the_reader_takes_over(open_telephone: Open) -> None:
    telephone = open_telephone()
    call(telephone, "Vague, twice asked, then the default")
    heard(telephone).get_by_text("Hello there.").wait_for(timeout=LATER_MS)
    telephone.page.get_by_label("What you say").fill("A person, please.")
    telephone.page.keyboard.press("Enter")

    heard(telephone).get_by_text("A person, please.").wait_for(timeout=LATER_MS)
    made(telephone).get_by_text("Switchboard brings a person").wait_for(timeout=LATER_MS)
    heard(telephone).get_by_text("a person answers").wait_for(timeout=LATER_MS)
    assert heard(telephone).get_by_text("I don't really know").count() == 0
    hang_up(telephone)


def be(telephone: Console, scene: Scene, person: str, state: str) -> None:
    """A colleague is ready, or off."""
    token = {"Authorization": f"Bearer {scene.tokens['operator']}"}
    url = f"{scene.url}/api/people/{person}"
    assert telephone.page.request.put(url, headers=token, data={"state": state}).ok


def test_at_our_own_number_a_caller_is_admitted_and_put_through_to_a_person(
    open_telephone: Open, scene: Scene
) -> None:
    telephone = open_telephone()
    be(telephone, scene, "ben", "ready")
    call(telephone, own=True)
    telephone.page.get_by_role("group", name="Keys").get_by_role("button", name="2").click()
    heard(telephone).get_by_text("support has the call").wait_for(timeout=LATER_MS)
    telephone.page.get_by_role("button", name="A person, please.").click()

    telephone.page.get_by_role("heading", name="A person has you").wait_for(timeout=LATER_MS)
    for path in ("/twilio/voice", "/conference"):
        row = wire(telephone).get_by_role("listitem").filter(has_text=path).first
        row.get_by_text("200", exact=True).first.wait_for(timeout=LATER_MS)
        row.get_by_text("signed", exact=True).wait_for()
    wire(telephone).get_by_text("Connect", exact=True).first.wait_for()
    telephone.picture("telephone-own")
    telephone.page.get_by_text("Twilio says: completed.").wait_for(timeout=LATER_MS)
    visit = telephone.page.get_by_role("region", name="The visit")
    visit.get_by_text("ben is asked").wait_for()
    visit.get_by_text("transferred").wait_for(timeout=LATER_MS)
    be(telephone, scene, "ben", "off")


PUT_THROUGH = [
    {"own": True, "event": "call"},
    {"own": True, "event": "status", "status": "in-progress"},
    {"own": False, "event": "assistant-started", "assistant": "support"},
    {"own": True, "event": "joined"},
    {"own": False, "event": "call-ended", "reason": "customer-ended-call"},
]


def test_how_a_call_at_our_own_number_stands_after_each_thing_that_happens(
    open_telephone: Open,
) -> None:
    """The assistant's call ends when a person has the caller, and that takes them from nobody."""
    telephone = open_telephone()
    states = telephone.page.evaluate(
        """async (events) => {
            const { standing } = await import("/telephone/story.js");
            return events.map((_, last) => standing(events.slice(0, last + 1)).state);
        }""",
        [*PUT_THROUGH, {"own": True, "event": "status", "status": "completed"}],
    )

    assert states == ["ringing", "line", "in-progress", "person", "person", "ended"]


def made_call(telephone: Console, scene: Scene) -> dict[str, Any]:
    """What the API knows of the call that was made here last."""
    token = {"Authorization": f"Bearer {scene.tokens['operator']}"}
    link = telephone.page.get_by_role("link", name="The call in the console")
    call_id = (link.get_attribute("href") or "").rpartition("/")[2]
    answer = telephone.page.request.get(f"{scene.url}/api/calls/{call_id}", headers=token)
    found: dict[str, Any] = answer.json()
    return found


def test_whoever_lost_the_line_is_known_when_ringing_again(
    open_telephone: Open, scene: Scene
) -> None:
    telephone = open_telephone()
    call(telephone)
    telephone.page.get_by_role("button", name="I want my money back").click()
    heard(telephone).get_by_text("billing has the call").wait_for(timeout=LATER_MS)
    telephone.page.get_by_role("button", name="Lose the line").click()
    again = telephone.page.get_by_role("button", name="Ring again with")
    again.wait_for(timeout=LATER_MS)
    waited_ms = 0
    while made_call(telephone, scene).get("status") != "ended":  # it is not known before
        assert waited_ms < LATER_MS
        telephone.page.wait_for_timeout(100)
        waited_ms += 100
    again.click()

    heard(telephone).get_by_text("calling back about a moment ago").wait_for(timeout=LATER_MS)
    telephone.page.get_by_label("What you say").fill("Yes, I was cut off.")
    telephone.page.keyboard.press("Enter")
    heard(telephone).get_by_text("billing has the call").wait_for(timeout=LATER_MS)
    hang_up(telephone)


def test_the_model_s_words_are_the_reader_s_too(open_telephone: Open) -> None:
    telephone = open_telephone()
    call(telephone)
    telephone.page.get_by_text("No model speaks here").click()
    telephone.page.get_by_label("What the assistant says").fill('<img src=x onerror="alert(1)">')
    telephone.page.get_by_role("button", name="They say it").click()

    heard(telephone).get_by_text('<img src=x onerror="alert(1)">').wait_for(timeout=LATER_MS)
    assert telephone.page.locator("main img[src]").count() == 0
    hang_up(telephone)


def test_a_number_that_is_none_is_refused_beside_its_field(open_telephone: Open) -> None:
    telephone = open_telephone()
    telephone.page.get_by_label("Your number").fill("12")
    telephone.page.get_by_role("button", name="Call", exact=True).click()

    telephone.page.get_by_role("alert").get_by_text("number").wait_for()


def test_axe_finds_nothing_on_the_telephone_light_dark_and_small(open_telephone: Open) -> None:
    telephone = open_telephone()
    telephone.page.get_by_role("option", name="Line drops").wait_for(state="attached")
    found = looked_at(telephone, "before")
    # by the keyboard alone
    telephone.page.get_by_label("Your number").focus()
    telephone.page.keyboard.press("Enter")
    heard(telephone).get_by_text(GREETING).wait_for(timeout=LATER_MS)
    telephone.page.keyboard.type("I don't want to cancel, I want to pay.")
    telephone.page.keyboard.press("Enter")
    made(telephone).get_by_text("Switchboard hands over to billing").wait_for(timeout=LATER_MS)
    wire(telephone).get_by_text("handoff", exact=True).first.wait_for()
    found |= looked_at(telephone, "call")
    hang_up(telephone)
    found |= looked_at(telephone, "after")

    assert {when: faults for when, faults in found.items() if faults} == {}


def looked_at(telephone: Console, when: str) -> dict[str, list[str]]:
    """What axe finds in each look; it must not be wider than the window in any."""
    found = {}
    for look in LOOKS:
        telephone.wear(look)
        telephone.picture(f"telephone-{when}-{look}")
        found[f"{when}, {look}"] = telephone.axe(look)
        wide = telephone.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (when, look)
    telephone.wear(LOOKS[0])
    return found


def test_the_console_offers_a_telephone_where_there_is_one(open_console: Open) -> None:
    console = open_console()
    console.page.get_by_role("link", name="Try a call").first.click()

    console.page.get_by_role("heading", name="Try a call").wait_for()
