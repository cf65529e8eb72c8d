"""Somebody takes out a child's sheet, simple or complete: noted first, then put together."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.domain.child import Child, UnknownChild
from accounts.domain.family import Family
from accounts.domain.health import HealthRecord
from accounts.domain.photo import PhotoState
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.domain.visibility import visible_to
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_of
from accounts.store.families import family_by_id, family_of_child
from accounts.store.health import health_of
from accounts.store.photos import photo_of, picture_of
from accounts.store.reads import note_opening
from chassis.database import Transaction


@dataclass(frozen=True)
class SheetReader:
    """Who takes it out, to what end; `own_family` is None for staff, who see nothing veiled."""

    reader: Reader
    purpose: Purpose
    own_family: UUID | None = None
    guardian_id: UUID | None = None


@dataclass(frozen=True)
class ChildSheet:
    """Everything that the paper says; without health it is the simple one."""

    family: Family
    child: Child
    photo: bytes | None
    health: HealthRecord | None


async def read_child_sheet(
    transaction: Transaction,
    master_keys: MasterKeys,
    by: SheetReader,
    child_id: UUID,
    now: datetime,
    *,
    complete: bool,
) -> ChildSheet:
    """Give the answer only once the transaction has committed.

    Raises UnknownChild, SealedWithAnotherKey or BrokenSeal.
    """
    connection = transaction.connection
    family_id = await family_of_child(connection, child_id)
    if family_id is None or by.own_family not in (None, family_id):
        raise UnknownChild
    part = Part.COMPLETE_SHEET if complete else Part.SHEET
    opening = Opening(by.reader, part, Act.READ, by.purpose, family_id, child_id)
    await note_opening(connection, opening, now)
    family = await family_by_id(connection, family_id)
    child = family.child(child_id) if family else None
    if family is None or child is None:
        raise UnknownChild
    shown = family if by.own_family is None else visible_to(family, by.guardian_id)
    health = await health_of(connection, master_keys, child_id) if complete else None
    return ChildSheet(
        family=shown,
        child=child,
        photo=await _photo(transaction, master_keys, child_id),
        health=health.record if health else None,
    )


async def _photo(transaction: Transaction, master_keys: MasterKeys, child_id: UUID) -> bytes | None:
    connection = transaction.connection
    known = await photo_of(connection, child_id, PhotoState.CURRENT)
    key = await data_key_of(connection, master_keys, child_id)
    if known is None or key is None:
        return None
    return await picture_of(connection, key, known.photo)
