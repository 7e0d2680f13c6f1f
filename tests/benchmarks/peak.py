"""How much memory this process has had at most.

`getrusage` would say what the process that started it had: Linux hands that on to the child.
"""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
BYTES_PER_KB = 1_024


def peak_kb() -> int:
    """The most that was in memory at once since this process began, KB."""
    if STATUS.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", STATUS.read_text(), re.MULTILINE)
        if found:
            return int(found[1])
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // BYTES_PER_KB if sys.platform == "darwin" else used
