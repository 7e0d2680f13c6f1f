"""The Lambda Runtime API for one handler process, on a loopback port of its own.

One port a process says which process is asking: the API itself carries no identity. The paths and
headers are AWS's public contract, version 2018-06-01.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from local.cloud.http_server import HttpServer, Request, Response

if TYPE_CHECKING:
    from collections.abc import Sequence

PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024 + 100  # what Lambda allows a synchronous answer
LONGEST_SECONDS = 1000.0  # the connection rests while a handler works, at most 900 s
NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"
OUTCOME = re.compile(r"/2018-06-01/runtime/invocation/([^/]+)/(response|error)")

_ACCEPTED = Response(
    HTTPStatus.ACCEPTED, (("Content-Type", "application/json"),), b'{"status":"OK"}'
)


class Task(Protocol):
    """One event on its way to a handler process."""

    request_id: str
    trace_id: str
    function_arn: str
    deadline_ms: int
    payload: bytes


class Host(Protocol):
    """Whoever started the process and wants to know what it says."""

    async def next_task(self) -> Task:
        """Wait for the next event; called when the process is ready for one."""
        ...

    def answered(self, request_id: str, payload: bytes, *, failed: bool) -> bool:
        """Take the answer or the error to an event; False when that event is not awaited."""
        ...

    def init_failed(self, payload: bytes) -> None:
        """Take the error with which the handler module failed to load."""
        ...


class RuntimeApi:
    """Serves the Runtime API to one process."""

    def __init__(self, host: Host) -> None:
        self._host = host
        # Larger than the limit, so that an answer too large is told apart from a broken one.
        self._server = HttpServer(
            self._answer, body_limit_bytes=4 * PAYLOAD_LIMIT_BYTES, idle_seconds=LONGEST_SECONDS
        )

    async def start(self) -> str:
        """Listen; returns what AWS_LAMBDA_RUNTIME_API is to be set to."""
        await self._server.start()
        return f"127.0.0.1:{self._server.port}"

    async def stop(self) -> None:
        """Close the port and its connections."""
        await self._server.stop()

    async def _answer(self, request: Request) -> Response:
        if request.method == "GET" and request.target == NEXT:
            return _event(await self._host.next_task())
        if request.method == "POST" and request.target == INIT_ERROR:
            self._host.init_failed(request.body)
            return _ACCEPTED
        outcome = OUTCOME.fullmatch(request.target)
        if request.method == "POST" and outcome is not None:
            return self._take(outcome[1], outcome[2] == "error", request.body)
        return Response(HTTPStatus.NOT_FOUND)

    def _take(self, request_id: str, failed: bool, payload: bytes) -> Response:  # noqa: FBT001
        if len(payload) > PAYLOAD_LIMIT_BYTES:
            message = "Response payload size exceeded maximum allowed payload size"
            self._host.answered(
                request_id,
                f'{{"errorMessage":"{message} ({PAYLOAD_LIMIT_BYTES} bytes).",'
                '"errorType":"Function.ResponseSizeTooLarge"}'.encode(),
                failed=True,
            )
            return Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        known = self._host.answered(request_id, payload, failed=failed)
        return _ACCEPTED if known else Response(HTTPStatus.BAD_REQUEST)


def _event(task: Task) -> Response:
    headers: Sequence[tuple[str, str]] = (
        ("Content-Type", "application/json"),
        ("Lambda-Runtime-Aws-Request-Id", task.request_id),
        ("Lambda-Runtime-Deadline-Ms", str(task.deadline_ms)),
        ("Lambda-Runtime-Invoked-Function-Arn", task.function_arn),
        ("Lambda-Runtime-Trace-Id", task.trace_id),
        ("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())),
    )
    return Response(HTTPStatus.OK, headers, task.payload)
