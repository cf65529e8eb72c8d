"""Removing an instance with all its data."""

from __future__ import annotations

import shutil
from pathlib import Path

from portail.provisioning import drop_databases
from portail_local.given import Given
from portail_local.servers.place import forget, forget_refuge
from portail_local.system import System


async def erase(folder: Path, system: System, given: Given) -> None:
    """Delete the folder, the servers' data, and what was made on given servers.

    The system must be stopped.
    """
    if given.postgres is not None:
        await drop_databases(given.postgres, system.database_prefix)
    if given.rabbitmq is not None:
        await given.broker().delete_vhost(system.vhost)
    for server in ("postgres", "rabbitmq"):
        forget(folder / server)
    forget_refuge()
    shutil.rmtree(folder, ignore_errors=True)
