"""The socket at which our dials arrive, in a process and with a clock of its own.

It stands before the simulator of Vapi and passes everything on. Each POST /call is stamped when
its first byte arrived (arrivals.py) and written down before anything is answered, so that the pace
of our dials is measured where a carrier would measure it, whatever else this machine is busy with.
A dial has a connection of its own; what comes later on one is stamped when it is read.

    python -m local.demo.ring_receiver PORT FILE

passes on to PORT, writes FILE, and prints the port of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from local.arrivals import LOOPBACK, listening, serve_arrivals

if TYPE_CHECKING:
    from collections.abc import Sequence

AHEAD = -10  # what measures must not be late itself; where that is not allowed it stays as it is


class Receiver:
    """Passes connections on, and writes down who is rung."""

    def __init__(self, port: int, rings: TextIO) -> None:
        self._port = port
        self._rings = rings

    async def serve(
        self, arrived_ns: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection of a client, with one of its own to the simulator."""
        onward_reader, onward = await asyncio.open_connection(LOOPBACK, self._port)
        try:
            onward_streams = (onward_reader, onward)
            while await self._pass_on(arrived_ns, reader, writer, onward_streams):
                arrived_ns = 0
        finally:
            onward.close()

    async def _pass_on(
        self,
        arrived_ns: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        onward_streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> bool:
        """One request and its answer; False when there is no answer."""
        onward_reader, onward = onward_streams
        first = await reader.readexactly(1)
        at_ns = arrived_ns or time.time_ns()
        head = first + await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        onward.write(head + body)
        answer = b""
        with suppress(OSError, asyncio.IncompleteReadError):
            answer = await onward_reader.readuntil(b"\r\n\r\n")
            answer += await onward_reader.readexactly(_length(answer))
        if head.startswith(b"POST /call "):
            self._write(at_ns, body, answer)
        writer.write(answer)
        await writer.drain()
        return bool(answer)

    def _write(self, at_ns: int, body: bytes, answer: bytes) -> None:
        try:
            said = json.loads(body)
            ring = {"name": said["name"], "number": said["customer"]["number"]}
            ring["campaign"] = said["assistantOverrides"]["metadata"].get("campaignId")
        except (ValueError, TypeError, KeyError, AttributeError):
            ring = {"name": None, "number": None, "campaign": None}
        status = int(answer.split(b" ", 2)[1]) if answer else 0
        self._rings.write(json.dumps({"at_ns": at_ns, "status": status, **ring}) + "\n")
        self._rings.flush()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


async def _receive(port: int, rings: TextIO) -> None:
    """Serve until the standard input ends: whoever started this has gone."""
    receiver = Receiver(port, rings)
    door = listening()
    print(door.getsockname()[1], flush=True)
    serving = asyncio.create_task(serve_arrivals(door, receiver.serve))
    await asyncio.to_thread(sys.stdin.read)
    serving.cancel()


def main(arguments: Sequence[str]) -> None:
    """Start from the command line: the simulator's port, and the file to write."""
    port, path = arguments
    with suppress(OSError):
        os.nice(AHEAD)
    with open(path, "a", encoding="utf-8") as rings, suppress(KeyboardInterrupt):  # noqa: PTH123
        asyncio.run(_receive(int(port), rings))


if __name__ == "__main__":
    main(sys.argv[1:])
