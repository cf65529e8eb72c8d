"""What a person types to say who they are, and from where: made comparable."""

import unicodedata
from ipaddress import IPv6Address, ip_address, ip_network

IPV6_HOUSEHOLD = 64
"""Bits of an IPv6 address that one household keeps; the rest is free for the attacker to vary."""


def normalised(identifier: str) -> str:
    """The identifier without the differences that people do not see: case and outer spaces."""
    return unicodedata.normalize("NFKC", identifier).strip().casefold()


def address_key(address: str) -> str:
    """What attempts from one place have in common: the IPv4 address, or the IPv6 /64.

    Raises ValueError when it is not an address.
    """
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    bare = IPv6Address(int(parsed))  # without its zone: fe80::1%eth0
    return str(ip_network((bare, IPV6_HOUSEHOLD), strict=False))
