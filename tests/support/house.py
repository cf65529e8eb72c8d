"""The whole system on its feet, for journeys and faults: real processes on real servers."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from chassis.clock import clock_from
from portail_contracts.catalogue import Context
from portail_local.access import DemoAccounts
from portail_local.demo_data import load
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import PASSWORD
from portail_local.system import System

from .servers import HOME, in_thread

CLOCK_START = "2026-11-24T08:00:00+01:00"
"""A Tuesday in term: the working day's cut-offs at 10:00 are still ahead."""


class House:
    """One running system with the demo's data, driven from any test's event loop."""

    def __init__(self) -> None:
        self._loop = in_thread()
        folder = HOME / f"house-{os.getpid()}"
        self.system = System(
            folder, name=f"house{os.getpid()}", durable=False, clock_start=CLOCK_START
        )
        self.accounts: DemoAccounts = DemoAccounts()

    def start(self) -> None:
        self.wait(self.system.start())
        self.accounts = self.wait(load(self.system.access()))

    def stop(self) -> None:
        self.wait(self.system.stop())
        for server in (self.system.postgres, self.system.rabbitmq):
            if server is not None:
                self.wait(server.remove())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def wait(self, work: Coroutine[Any, Any, Any], within: float = 180) -> Any:
        """Run work of the system on the loop it lives on."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    @property
    def portal(self) -> str:
        return self.system.urls["gateway"]

    def log(self, process: str) -> str:
        return Path(self.system.logs / f"{process}.log").read_text()

    def doors(self) -> Doors:
        """A client of the services; the caller closes it."""
        clock = clock_from(self.system.clock_shift)
        return Doors(self.system.urls, self.system.secrets.service_secrets["gateway"], clock)


async def free_cells(parent: Caller, month: str, rate_code: str) -> list[dict[str, Any]]:
    """Cells of the month that the family may ask for, oldest first."""
    agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
    return [
        cell
        for day in agenda["days"]
        for cell in day["cells"]
        if cell["rate_code"] == rate_code and "booking.request" in cell["actions"]
    ]


async def sign_in_all(doors: Doors) -> tuple[Caller, Caller]:
    """(a parent, the secretariat)"""
    return (
        await doors.sign_in("noisetier", PASSWORD, "family"),
        await doors.sign_in("secretariat", PASSWORD, "staff"),
    )
