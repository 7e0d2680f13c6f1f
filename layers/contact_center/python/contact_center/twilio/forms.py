"""What a webhook of Twilio's says: the fields of its form, as they were signed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from contact_center.kernel.field_errors import BadMessageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FIELDS = 1_000
TEXT_LIMIT = 4_000


class Form:
    """The fields of a form, in order, blank and repeated ones included.

    Iterating gives the names and `getall` the values of one: what twilio's validator asks a
    mapping of many values for.
    """

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        """Keep the fields, decoded."""
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def of(cls, body: bytes) -> Form:
        """The form in a body. Raises BadMessageError: it is none, or has too many fields."""
        try:
            return cls(
                parse_qsl(
                    body.decode("utf-8"),
                    keep_blank_values=True,
                    errors="strict",
                    max_num_fields=MOST_FIELDS,
                )
            )
        except ValueError:
            raise BadMessageError("", "must be a form of at most 1000 fields in UTF-8") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def getall(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return self._values[name]

    def text(self, name: str, limit: int = TEXT_LIMIT) -> str | None:
        """A field of the context, at most `limit` characters; None when absent or blank.

        A signature covers what values a field has and not which came first, so of one with
        several nobody can say what it is: it is as good as absent.
        """
        values = set(self._values.get(name, ()))
        return values.pop()[:limit] or None if len(values) == 1 else None

    def required(self, name: str) -> str:
        """A field without which there is no news. Raises BadMessageError."""
        value = self.text(name)
        if value is None:
            raise BadMessageError(name, "is required, once")
        return value
