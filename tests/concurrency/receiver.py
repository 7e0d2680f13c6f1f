"""Who is rung: POST /call and GET /call on loopback, in a process with a clock of its own.

Every POST that comes whole rings, whatever its name: nothing is ever recognised. It is stamped
when its first byte arrived and written down before anything is answered. Some are accepted
and answered with nothing, half of an answer, or a 500.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from local.arrivals import listening, serve_arrivals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

LOSSES = ("silence", "half", "error")
ERROR = '{"message": "said no more than that"}'
LISTED_AFTER_MS = 1_500  # GET /call knows a call a little later than the telephone does


@dataclass(frozen=True)
class Habits:
    """How it treats who calls it.

    Attributes:
        lost: The share of accepted POSTs whose answer is lost.
        answer_ms: Between which times an answer takes.
        call_ms: How long a call lasts.
    """

    lost: float
    answer_ms: tuple[int, int]
    call_ms: int


class Call(NamedTuple):
    """A call and its two texts, made beforehand: a long list must not hold up the stamping."""

    call_id: str
    at_ms: int
    ends_ms: int
    going: str
    over: str

    def text(self) -> str:
        return self.going if time.time_ns() // 1_000_000 < self.ends_ms else self.over


@dataclass
class Receiver:
    """The calls so far, newest last."""

    habits: Habits
    chance: random.Random
    rings: TextIO
    calls: list[Call] = field(default_factory=list)
    by_id: dict[str, Call] = field(default_factory=dict)

    async def serve(
        self, arrived_ns: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection, one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        start, *lines = head.split("\r\n")
        method, target, _ = start.split(" ", 2)
        if method == "POST":
            length = next(
                int(line.partition(":")[2])
                for line in lines
                if line.lower().startswith("content-length:")
            )
            await self._ring(arrived_ns, json.loads(await reader.readexactly(length)), writer)
        else:
            _answer(writer, *self._told(target))
        await writer.drain()

    async def _ring(self, at_ns: int, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        number = body["customer"]["number"]
        loss = self.chance.choice(LOSSES) if self.chance.random() < self.habits.lost else None
        ring = {"at_ns": at_ns, "name": body["name"], "number": number, "lost": loss}
        self.rings.write(json.dumps(ring) + "\n")
        self.rings.flush()
        call = self._call(at_ns // 1_000_000, body["name"])
        self.calls.append(call)
        self.by_id[call.call_id] = call
        await asyncio.sleep(self.chance.uniform(*self.habits.answer_ms) / 1_000)
        if loss == "half":
            writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 60\r\n\r\n{"id": "ca')
        elif loss == "error":
            _answer(writer, 500, ERROR)
        elif loss is None:
            _answer(writer, 201, call.text())

    def _told(self, target: str) -> tuple[int, str]:
        parts = urlsplit(target)
        _, _, call_id = parts.path.rpartition("/call/")
        if parts.path != "/call":
            call = self.by_id.get(unquote(call_id))
            return (404, ERROR) if call is None else (200, call.text())
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        from_ms, to_ms = _ms(query["createdAtGe"]), _ms(query.get("createdAtLe"))
        to_ms = min(to_ms or sys.maxsize, time.time_ns() // 1_000_000 - LISTED_AFTER_MS)
        found = [call for call in reversed(self.calls) if from_ms <= call.at_ms <= to_ms]
        found.sort(key=lambda call: -call.at_ms)
        return 200, f"[{','.join(call.text() for call in found[: int(query['limit'])])}]"

    def _call(self, at_ms: int, name: str) -> Call:
        created, ends_ms = _iso(at_ms), at_ms + self.habits.call_ms
        call_id = f"call-{len(self.calls) + 1}"
        shown = {"id": call_id, "name": name, "createdAt": created, "startedAt": created}
        ended = {"endedAt": _iso(ends_ms), "endedReason": "customer-ended-call"}
        return Call(
            call_id,
            at_ms,
            ends_ms,
            json.dumps(shown | {"status": "in-progress"}),
            json.dumps(shown | {"status": "ended"} | ended),
        )


def _answer(writer: asyncio.StreamWriter, status: int, body: str) -> None:
    text = body.encode()
    head = f"HTTP/1.1 {status} -\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + text)


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="milliseconds")


def _ms(said: str | None) -> int:
    return 0 if said is None else round(datetime.fromisoformat(said).timestamp() * 1_000)


async def receive(options: argparse.Namespace) -> None:
    """Serve until killed; the port is written down once it listens."""
    habits = Habits(options.lost, (5, options.answer_ms), options.call_ms)
    with options.rings.open("w", encoding="utf-8") as rings:
        chance = random.Random(options.seed)  # noqa: S311 - a run is to be repeated, not kept secret
        receiver = Receiver(habits, chance, rings)
        door = listening()
        port = options.port.with_suffix(".new")
        port.write_text(str(door.getsockname()[1]))
        port.rename(options.port)
        await serve_arrivals(door, receiver.serve)


def main(arguments: Sequence[str]) -> None:
    """Start from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=Path, required=True)
    parser.add_argument("--rings", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--lost", type=float, required=True)
    parser.add_argument("--answer-ms", type=int, required=True)
    parser.add_argument("--call-ms", type=int, required=True)
    options = parser.parse_args(arguments)
    with suppress(OSError):
        os.nice(-10)  # what measures is not to be late itself; nobody else's priority is touched
    asyncio.run(receive(options))


if __name__ == "__main__":
    main(sys.argv[1:])
