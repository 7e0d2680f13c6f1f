"""The emulator as strict as AWS: TLS, and nobody may do what IAM does not allow.

The template's queues and bucket refuse plain HTTP, so roles can only be tried over TLS.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import ssl
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contact_center.aws.connection import AwsConnection
from local.cloud.emulator import ROOT, Emulator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from local.cloud.children import Children


class StrictEmulator(Emulator):
    """One emulator process behind a certificate of its own."""

    def __init__(self, children: Children, folder: Path) -> None:
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        write_certificate(self.certificate, key)
        super().__init__(
            children,
            folder,
            python=ROOT / ".venvs" / "emulator-full" / "bin" / "python",
            options={
                "AUTH": "true",
                "USE_SSL": "true",
                "MINISTACK_SSL_CERT": str(self.certificate),
                "MINISTACK_SSL_KEY": str(key),
            },
        )

    @property
    def endpoint_url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def _served(self) -> Sequence[str]:
        return ("-m", "ministack")  # its own server has the certificate

    @property
    def trust(self) -> dict[str, str]:
        """What botocore and the standard library need to believe the certificate."""
        return {"AWS_CA_BUNDLE": str(self.certificate), "SSL_CERT_FILE": str(self.certificate)}

    def _connection(self, timeout_seconds: float) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=self.certificate)
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout_seconds, context=context
        )


class TrustingConnection(AwsConnection):
    """One that believes the certificate in a file, and no other."""

    def __init__(self, *parts: Any, certificate: Path, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._context = ssl.create_default_context(cafile=certificate)

    def _open(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(
            self._host, timeout=self._read_seconds, context=self._context
        )
        connection.connect()
        return connection


def write_certificate(certificate: Path, key: Path) -> None:
    """A certificate for loopback that is its own authority, good at any time.

    OpenSSL looks at the machine's clock, whatever the tests believe the time to be.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulator")])
    loopback = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
