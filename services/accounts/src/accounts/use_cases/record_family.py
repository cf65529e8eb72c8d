"""Staff open a family's file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.exc import IntegrityError

from accounts.domain.family import Family, FamilyConflict, ready_to_record
from accounts.domain.history import Act, Actor, HistoryEntry
from accounts.store import tables
from accounts.store.families import creation_digest, family_by_id
from accounts.store.family_rows import (
    authorisation_row,
    child_row,
    contact_row,
    family_row,
    guardian_row,
    quotient_row,
)
from accounts.store.file_history import note_act
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id

from .facts import tell_child, tell_family

Person = TypeVar("Person")

TAKEN = "Cette référence ou l’un de ces identifiants appartient à une autre famille."


@dataclass(frozen=True)
class Recorded:
    """The family, and whether this call recorded it or an earlier one had."""

    family: Family
    is_new: bool


async def record_family(
    transaction: Transaction,
    wanted: Family,
    content: str,
    now: datetime,
    actor: Actor | None = None,
) -> Recorded:
    """Record the family, its people and its quotients; the same sending again changes nothing.

    `content` is what was sent, in one canonical form: the same id with other content is refused.
    The file remembers the member of staff who opened it.
    Raises IncompleteFamily, WrongQuotients or FamilyConflict.
    """
    digest = hashlib.sha256(content.encode()).digest()
    family = ready_to_record(wanted, local_date(now))
    try:
        is_new = await _insert_family(transaction, family, digest, now)
        if is_new:
            await _insert_people(transaction, family)
    except IntegrityError as error:
        raise FamilyConflict(TAKEN) from error
    if not is_new:
        return Recorded(await _same(transaction, family, digest), is_new=False)
    if actor is not None:
        opening = HistoryEntry(new_id(), family.family_id, now, Act.CREATED, actor, ())
        await note_act(transaction.connection, opening)
    _tell(transaction, family)
    return Recorded(family, is_new=True)


async def _insert_family(
    transaction: Transaction, family: Family, digest: bytes, now: datetime
) -> bool:
    row = {**family_row(family), "creation_digest": digest, "created_at": now}
    added = await transaction.connection.execute(
        insert_unless(tables.families)
        .values(row)
        # Any unique column: of several equal sendings, some meet the reference's index first.
        .on_conflict_do_nothing()
        .returning(tables.families.c.family_id)
    )
    return added.one_or_none() is not None


async def _insert_people(transaction: Transaction, family: Family) -> None:
    family_id = family.family_id
    for table, rows in (
        (tables.guardians, [guardian_row(family_id, *one) for one in _placed(family.guardians)]),
        (tables.contacts, [contact_row(family_id, *one) for one in _placed(family.contacts)]),
        (tables.children, [child_row(family_id, *one) for one in _placed(family.children)]),
        (
            tables.authorisations,
            [
                authorisation_row(child.child_id, one)
                for child in family.children
                for one in child.authorisations
            ],
        ),
        (tables.quotients, [quotient_row(family_id, period) for period in family.quotients]),
    ):
        if rows:
            await transaction.connection.execute(insert(table), rows)


def _placed(people: Sequence[Person]) -> list[tuple[Person, int]]:
    return [(person, position) for position, person in enumerate(people)]


async def _same(transaction: Transaction, family: Family, digest: bytes) -> Family:
    connection = transaction.connection
    known = await family_by_id(connection, family.family_id)
    if known is None:
        raise FamilyConflict(TAKEN)
    if await creation_digest(connection, family.family_id) != digest:
        raise FamilyConflict("Cet identifiant désigne déjà une autre famille.")
    return known


def _tell(transaction: Transaction, family: Family) -> None:
    tell_family(transaction, family)
    for child in family.children:
        tell_child(transaction, family, child)
