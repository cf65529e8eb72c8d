"""Staff open a family's file."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.exc import IntegrityError

from accounts.domain.family import Child, Family, FamilyConflict, ready_to_record
from accounts.store import tables
from accounts.store.families import creation_digest, family_by_id
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts import accounts as events

TAKEN = "Cette référence ou l’un de ces identifiants appartient à une autre famille."


@dataclass(frozen=True)
class Recorded:
    """The family, and whether this call recorded it or an earlier one had."""

    family: Family
    is_new: bool


async def record_family(
    transaction: Transaction, wanted: Family, content: str, now: datetime
) -> Recorded:
    """Record the family, its people and its quotients; the same sending again changes nothing.

    `content` is what was sent, in one canonical form: the same id with other content is refused.
    Raises IncompleteFamily, WrongQuotients or FamilyConflict.
    """
    digest = hashlib.sha256(content.encode()).digest()
    family = ready_to_record(wanted, local_date(now))
    try:
        is_new = await _insert_family(transaction, family, digest, now)
        if is_new:
            await _insert_people(transaction, family)
            await _insert_quotients(transaction, family)
    except IntegrityError as error:
        raise FamilyConflict(TAKEN) from error
    if not is_new:
        return Recorded(await _same(transaction, family, digest), is_new=False)
    _tell(transaction, family)
    return Recorded(family, is_new=True)


async def _insert_family(
    transaction: Transaction, family: Family, digest: bytes, now: datetime
) -> bool:
    row = {
        "family_id": family.family_id,
        "version": family.version,
        "reference": family.reference,
        "name": family.name,
        "resident": family.resident,
        "creation_digest": digest,
        "created_at": now,
    }
    added = await transaction.connection.execute(
        insert_unless(tables.families)
        .values(row)
        # Any unique column: of several equal sendings, some meet the reference's index first.
        .on_conflict_do_nothing()
        .returning(tables.families.c.family_id)
    )
    return added.one_or_none() is not None


async def _insert_people(transaction: Transaction, family: Family) -> None:
    guardians = [
        {**asdict(guardian), "family_id": family.family_id, "position": position}
        for position, guardian in enumerate(family.guardians)
    ]
    await transaction.connection.execute(insert(tables.guardians), guardians)
    children = [
        {**asdict(child), "family_id": family.family_id, "position": position}
        for position, child in enumerate(family.children)
    ]
    if children:
        await transaction.connection.execute(insert(tables.children), children)


async def _insert_quotients(transaction: Transaction, family: Family) -> None:
    rows = [
        {
            "quotient_id": new_id(),
            "family_id": family.family_id,
            "validity": Range(period.valid_from, period.valid_to, bounds="[)"),
            "value": period.value,
        }
        for period in family.quotients
    ]
    if rows:
        await transaction.connection.execute(insert(tables.quotients), rows)


async def _same(transaction: Transaction, family: Family, digest: bytes) -> Family:
    connection = transaction.connection
    known = await family_by_id(connection, family.family_id)
    if known is None:
        raise FamilyConflict(TAKEN)
    if await creation_digest(connection, family.family_id) != digest:
        raise FamilyConflict("Cet identifiant désigne déjà une autre famille.")
    return known


def _tell(transaction: Transaction, family: Family) -> None:
    transaction.record(family_recorded(family))
    for child in family.children:
        transaction.record(child_recorded(family, child))


def family_recorded(family: Family) -> events.FamilyRecorded:
    """The event of the family as it stands."""
    return events.FamilyRecorded(
        version=family.version,
        family_id=family.family_id,
        reference=family.reference,
        name=family.name,
        resident=family.resident,
        guardians=tuple(events.GuardianName(**asdict(person)) for person in family.guardians),
        quotients=tuple(events.QuotientPeriod(**asdict(period)) for period in family.quotients),
    )


def child_recorded(family: Family, child: Child) -> events.ChildRecorded:
    """The event of one child as it stands."""
    return events.ChildRecorded(family_id=family.family_id, **asdict(child))
