"""How HubSpot is spoken to: where, in which version, and how our records are written."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment

REAL_HUBSPOT = "https://api.hubapi.com"
DEFAULT_VERSION = "2026-09"
_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,99}")
_VERSION = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Writes(StrEnum):
    """How a call, note, task or deal gets there once (docs/crm.md)."""

    UPSERT = "upsert"  # by our own unique property
    CREATE = "create"  # created; what exists already is looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotSettings:
    """An account at HubSpot.

    Attributes:
        base_url: Without a trailing slash.
        version: Of the paths, year and month.
        tier_property, language_property, open_items_property: Of contacts, what tells tier and
            language, and what is open; None: nothing.
        secret_name: Of the secret that holds the service key or private app's token, as `current`;
            None: there is no HubSpot.
    """

    base_url: str = REAL_HUBSPOT
    version: str = DEFAULT_VERSION
    writes: Writes = Writes.UPSERT
    tier_property: str | None = None
    language_property: str | None = None
    open_items_property: str | None = None
    secret_name: str | None = None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        version = environment.optional("HUBSPOT_API_VERSION") or DEFAULT_VERSION
        if not _VERSION.fullmatch(version):
            raise SettingsError("HUBSPOT_API_VERSION", f"must be year-month, as {DEFAULT_VERSION}")
        writes = (environment.optional("HUBSPOT_WRITES") or Writes.UPSERT).lower()
        if writes not in set(Writes):
            raise SettingsError("HUBSPOT_WRITES", f"must be one of {', '.join(Writes)}")
        return cls(
            base_url=environment.url("HUBSPOT_BASE_URL") or REAL_HUBSPOT,
            version=version,
            writes=Writes(writes),
            tier_property=_property(environment, "HUBSPOT_TIER_PROPERTY"),
            language_property=_property(environment, "HUBSPOT_LANGUAGE_PROPERTY"),
            open_items_property=_property(environment, "HUBSPOT_OPEN_ITEMS_PROPERTY"),
            secret_name=environment.optional("HUBSPOT_SECRET_NAME"),
        )


def _property(environment: Environment, name: str) -> str | None:
    said = environment.optional(name)
    if said is not None and not _PROPERTY.fullmatch(said):
        raise SettingsError(name, "must be the internal name of a property, such as hs_language")
    return said
