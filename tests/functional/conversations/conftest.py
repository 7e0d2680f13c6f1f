"""A router on the emulator, and who is told what is done about a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import start_router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account
    from tests.functional.conversations.routing_rig import Rig


@pytest.fixture
def vapi() -> Iterator[ControlServer]:
    with ControlServer() as server:
        yield server


@pytest.fixture
def rig(account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    started = start_router(account, vapi, monkeypatch)
    yield started
    started.close()
