"""Run SAM CLI from its own environment: `python tools/run_sam.py build`.

`sam build` wants a real python3.13 with pip on PATH (a version manager's shim does not
resolve in its scratch folders), so the environment's own `bin` comes first. Telemetry is
off: nothing of ours reports anywhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venvs" / "sam" / "bin"


def sam_environ(**more: str) -> dict[str, str]:
    """The process environment as SAM CLI needs it.

    Args:
        more: further variables, such as AWS_ENDPOINT_URL.

    Returns:
        A new mapping.
    """
    environ = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{BIN}:{os.environ['PATH']}",
        **more,
    }
    environ.pop("PYTHONPATH", None)
    return environ


def main(arguments: list[str]) -> int:
    """Run `sam` in the repository's root.

    Args:
        arguments: what comes after `sam`.

    Returns:
        Its exit status.
    """
    command = [str(BIN / "sam"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=sam_environ(), check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
