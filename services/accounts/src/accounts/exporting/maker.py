"""Makes the copies that families asked for, one at a time, until the process ends."""

import asyncio
from contextlib import suppress

from accounts.domain.family import UnknownFamily
from accounts.domain.rights import KEPT_FOR, Export, ExportState
from accounts.resources import resources_of
from accounts.store.data_keys import data_key_for
from accounts.store.exports import add_piece, move_export, take_export
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime
from chassis.telemetry import logger

from .archive import Archive
from .own_part import about, family_for, own_files
from .peers_part import FOLDERS, files_of

LOOK_EVERY = 10.0
"""Seconds: a copy asked for in another process, or one left by a process that ended."""

log = logger(__name__)


async def make_exports(runtime: Runtime) -> None:
    """For ever; nothing that fails here stops the service."""
    asked = resources_of(runtime).export_asked
    while True:
        try:
            while await make_one(runtime):
                pass
        except Exception as error:  # the next look is the answer
            log.warning("export.failed", error=type(error).__name__)
        asked.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), LOOK_EVERY)


async def make_one(runtime: Runtime) -> bool:
    """Whether there is more to do now."""
    async with runtime.database.transaction() as transaction:
        export = await take_export(transaction.connection, runtime.clock.now())
    if export is None:
        return False
    try:
        await _Making(runtime, export).make()
    except (PeerUnavailable, PeerRefused) as error:
        # Another service is away: the copy waits for it, and is begun again.
        log.warning("export.waits", export_id=str(export.export_id), cause=str(error))
        await _move(runtime, export, ExportState.WAITING)
        return False
    except UnknownFamily:
        await _move(runtime, export, ExportState.FAILED)
    except Exception as error:
        log.error(
            "export.failed",
            export_id=str(export.export_id),
            error=type(error).__name__,
            exc_info=error,
        )
        await _move(runtime, export, ExportState.FAILED)
    return True


class _Making:
    """One copy on its way: files in, sealed pieces out, steps counted."""

    def __init__(self, runtime: Runtime, export: Export) -> None:
        self._runtime, self._export = runtime, export
        self._archive = Archive()
        self._position = 0
        self._steps = 0

    async def make(self) -> None:
        runtime, export = self._runtime, self._export
        family = await family_for(runtime, export)
        self._archive.add("LISEZ-MOI.txt", about(runtime.clock.now()).encode())
        async for name, content in own_files(runtime, export, family):
            await self._add(name, content)
        await self._step()
        for context in FOLDERS:
            async for name, content in files_of(
                runtime.peers, context, export, apart=family.is_apart
            ):
                await self._add(name, content)
            await self._step()
        await self._keep(self._archive.last_pieces())
        await self._finish()

    async def _add(self, name: str, content: bytes) -> None:
        self._archive.add(name, content)
        await self._keep(self._archive.full_pieces())

    async def _keep(self, pieces: list[bytes]) -> None:
        runtime, export = self._runtime, self._export
        keys = resources_of(runtime).master_keys
        for piece in pieces:
            async with runtime.database.transaction() as transaction:
                connection = transaction.connection
                now = runtime.clock.now()
                key = await data_key_for(connection, keys, export.family_id, now)
                await add_piece(connection, key, export, self._position, piece)
            self._position += 1

    async def _step(self) -> None:
        self._steps += 1
        async with self._runtime.database.transaction() as transaction:
            await move_export(
                transaction.connection,
                self._export.export_id,
                ExportState.WORKING,
                done=self._steps,
                worked_at=self._runtime.clock.now(),
            )

    async def _finish(self) -> None:
        now = self._runtime.clock.now()
        async with self._runtime.database.transaction() as transaction:
            await move_export(
                transaction.connection,
                self._export.export_id,
                ExportState.READY,
                byte_size=self._archive.size,
                ready_at=now,
                expires_at=now + KEPT_FOR,
            )


async def _move(runtime: Runtime, export: Export, state: ExportState) -> None:
    async with runtime.database.transaction() as transaction:
        await move_export(transaction.connection, export.export_id, state)
