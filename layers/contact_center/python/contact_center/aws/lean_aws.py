"""The door's connections to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.connection import READ_SECONDS, AwsConnection
from contact_center.aws.signer import Credentials, CredentialSource
from contact_center.kernel.system_clock import SystemClock

if TYPE_CHECKING:
    from contact_center.aws.settings import AwsSettings


class LeanAws:
    """Connections to AWS without boto3."""

    def __init__(self, settings: AwsSettings) -> None:
        """Keep where AWS is and the credentials."""
        self.clock = SystemClock()
        self._settings = settings
        self.wakes_from_a_snapshot = settings.credentials_url is not None
        self._credentials = _source(settings)
        self._connections: list[AwsConnection] = []

    def connection(
        self,
        service: str,
        read_seconds: float | None = None,
        *,
        again_if_unanswered: bool = False,
    ) -> AwsConnection:
        """A connection to one service, opened by its first request; see AwsConnection."""
        connection = AwsConnection(
            service,
            self._settings.region,
            self._credentials,
            self.clock,
            endpoint_url=self._settings.endpoint_url,
            read_seconds=read_seconds or READ_SECONDS,
            again_if_unanswered=again_if_unanswered,
        )
        self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close every connection; each opens again with its next request."""
        for connection in self._connections:
            connection.close()


def _source(settings: AwsSettings) -> CredentialSource:
    if settings.credentials_url is None:
        return Credentials(settings.access_key, settings.secret_key, settings.session_token)
    # a start without a snapshot does not pay for it
    from contact_center.aws.container_credentials import ContainerCredentials  # noqa: PLC0415

    return ContainerCredentials(settings.credentials_url, settings.credentials_token)
