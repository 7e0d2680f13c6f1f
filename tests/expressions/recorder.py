"""What our adapters send to DynamoDB while tests run: written down as it goes over the wire.

Both ways out are watched: botocore's event before a call is made, and the door's own connection.
Only requests that come from an adapter count; what a test asks on its own account does not.
Tests run in several processes; each leaves what it has seen in a folder, `EXPRESSIONS_INTO`.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.handlers
import pytest

import contact_center
from contact_center.aws.connection import AwsConnection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

ROOT = Path(__file__).resolve().parents[2]
INTO = "EXPRESSIONS_INTO"  # the folder
ALONE = "EXPRESSIONS_ALONE"  # set: tests that send nothing are left out
TESTS = ("tests/contract", "tests/functional")
# What they send is sent by processes of their own, and they take a minute; the last four send
# items that no table takes, to see what becomes of the others.
NOT_WATCHED = (
    "tests/contract/dialing/test_slot_book.py::test_eight_processes_keep_every_limit_and_use_what_is_allowed",
    "tests/functional/dialing/test_concurrent_dialers.py",
    "tests/contract/campaigns/test_contact_stores.py::test_a_step_that_the_table_never_takes_keeps_no_other_from_being_made",
    "tests/contract/dialing/test_attempt_ledger.py::test_of_many_changes_one_that_the_table_never_takes_is_the_item_s_own_fault",
    "tests/contract/people/test_person_book.py::test_an_item_that_is_too_large_is_refused_for_good",
    "tests/functional/conversations/test_probes.py::test_one_that_cannot_be_noted_comes_again",
)
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
class Recording:
    """What was seen.

    Attributes:
        requests: In the order in which a process sent them, one process after the other.
        lines: The lines of each adapter that were run.
    """

    requests: list[Request] = field(default_factory=list)
    lines: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def keep(self, folder: Path) -> None:
        """Leave it in a folder, as this process's."""
        told = {
            "requests": [asdict(request) for request in self.requests],
            "lines": {adapter: sorted(lines) for adapter, lines in self.lines.items()},
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{os.getpid()}.json").write_text(json.dumps(told), encoding="utf-8")


def kept(folder: Path) -> Recording:
    """What all processes have left in a folder."""
    found = Recording()
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        found.requests += [Request(**request) for request in told["requests"]]
        for adapter, lines in told["lines"].items():
            found.lines[adapter].update(lines)
    return found


def recorder_asked_for() -> Recorder | None:
    """The plugin, where the environment names a folder."""
    folder = os.environ.get(INTO)
    return Recorder(ROOT / folder, alone=ALONE in os.environ) if folder else None


@dataclass
class Recorder:
    """A pytest plugin: writes down what is sent in tests that use the emulator.

    Attributes:
        folder: Where it is left.
        alone: Whether other tests are not run.
        recording: What was seen so far.
    """

    folder: Path
    alone: bool = False
    recording: Recording = field(default_factory=Recording)
    _watches: bool = False
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
        self.recording.keep(self.folder)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._watches = _is_watched(item)
        try:
            return (yield)
        finally:
            self._watches = False

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out the tests that are not watched."""
        if not self.alone:
            return
        watched = {item for item in items if _is_watched(item)}
        config.hook.pytest_deselected(items=[item for item in items if item not in watched])
        items[:] = [item for item in items if item in watched]

    def note(self, operation: str, body: bytes) -> None:
        """Write a request down if an adapter of ours is sending it."""
        adapter = sending_adapter() if self._watches else None
        if adapter is not None:
            self.recording.requests.append(Request(operation, json.loads(body), adapter))

    def _botocore(self, model: Any, params: dict[str, Any], **_: object) -> None:
        self.note(model.name, params["body"])

    def _ran(self, code: CodeType, line: int) -> object:
        adapter = ADAPTERS.get(code.co_filename)
        if adapter is not None:
            self.recording.lines[adapter].add(line)
        return sys.monitoring.DISABLE  # once is enough


def _is_watched(item: pytest.Item) -> bool:
    """Whether it sends from this process what a table could take."""
    if not item.nodeid.startswith(TESTS) or item.nodeid.startswith(NOT_WATCHED):
        return False
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
