"""One dialer process, or the reconciler: the real functions, watched, until killed.

A dialer process forks its handlers, each a process that plays one Lambda environment: it takes
one job at a time from the queue, hands it to the real handler and deletes it unless the handler
says that it is to come back. A handler that is killed is followed by another, once whoever
killed it has seen what it was doing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.voice_ports import Placed, Unknown
from tests.concurrency.board import Board, Cell, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.services.ledger_ports import AttemptLedger, Change
    from contact_center.dialing.services.place_call import PlaceParts
    from contact_center.dialing.services.voice_ports import (
        CallRequest,
        PostOutcome,
        VoiceConnection,
        VoiceProvider,
    )

WAIT_SECONDS = 2
NOBODY = "+12125550100"
SEEN_SECONDS = 0.01


class Watch:
    """Writes down how far one handler is."""

    def __init__(self, board: Board, process: int, handler: int) -> None:
        self._board = board
        self._place = (process, handler)
        before = board.read(process, handler)
        self._cell = Cell(Stage.IDLE, "", before.posts, before.unknown, os.getpid())
        self.at(Stage.IDLE)

    def job(self, attempt_id: str) -> None:
        self._show(self._cell._replace(stage=Stage.QUEUED, attempt_id=attempt_id))

    def at(self, stage: Stage) -> None:
        self._show(self._cell._replace(stage=stage))

    def answered(self, outcome: PostOutcome) -> None:
        unknown = self._cell.unknown + isinstance(outcome, Unknown)
        stage = Stage.PLACED if isinstance(outcome, Placed) else Stage.RECORDING
        self._show(self._cell._replace(stage=stage, posts=self._cell.posts + 1, unknown=unknown))

    def _show(self, cell: Cell) -> None:
        self._cell = cell
        self._board.write(*self._place, cell)


class WatchedLedger:
    """The real ledger; says when a claim or a record is on its way."""

    def __init__(self, ledger: AttemptLedger, watch: Watch) -> None:
        self._ledger = ledger
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(self, change: Change) -> None:
        claims = change.after.state is AttemptState.DIALING
        self._watch.at(Stage.CLAIMING if claims else Stage.RECORDING)
        self._ledger.commit(change)
        if claims:
            self._watch.at(Stage.DIALING)


class WatchedVoice:
    """The real API; says when a POST is on its way and when it was answered."""

    def __init__(self, voice: VoiceProvider, watch: Watch) -> None:
        self._voice = voice
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._voice, name)

    def open(self) -> WatchedConnection:
        return WatchedConnection(self._voice.open(), self._watch)


class WatchedConnection:
    """One connection for one POST."""

    def __init__(self, connection: VoiceConnection, watch: Watch) -> None:
        self._connection = connection
        self._watch = watch

    def place(self, request: CallRequest, not_after_ms: int) -> PostOutcome:
        self._watch.at(Stage.POSTING)
        outcome = self._connection.place(request, not_after_ms)
        self._watch.answered(outcome)
        return outcome

    def close(self) -> None:
        self._connection.close()


class Context:
    """Lambda's context of one invocation."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self._ends - time.monotonic()) * 1_000))


def dial(options: argparse.Namespace) -> None:
    """Handlers in processes of their own, for ever. Ends when one of them fails by itself."""
    importlib.import_module("contact_center.wiring.dialer")  # once, before there are many
    board = Board(options.board, options.processes, options.handlers)
    living = {_handler(options, board, handler): handler for handler in range(options.handlers)}
    while True:
        pid, status = os.wait()
        if not os.WIFSIGNALED(status):
            sys.exit("a handler ended by itself")
        handler = living.pop(pid)
        while board.read(options.number, handler).stage is not Stage.ABSENT:
            time.sleep(SEEN_SECONDS)  # another process looks at it
        living[_handler(options, board, handler)] = handler


def _handler(options: argparse.Namespace, board: Board, handler: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _serve(options, board, handler)
    finally:
        traceback.print_exc()
        os._exit(1)


def reconcile(options: argparse.Namespace) -> None:
    """Tick every so many seconds."""
    app = _cold_start("reconciler.app")
    parts = app.PARTS.reconcile
    ledger = replace(parts.ledger, timings=_timings(options.timings))
    app.PARTS = replace(app.PARTS, reconcile=replace(parts, ledger=ledger))
    while True:
        app.lambda_handler({}, Context(60))
        time.sleep(options.every_seconds)  # the schedule itself, not a wait for something


def _serve(options: argparse.Namespace, board: Board, handler: int) -> None:
    timings = _timings(options.timings)
    app = _cold_start("dialer.app")
    _warm_up(app.PARTS.place)
    watch = Watch(board, options.number, handler)
    app.PARTS = replace(app.PARTS, place=_watched(app.PARTS.place, timings, watch))
    queue = app.PARTS.place.jobs._client
    while True:
        try:
            told = queue.receive_message(
                QueueUrl=options.queue, MaxNumberOfMessages=1, WaitTimeSeconds=WAIT_SECONDS
            )
            for message in told.get("Messages", ()):
                watch.job(json.loads(message["Body"])["attemptId"])
                record = {"messageId": message["MessageId"], "body": message["Body"]}
                context = Context(timings.function_ms / 1_000)
                answer = app.lambda_handler({"Records": [record]}, context)
                if not answer["batchItemFailures"]:
                    queue.delete_message(
                        QueueUrl=options.queue, ReceiptHandle=message["ReceiptHandle"]
                    )
        except (BotoCoreError, ClientError):
            pass  # the message is shown again
        watch.at(Stage.IDLE)


def _warm_up(place: PlaceParts) -> None:
    """Make clients and connections: dozens of handlers beginning at once share two cores here."""
    place.ledger.ledger.circumstances(NOBODY, None)
    place.voice.open().close()


def _watched(place: PlaceParts, timings: DialTimings, watch: Watch) -> PlaceParts:
    ledger = replace(
        place.ledger, timings=timings, ledger=WatchedLedger(place.ledger.ledger, watch)
    )
    return replace(place, ledger=ledger, voice=WatchedVoice(place.voice, watch))


def _cold_start(name: str) -> Any:
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def _timings(said: str) -> DialTimings:
    return replace(DialTimings(), **json.loads(said))


def main(arguments: Sequence[str]) -> None:
    """Start from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=["dialer", "reconciler"])
    parser.add_argument("--timings", required=True)
    parser.add_argument("--queue", default="")
    parser.add_argument("--board", type=Path)
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--handlers", type=int, default=1)
    parser.add_argument("--every-seconds", type=float, default=2.0)
    options = parser.parse_args(arguments)
    (dial if options.role == "dialer" else reconcile)(options)


if __name__ == "__main__":
    main(sys.argv[1:])
