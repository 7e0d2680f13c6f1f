"""Which addresses a webhook may go to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.web.public_addresses import is_loopback, is_public

# IANA's registries of special-purpose addresses (RFC 6890 and after), multicast, and what is
# not handed out.
INSIDE_4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
    *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
)
INSIDE_6 = (
    *("::1/128", "::/128", "::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
    *("2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"]
)
def test_what_is_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "::ffff:10.0.0.1", "fe80::1%eth0", "2606::1%1", "", "a"],
)
def test_what_is_inside_or_nothing_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("network", INSIDE_4)
@given(data=st.data())
def test_no_address_of_these_networks_is_public(network: str, data: st.DataObject) -> None:
    within = IPv4Network(network)
    number = data.draw(st.integers(int(within[0]), int(within[-1])))
    assert not is_public(str(IPv4Address(number)))
    assert not is_public(f"::ffff:{IPv4Address(number)}")


@pytest.mark.parametrize("network", INSIDE_6)
@given(data=st.data())
def test_no_address_of_these_networks_is_public_either(network: str, data: st.DataObject) -> None:
    within = IPv6Network(network)
    number = data.draw(st.integers(int(within[0]), int(within[-1])))
    assert not is_public(str(IPv6Address(number)))


def test_this_machine_is_loopback() -> None:
    assert [
        one for one in ("127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "x") if is_loopback(one)
    ] == [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
    ]
