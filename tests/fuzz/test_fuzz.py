"""A few generated inputs in each run; `make fuzz` tries a million."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

import pytest

from contact_center.conversations.adapters import call_items
from contact_center.twilio import door
from contact_center.vapi.webhooks import messages
from tests.fuzz import __main__ as fuzz
from tests.fuzz import api_scene, parsers, reception_house, twilio_door, vapi_door
from tests.fuzz.__main__ import main
from tests.fuzz.changes import changed
from tests.fuzz.tries import (
    MOST_FAULTS,
    SHARES,
    WARM_INPUTS,
    Part,
    Seen,
    chance_of,
    targets,
    try_kept,
    try_part,
    try_some,
)

if TYPE_CHECKING:
    from tests.emulator import Account

SOME = 60
ALONE = SHARES.keys() - {"api"}  # which needs an account


@pytest.mark.parametrize("what", sorted(ALONE))
def test_nothing_is_wrong_with_some_inputs(what: str) -> None:
    assert try_some(targets()[what](), 0, SOME) == []


@pytest.mark.parametrize("what", sorted(ALONE))
def test_what_was_found_once_is_right_now(what: str) -> None:
    assert try_kept(what, targets()[what]()) == []


@pytest.mark.emulator
def test_nothing_is_wrong_with_some_requests_and_a_fault_of_each_kind_is_found(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = api_scene.made(account, monkeypatch)
    assert try_kept("api", api) == []
    assert try_some(api, 0, SOME // 2) == []

    answers = api.app.lambda_handler
    for wrong in (
        {"statusCode": 500},
        {"body": '{"x": NaN}'},
        {"body": '{"nobody": "knows this"}'},
        {"headers": {"x": "a\nb: c"}},
    ):
        monkeypatch.setattr(
            api.app, "lambda_handler", lambda *asked, wrong=wrong: answers(*asked) | wrong
        )
        assert try_some(api, 0, SOME // 10) != [], wrong


def test_the_same_number_is_the_same_input() -> None:
    begun = vapi_door.messages()
    first, second = (_inputs(begun) for _ in range(2))

    assert first == second
    assert len(set(first)) > SOME // 2


def test_an_exception_in_the_door_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vapi_door, "told_by", _breaks)

    assert try_some(vapi_door.VapiDoor(), 0, SOME) != []


@pytest.mark.parametrize("stage", reception_house.STAGES)
def test_a_caller_is_at_the_stage_that_twilio_s_door_is_tried_at(stage: str) -> None:
    house = reception_house.House(stage)

    visits, entries = house.scene.visits.kept.values(), house.scene.queue.entries.values()
    came_to = (
        [str(one.visit.stage) for one in visits],
        [str(one.state) for one in entries],
        len(house.legs()),
        str(house.people.read("ada").state),
    )
    assert (
        came_to
        == {
            "nobody": ([], [], 1, "off"),
            "assistant": (["talking"], [], 1, "off"),
            "waits": (["waiting"], ["waiting"], 1, "off"),
            "kept": (["waiting"], ["calling"], 2, "off"),
            "asked": (["talking"], [], 2, "ringing"),
            "talks": (["talking"], [], 2, "busy"),
        }[stage]
    )


@pytest.mark.parametrize("broken", ["number_ended", "hear_of_leg", "leave_music"])
def test_what_a_caller_is_not_told_of_is_found(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """He hears true words and 200 whatever breaks: it is found all the same."""
    monkeypatch.setattr(door, broken, _breaks)

    assert try_some(twilio_door.Door(), 0, SOME) != []


def test_what_breaks_the_receptionist_afterwards_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception_house, "do_job", _breaks)

    assert try_some(twilio_door.Door(), 0, SOME) != []


def _breaks(*_: object, **__: object) -> None:
    raise KeyError


def test_a_record_that_comes_back_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_items, "SETS", call_items.SETS[:1])

    assert try_some(vapi_door.VapiDoor(), 0, SOME) != []


def test_two_readers_that_differ_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = messages.parse

    def forgiving(body: bytes) -> object:
        return ("", {}) if body.endswith(b"  ") else parse(body)

    monkeypatch.setattr(parsers, "parse", forgiving)

    assert try_some(parsers.Parsers(), 0, SOME) != []


def test_a_part_tells_what_came_of_its_inputs_and_which_were_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = try_part(("parsers", 40, SOME))
    assert (good.outcomes.total(), good.faults, good.tried) == (SOME, [], SOME)
    assert good.resident_mb > 0

    monkeypatch.setattr(parsers, "_plain", lambda _: object())
    wrong = try_part(("parsers", 40, SOME))

    assert [number for number, _ in wrong.faults] == sorted({n for n, _ in wrong.faults})
    assert len(wrong.faults) == MOST_FAULTS
    assert all(number >= 40 and "two meanings" in said for number, said in wrong.faults)


def test_memory_is_judged_by_process_and_only_when_all_is_loaded() -> None:
    seen = Seen()
    for process, megabytes in ((1, (90.0, 100.0, 101.0)), (2, (80.0, 100.0, 140.0))):
        for at_mb in megabytes:
            seen.add(Part(Counter(read=WARM_INPUTS // 2), [], process, WARM_INPUTS // 2, at_mb))

    assert (seen.grown_mb, seen.most_grown_mb) == (40.0, (100.0, 140.0))
    assert seen.tried == 6 * (WARM_INPUTS // 2)


class InThisProcess:
    """A pool of one."""

    imap_unordered = staticmethod(map)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left running."""


def test_it_ends_in_time_and_says_how_many_it_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = SimpleNamespace(Pool=lambda *_: InThisProcess())
    monkeypatch.setattr(fuzz, "get_context", lambda _: pool)

    assert main(["--of", "parsers", "--inputs", str(3 * fuzz.PART), "--seconds", "0"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{fuzz.PART} inputs: nothing found"


def test_one_input_can_be_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "parsers", "3"]) == 0
    assert capsys.readouterr().out.strip() in {"read", "refused", "large already"}


def _inputs(begun: list[object]) -> list[bytes]:
    return [changed(begun[0], chance_of(number), begun) for number in range(SOME)]
