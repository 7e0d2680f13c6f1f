"""Keep the code of every late pattern beside what was built, so that no cold start compiles it."""

from __future__ import annotations

import array
import importlib
import marshal
from pathlib import Path
from re import _compiler, _parser  # type: ignore[attr-defined]  # what re.compile itself calls
from typing import TYPE_CHECKING

import contact_center
from contact_center.kernel.late_patterns import COMPILER, KEPT, LATE

if TYPE_CHECKING:
    from contact_center.kernel.late_patterns import Kept

MODULE = "late_patterns.py"


def import_users() -> None:
    """Import every module that has late patterns, which are known thereby."""
    root = Path(contact_center.__file__).parent
    for file in root.rglob("*.py"):
        if b"kernel.late_patterns import" in file.read_bytes():
            importlib.import_module(".".join(file.relative_to(root.parent).with_suffix("").parts))


def kept_of(text: str) -> Kept:
    """What `re.compile` hands to its engine for a pattern's text.

    Raises:
        re.error: The text is no pattern.
    """
    parsed = _parser.parse(text)
    code = array.array("I", _compiler._code(parsed, 0))  # noqa: SLF001 - as re.compile does
    state = parsed.state
    return state.flags, code.tobytes(), state.groups - 1, dict(state.groupdict)


def keep_patterns(build: Path) -> int:
    """Write what is kept beside each copy of the module that reads it.

    Args:
        build: `.aws-sam/build`, or a copy.

    Returns:
        How many patterns are kept.
    """
    import_users()
    kept = {pattern.text: kept_of(pattern.text) for pattern in LATE}
    for module in build.rglob(f"contact_center/kernel/{MODULE}"):
        module.with_name(KEPT).write_bytes(marshal.dumps((COMPILER, kept)))
    return len(kept)
