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


@pytest.mark.parametrize(
    ("token", "why"),
    [("op-1", "Connection refused"), ("…", "OPERATOR_TOKEN is no token"), ("a\nb", "is no token")],
)
def test_an_api_that_is_not_reached_is_said(
    token: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", "http://127.0.0.1:9")
    monkeypatch.setenv("OPERATOR_TOKEN", token)
    assert main([]) == 1
    told = capsys.readouterr().err
    assert "not reached" in told
    assert why in told
