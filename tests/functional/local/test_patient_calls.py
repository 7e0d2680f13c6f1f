"""Patient callers wait in the order of events: however slow our server is, the call is the same."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from local.vapi.calls.stillness import Owed, Stillness
from local.vapi.scripts.callers_format import Faults, Step, ToolUse
from local.vapi.simulator import VapiSimulator
from tests.vapi_scene import BILLING, SAYS_BILLING, Scene, caller, play, told, tool_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.vapi.scripts.callers_format import Caller
    from tests.webhook_stub import Answer, Json

SLOW_SECONDS = 0.4
FAST = 100.0  # a hurried caller of 3 s of patience hangs up after 0.03 s
HANDOFF = {"type": "handoff", "destination": BILLING, "content": "One moment."}


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


def later(scene: Scene, owed: Owed, command: Json) -> Callable[[Json], None]:
    """A server that has the caller's words and does what they ask for only after a while."""

    def work(call: Json) -> None:
        time.sleep(SLOW_SECONDS)
        scene.command(call, command)
        scene.owed = Owed(0, 0)

    def heard(call: Json) -> None:
        scene.owed = owed
        threading.Thread(target=work, args=(call,)).start()

    return heard


def reached(vapi: VapiSimulator) -> list[str]:
    return [entry["where"] for entry in vapi.log.entries("reached")]


@pytest.mark.parametrize("owed", [Owed(now=1, later=0), Owed(now=0, later=1)])
def test_a_caller_does_not_lose_patience_while_our_server_is_at_work_or_will_look_again(
    scene: Scene, owed: Owed
) -> None:
    scene.on_words = later(scene, owed, HANDOFF)
    vapi, _ = play(scene, caller(SAYS_BILLING))
    assert reached(vapi) == ["router", "billing"]
    assert vapi.log.entries("patience-lost") == []


def test_a_hurried_caller_does(scene: Scene) -> None:
    scene.on_words = later(scene, Owed(now=1, later=0), HANDOFF)
    with VapiSimulator(server_url=scene.webhook.url, speed=FAST) as vapi:
        vapi.place_inbound(caller(SAYS_BILLING)).wait()
        while scene.owed.now:
            time.sleep(0.01)  # our server finds nobody on the line any more
    assert len(vapi.log.entries("patience-lost")) == 1


def test_patience_is_lost_once_nothing_more_will_come(scene: Scene) -> None:
    vapi, _ = play(scene, caller(SAYS_BILLING))
    [lost] = vapi.log.entries("patience-lost")
    [final] = [entry for entry in vapi.log.entries("message-leaves") if told_by_customer(entry)]
    assert lost["v_ms"] - final["v_ms"] == 3000


def told_by_customer(entry: Json) -> bool:
    return (entry.get("role"), entry.get("transcriptType")) == ("user", "final")


def test_what_our_server_says_comes_at_the_time_of_what_it_answers(scene: Scene) -> None:
    scene.on_words = later(scene, Owed(now=1, later=0), HANDOFF)
    vapi, _ = play(scene, caller(SAYS_BILLING))
    [command] = vapi.log.entries("command")
    [final] = [entry for entry in vapi.log.entries("message-leaves") if told_by_customer(entry)]
    assert command["v_ms"] == final["v_ms"]


def test_nothing_else_happens_in_the_call_until_a_reminder_but_what_the_caller_does(
    scene: Scene,
) -> None:
    """A model's tool call must not wait for a question that is put off until it came."""
    scene.on_words = lambda _: setattr(scene, "owed", Owed(now=0, later=1))

    def answer(message: Json) -> Answer:
        scene.owed = Owed(0, 0)
        is_tool = message["type"] == "tool-calls"
        return 200, {"results": [tool_result(message)]} if is_tool else {}

    scene.others = answer
    tool = ToolUse(name="routeToDepartment", arguments={"department": "billing"})
    vapi, _ = play(scene, caller(SAYS_BILLING, Step(wait_for="now", tool=tool)))
    kinds = told(scene)
    assert kinds.index("tool-calls") > kinds.index("transcript user final")
    assert vapi.log.entries("violation") == []


def test_a_message_that_is_late_arrives_after_what_happened_meanwhile(scene: Scene) -> None:
    late = Faults(delay_every=7, delay_ms=60_000)
    play(scene, caller(SAYS_BILLING, faults=late))
    stamps = [message["timestamp"] for message in scene.webhook.messages()]
    assert stamps != sorted(stamps)
    assert told(scene).count("status-update ended") == 1


def outcome(vapi: VapiSimulator) -> list[Json]:
    """The log without what is real time or made up."""
    made_up = {"at_ms", "took_ms", "call", "bytes", "turnId"}
    return [
        {name: value for name, value in entry.items() if name not in made_up}
        for entry in vapi.log.entries()
        if entry["event"] not in ("rest-request", "message-sent", "message-leaves")
    ]


def steps() -> Caller:
    noise = Step(wait_for="speaking", pause_ms=700, noise_ms=250)
    return caller(noise, SAYS_BILLING)


def test_a_call_is_the_same_call_whatever_it_takes(scene: Scene) -> None:
    scene.on_words = scene.hand_to_billing
    quick, _ = play(scene, steps())
    scene.on_words = later(scene, Owed(now=1, later=0), HANDOFF)
    slow, _ = play(scene, steps())
    assert outcome(slow) == outcome(quick)


def test_stillness_is_what_a_look_that_began_afterwards_has_seen() -> None:
    looks: list[Owed] = [Owed(0, 0), Owed(2, 0), Owed(0, 1), Owed(0, 1), Owed(0, 0)]
    stillness = Stillness(lambda: looks.pop(0))
    stillness.wait(reminders=False)
    assert len(looks) == 4
    stillness.wait(reminders=False)
    assert len(looks) == 2
    stillness.wait(reminders=True)
    assert looks == []
