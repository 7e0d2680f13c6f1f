"""boto3's low-level clients, for whatever runs behind a queue or for operators.

They are made by botocore, which is what boto3 makes them of: importing boto3 itself would add
its resources and its transfer manager to every cold start, and nothing here uses either.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from botocore.config import Config
from botocore.session import Session, get_session

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from contact_center.aws.settings import AwsSettings

# AWS is retried here once and nowhere else (reliability §1, rule 5).
LIMITS = Config(
    connect_timeout=1.0,
    read_timeout=3.0,
    retries={"mode": "standard", "total_max_attempts": 2},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boto3Clients:
    """Where AWS is and with which credentials; each call makes a new client.

    Without keys botocore looks for them itself, as it does in a function of SnapStart.
    """

    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    endpoint_url: str | None

    @classmethod
    def at(cls, settings: AwsSettings) -> Self:
        """Clients by the settings of a function."""
        return cls(
            region=settings.region,
            access_key=settings.access_key,
            secret_key=settings.secret_key,
            session_token=settings.session_token,
            endpoint_url=settings.endpoint_url,
        )

    def dynamodb(self) -> DynamoDBClient:
        """A client of DynamoDB."""
        client: DynamoDBClient = self._client("dynamodb", LIMITS)
        return client

    def s3(self) -> S3Client:
        """A client of S3; at an endpoint of its own, buckets are no host names."""
        style = Config(s3={"addressing_style": "path"}) if self.endpoint_url else Config()
        client: S3Client = self._client("s3", LIMITS.merge(style))
        return client

    def s3_links(self) -> S3Client:
        """A client of S3 that makes links for others.

        They are signed for the region's own host, which takes an upload without a detour, and
        ask for no checksum that only an SDK would send.
        """
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if self.endpoint_url else "virtual"},
            request_checksum_calculation="when_required",
        )
        client: S3Client = self._client("s3", LIMITS.merge(config))
        return client

    def sqs(self) -> SQSClient:
        """A client of SQS."""
        client: SQSClient = self._client("sqs", LIMITS)
        return client

    def sns(self) -> Any:  # noqa: ANN401 - no types are kept for one operation
        """A client of SNS."""
        return self._client("sns", LIMITS)

    def secrets_manager(self) -> SecretsManagerClient:
        """A client of Secrets Manager."""
        client: SecretsManagerClient = self._client("secretsmanager", LIMITS)
        return client

    def _client(self, service: str, config: Config) -> Any:  # noqa: ANN401 - typed by its callers
        return _session().create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key or None,
            aws_secret_access_key=self.secret_key or None,
            aws_session_token=self.session_token,
            config=config,
        )


@cache
def _session() -> Session:
    """One for all clients: it keeps what it has read of botocore's data files."""
    return get_session()
