"""What our adapters send to DynamoDB while tests run: written down as it goes over the wire.

Both ways out are watched: botocore's event before a call is made, and the door's own connection.
Only requests that come from an adapter count; what a test asks on its own account does not.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.handlers
import pytest

import contact_center
from contact_center.aws.connection import AwsConnection

if TYPE_CHECKING:
    from types import CodeType, FrameType

ROOMS = Path(contact_center.__path__[0])
ADAPTERS = {str(file): str(file.relative_to(ROOMS)) for file in ROOMS.glob("*/adapters/*.py")} | {
    str(file): str(file.relative_to(ROOMS)) for file in ROOMS.glob("aws/**/*.py")
}  # by path, the name as it is told: room/adapters/file.py
TARGET = "DynamoDB_20120810."
# These say nothing of their own to a table: a request is whoever's gave it to them.
CARRIERS = {"aws/connection.py", "aws/dynamodb/lean_client.py"}
# Whose request it is, says the caller.
PASSED_THROUGH = {"aws/dynamodb/lean.py", "aws/dynamodb/transactions.py"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the operation, its JSON, and the adapter that sent it."""

    operation: str
    body: dict[str, Any]
    adapter: str


@dataclass
class Recorder:
    """A pytest plugin: keeps to the tests that use the emulator and writes down what they send.

    Attributes:
        requests: In the order in which they were sent.
        lines: The lines of each adapter that were run.
    """

    requests: list[Request] = field(default_factory=list)
    lines: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _patch: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    def pytest_configure(self) -> None:
        hooks = [*botocore.handlers.BUILTIN_HANDLERS, ("before-call.dynamodb", self._botocore)]
        self._patch.setattr(botocore.handlers, "BUILTIN_HANDLERS", hooks)
        call = AwsConnection.call

        def recorded(connection: AwsConnection, target: str, body: bytes, *rest: str) -> Any:
            if target.startswith(TARGET):
                self.note(target.removeprefix(TARGET), body)
            return call(connection, target, body, *rest)

        self._patch.setattr(AwsConnection, "call", recorded)
        watch = sys.monitoring
        watch.use_tool_id(watch.PROFILER_ID, "expressions")
        watch.register_callback(watch.PROFILER_ID, watch.events.LINE, self._ran)
        watch.set_events(watch.PROFILER_ID, watch.events.LINE)

    def pytest_unconfigure(self) -> None:
        sys.monitoring.set_events(sys.monitoring.PROFILER_ID, sys.monitoring.events.NO_EVENTS)
        sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)
        self._patch.undo()

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out the tests that send nothing to the emulator from this process."""
        kept = {item for item in items if _sends(item)}
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]

    def note(self, operation: str, body: bytes) -> None:
        """Write a request down if an adapter of ours is sending it."""
        adapter = sending_adapter()
        if adapter is not None:
            self.requests.append(Request(operation, json.loads(body), adapter))

    def _botocore(self, model: Any, params: dict[str, Any], **_: object) -> None:
        self.note(model.name, params["body"])

    def _ran(self, code: CodeType, line: int) -> object:
        adapter = ADAPTERS.get(code.co_filename)
        if adapter is not None:
            self.lines[adapter].add(line)
        return sys.monitoring.DISABLE  # once is enough


def _sends(item: pytest.Item) -> bool:
    if "account" in getattr(item, "fixturenames", ()):
        return True
    return item.get_closest_marker("emulator") is not None and "contract" in item.path.parts


def sending_adapter() -> str | None:
    """The adapter of ours from which this is called, however deep; None: there is none."""
    frame: FrameType | None = sys._getframe(2)
    passed = None
    while frame is not None:
        adapter = ADAPTERS.get(frame.f_code.co_filename)
        if adapter is not None and adapter not in CARRIERS:
            if adapter not in PASSED_THROUGH:
                return adapter
            passed = adapter
        frame = frame.f_back
    return passed
