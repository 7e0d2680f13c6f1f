"""A small HTTP/1.1 server on asyncio: keep-alive, chunked bodies, nothing normalised away.

The gateway and the Lambda Runtime API stand on it. The standard library's own server knows no
chunked request bodies and costs a thread a connection and, unless told otherwise, 88 ms a call
(Nagle's algorithm against delayed acknowledgements).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

HEAD_LIMIT_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
DRAIN_LIMIT_BYTES = 64 * 1024 * 1024
IDLE_SECONDS = 75.0

# API Gateway keeps the older wording.
_MESSAGES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Request Entity Too Large"}
_DISCONNECTED = (asyncio.IncompleteReadError, ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: header names in the sender's case, the body byte for byte."""

    method: str
    target: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str

    def header(self, name: str) -> str:
        """The first value of a header, by its lower-case name; empty when absent."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. Content-Length is added when it is sent."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


class RefusedError(Exception):
    """A request that is answered without asking anybody."""

    def __init__(self, status: HTTPStatus, *, close: bool = True) -> None:
        message = _MESSAGES.get(status, status.phrase)
        super().__init__(message)
        self.response = json_message(status, message)
        self.close = close


def json_message(status: int, message: str) -> Response:
    """An answer in API Gateway's own shape."""
    return Response(
        status, (("Content-Type", "application/json"),), f'{{"message":"{message}"}}'.encode()
    )


class HttpServer:
    """Serves one handler on one loopback port, inside a running event loop."""

    def __init__(
        self,
        handler: Callable[[Request], Awaitable[Response]],
        *,
        body_limit_bytes: int,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._handler = handler
        self._idle_seconds = idle_seconds
        self._body_limit_bytes = body_limit_bytes
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", port, limit=HEAD_LIMIT_BYTES, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace_seconds: float = 0.0) -> None:
        """Stop listening, let answers under way finish for a while, close every connection."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        if self._answering and grace_seconds > 0:
            await asyncio.wait(self._answering, timeout=grace_seconds)
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        if self._server is not None:  # one that came as we stopped has nobody who closes it
            self._server.abort_clients()
            await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer) and not self._stopping:
                pass
        except (*_DISCONNECTED, asyncio.CancelledError):
            pass  # the other side has gone, or this side is stopping: nobody to tell
        finally:
            writer.close()
            with suppress(*_DISCONNECTED, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to be closed."""
        try:
            request = await self._read(reader, writer)
        except RefusedError as refusal:
            await _write(writer, refusal.response, "GET", close=refusal.close)
            return not refusal.close
        if request is None:
            return False
        task = asyncio.current_task()
        if task is not None:
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        try:
            response = await self._handler(request)
            close = self._stopping or _wants_close(request)
            await _write(writer, response, request.method, close=close)
        finally:
            if task is not None:
                self._answering.discard(task)
        return not close

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Request | None:
        try:
            async with asyncio.timeout(self._idle_seconds):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from error
        except asyncio.IncompleteReadError as error:
            if error.partial.strip():
                raise RefusedError(HTTPStatus.BAD_REQUEST) from error
            return None
        method, target, protocol, headers = _parse_head(head)
        if _header(headers, "expect").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await _read_body(reader, headers, self._body_limit_bytes)
        peer = writer.get_extra_info("peername")
        return Request(method, target, protocol, headers, body, peer[0] if peer else "127.0.0.1")


def _header(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _wants_close(request: Request) -> bool:
    wish = request.header("connection").lower()
    return wish == "close" or (request.protocol == "HTTP/1.0" and wish != "keep-alive")


def _parse_head(head: bytes) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    try:
        method, target, protocol = lines[0].split(" ")
    except ValueError:
        raise RefusedError(HTTPStatus.BAD_REQUEST) from None
    if protocol not in {"HTTP/1.0", "HTTP/1.1"} or not target:
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    headers = []
    for line in lines[1:]:
        if line:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise RefusedError(HTTPStatus.BAD_REQUEST)
            headers.append((name, value.strip(" \t")))
    return method, target, protocol, tuple(headers)


async def _read_body(
    reader: asyncio.StreamReader, headers: Sequence[tuple[str, str]], limit_bytes: int
) -> bytes:
    coding = _header(headers, "transfer-encoding").lower()
    length = _header(headers, "content-length")
    if coding:
        if coding != "chunked" or length:
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        return await _read_chunks(reader, limit_bytes)
    if not length:
        return b""
    if not (length.isascii() and length.isdigit()):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    size = int(length)
    if size > limit_bytes:
        await _drain(reader, size)
    return await reader.readexactly(size)


async def _drain(reader: asyncio.StreamReader, size: int) -> None:
    """Read a body that is too large to its end, so that its sender can hear the answer."""
    if size > DRAIN_LIMIT_BYTES:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    while size > 0:
        piece = await reader.read(min(size, CHUNK_BYTES))
        if not piece:
            break
        size -= len(piece)
    raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, close=False)


async def _read_chunks(reader: asyncio.StreamReader, limit_bytes: int) -> bytes:
    pieces: list[bytes] = []
    total = 0
    while True:
        size = _chunk_size(await _line(reader))
        total += size
        if total > DRAIN_LIMIT_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if size == 0:
            break
        piece = await reader.readexactly(size)
        if total <= limit_bytes:
            pieces.append(piece)
        if await reader.readexactly(2) != b"\r\n":
            raise RefusedError(HTTPStatus.BAD_REQUEST)
    while await _line(reader):
        pass  # trailers
    if total > limit_bytes:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, close=False)
    return b"".join(pieces)


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return (await reader.readuntil(b"\r\n"))[:-2]
    except asyncio.LimitOverrunError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST) from error


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or digits.strip(b"0123456789abcdefABCDEF"):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    return int(digits, 16)


async def _write(
    writer: asyncio.StreamWriter, response: Response, method: str, *, close: bool
) -> None:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    head = [f"HTTP/1.1 {response.status} {phrase}"]
    head += [f"{name}: {value}" for name, value in response.headers]
    head.append(f"Content-Length: {len(response.body)}")
    if close:
        head.append("Connection: close")
    body = b"" if method == "HEAD" else response.body
    # One write: a head and a body in two segments would wait for an acknowledgement.
    writer.write("\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body)
    await writer.drain()
