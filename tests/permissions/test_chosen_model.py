"""A model on Bedrock, where an owner has chosen one, is asked by the router under its role."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.fakes.control_server import ControlServer
from tests.fakes.raw_server import RawServer, answer
from tests.functional.conversations.routing_rig import start_router

if TYPE_CHECKING:
    from tests.emulator import Account

ASKS = "PARTS.router.record.slow_classifier.hear('hm, well, it is about that thing')"


@pytest.mark.emulator
def test_a_model_that_an_owner_has_chosen_is_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer("200 OK", b"{}")) as bedrock, ControlServer() as vapi:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        rig = start_router(account, vapi, monkeypatch, BEDROCK_MODEL_ID="some.model-v1:0")
        with closing(rig):
            # in the function's own file, as its handler does
            exec(compile(ASKS, str(rig.app.__file__), "exec"), vars(rig.app))  # noqa: S102

    assert any(b"/model/some.model-v1" in request for request in bedrock.requests)
