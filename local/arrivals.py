"""When somebody's first byte arrived, by the kernel: whoever measures may be busy or late.

Linux stamps what comes in before it wakes the process that reads it (socket(7), SO_TIMESTAMPNS).
It begins to a moment after the first socket asked for it. Where it does not say, the moment of
reading counts, which is later.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    type Serve = Callable[[int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

LOOPBACK = "127.0.0.1"
BACKLOG = 512
_STAMPED = 35  # SO_TIMESTAMPNS of asm-generic/socket.h, which Python's socket does not name
_SECONDS_AND_NS = struct.Struct("@qq")
_NS = 1_000_000_000


def listening() -> socket.socket:
    """A socket on loopback; what comes in on its connections is stamped."""
    made = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
    made.setblocking(False)  # noqa: FBT003 - the library's own
    if sys.platform == "linux":
        made.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)
    return made


def arrived_ns_of(connection: socket.socket) -> int:
    """When what waits on a connection arrived, ns since 1970; nothing is taken of it.

    What was sent in several pieces, and waits in one, counts from its last.

    Args:
        connection: Of a socket that is `listening`, with something to read.
    """
    size = socket.CMSG_SPACE(_SECONDS_AND_NS.size)
    _, told, _, _ = connection.recvmsg(1, size, socket.MSG_PEEK)
    for level, kind, said in told:
        if (level, kind) == (socket.SOL_SOCKET, _STAMPED):
            seconds, ns = _SECONDS_AND_NS.unpack(said[: _SECONDS_AND_NS.size])
            return int(seconds) * _NS + int(ns)
    return time.time_ns()


async def serve_arrivals(door: socket.socket, serve: Serve) -> None:
    """Serve each connection at a door, until cancelled.

    Args:
        door: That is `listening`.
        serve: Given when the first byte of a connection arrived, and its streams.
    """
    loop = asyncio.get_running_loop()
    going: set[asyncio.Task[None]] = set()
    while True:
        connection, _ = await loop.sock_accept(door)
        task = loop.create_task(_serve(connection, serve))
        going.add(task)
        task.add_done_callback(going.discard)


async def _serve(connection: socket.socket, serve: Serve) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        await _readable(connection)
        arrived_ns = arrived_ns_of(connection)
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            await serve(arrived_ns, reader, writer)
        finally:
            writer.close()
        return
    connection.close()


async def _readable(connection: socket.socket) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)
