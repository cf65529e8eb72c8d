"""The demo in the background: start it and wait, stop it, say how it is."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from functools import partial

from rich.console import Console

from portail.errors import OperatorError
from portail_local import report
from portail_local.demo import DemoPlace
from portail_local.erasing import erase
from portail_local.given import Given
from portail_local.process_table import end_all, working_in
from portail_local.servers import SERVER_NAMES
from portail_local.servers.place import claimant, refuge_of
from portail_local.system import System

_PATIENCE = 600.0


def refuse_if_running(place: DemoPlace) -> None:
    """Raise `OperatorError` when a demo runs already."""
    if claimant(place.lock) is not None:
        described = report.read(place.description)
        where = f" à l'adresse {described['portal']}" if described else ""
        raise OperatorError(
            f"La démonstration fonctionne déjà{where} : « make stop » pour l'arrêter."
        )


def detach(place: DemoPlace, port: int, console: Console) -> None:
    """Start a runner in a session of its own, repeat what it prints, return once ready.

    Raises `OperatorError` when it does not get ready.
    """
    refuse_if_running(place)
    place.description.unlink(missing_ok=True)
    place.runner_log.parent.mkdir(parents=True, exist_ok=True)
    with place.runner_log.open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "portail_local", "demo", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "DETACH": "", "COLUMNS": str(console.width)},
        )
    ready = _follow(child, place, console)
    if not ready:
        raise OperatorError("La démonstration n'a pas démarré ; la cause est écrite ci-dessus.")


def _follow(child: subprocess.Popen[bytes], place: DemoPlace, console: Console) -> bool:
    deadline = time.monotonic() + _PATIENCE
    with place.runner_log.open(encoding="utf-8", errors="replace") as log:
        while time.monotonic() < deadline:
            ended, ready = child.poll() is not None, place.description.exists()
            if ready:
                time.sleep(0.3)  # its last lines follow the file at once
            console.out(log.read(), end="", highlight=False)
            if ended or ready:
                return ready and not ended
            time.sleep(0.1)
    return False


async def stop(place: DemoPlace, console: Console) -> None:
    """Ask the runner to drain and end, wait, and end whatever is left of it."""
    runner = claimant(place.lock)
    if runner is None:
        console.print("Aucune démonstration en marche.")
    else:
        os.kill(runner, signal.SIGTERM)
        if not await _released(place, 60.0):
            os.kill(runner, signal.SIGKILL)
            await _released(place, 5.0)
        console.print("Démonstration arrêtée.")
    await end_leftovers(place)
    place.description.unlink(missing_ok=True)


async def _released(place: DemoPlace, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while claimant(place.lock) is not None:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


async def end_leftovers(place: DemoPlace) -> None:
    """End servers and services of a runner that was killed before it could."""
    system = System(place.folder)
    await end_all(system.strays, signal.SIGTERM, 10.0)
    for name in ("postgres", "rabbitmq"):
        for home in (place.folder / name, refuge_of(place.folder / name)):
            await end_all(partial(working_in, home, SERVER_NAMES), signal.SIGTERM, 10.0)


async def reset(place: DemoPlace, console: Console) -> None:
    """Stop the demo if it runs, then empty its data."""
    if claimant(place.lock) is not None:
        await stop(place, console)
    await end_leftovers(place)
    await erase(place.folder, System(place.folder), Given.from_environment())
    console.print("Données de démonstration effacées.")


def status(place: DemoPlace, console: Console) -> int:
    """Show addresses and accounts of the running demo; 3 when there is none."""
    described = report.read(place.description)
    if claimant(place.lock) is None:
        console.print("Aucune démonstration en marche.")
        return 3
    if described is None:
        console.print("La démonstration démarre ou s'arrête.")
    else:
        report.show(console, described)
    return 0
