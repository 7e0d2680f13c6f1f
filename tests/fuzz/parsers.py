"""Every reader of JSON gets the same bytes twice: both read the same, or both refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.large_json import LARGE_BYTES
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.messages import parse
from tests.fuzz.changes import changed
from tests.fuzz.vapi_door import messages

if TYPE_CHECKING:
    import random

REFUSED = object()
EXACT = 2**53  # beyond it orjson may round where the standard library does not


class Parsers:
    """The reader of small bodies beside that of large ones."""

    def __init__(self) -> None:
        """Read what to begin with."""
        self._messages = messages()

    def try_one(self, chance: random.Random) -> str:
        """Have one body read twice. Returns what came of it; raises what was wrong."""
        body = changed(chance.choice(self._messages), chance, self._messages)
        if len(body) > LARGE_BYTES:
            return "large already"
        small, large = _read(body), _read(body + b" " * LARGE_BYTES)
        if small is REFUSED or large is REFUSED:
            assert small is large, "one refuses what the other reads"
            return "refused"
        assert _plain(small) == _plain(large), "two meanings"
        return "read"


def _read(body: bytes) -> Any:
    try:
        return parse(body)[1]
    except BadMessageError:
        return REFUSED


def _plain(value: Any) -> list[object]:
    """What a value says, piece by piece, however deep; of huge numbers about what."""
    said: list[object] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            said.append(("object", sorted(one)))
            waiting += [one[name] for name in sorted(one)]
        elif isinstance(one, list):
            said.append(("list", len(one)))
            waiting += one
        else:
            is_huge = isinstance(one, int) and abs(one) > EXACT
            said.append(float(one) if is_huge else one)
    return said
