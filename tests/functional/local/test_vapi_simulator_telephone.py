"""A telephone of the simulator's own: whoever is at it calls by hand, and sees what happens.

The calls run faster than life and wait for nobody: nothing here depends on when something happens,
only on the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.vapi.simulator import VapiSimulator
from tests.vapi_scene import KEY, NUMBER, Scene, assistant, told
from tests.webhook_stub import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.webhook_stub import Json

SPEED = 12.0
LONG_GREETING = "Thanks for calling. " * 12


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


@pytest.fixture
def vapi(scene: Scene) -> Iterator[VapiSimulator]:
    with VapiSimulator(server_url=scene.webhook.url, speed=SPEED) as running:
        yield running


class AtTheTelephone:
    """Whoever calls: does things, and waits until something has happened."""

    def __init__(self, vapi: VapiSimulator, **caller: Any) -> None:
        self.url = f"{vapi.url}/telephone"
        status, answer = self._ask("POST", self.url, {"number": NUMBER, **caller})
        assert status == 201, answer
        self.call = answer["id"]
        self.events: list[Json] = []

    def does(self, **step: Any) -> tuple[int, Any]:
        return self._ask("POST", f"{self.url}/{self.call}", step)

    def until(self, event: str, holds: Callable[[Json], bool] = lambda _: True) -> Json:
        """The first such event; what came before it is kept as well."""
        while True:
            found = next((e for e in self.events if e["event"] == event and holds(e)), None)
            if found is not None:
                return found
            assert "call-over" not in [each["event"] for each in self.events], self.events
            after = len(self.events)
            status, answer = self._ask(
                "GET", f"{self.url}/{self.call}?after={after}&seconds=10", None
            )
            assert status == 200
            assert answer["after"] == after + len(answer["events"])
            self.events += answer["events"]

    def is_over(self) -> Json:
        ended = self.until("call-ended")
        self.until("call-over")
        return ended

    @staticmethod
    def _ask(method: str, url: str, body: object) -> tuple[int, Any]:
        return request(method, url, body, **KEY)


def says(words: str) -> Callable[[Json], bool]:
    return lambda event: event["who"] == "customer" and event["text"] == words


def by_the_assistant(event: Json) -> bool:
    return bool(event["who"] == "assistant")


def test_whoever_calls_is_greeted_heard_and_handed_over_and_stays_until_they_hang_up(
    scene: Scene, vapi: VapiSimulator
) -> None:
    scene.on_words = scene.hand_to_billing
    caller = AtTheTelephone(vapi)
    greeted = caller.until("speech", by_the_assistant)
    caller.does(say="I was charged twice.")
    said = caller.until("speech", says("I was charged twice."))
    caller.until("reached", lambda event: event["where"] == "billing")
    caller.until("message-sent", lambda event: event["type"] == "transfer-update")
    caller.does(hang_up="hangs up")

    assert caller.is_over()["reason"] == "customer-ended-call"
    # politely: only when the greeting was out
    assert said["v_ms"] >= greeted["v_ms"] + greeted["lasts_ms"]
    assert "transcript user final" in told(scene)
    assert vapi.log.entries("violation") == []


def test_words_over_the_assistant_interrupt_it(scene: Scene, vapi: VapiSimulator) -> None:
    scene.first = (200, {"assistant": assistant("router", firstMessage=LONG_GREETING)})
    caller = AtTheTelephone(vapi)
    caller.until("speech", by_the_assistant)
    caller.does(say="Billing, please.", wait_for="now", pause_ms=0)
    caller.until("interrupted")
    cut = caller.until("speech-cut")
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert len(cut["text"]) < len(LONG_GREETING)
    assert "user-interrupted" in told(scene)


def test_who_waits_politely_is_overtaken_by_what_is_done_at_once(
    scene: Scene, vapi: VapiSimulator
) -> None:
    scene.first = (200, {"assistant": assistant("router", firstMessage=LONG_GREETING)})
    caller = AtTheTelephone(vapi)
    caller.until("speech", by_the_assistant)
    caller.does(say="When you are done.")
    caller.does(noise_ms=300, wait_for="now", pause_ms=0)
    noise = caller.until("noise")
    later = caller.until("speech", says("When you are done."))
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert noise["v_ms"] <= later["v_ms"]


def test_hanging_up_does_not_wait_for_what_was_still_to_be_said(
    scene: Scene, vapi: VapiSimulator
) -> None:
    scene.first = (200, {"assistant": assistant("router", firstMessage=LONG_GREETING)})
    caller = AtTheTelephone(vapi)
    caller.until("speech", by_the_assistant)
    caller.does(say="When you are done.")
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert "customer" not in [e.get("who") for e in caller.events if e["event"] == "speech"]


def test_whoever_is_played_by_hand_has_no_patience_to_lose(vapi: VapiSimulator) -> None:
    caller = AtTheTelephone(vapi, patience_ms=1)
    caller.does(say="When I am put through.", wait_for="transfer")
    caller.until("reached")
    for _ in range(2):
        caller.does(noise_ms=1000, wait_for="now", pause_ms=0)
    caller.until("noise")
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert "patience-lost" not in [event["event"] for event in caller.events]


def test_nothing_that_happens_is_left_out_of_the_news_or_told_twice(vapi: VapiSimulator) -> None:
    caller = AtTheTelephone(vapi)
    caller.until("reached")
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert caller.events == vapi.log.entries(call=caller.call)


def test_keys_are_heard_by_an_assistant_that_listens_for_them(
    scene: Scene, vapi: VapiSimulator
) -> None:
    plan = {"enabled": True, "timeoutSeconds": 1}
    scene.first = (200, {"assistant": assistant("router", keypadInputPlan=plan)})
    caller = AtTheTelephone(vapi)
    caller.until("assistant-started")
    caller.does(press="3", wait_for="now", pause_ms=0)
    caller.until("message-sent", lambda event: event["type"] == "transcript")
    caller.until("keypad")
    caller.until(
        "message-leaves", lambda event: event.get("transcript") == "User's Keypad Entry: 3"
    )
    caller.does(hang_up="hangs up")
    caller.is_over()


def test_a_script_plays_until_somebody_takes_over(vapi: VapiSimulator) -> None:
    steps = [{"say": "Hello there."}, {"say": "This is never said.", "wait_for": "destination"}]
    caller = AtTheTelephone(vapi, name="Somebody else", steps=steps)
    caller.until("speech", says("Hello there."))
    caller.does(say="Now I speak.")
    caller.until("speech", says("Now I speak."))
    caller.does(hang_up="line drops")

    assert caller.is_over()["reason"] == "phone-call-provider-closed-websocket"
    assert [
        e["text"] for e in caller.events if e["event"] == "speech" and e["who"] == "customer"
    ] == [
        "Hello there.",
        "Now I speak.",
    ]
    assert "patience-lost" not in [event["event"] for event in caller.events]


def test_a_script_that_nobody_takes_over_ends_as_it_does_in_the_demo(
    scene: Scene, vapi: VapiSimulator
) -> None:
    scene.on_words = scene.hand_to_billing
    caller = AtTheTelephone(
        vapi, steps=[{"say": "I was charged twice."}], expects={"destination": "billing"}
    )

    assert caller.is_over()["reason"] == "customer-ended-call"


def test_what_the_model_would_say_may_be_put_into_the_assistants_mouth(vapi: VapiSimulator) -> None:
    caller = AtTheTelephone(vapi)
    caller.until("reached")
    caller.does(model_says="Which invoice is it about?")
    caller.until("speech", lambda event: event["text"] == "Which invoice is it about?")
    caller.does(hang_up="hangs up")
    caller.is_over()


def test_whoever_hangs_up_while_it_rings_is_gone_once_it_is_answered(vapi: VapiSimulator) -> None:
    caller = AtTheTelephone(vapi)
    caller.does(hang_up="hangs up")

    assert caller.is_over()["reason"] == "customer-ended-call"
    assert "customer" not in [e.get("who") for e in caller.events if e["event"] == "speech"]


def test_a_telephone_that_is_left_off_the_hook_ends_when_the_assistant_s_time_is_over(
    scene: Scene, vapi: VapiSimulator
) -> None:
    scene.first = (200, {"assistant": assistant("router", maxDurationSeconds=10)})

    assert AtTheTelephone(vapi).is_over()["reason"] == "exceeded-max-duration"


def test_each_webhook_says_by_which_headers_it_was_signed(scene: Scene) -> None:
    from local.vapi.webhooks.signing import SharedSecret  # noqa: PLC0415 - of this test alone

    secret = "not to be shown anywhere"
    credential = SharedSecret(secret)
    with VapiSimulator(server_url=scene.webhook.url, speed=SPEED, credential=credential) as vapi:
        caller = AtTheTelephone(vapi)
        sent = caller.until("message-sent")
        caller.does(hang_up="hangs up")
        caller.is_over()

    assert sent["signed"] == ["X-Vapi-Secret"]
    assert secret not in str(caller.events)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": "12"}, "number"),
        ({}, "number"),
        ({"number": NUMBER, "steps": [{"say": "a", "press": "1"}]}, "steps[1].say"),
        ({"number": NUMBER, "colour": "red"}, "colour"),
        ([], "must be a table"),
    ],
)
def test_a_call_that_cannot_be_made_is_refused_with_the_field(
    vapi: VapiSimulator, body: object, field: str
) -> None:
    status, answer = request("POST", f"{vapi.url}/telephone", body, **KEY)

    assert status == 400
    assert field in answer["message"]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"say": " "}, "say"),
        ({"press": "A"}, "press"),
        ({"press": "1", "wait_for": "godot"}, "wait_for"),
        ({}, "exactly one"),
        ([], "must be a table"),
    ],
)
def test_a_step_that_cannot_be_done_is_refused_with_the_field(
    vapi: VapiSimulator, step: Any, field: str
) -> None:
    caller = AtTheTelephone(vapi)
    status, answer = request("POST", f"{caller.url}/{caller.call}", step, **KEY)
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert status == 400
    assert field in answer["message"]


def test_a_call_that_is_over_or_unknown_or_of_a_script_alone_takes_nothing_more(
    vapi: VapiSimulator,
) -> None:
    caller = AtTheTelephone(vapi)
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert caller.does(say="Hello?")[0] == 409
    assert request("POST", f"{vapi.url}/telephone/nobody", {"say": "Hello?"}, **KEY)[0] == 404
    assert request("GET", f"{vapi.url}/telephone/nobody", None, **KEY)[0] == 404


@pytest.mark.parametrize("query", ["after=-1", "after=x", "seconds=99", "seconds=nan"])
def test_a_question_for_news_is_held_to_numbers(vapi: VapiSimulator, query: str) -> None:
    caller = AtTheTelephone(vapi)
    status, _ = request("GET", f"{caller.url}/{caller.call}?{query}", None, **KEY)
    caller.does(hang_up="hangs up")
    caller.is_over()

    assert status == 400


def test_the_telephone_wants_the_account_s_key(vapi: VapiSimulator) -> None:
    status, _ = request("POST", f"{vapi.url}/telephone", {"number": NUMBER})

    assert status == 401
