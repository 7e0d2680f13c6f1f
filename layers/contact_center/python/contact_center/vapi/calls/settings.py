"""The environment of what speaks to Vapi's API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import UNRELEASED, SettingsError

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment

REAL_VAPI = "https://api.vapi.ai"
# Where Vapi keeps recordings: its own hosts, and the storage that its links lead to.
RECORDING_HOSTS = "vapi.ai,r2.cloudflarestorage.com"

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VapiSettings:
    """Vapi's API, and with what we call.

    Attributes:
        key_name: Of the secret {"key"} in Secrets Manager.
        phone_number_id: Of the number that calls; None: Vapi will refuse.
        version: Ours, as the user agent says it.
    """

    base_url: str
    key_name: str
    phone_number_id: str | None
    version: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        return cls(
            base_url=environment.url("VAPI_BASE_URL") or REAL_VAPI,
            key_name=environment.required("VAPI_API_KEY_NAME"),
            phone_number_id=environment.optional("VAPI_PHONE_NUMBER_ID"),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )


def read_sales_assistant_id(environment: Environment) -> str | None:
    """Vapi's id of the saved assistant `sales`; None: it is sent along whole."""
    return environment.optional("SALES_ASSISTANT_ID")


def read_recording_hosts(environment: Environment) -> tuple[str, ...]:
    """Where recordings may be fetched from: these hosts and what is below each.

    Raises SettingsError.
    """
    said = environment.optional("RECORDING_HOSTS") or RECORDING_HOSTS
    hosts = tuple(one.strip().lower() for one in said.split(","))
    if not all(map(_HOST.fullmatch, hosts)):
        rule = f"must be names of hosts, separated by commas, such as {RECORDING_HOSTS}"
        raise SettingsError("RECORDING_HOSTS", rule)
    return hosts
