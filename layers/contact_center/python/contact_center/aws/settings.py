"""Where AWS is: from the environment."""

from __future__ import annotations

from dataclasses import field
from typing import Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """Where AWS is, and Lambda's credentials for it.

    A function that starts from a snapshot (SnapStart) has no keys in its environment, which would
    be too old when it wakes, but an address that tells them: then `access_key` and `secret_key`
    are empty.

    Attributes:
        stack_name: Whose functions these are; None: no stack's.
    """

    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    endpoint_url: str | None
    credentials_url: str | None = None
    credentials_token: str = field(default="", repr=False)
    stack_name: str | None = None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        region = environment.optional("AWS_REGION") or environment.optional("AWS_DEFAULT_REGION")
        if region is None:
            raise SettingsError("AWS_REGION", "is required")
        told_by = environment.url("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if told_by is not None:
            return cls(
                region=region,
                access_key="",
                secret_key="",
                session_token=None,
                endpoint_url=environment.url("AWS_ENDPOINT_URL"),
                credentials_url=told_by,
                credentials_token=environment.required("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
                stack_name=environment.optional("STACK_NAME"),
            )
        return cls(
            region=region,
            access_key=environment.required("AWS_ACCESS_KEY_ID"),
            secret_key=environment.required("AWS_SECRET_ACCESS_KEY"),
            session_token=environment.optional("AWS_SESSION_TOKEN"),
            endpoint_url=environment.url("AWS_ENDPOINT_URL"),
            stack_name=environment.optional("STACK_NAME"),
        )
