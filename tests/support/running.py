"""A house that already runs somewhere: the same story told to real containers.

`PORTAIL_RUNNING` names a file that says where it is; without it tests start a house of their own.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import TypeAdapter

from chassis.clock import clock_from
from portail_local.access import DemoAccess, DemoAccounts
from portail_local.demo_data import load
from portail_local.demo_data.doors import Doors
from portail_local.staff import ADMIN_IDENTIFIER

WHERE = "PORTAIL_RUNNING"
TRUSTING = ["--ignore-certificate-errors"]
"""Its certificate is its own proxy's, which no browser knows; a service worker is fetched too."""
PATIENCE_MILLISECONDS = 30_000
"""A whole system in containers, on a machine that may be busy with others."""


@dataclass(frozen=True)
class Place:
    """What the file says; `first_passwords` is a command that reads them on standard input."""

    portal: str
    urls: dict[str, str]
    gateway_secret: str
    admin_password: str
    clock_shift: timedelta | None
    first_passwords: list[str]


class RunningHouse:
    """As much of a `House` as a browser's story needs; nothing of it is ours to start or stop."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.portal = place.portal
        self.accounts = DemoAccounts()

    @classmethod
    def found(cls) -> "RunningHouse | None":
        file = os.environ.get(WHERE)
        if file is None:
            return None
        return cls(TypeAdapter(Place).validate_json(Path(file).read_text()))

    def start(self) -> None:
        """Enter the demo's data."""
        place = self.place
        access = DemoAccess(
            urls=place.urls,
            admin_identifier=ADMIN_IDENTIFIER,
            admin_password=place.admin_password,
            clock_shift=place.clock_shift,
            gateway_secret=place.gateway_secret,
            give_passwords=self._give_passwords,
        )
        self.accounts = asyncio.run(load(access))

    def stop(self) -> None:
        """Whoever started it stops it."""

    def doors(self) -> Doors:
        """A client of the services; the caller closes it."""
        clock = clock_from(self.place.clock_shift)
        return Doors(self.place.urls, self.place.gateway_secret, clock)

    async def _give_passwords(self, identifiers: Iterable[str], password: str) -> None:
        lines = "".join(f"{identifier} {password}\n" for identifier in identifiers)
        command = self.place.first_passwords
        await asyncio.to_thread(
            lambda: subprocess.run(command, input=lines, text=True, check=True, capture_output=True)
        )


def described(place: Place) -> str:
    """The file's content."""
    return json.dumps(TypeAdapter(Place).dump_python(place, mode="json"), indent=2)
