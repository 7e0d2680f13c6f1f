"""One page of a list, as Twilio's API of 2010 shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

DEFAULT_SIZE = 50
OWN_FIELDS = ("PageSize", "Page", "PageToken")


def page_of(name: str, found: Sequence[Json], path: str, query: Json) -> Json:
    """One page and the addresses of its neighbours.

    Args:
        name: The list's name in the answer.
        found: The whole list, as it is shown.
        path: Where it was asked for.
        query: With which fields.
    """
    size = query.get("PageSize", DEFAULT_SIZE)
    number = query.get("Page", 0)
    first = number * size
    shown = list(found[first : first + size])
    kept = {key: value for key, value in query.items() if key not in OWN_FIELDS}

    def address(page: int, token: str = "") -> str:
        more = {"PageToken": token} if token else {}
        return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': page, **more}, doseq=True)}"

    more_follow = len(found) > first + size
    return {
        name: shown,
        "page": number,
        "page_size": size,
        "start": first,
        "end": first + max(0, len(shown) - 1),
        "uri": address(number),
        "first_page_uri": address(0),
        "previous_page_uri": address(number - 1) if number else None,
        "next_page_uri": address(number + 1, f"PA{first + size}") if more_follow else None,
    }
