"""Time zones as lists write them: in any case, with blanks, or as HubSpot does."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from contact_center.kernel.time_zones import known_zone


def zone_of(word: str) -> str | None:
    """The IANA zone that a word names, such as America/Denver; None: it names none.

    Abbreviations and offsets are no zones: whoever writes EST means a place with a summer time.
    """
    if known_zone(word):
        return word
    name = _zones().get(_squashed(word))
    return name if name is not None and known_zone(name) else None


def _squashed(word: str) -> str:
    return "_".join(word.casefold().replace("_slash_", "/").replace("_", " ").split())


@cache
def _zones() -> dict[str, str]:
    return {_squashed(name): name for name in available_timezones() if "/" in name}
