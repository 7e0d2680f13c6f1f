"""Messages as nobody would send them: real ones in which a few things are wrong.

Everything follows from a `Random`, so a seed makes the same input again.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

type Json = Any

ODD: tuple[Json, ...] = (
    None,
    True,
    0,
    -1,
    0.1,
    -0.0,
    1e308,
    2**63,
    10**40,
    253402300800000,
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e\u200b\ufeff",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "+14155550123",
    "four one one one",
    "=cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "https://x.vapi.ai/control?a=b",
    "a" * 300,
    "\U0001f4de" * 500,
    [],
    {},
    [[]],
    {"": ""},
)
# As text, for no JSON writer makes them.
RAW = ("NaN", "-Infinity", "1e400", "0x1f", "1" * 5000, "{", "]", '"', "\\u12", "\x01")
DEEP = (200, 1_100, 20_000)
MOST_CHANGES = 4


def changed(document: Json, chance: random.Random, others: Sequence[Json]) -> bytes:
    """A message with a few things wrong in it, as bytes.

    Args:
        document: The one to begin with; stays as it is.
        chance: What decides.
        others: From which parts are taken that do not belong there.
    """
    document = json.loads(json.dumps(document))
    for _ in range(chance.randrange(MOST_CHANGES + 1)):
        document = _with_a_change(document, chance, others)
    text = json.dumps(
        document,
        ensure_ascii=chance.random() < 0.5,
        separators=chance.choice([None, (",", ":"), (" ,\n", " : ")]),
    )
    if chance.random() < 0.05:
        text = _with_raw(text, chance)
    if chance.random() < 0.02:
        depth = chance.choice(DEEP)
        text = text.replace(":", ":" + "[" * depth + "]" * depth + ',"x":', 1)
    body = text.encode("utf-8", "surrogatepass")
    return _with_wrong_bytes(body, chance) if chance.random() < 0.05 else body


def _with_a_change(document: Json, chance: random.Random, others: Sequence[Json]) -> Json:
    there = spots(document)
    if not there:
        return chance.choice(ODD)
    holder, place = chance.choice(there)
    change: Callable[[], None] = chance.choice(
        [
            lambda: _put(holder, place, chance.choice(ODD)),
            lambda: _put(holder, place, chance.choice(_parts(chance.choice(others)))),
            lambda: _put(holder, place, [holder[place]] * chance.choice([1, 2, 40])),
            lambda: _put(holder, place, {"value": holder[place]}),
            lambda: _put(holder, place, str(holder[place])),
            lambda: holder.pop(place),
        ]
    )
    change()
    return document


def _put(holder: Any, place: Any, value: Json) -> None:
    holder[place] = deepcopy(value)  # what follows changes this one alone


def spots(value: Json) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [value] if isinstance(value, dict | list) else []
    while waiting:
        holder = waiting.pop()
        inside = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for place, inner in inside:
            found.append((holder, place))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return found


def _parts(value: Json) -> list[Json]:
    return [holder[place] for holder, place in spots(value)] or [value]


def _with_raw(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(RAW) + text[at:]


def _with_wrong_bytes(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    wrong: list[Callable[[], bytes]] = [
        lambda: body[:at],
        lambda: body[:at] + bytes([chance.randrange(256)]) + body[at:],
        lambda: body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
        lambda: body + body,
        lambda: b"\xef\xbb\xbf" + body,
        lambda: body + b"\x00" * 20_000,
    ]
    return chance.choice(wrong)()
