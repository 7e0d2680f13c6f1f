"""SAM CLI for tests: what it builds, and what its transform makes of the template."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tools.compile_bytecode import compile_artefact
from tools.run_sam import BIN, sam_environ

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "template.yaml"
HOW_TO_GET_IT = "SAM CLI is not in .venvs/sam: `make check` puts it there"


class SamError(Exception):
    """SAM CLI is absent, or refused; carries what it said."""


def run_sam(*arguments: str, **environ: str) -> str:
    """Run `sam` in the repository's root and return what it printed."""
    return _run(str(BIN / "sam"), *arguments, **environ)


def translate(template: Path, **parameters: str) -> dict[str, Any]:
    """The template as CloudFormation sees it, with these values of its parameters."""
    script = ROOT / "tests" / "template" / "translate.py"
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    told = [f"{name}={value}" for name, value in parameters.items()]
    answer = _run(str(BIN / "python"), "-W", "ignore", str(script), str(template), *told, **region)
    translated: dict[str, Any] = json.loads(answer)
    return translated


def build(folder: Path) -> Path:
    """Build the repository as `make build` does, into a folder of the test's own."""
    run_sam(
        "build",
        *("--build-dir", str(folder)),
        *("--cached", "--cache-dir", str(ROOT / ".aws-sam" / "test-cache")),
    )
    compile_artefact(folder)
    return folder


def _run(*command: str, **environ: str) -> str:
    if not BIN.is_dir():
        raise SamError(HOW_TO_GET_IT)
    ran = subprocess.run(  # noqa: S603 (SAM CLI, our own arguments)
        command,
        cwd=ROOT,
        env=sam_environ(**environ),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if ran.returncode:
        raise SamError(f"{Path(command[0]).name} failed:\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout
