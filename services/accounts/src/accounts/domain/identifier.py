"""What a person types to say who they are, and from where: made comparable."""

import unicodedata
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network

_LONGEST_BASE = 40
_SHORTEST_BASE = 3
_MOST_NAMESAKES = 1000

IPV6_HOUSEHOLD = 64
"""Bits of an IPv6 address that one household keeps; the rest is free for the attacker to vary."""


def normalised(identifier: str) -> str:
    """The identifier without the differences that people do not see: case and outer spaces."""
    return unicodedata.normalize("NFKC", identifier).strip().casefold()


def candidates(name: str) -> Iterator[str]:
    """Identifiers that a family called so may be given, the plainest first; no accents, so that
    they can be typed on any keyboard: `erable`, `erable2`, …"""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(
        c if c.isascii() and c.isalnum() else " "
        for c in plain
        if c.isprintable() and not unicodedata.combining(c)
    )
    base = ".".join(letters.split())[:_LONGEST_BASE].strip(".")
    if len(base) < _SHORTEST_BASE:
        base = f"famille.{base}".strip(".")
    yield base
    for number in range(2, _MOST_NAMESAKES):
        yield f"{base}{number}"


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
