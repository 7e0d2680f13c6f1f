"""One execution environment: an awslambdaric process, what it reads and what it writes."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from local.cloud.runtime_api import RuntimeApi

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from local.cloud.children import Children
    from local.cloud.runtime_api import Host

BACKGROUND = 5  # of the 19 steps that a process may step back


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """What is needed to run one function.

    Attributes:
        search_path: Where Lambda would find modules.
        background: Nobody waits for it: on a machine that is busy it steps back for those that
            somebody does, and for those that have to be punctual.
    """

    name: str
    handler: str
    folder: Path
    search_path: tuple[Path, ...]
    timeout_seconds: float
    memory_mb: int
    log_format: str
    environment: Mapping[str, str]
    arn: str
    read_only: bool  # a built artefact: nothing may be written beside the code, as on Lambda
    background: bool = False


def lambda_environment(settings: FunctionSettings, runtime_api: str) -> dict[str, str]:
    """The whole environment of a handler process: Lambda's names and the template's, no others.

    Only PATH comes from this process, so that nothing works here by accident of a developer's
    shell.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/home/sbx_user1051",  # Lambda's; so no AWS profile of the developer is read
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(settings.folder),
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in settings.search_path),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": settings.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "_HANDLER": settings.handler,
        **settings.environment,
    }
    if settings.log_format == "JSON":
        environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
    if settings.read_only:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return environment


class LogFile:
    """Where a function's output in this run goes: a file, and the terminal when asked."""

    def __init__(self, path: Path, *, echo: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._echo = echo

    def write(self, text: bytes) -> None:
        """Append some output."""
        self._file.write(text)
        if self._echo:
            sys.stderr.buffer.write(text)
            sys.stderr.buffer.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Output(asyncio.Protocol):
    """Forwards what a process prints; the end of its output is the end of the process."""

    def __init__(self, log: LogFile, ended: Callable[[], None]) -> None:
        self._log = log
        self._ended = ended

    def data_received(self, data: bytes) -> None:
        self._log.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's shape)
        self._ended()


class HandlerProcess:
    """Starts and ends one awslambdaric process."""

    def __init__(
        self, settings: FunctionSettings, children: Children, host: Host, log: LogFile
    ) -> None:
        self._settings = settings
        self._children = children
        self._log = log
        self._api = RuntimeApi(host)
        self._process: subprocess.Popen[bytes] | None = None
        self._output: asyncio.ReadTransport | None = None

    async def start(self, ended: Callable[[], None]) -> None:
        """Start it; `ended` is called once, when the process has gone for whatever reason."""
        address = await self._api.start()
        reading, writing = os.pipe()
        try:
            self._process = self._children.spawn(
                [sys.executable, "-m", "awslambdaric", self._settings.handler],
                environment=lambda_environment(self._settings, address),
                folder=self._settings.folder,
                output=writing,
            )
        finally:
            os.close(writing)
        if self._settings.background:
            with suppress(OSError):  # it has gone already
                os.setpriority(os.PRIO_PROCESS, self._process.pid, BACKGROUND)
        self._output, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: _Output(self._log, ended), os.fdopen(reading, "rb", 0)
        )

    @property
    def pid(self) -> int | None:
        """Its process id, once it was started."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """End it now; `ended` follows."""
        if self._process is not None:
            self._children.end(self._process)

    async def stop(self) -> None:
        """Kill it and give back its port and its pipe."""
        self.kill()
        if self._output is not None:
            self._output.close()
        await self._api.stop()
