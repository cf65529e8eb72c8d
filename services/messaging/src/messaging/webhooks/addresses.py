"""Where events may be sent: the open internet, never inside.

What a name leads to is looked at on the very address that is connected to: a name that means
something else a moment later (DNS rebinding) gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

LONGEST_URL = 500
# What carries an IPv4 address inside, that a gateway on the way may unpack.
CARRIERS = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)


class UnusableUrl(ValueError):
    """Said as it is to whoever gave the address."""


class ForbiddenAddress(OSError):
    """A name leads to an address that nothing may be sent to."""


def usable_url(url: str, *, loopback: bool) -> str:
    """The address as it was given; raises UnusableUrl. Only tests and demos may use `loopback`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UnusableUrl("Cette adresse ne peut pas être lue.") from None
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise UnusableUrl("L’adresse doit commencer par « https:// ».")
    if not host or parts.username is not None or parts.fragment or len(url) > LONGEST_URL:
        raise UnusableUrl("Il faut un nom de machine, sans identifiant ni « # ».")
    if not url.isascii() or any(character.isspace() for character in url):
        raise UnusableUrl("L’adresse ne peut avoir ni espace ni accent.")
    if _is_ip(host) and not is_open(ip_address(host), loopback=loopback):
        raise UnusableUrl("Cette adresse est à l’intérieur d’un réseau.")
    return url


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_open(address: IPv4Address | IPv6Address, *, loopback: bool) -> bool:
    """Whether it is of the open internet."""
    if loopback and address.is_loopback:
        return True
    if isinstance(address, IPv6Address) and any(address in carrier for carrier in CARRIERS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Gate:
    """Makes the socket of each connection, or refuses to."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback

    def __call__(self, found: Any) -> socket.socket:
        """`found` is one answer of getaddrinfo. Raises ForbiddenAddress."""
        family, kind, protocol, _, place = found
        address = ip_address(str(place[0]).partition("%")[0])
        if not is_open(address, loopback=self._loopback):
            raise ForbiddenAddress("the name leads inside")
        return socket.socket(family, kind, protocol)
