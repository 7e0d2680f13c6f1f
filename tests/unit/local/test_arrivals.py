"""What a receiver says of an arrival is when it arrived, however late it is read."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
import time
from contextlib import suppress

import pytest

from local.arrivals import arrived_ns_of, listening, serve_arrivals

WAIT_SECONDS = 60


def is_stamped(connection: socket.socket, sender: socket.socket) -> bool:
    """Whether the kernel stamps what comes in: it begins a moment after it was first asked to."""
    sender.sendall(b".")
    select.select([connection], [], [], WAIT_SECONDS)
    read_ns = time.time_ns()
    stamped = arrived_ns_of(connection) <= read_ns
    connection.recv(1)
    return stamped


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not say")
def test_a_byte_counts_from_when_it_arrived_and_not_from_when_it_was_read() -> None:
    with listening() as door, socket.create_connection(door.getsockname()) as sender:
        select.select([door], [], [], WAIT_SECONDS)
        connection, _ = door.accept()
        with connection:
            gives_up_at = time.monotonic() + WAIT_SECONDS
            while not is_stamped(connection, sender):
                assert time.monotonic() < gives_up_at
            before_ns = time.time_ns()
            sender.sendall(b"POST")
            select.select([connection], [], [], WAIT_SECONDS)
            arrived_ns = time.time_ns()
            assert before_ns <= arrived_ns_of(connection) <= arrived_ns
            assert connection.recv(4) == b"POST"  # nothing was taken


def test_each_connection_is_served_and_one_that_ends_at_once_stops_nobody() -> None:
    async def run() -> list[bytes]:
        said: list[bytes] = []
        served = asyncio.Event()

        async def serve(
            arrived_ns: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            assert arrived_ns > 0
            said.append(await reader.readexactly(4))
            writer.write(b"done")
            await writer.drain()
            served.set()

        with listening() as door:
            serving = asyncio.create_task(serve_arrivals(door, serve))
            socket.create_connection(door.getsockname()).close()
            cut = socket.create_connection(door.getsockname())
            cut.sendall(b"PO")
            cut.close()
            reader, writer = await asyncio.open_connection(*door.getsockname())
            writer.write(b"POST")
            assert await asyncio.wait_for(reader.read(), WAIT_SECONDS) == b"done"
            await served.wait()
            writer.close()
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        return said

    assert asyncio.run(run()) == [b"POST"]
