"""One operation as REST was asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twilio.rest.paging import page_of
from local.twilio.rest.refusals import not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local.twilio.telephones.account import Account

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation's parts, read and found right.

    Attributes:
        path: As it was asked for.
        named: What the path names, by the OpenAPI's names.
        fields: Of the query, or of the form.
    """

    account: Account
    path: str
    named: Mapping[str, str]
    fields: Json

    def found[Thing](self, thing: Thing | None) -> Thing:
        """A thing that the path names. Raises RefusedError when there is none."""
        if thing is None:
            raise not_found(self.path)
        return thing

    def page(self, name: str, shown: Sequence[Json]) -> Json:
        """One page of a list."""
        return page_of(name, shown, self.path, self.fields)
