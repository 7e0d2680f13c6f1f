"""A few generated inputs in each run; `make fuzz` tries a million."""

from __future__ import annotations

import pytest

from contact_center.conversations.adapters import call_items
from contact_center.vapi.webhooks import messages
from tests.fuzz import parsers, vapi_door
from tests.fuzz.__main__ import SHARES, _chance, main, try_kept, try_some
from tests.fuzz.changes import changed

SOME = 60


@pytest.mark.parametrize("what", sorted(SHARES))
def test_nothing_is_wrong_with_some_inputs(what: str) -> None:
    assert try_some(what, 0, SOME) == []


@pytest.mark.parametrize("what", sorted(SHARES))
def test_what_was_found_once_is_right_now(what: str) -> None:
    assert try_kept(what) == []


def test_the_same_number_is_the_same_input() -> None:
    begun = vapi_door.messages()
    first, second = (_inputs(begun) for _ in range(2))

    assert first == second
    assert len(set(first)) > SOME // 2


def test_an_exception_in_the_door_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(vapi_door, "told_by", breaks)

    assert try_some("vapi", 0, SOME) != []


def test_a_record_that_comes_back_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_items, "SETS", call_items.SETS[:1])

    assert try_some("vapi", 0, SOME) != []


def test_two_readers_that_differ_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = messages.parse

    def forgiving(body: bytes) -> object:
        return ("", {}) if body.endswith(b"  ") else parse(body)

    monkeypatch.setattr(parsers, "parse", forgiving)

    assert try_some("parsers", 0, SOME) != []


def test_one_input_can_be_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "parsers", "3"]) == 0
    assert capsys.readouterr().out.strip() in {"read", "refused", "large already"}


def _inputs(begun: list[object]) -> list[bytes]:
    return [changed(begun[0], _chance(number), begun) for number in range(SOME)]
