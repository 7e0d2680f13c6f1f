"""What functions/operator_api finds in its environment, beside the tables."""

from __future__ import annotations

from typing import Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import UNRELEASED, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """What functions/operator_api needs besides the tables. The names are DESIGN's §7 and §10.

    Attributes:
        tokens_name: Of the secret of people's tokens in Secrets Manager.
        audit_key_name: Of the secret {"key"} that customers are marked with in the audit trail.
        audit_days: For how long the trail is kept.
        recording_days: For how long copies of recordings are kept.
        health_shows_calls: Whether GET /health tells the number of calls to anyone.
        telephone: Where the local system alone has a telephone to try a call with.
    """

    calls_table: str
    tokens_name: str
    audit_key_name: str
    audit_days: int
    recording_days: int
    health_shows_calls: bool
    telephone: str | None
    version: str

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            calls_table=environment.required("CALLS_TABLE"),
            tokens_name=environment.required("OPERATOR_TOKENS_NAME"),
            audit_key_name=environment.required("AUDIT_KEY_NAME"),
            audit_days=environment.whole("AUDIT_DAYS", 400, 1, 3650),
            recording_days=environment.whole("RECORDING_DAYS", 30, 1, 3650),
            health_shows_calls=environment.flag("HEALTH_SHOWS_CALLS", default=False),
            telephone=environment.optional("LOCAL_TELEPHONE"),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )
