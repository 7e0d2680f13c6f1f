"""Make the environments that the project runs on; do nothing when they are up to date.

Run by a bare Python 3.13, so the standard library is all it uses. Without arguments it
makes what `make demo` and `make test` need:

    .venv              the project's own packages (requirements/dev.txt)
    .venvs/emulator    the AWS emulator, apart because it pins botocore

and by name, for `make check`, `make build` and `make deploy`: `sam` (SAM CLI), `emulator-full`
(the emulator with what deploying a template takes), `schemathesis`, `vapi-client` (Vapi's own
client), `crm-clients` (HubSpot's, and that of Standard Webhooks), `browser` (what drives one) and
`audit` (what looks for known holes and for secrets).

Every package is installed by its hash. An environment carries the digest of the
requirements it was made from; a second run compares and is done.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRESS_SECONDS = 5  # how long a step may be silent


class SetupError(Exception):
    """Something is missing; the message says what, and how to get it."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment and the lock it is made from."""

    name: str
    folder: Path
    lock: str
    has_pip: bool = False  # SAM CLI builds layers with the pip beside it

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Where the digest of what was installed is kept."""
        return self.folder / ".made-from"

    def digest(self) -> str:
        """What the environment is made from: Python's version, its place, and the lock."""
        made_from = hashlib.sha256(f"{sys.version_info[:2]} {self.folder}\n".encode())
        made_from.update((ROOT / "requirements" / self.lock).read_bytes())
        return made_from.hexdigest()

    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        try:
            return self.stamp.read_text() == self.digest() and self.python.exists()
        except FileNotFoundError:
            return False


PROJECT = Environment("project", ROOT / ".venv", "dev.txt", has_pip=True)
EMULATOR = Environment("emulator", ROOT / ".venvs" / "emulator", "emulator.txt")
EMULATOR_FULL = Environment("emulator-full", ROOT / ".venvs" / "emulator-full", "emulator-full.txt")
SAM = Environment("sam", ROOT / ".venvs" / "sam", "sam.txt", has_pip=True)
SCHEMATHESIS = Environment("schemathesis", ROOT / ".venvs" / "schemathesis", "schemathesis.txt")
VAPI_CLIENT = Environment("vapi-client", ROOT / ".venvs" / "vapi-client", "vapi-client.txt")
CRM_CLIENTS = Environment("crm-clients", ROOT / ".venvs" / "crm-clients", "crm-clients.txt")
BROWSER = Environment("browser", ROOT / ".venvs" / "browser", "browser.txt")
AUDIT = Environment("audit", ROOT / ".venvs" / "audit", "audit.txt", has_pip=True)
ALWAYS = (PROJECT, EMULATOR)
ASKED_FOR = (EMULATOR_FULL, SAM, SCHEMATHESIS, VAPI_CLIENT, CRM_CLIENTS, BROWSER, AUDIT)
BY_NAME = {made.name: made for made in (*ALWAYS, *ASKED_FOR)}


def say(line: str) -> None:
    """Show progress, on stderr: stdout belongs to whoever called."""
    print(line, file=sys.stderr, flush=True)


def clean_environ() -> dict[str, str]:
    """The process environment without what would lead an installer astray."""
    misleading = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET"}
    environ = {name: value for name, value in os.environ.items() if name not in misleading}
    environ.setdefault("UV_SYSTEM_CERTS", "true")  # companies' own certificates count
    if "PIP_INDEX_URL" in environ:  # a mirror set for pip holds for uv too
        environ.setdefault("UV_DEFAULT_INDEX", environ["PIP_INDEX_URL"])
    return environ


def step(title: str, command: list[str | Path], hint: str) -> None:
    """Run one command, showing that it lives and how long it took.

    Args:
        title: what is being done, for the reader.
        command: what to run.
        hint: what a failure most likely means and what to do about it.

    Raises:
        SetupError: it failed; carries the end of its output and the hint.
    """
    started = time.monotonic()
    done = threading.Event()

    def show_life() -> None:
        while not done.wait(PROGRESS_SECONDS):
            say(f"  … {title}, {time.monotonic() - started:.0f} s so far")

    say(f"  {title}")
    threading.Thread(target=show_life, daemon=True).start()
    try:
        result = subprocess.run(  # noqa: S603 # commands of this file
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environ(),
            cwd=ROOT,
            check=False,
        )
    finally:
        done.set()
    if result.returncode:
        ending = "\n".join(result.stdout.strip().splitlines()[-15:])
        message = f"{title}: failed.\n{ending}\n\n{hint}"
        raise SetupError(message)
    say(f"    done in {time.monotonic() - started:.1f} s")


NO_NETWORK = """\
If the lines above speak of a connection, a name or a time-out: packages come from Python's
package index, so this step needs the network once. Behind a proxy set HTTPS_PROXY; with a
mirror of your own set PIP_INDEX_URL; with a certificate of your own set SSL_CERT_FILE.
If they speak of a hash: a package is not the one that was locked; do not install it."""

NO_VENV = """\
Python's venv module is incomplete here. On Debian and Ubuntu it is a package of its own:
  sudo apt install python3.13-venv"""


def make(environment: Environment) -> None:
    """Create the environment if need be and bring its packages to the lock.

    Args:
        environment: which one. The project's own comes first: it holds the installer.
    """
    say(f"Setting up {environment.folder.relative_to(ROOT)}")
    environment.stamp.unlink(missing_ok=True)
    if not works(environment.python):
        pip = [] if environment.has_pip else ["--without-pip"]
        step(
            f"creating it with Python {sys.version.split()[0]}",
            [base_python(), "-m", "venv", "--clear", *pip, environment.folder],
            NO_VENV,
        )
    uv = PROJECT.folder / "bin" / "uv"
    if environment is PROJECT:
        step(
            "installing the installer, uv",
            [
                *(environment.python, "-m", "pip", "install", "--quiet", "--require-hashes"),
                *("--disable-pip-version-check", "-r", ROOT / "requirements" / "uv.txt"),
            ],
            NO_NETWORK,
        )
    locked = ROOT / "requirements" / environment.lock
    count = sum("==" in line for line in locked.read_text().splitlines())
    step(
        f"installing {count} packages from requirements/{environment.lock}",
        [
            *(uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"),
            *("--python", environment.python, locked),
        ],
        NO_NETWORK,
    )
    environment.stamp.write_text(environment.digest())


def works(python: Path) -> bool:
    """Whether this interpreter starts and is of our version."""
    probe = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([python, "-c", probe], check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def base_python() -> str:
    """The real interpreter, not a shim or an environment's link that may vanish."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return str(Path(sys.base_exec_prefix) / "bin" / f"python{version}")


def main(names: list[str]) -> int:
    """Bring the named environments, and always the everyday ones, up to date.

    Args:
        names: of environments beyond the everyday ones.

    Returns:
        The process's exit status.
    """
    wanted = [*ALWAYS, *(BY_NAME[name] for name in names)]
    missing = [environment for environment in wanted if not environment.is_current()]
    if missing and importlib.util.find_spec("ensurepip") is None:
        say(NO_VENV)
        return 1
    try:
        for environment in missing:
            make(environment)
    except SetupError as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; run the same command again to go on.")
        return 130
    if missing:
        say("Ready.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
