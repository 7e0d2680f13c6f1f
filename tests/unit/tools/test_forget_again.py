"""The command that has people forgotten again: what it asks for, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webhook_stub import WebhookStub
from tools.forget_again import main

if TYPE_CHECKING:
    from tests.webhook_stub import Answer


@pytest.mark.parametrize(
    ("answer", "status", "said"), [((202, {"accepted": True}), 0, "it begins"), ((403, {}), 1, "")]
)
def test_it_asks_once_and_says_what_came_of_it(
    answer: Answer,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with WebhookStub(lambda _: answer) as api:
        monkeypatch.setenv("API", api.url.removesuffix("/vapi/webhook"))
        monkeypatch.setenv("OPERATOR_TOKEN", "made-up")
        assert main([]) == status
    assert api.bodies == [{}]
    assert said in capsys.readouterr().out


def test_an_api_that_is_away_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", "http://127.0.0.1:9")
    assert main([]) == 1
    assert "not reached" in capsys.readouterr().err
