"""The AWS emulator: ministack in an environment of its own, because it pins botocore.

It is served by uvicorn, not by its own server: half the processor time a request (decision 0141).
"""

from __future__ import annotations

import fcntl
import http.client
import os
import re
import socket
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from botocore.session import Session

    from local.cloud.children import Children

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venvs" / "emulator" / "bin" / "python"
REGION = "us-east-1"
ACCOUNT = "111111111111"
START_SECONDS = 60.0  # about one is needed; a busy machine takes longer
STOP_SECONDS = 10.0  # about one is needed; killed before it has saved, it would lose the state
ATTEMPTS = 3
SERVED = (
    *("-m", "uvicorn", "ministack.app:app", "--host", "127.0.0.1", "--lifespan", "on"),
    *("--http", "httptools", "--loop", "uvloop", "--ws", "none"),
    *("--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "1"),  # some wait for messages
    *("--no-access-log", "--log-level", "warning"),
    *("--no-server-header", "--no-date-header"),  # it says its own
)
_session_lock = threading.Lock()
_ACCOUNT_PATTERN = re.compile(r"[0-9]{12}")


class EmulatorError(Exception):
    """The emulator is not installed, did not start, or refused a request."""


def credentials(account: str = ACCOUNT) -> dict[str, str]:
    """AWS environment names for one account: a 12-digit access key is an account of its own."""
    if not _ACCOUNT_PATTERN.fullmatch(account):
        raise ValueError(f"an account is 12 digits, not {account!r}")
    return {
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",  # checked only where a link is used
        "AWS_SESSION_TOKEN": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PortClaim:
    """A free loopback port that no other emulator on this machine takes while it is held.

    An emulator binds its port seconds after it was chosen. Another one with the same port would end
    then, but whoever started it would have been answered by the first, and take that for its own.
    """

    def __init__(self) -> None:
        while True:
            self.port = free_port()
            self._path = Path(tempfile.gettempdir()) / f"switchboard-emulator-{self.port}.lock"
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:  # another user's
                continue
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._file)
                continue
            return

    def release(self) -> None:
        """Let others have it."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


class Emulator:
    """One emulator process on a free loopback port.

    `state_folder` keeps tables, queues and objects from one clean stop to the next start; without
    it they live in memory only. Output goes to `log_folder`/emulator.log. `options` are more of
    the emulator's own environment variables.
    """

    def __init__(
        self,
        children: Children,
        log_folder: Path,
        state_folder: Path | None = None,
        *,
        python: Path = PYTHON,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._python = python
        self._options = options or {}
        self._children = children
        self._log_folder = log_folder
        self._state_folder = state_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._claim: PortClaim | None = None
        self.port = 0

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL is to be set to."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises EmulatorError saying what to do."""
        if not self._python.exists():
            folder = self._python.parent.parent.relative_to(ROOT)
            raise EmulatorError(f"no AWS emulator in {folder}: run `make setup`")
        for _ in range(ATTEMPTS):  # another program may take the port first
            self._claim = PortClaim()
            self.port = self._claim.port
            self._process = self._spawn()
            if self._wait_until_healthy(self._process):
                return
            self._children.end(self._process)
            self._claim.release()
            self._claim = None
        raise EmulatorError(f"the AWS emulator did not start: see {self._log_folder}/emulator.log")

    def stop(self) -> None:
        """Stop it; with a state folder, in order, so that it can save its state."""
        if self._process is not None:
            self._children.end(self._process, STOP_SECONDS if self._state_folder else 0.0)
            self._process = None
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def reset(self) -> None:
        """Forget everything in every account."""
        connection = self._connection(10)
        try:
            connection.request("POST", "/_ministack/reset")
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise EmulatorError(f"the AWS emulator refused a reset: {answer.status}")
        finally:
            connection.close()

    def client(self, service: str, account: str = ACCOUNT) -> Any:  # noqa: ANN401 (boto3)
        """A boto3 client of one service, in one account."""
        return make_client(service, self.endpoint_url, account)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _connection(self, timeout_seconds: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_seconds)

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._log_folder.mkdir(parents=True, exist_ok=True)
        own = credentials()
        environment = {
            # What links to files are signed with: the one signature that it does check.
            **{name: own[name] for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")},
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "TMPDIR": str(self._log_folder),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            **self._options,
        }
        if self._state_folder is not None:
            self._state_folder.mkdir(parents=True, exist_ok=True)
            environment |= {
                "PERSIST_STATE": "1",
                "S3_PERSIST": "1",
                "STATE_DIR": str(self._state_folder / "services"),
                "S3_DATA_DIR": str(self._state_folder / "s3"),
            }
        log = os.open(
            self._log_folder / "emulator.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        try:
            return self._children.spawn(
                [str(self._python), *self._served()],
                environment=environment,
                folder=self._log_folder,
                output=log,
            )
        finally:
            os.close(log)

    def _served(self) -> Sequence[str]:
        """What its Python is to run."""
        return (*SERVED, "--port", str(self.port))

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                connection = self._connection(5)
                try:
                    connection.request("GET", "/_ministack/health")
                    healthy = connection.getresponse().status == http.HTTPStatus.OK
                finally:
                    connection.close()
                if healthy:
                    return process.poll() is None
            time.sleep(0.02)  # the emulator has no other way to say that it is ready
        return False


def make_client(service: str, endpoint_url: str, account: str = ACCOUNT) -> Any:  # noqa: ANN401
    """A boto3 client of one service at an endpoint, in one account."""
    from botocore.config import Config  # noqa: PLC0415 (0.3 s that `--help` need not wait for)

    names = credentials(account)
    config = Config(
        retries={"total_max_attempts": 1},  # nothing gets lost on loopback
        connect_timeout=2,
        read_timeout=25,
        max_pool_connections=32,
        proxies={},
        s3={"addressing_style": "path"},
    )
    with _session_lock:  # making clients is not thread-safe, using them is
        return _session().create_client(
            service,
            region_name=REGION,
            endpoint_url=endpoint_url,
            aws_access_key_id=names["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=names["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=names["AWS_SESSION_TOKEN"],
            config=config,
        )


@cache
def _session() -> Session:
    """A session that reads no profile and no file: a developer's AWS set-up changes nothing."""
    from botocore.session import Session  # noqa: PLC0415

    nothing = (None, None, None, None)
    return Session(session_vars={"profile": nothing, "config_file": (None, None, os.devnull, None)})
