"""The processes that are measured, and how much CPU each has used."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from local.cloud.emulator import free_port
from tests.benchmarks.payloads import PATH, SIGNATURE_HEADER, Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WAIT_SECONDS = 60.0
_ANSWER = re.compile(r"/2018-06-01/runtime/invocation/[^/]+/(response|error)")
_ARN = "arn:aws:lambda:us-east-1:111111111111:function:benchmark"
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_NEXT = "/2018-06-01/runtime/invocation/next"


class BenchmarkError(Exception):
    """Something that was to be measured does not work; the message says what."""


def cpu_seconds(pid: int) -> float:
    """CPU seconds, user and system, of all threads of a process, to the nanosecond.

    The kernel's clock of another process; /proc/<pid>/stat counts in hundredths of a second.
    """
    return time.clock_gettime(((~pid) << 3) | 2)


class MeasuredProcess:
    """A child process that is ended on leaving."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def cpu_seconds(self) -> float:
        """CPU used so far."""
        return cpu_seconds(self._process.pid)

    @property
    def peak_mb(self) -> float:
        """The most memory it has held so far, MB of 10^6 bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(_PEAK.findall(status)[0]) * 1_024 / 1e6

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """The end of what it printed."""
        return self._log.read_text(errors="replace")[-2_000:]

    def end(self) -> None:
        """Kill it and wait."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class LambdaProcess(MeasuredProcess):
    """An awslambdaric process and its Runtime API, one event at a time in this thread."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.5)
        self._connection: socket.socket | None = None
        self._buffer = b""
        self._events = 0
        address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        super().__init__(command, {**environment, "AWS_LAMBDA_RUNTIME_API": address}, folder, log)

    def wait_until_ready(self) -> None:
        """Wait until it asks for an event."""
        method, target, body = self._request()
        if (method, target) != ("GET", _NEXT):
            raise BenchmarkError(f"the function did not load: {body.decode()[:1_000]}")

    def give(self, event: bytes) -> bytes:
        """Hand it the event it asked for; returns its answer, once that has come."""
        self._events += 1
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": f"{self._events:08d}-0000-4000-8000-000000000000",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 30) * 1_000)),
            "Lambda-Runtime-Invoked-Function-Arn": _ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
        }
        self._respond("200 OK", headers, event)
        _, target, body = self._request()
        outcome = _ANSWER.fullmatch(target)
        self._respond("202 Accepted", {}, b"")
        if outcome is None or outcome[1] == "error":
            raise BenchmarkError(f"the function failed: {body.decode()[:1_000]}")
        return body

    def end(self) -> None:
        """Kill it and close the Runtime API."""
        super().end()
        self._listener.close()
        if self._connection is not None:
            self._connection.close()

    def _request(self) -> tuple[str, str, bytes]:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            connection = self._connection or self._accept(deadline)
            head = self._read_until(connection, b"\r\n\r\n")
            if head is None:  # it opens a connection for each exchange, or has gone
                connection.close()
                self._connection = None
                continue
            line, *fields = head.decode("latin-1").split("\r\n")
            named = {
                name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
            }
            if "expect" in named:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            method, target, _ = line.split(" ", 2)
            return (
                method,
                target,
                self._read_exactly(connection, int(named.get("content-length", 0))),
            )

    def _accept(self, deadline: float) -> socket.socket:
        while time.monotonic() < deadline and not self.has_ended():
            with suppress(TimeoutError):
                self._connection, _ = self._listener.accept()
                self._connection.settimeout(WAIT_SECONDS)
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._buffer = b""
                return self._connection
        raise BenchmarkError(f"the function process went away: {self.last_words()}")

    def _read_until(self, connection: socket.socket, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            received = connection.recv(65_536)
            if not received:
                return None
            self._buffer += received
        head, _, self._buffer = self._buffer.partition(mark)
        return head

    def _read_exactly(self, connection: socket.socket, size: int) -> bytes:
        while len(self._buffer) < size:
            received = connection.recv(65_536)
            if not received:
                raise BenchmarkError(f"the function process went away: {self.last_words()}")
            self._buffer += received
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return body

    def _respond(self, status: str, headers: Mapping[str, str], body: bytes) -> None:
        assert self._connection is not None
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
        lines += [f"Content-Length: {len(body)}", "", ""]
        self._connection.sendall("\r\n".join(lines).encode() + body)


class TutorialServer(MeasuredProcess):
    """The tutorial's Express server, run where it lies."""

    def __init__(self, server: Path, modules: Path, secret: str, log: Path) -> None:
        port = free_port()
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "NODE_PATH": str(modules),
            "NODE_ENV": "production",
            "PORT": str(port),
            "VAPI_SECRET": secret,
        }
        super().__init__(["node", str(server)], environment, modules.parent, log)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
        self._wait_until_healthy()

    def post(self, webhook: Webhook) -> None:
        """Send one webhook over a connection that stays open; it must be accepted."""
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: webhook.signature}
        self._connection.request("POST", PATH, webhook.body, headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise BenchmarkError(f"the tutorial's server answered {answer.status}")

    def end(self) -> None:
        """Kill it and close the connection."""
        super().end()
        self._connection.close()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and not self.has_ended():
            with suppress(OSError, http.client.HTTPException):
                self._connection.request("GET", "/health")
                if self._connection.getresponse().read():
                    return
            self._connection.close()
            time.sleep(0.05)  # it has no other way to say that it is ready
        raise BenchmarkError(f"the tutorial's server did not start: {self.last_words()}")
