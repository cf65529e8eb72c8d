"""The demo in the foreground: bring the system up, tell, watch, bring it down."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from portail.errors import OperatorError
from portail_local import operator_access, report
from portail_local.access import DemoAccounts
from portail_local.erasing import erase
from portail_local.given import Given
from portail_local.servers.place import PROJECT
from portail_local.supervision import Supervision
from portail_local.system import System

DEFAULT_PORT = 8080
_LOADER = "portail_local.demo_data"


@dataclass(frozen=True)
class DemoPlace:
    """Where the demo keeps its things."""

    folder: Path = PROJECT / ".local" / "demo"
    description: Path = PROJECT / ".local" / "demo.json"

    @property
    def lock(self) -> Path:
        """Held by the runner as long as the demo is up."""
        return self.folder / "lock"

    @property
    def runner_log(self) -> Path:
        """What a runner in the background prints."""
        return self.folder / "logs" / "runner.log"

    @property
    def loading(self) -> Path:
        """Present while the demo's data is being loaded, so that half of it is noticed."""
        return self.folder / "loading"

    @property
    def accounts(self) -> Path:
        """Who can sign in, as the loader said at the first start."""
        return self.folder / "accounts.json"


class Demo:
    """One run of the demo, from the first server to the last goodbye."""

    def __init__(self, place: DemoPlace, port: int, console: Console) -> None:
        self._place = place
        self._console = console
        self._given = Given.from_environment()
        self._system = System(
            place.folder,
            portal_port=port,
            clock_start=os.environ.get("PORTAIL_CLOCK_START") or None,
            log_level=os.environ.get("PORTAIL_LOG_LEVEL") or None,
            given=self._given,
        )
        self._supervision = Supervision(self._system)
        self._published = False

    async def run(self) -> None:
        """Until cancelled. Raises `OperatorError` when a process ends by itself."""
        try:
            await self._up()
            crashed = await self._system.first_crash()
            raise OperatorError(crashed.epitaph())
        finally:
            await self._down()

    async def _up(self) -> None:
        if self._place.loading.exists():
            self._console.print("Le chargement des données avait été interrompu : on recommence.")
            await erase(self._place.folder, self._system, self._given)
        await self._system.start(self._progress)
        for notice in self._system.notices:
            self._console.print(f"[yellow]![/] {notice}")
        await self._supervision.start()
        accounts = await self._accounts()
        description = report.describe(self._system, accounts, self._supervision.url)
        operator_access.write(self._place.folder, operator_access.environment(self._system))
        report.publish(self._place.description, description)
        self._published = True
        report.show(self._console, description)
        self._console.print("Prêt. Ctrl-C ou « make stop » pour arrêter.")

    def _progress(self, step: str, seconds: float) -> None:
        took = f"{seconds:.1f}".replace(".", ",")
        self._console.print(f"[green]✓[/] {step} [dim]({took} s)[/]")

    async def _accounts(self) -> DemoAccounts:
        if not self._system.is_new and self._place.accounts.exists():
            return report.kept_accounts(self._place.accounts)
        self._place.loading.touch()
        accounts = await self._load()
        report.keep_accounts(self._place.accounts, accounts)
        self._place.loading.unlink()
        return accounts

    async def _load(self) -> DemoAccounts:
        if os.environ.get("PORTAIL_DEMO_EMPTY"):
            self._console.print("Système vide : l’administration y entre tout elle-même.")
            return DemoAccounts()
        self._console.print("Chargement des données de démonstration…")
        loader = importlib.import_module(_LOADER)
        loaded = await loader.load(self._system.access())
        if not isinstance(loaded, DemoAccounts):
            raise TypeError(f"{_LOADER}.load gives DemoAccounts, not {type(loaded)}")
        return loaded

    async def _down(self) -> None:
        if self._published:
            self._place.description.unlink(missing_ok=True)
        await self._supervision.stop()
        await self._system.stop()


async def run_until_asked_to_stop(place: DemoPlace, port: int, console: Console) -> None:
    """Run the demo until Ctrl-C, SIGTERM or the terminal's end; then drain.

    Raises `OperatorError` when it cannot start or when a process crashes.
    """
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(which, asked.set)
    running = asyncio.create_task(Demo(place, port, console).run())
    waiting = asyncio.create_task(asked.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        console.print("Arrêt en cours…")
        running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    if asked.is_set():
        console.print("Arrêté.")
