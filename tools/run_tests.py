"""`make test`: all tests that need nothing but this machine, in two processes beside each other.

The acceptance tests run the whole demo, which mostly waits for telephones to ring; beside them
the others have the other processor. One after the other they are what `pytest` alone runs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCEPTANCE = "tests/acceptance"
PYTEST = (sys.executable, "-m", "pytest", "-q")


def main(arguments: Sequence[str]) -> int:
    """Run both and print one after the other. Arguments go to both. Returns the exit status."""
    print(f"Beside the tests below, {ACCEPTANCE} runs the demo; its result follows.", flush=True)
    with tempfile.TemporaryFile() as said:
        acceptance = subprocess.Popen(  # noqa: S603 - our own command
            [*PYTEST, *arguments, ACCEPTANCE], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            others = subprocess.run(  # noqa: S603 - our own command
                [*PYTEST, *arguments, f"--ignore={ACCEPTANCE}"], check=False
            ).returncode
            status = acceptance.wait()
        except BaseException:
            acceptance.terminate()
            acceptance.wait()
            raise
        said.seek(0)
        print(f"\n{ACCEPTANCE}:", flush=True)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return others or status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
