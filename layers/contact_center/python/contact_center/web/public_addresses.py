"""Where a request may go whose address came from outside: to public ones, by TLS, as looked at.

A name is looked up once, when the connection is opened; every address it has must be public, and
the connection goes to one of them. So a name that answers otherwise the next time has gained
nothing, and certificate and Host are still those of the name.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit

from urllib3.util.connection import create_connection

from contact_center.kernel.field_errors import FieldError
from contact_center.web.http_client import NotConnectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3.connection import HTTPConnection

    from contact_center.kernel.environment import Environment

    type Resolve = Callable[[str, int], list[str]]

# All that the internet's registries hand out (IANA): outside are private and link-local ones,
# multicast, and those that hold an IPv4 address (mapped, NAT64).
_UNICAST = IPv6Network("2000::/3")
LONGEST_URL = 2000


def is_public(address: str) -> bool:
    """Whether an address is one machine's on the public internet."""
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv4Address):
        return read.is_global and not read.is_multicast and not read.is_reserved
    return read in _UNICAST and read.is_global and not read.scope_id


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def looked_up(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine's resolver has them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class PublicAddresses:
    """Opens connections to public addresses alone."""

    def __init__(self, *, loopback_too: bool = False, resolve: Resolve = looked_up) -> None:
        """Keep what is allowed.

        Args:
            loopback_too: Whether this machine may be reached as well, with or without TLS: for the
                local system alone.
            resolve: The addresses of a name, from its text and a port; raises OSError.
        """
        self._loopback_too = loopback_too
        self._resolve = resolve

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """As settings have it: the local system alone sets LOCAL_WEBHOOKS. Raises SettingsError."""
        return cls(loopback_too=environment.flag("LOCAL_WEBHOOKS", default=False))

    def check_url(self, url: str) -> None:
        """See that an address of a webhook is one by its form. Raises FieldError."""
        parts = _parts(url)
        if parts.scheme != "https" and not (self._loopback_too and _names_loopback(url)):
            raise FieldError("url", "must begin with https://")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise FieldError("url", "must hold neither a login nor a fragment")

    def open(self, connection: HTTPConnection) -> socket.socket:
        """The socket of a connection, to an address that was checked.

        Raises NotConnectedError: not_public, no_such_name or connection.
        """
        for address in self._checked(connection.host, connection.port or 0):
            try:
                opened = create_connection(
                    (address, connection.port or 0),
                    connection.timeout,
                    socket_options=connection.socket_options,
                )
            except OSError:
                continue
            reached = str(opened.getpeername()[0])
            if not self._allows(reached):
                opened.close()
                raise NotConnectedError("not_public")
            return opened
        raise NotConnectedError("connection")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host.strip("[]"), port)
        except (OSError, UnicodeError):
            raise NotConnectedError("no_such_name") from None
        if not found:
            raise NotConnectedError("no_such_name")
        if not all(map(self._allows, found)):  # one private address among public ones is a trick
            raise NotConnectedError("not_public")
        return list(dict.fromkeys(found))

    def _allows(self, address: str) -> bool:
        return is_public(address) or (self._loopback_too and is_loopback(address))


def _parts(url: str) -> SplitResult:
    usable = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    try:
        parts = urlsplit(url)
        usable = usable and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.scheme not in {"http", "https"}:
        raise FieldError("url", "must be an https address such as https://example.com/hook")
    return parts


def _names_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or is_loopback(host)
