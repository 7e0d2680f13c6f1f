"""Compile what `sam build` made, modules and patterns, so that no cold start compiles it again.

`/opt` and `/var/task` are read-only in Lambda and `sam build` ships sources alone. The
compiled files are of the `unchecked-hash` kind: those that compare timestamps go stale when
the artefact is copied and zipped. Run after every `sam build`: `make build` does. What a pattern
over words is compiled to is kept beside them (`keep_patterns.py`).
"""

from __future__ import annotations

import compileall
import py_compile
import re
import sys
from pathlib import Path

from tools.keep_patterns import keep_patterns


class WrongPythonError(Exception):
    """Compiled files are of one minor version of Python, and this is not Lambda's."""


def runtime_of(template: Path) -> tuple[int, int]:
    """The Python version that the built template asks Lambda for.

    Args:
        template: the built template.

    Returns:
        Major and minor version.

    Raises:
        ValueError: the template names none.
    """
    named = re.search(r"Runtime: python(\d+)\.(\d+)", template.read_text())
    if named is None:
        raise ValueError(f"{template} names no Python runtime")
    return int(named[1]), int(named[2])


def compile_artefact(build: Path) -> int:
    """Compile every function and layer below a build folder.

    Args:
        build: `.aws-sam/build`, or a copy.

    Returns:
        How many compiled files there are now.

    Raises:
        WrongPythonError: this Python is not the runtime's.
    """
    runtime = runtime_of(build / "template.yaml")
    if sys.version_info[:2] != runtime:
        raise WrongPythonError(f"this is Python {sys.version_info[:2]}, Lambda runs {runtime}")
    keep_patterns(build)
    for part in sorted(path for path in build.iterdir() if path.is_dir()):
        compileall.compile_dir(
            part,
            quiet=1,
            workers=0,  # one a core
            stripdir=str(part),  # no path of this machine in what ships
            force=True,  # a stale compiled file may have been copied along
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    return sum(1 for _ in build.rglob("*.pyc"))


if __name__ == "__main__":
    print(f"{compile_artefact(Path(sys.argv[1]))} compiled files")
