"""What the demo's data loader is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class DemoAccess:
    """A running system: addresses by service name, and its first administrator."""

    urls: dict[str, str]
    admin_identifier: str
    admin_password: str
    clock_shift: timedelta | None
    gateway_secret: str
    """What the gateway shows to accounts: the loader signs people in as it does."""
    give_passwords: Callable[[Iterable[str], str], Awaitable[None]]
    """The operator's way: nobody else gives a password to somebody."""


@dataclass(frozen=True)
class DemoAccounts:
    """People who can sign in; each has `identifier`, `password`, `name`, maybe `role`."""

    families: list[dict[str, str]] = field(default_factory=list)
    staff: list[dict[str, str]] = field(default_factory=list)
