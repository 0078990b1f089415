"""Where requests may go that customers have named the address of. Pure functions."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

_LONGEST_ADDRESS = 512

# `is_global` of Python 3.11 takes some of these for public, so they are listed: IANA's registries of special-purpose addresses
# (RFC 6890), multicast, the relays of 6to4, and an address at which Azure tells machines secrets.
_IPV4_INSIDE = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        ),
    )
)  # fmt: skip
# All of IPv6 that is given to anybody (RFC 4291), without protocol assignments such as Teredo (RFC 4380), documentation, and 6to4 (RFC 3056).
# Outside of it are, among others, NAT64 (RFC 6052, RFC 8215) and IPv4-compatible addresses: private ones may be behind both.
_IPV6_PUBLIC = ip_network("2000::/3")
_IPV6_INSIDE = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))

Networks = Sequence[IPv4Network | IPv6Network]


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a comma-separated list. Raises ValueError for what is none."""
    found = []
    for network in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ip_network(network))
        except ValueError:
            raise ValueError(f"{network!r} is no network") from None
    return tuple(found)


def is_web_address(url: str, *, with_http: bool) -> bool:
    """Whether it is an https address without a user name; with http also one of that scheme."""
    if not 1 <= len(url) <= _LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or {" ", "\\", "#"} & set(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and with_http)


def may_be_asked(text: str, *, allowed: Networks, with_loopback: bool) -> bool:
    """Whether requests may go to this address: a public one, or one that the operator allows. Never a link-local one."""
    address = _unwrapped(text)
    return _is_allowed(address, allowed=allowed, with_loopback=with_loopback) or _is_public(address)


def may_be_asked_in_the_clear(text: str, *, allowed: Networks, with_loopback: bool) -> bool:
    """Whether requests may go to this address without TLS: one that the operator allows."""
    return _is_allowed(_unwrapped(text), allowed=allowed, with_loopback=with_loopback)


def names_an_address_inside(url: str, *, allowed: Networks, with_loopback: bool) -> bool:
    """Whether the host of a web address is written as an address that may not be asked; of a name that is known when it is resolved."""
    parts = urlsplit(url)
    may_be = may_be_asked if parts.scheme == "https" else may_be_asked_in_the_clear
    try:
        return not may_be(parts.hostname or "", allowed=allowed, with_loopback=with_loopback)
    except ValueError:
        return False


def _unwrapped(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_allowed(address: IPv4Address | IPv6Address, *, allowed: Networks, with_loopback: bool) -> bool:
    if address.is_loopback:
        return with_loopback
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return any(address in network for network in allowed)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _IPV4_INSIDE)
    return address in _IPV6_PUBLIC and not any(address in network for network in _IPV6_INSIDE)
