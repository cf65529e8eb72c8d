"""What is kept of where somebody signed in from: enough to recognise oneself, no more."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"OPR/|Opera")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Firefox", re.compile(r"Firefox/|FxiOS/")),
    ("Chrome", re.compile(r"Chrome/|CriOS/|Chromium/")),
    ("Safari", re.compile(r"Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"iPhone")),
    ("iPad", re.compile(r"iPad")),
    ("Android", re.compile(r"Android")),
    ("Windows", re.compile(r"Windows")),
    ("Mac", re.compile(r"Macintosh|Mac OS X")),
    ("Linux", re.compile(r"Linux|X11")),
)
UNKNOWN_BROWSER = "Navigateur inconnu"


def browser_family(user_agent: str | None) -> str:
    """« Firefox, Android »: the family and the system, never the version, which singles out."""
    browser = _first(_BROWSERS, user_agent or "")
    system = _first(_SYSTEMS, user_agent or "")
    return ", ".join(filter(None, [browser or UNKNOWN_BROWSER, system]))


def _first(known: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    return next((name for name, pattern in known if pattern.search(text)), None)


def short_address(address: str) -> str:
    """The network without the machine: `192.0.2.…`, `2001:db8:1:…`. Raises ValueError."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return f"{'.'.join(str(parsed).split('.')[:3])}.…"
    groups = parsed.exploded.split(":")[:3]
    return f"{':'.join(group.lstrip('0') or '0' for group in groups)}:…"
