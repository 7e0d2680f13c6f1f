"""A telephone of the simulator's own: whoever calls our number by hand is played where they are."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from tests.twilio_scene import CALLER, OURS, Hook, Media, Stage
from tests.webhook_stub import request

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKS = "<Gather numDigits='1' input='dtmf speech' action='/chosen'><Say>Press one.</Say></Gather>"
PUTS_THROUGH = "<Connect><Stream url='wss://media.vapi.test/call-7/transport'/></Connect>"


@pytest.fixture
def media() -> Media:
    return Media()


@pytest.fixture
def stage(media: Media) -> Iterator[Stage]:
    with Stage(outside=media) as made:
        yield made


def ask(
    stage: Stage, method: str, path: str = "", body: object = None, token: str = AUTH_TOKEN
) -> tuple[int, Any]:
    who = base64.b64encode(f"{ACCOUNT_SID}:{token}".encode()).decode()
    return request(
        method, f"{stage.twilio.url}/telephone{path}", body, Authorization=f"Basic {who}"
    )


def rings(stage: Stage, **caller: Any) -> str:
    wish = {"to": OURS, "caller": {"number": CALLER, **caller}}
    status, answer = ask(stage, "POST", "", wish)
    assert status == 201, answer
    stage.twilio.settle()
    return str(answer["id"])


def does(stage: Stage, call: str, **step: Any) -> int:
    status, _ = ask(stage, "POST", f"/{call}", step)
    stage.twilio.settle()
    return status


def events(stage: Stage, call: str) -> list[str]:
    _, told = ask(stage, "GET", f"/{call}")
    return [event["event"] for event in told["events"]]


def chosen(stage: Stage) -> Hook:
    """What the door was told of an answer to its question."""
    return next(hook for hook in stage.door.hooks if hook.path == "/chosen")


def test_whoever_calls_is_heard_by_the_line_while_no_assistant_has_them(stage: Stage) -> None:
    stage.says("/voice", ASKS)
    call = rings(stage)
    stage.twilio.advance(2)

    assert does(stage, call, press="1") == 200
    assert (chosen(stage)["Digits"], chosen(stage).genuine) == ("1", True)


def test_words_are_heard_by_the_line_too(stage: Stage) -> None:
    stage.says("/voice", ASKS)
    call = rings(stage)
    stage.twilio.advance(2)
    does(stage, call, say="To a person.")
    stage.twilio.advance(4)

    assert chosen(stage)["SpeechResult"] == "To a person."


def test_whoever_an_assistant_has_is_played_there_and_told_of_by_its_name(
    stage: Stage, media: Media
) -> None:
    stage.says("/voice", PUTS_THROUGH)
    call = rings(stage)
    stage.twilio.advance(1)
    does(stage, call, say="Hello.", wait_for="now")
    does(stage, call, noise_ms=300)

    assert [caller.number for caller in media.expected] == [CALLER]
    assert media.expected[0].by_hand
    assert [step.say or step.noise_ms for step in media.told] == ["Hello.", 300]
    assert "says" not in events(stage, call)
    _, told = ask(stage, "GET", f"/{call}")
    through = next(event for event in told["events"] if event["event"] == "put-through")
    assert through["with_call"] == media.name
    assert told["now_ms"] >= through["at_ms"]


def test_when_the_assistant_lets_go_the_line_hears_again(stage: Stage, media: Media) -> None:
    stage.says("/voice", f"{PUTS_THROUGH}{ASKS}")
    call = rings(stage)
    stage.twilio.advance(1)
    media.opened[0].end()
    stage.twilio.settle()
    does(stage, call, press="2")

    assert media.told == []
    assert chosen(stage)["Digits"] == "2"


def test_whoever_a_sip_host_has_is_played_there_until_it_lets_go(
    stage: Stage, media: Media
) -> None:
    stage.says("/voice", f"<Dial><Sip>sip:front@sip.vapi.test</Sip></Dial>{ASKS}")
    call = rings(stage)
    stage.twilio.advance(5)
    does(stage, call, say="Hello.")
    media.opened[0].end()
    stage.twilio.advance(1)
    does(stage, call, press="3")

    assert [step.say for step in media.told] == ["Hello."]
    assert chosen(stage)["Digits"] == "3"


@pytest.mark.parametrize("inside", [ASKS, PUTS_THROUGH])
def test_hanging_up_ends_the_line_whoever_has_it(stage: Stage, media: Media, inside: str) -> None:
    stage.says("/voice", inside)
    call = rings(stage)
    stage.twilio.advance(1)

    assert does(stage, call, hang_up="hangs up") == 200
    assert media.closed_from_here == (inside == PUTS_THROUGH)
    assert stage.door.hooks[-1]["CallStatus"] == "completed"
    assert does(stage, call, say="Hello?") == 409


def test_what_only_an_assistant_could_hear_is_refused_where_none_is(stage: Stage) -> None:
    stage.says("/voice", ASKS)

    assert does(stage, rings(stage), model_says="How can I help?") == 409


def test_an_assistant_whose_call_is_over_hears_nothing(stage: Stage, media: Media) -> None:
    stage.says("/voice", PUTS_THROUGH)
    call = rings(stage)
    stage.twilio.advance(1)
    media.listens = False

    assert does(stage, call, say="Hello?") == 409


def test_news_are_told_from_where_the_reader_is(stage: Stage) -> None:
    stage.says("/voice", ASKS)
    call = rings(stage)
    _, first = ask(stage, "GET", f"/{call}")
    _, none = ask(stage, "GET", f"/{call}?after={first['after']}")
    does(stage, call, hang_up="line drops")
    _, rest = ask(stage, "GET", f"/{call}?after={first['after']}&seconds=5")

    assert first["events"][0]["event"] == "call"
    assert none["events"] == []
    assert [each["event"] for each in rest["events"]][:2] == ["hangs-up", "status"]
    assert rest["status"] == "completed"


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("", {"to": "+12125550000", "caller": {"number": CALLER}}, 400, "to"),
        ("", {"to": [OURS], "caller": {"number": CALLER}}, 400, "to"),
        ("", {"to": OURS, "caller": {"number": "12"}}, 400, "number"),
        ("", {"to": OURS}, 400, "telephone"),
        ("", [], 400, "to"),
        ("/CA00000000000000000000000000000000", {"press": "1"}, 404, "no such call"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    stage: Stage, path: str, body: object, status: int, says: str
) -> None:
    answer = ask(stage, "POST", path, body)

    assert (answer[0], says in answer[1]["message"]) == (status, True)


@pytest.mark.parametrize("query", ["after=x", "after=-1", "seconds=11"])
def test_a_question_without_sense_is_refused(stage: Stage, query: str) -> None:
    stage.says("/voice", ASKS)

    assert ask(stage, "GET", f"/{rings(stage)}?{query}")[0] == 400


@pytest.mark.parametrize("step", [{}, {"press": "x"}, {"press": "1", "say": "Hello."}])
def test_a_step_that_is_none_is_refused(stage: Stage, step: dict[str, str]) -> None:
    stage.says("/voice", ASKS)

    assert does(stage, rings(stage), **step) == 400


def test_nobody_else_is_answered(stage: Stage) -> None:
    wish = {"to": OURS, "caller": {"number": CALLER}}

    assert ask(stage, "POST", "", wish, token="another")[0] == 401
    assert stage.noted("call") == []
