"""A family asks for a copy of everything about it."""

from datetime import datetime
from uuid import UUID

from accounts.domain.family import UnknownFamily
from accounts.domain.reading import Reader
from accounts.domain.rights import STEPS, Export, ExportState
from accounts.store.exports import add_export, export_by_id, exports_of
from accounts.store.families import lock_family
from chassis.database import Transaction

UNFINISHED = frozenset({ExportState.WAITING, ExportState.WORKING})


async def ask_export(
    transaction: Transaction,
    export_id: UUID,
    family_id: UUID,
    guardian_id: UUID | None,
    asker: Reader,
    now: datetime,
) -> Export:
    """The copy that will be made; while one is under way it is that one. Raises UnknownFamily."""
    connection = transaction.connection
    if not await lock_family(connection, family_id):
        raise UnknownFamily
    for known in await exports_of(connection, family_id):
        if known.guardian_id == guardian_id and known.state in UNFINISHED:
            return known
    known_by_id = await export_by_id(connection, export_id)
    if known_by_id is not None and known_by_id.family_id == family_id:
        return known_by_id
    made = Export(
        export_id=export_id,
        family_id=family_id,
        guardian_id=guardian_id,
        state=ExportState.WAITING,
        done=0,
        steps=STEPS,
        byte_size=None,
        asked_at=now,
        asked_by=asker.name,
        asked_by_id=asker.reader_id,
        ready_at=None,
        expires_at=None,
    )
    await add_export(connection, made)
    return made
