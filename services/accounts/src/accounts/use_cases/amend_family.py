"""Staff change a file directly, and the file remembers who changed what."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from accounts.domain.amending import (
    Amendment,
    FileChanged,
    amended,
    seen_version,
    with_next_versions,
    without_contact,
    without_guardian,
)
from accounts.domain.family import Family, FamilyConflict, UnknownFamily
from accounts.domain.history import Act, Actor, HistoryEntry, differences
from accounts.store.access_records import accesses_of_family
from accounts.store.families import family_by_id, lock_family
from accounts.store.family_writing import archive_guardian, write_answers, write_family
from accounts.store.file_history import note_act
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id

from .administer_access import Agent, disable_access
from .facts import tell_child, tell_family

CHANGED = "Le dossier a changé entre-temps\u00a0: relisez-le, puis recommencez."

ELSEWHERE = "Cette personne appartient à une autre famille."


async def amend_family(
    transaction: Transaction, family_id: UUID, amendment: Amendment, actor: Actor, now: datetime
) -> Family:
    """The family as it stands afterwards; what changes nothing is not noted.

    Raises UnknownFamily, UnknownPart, WrongFields, IncompleteFamily, WrongQuotients, or
    FileChanged when the author had seen an older version.
    """
    before = await locked_family(transaction, family_id)
    after = amended(before, amendment, local_date(now))
    if after == before:
        # Sent twice, or nothing typed: it is as was wished, whatever the version seen.
        return before
    if amendment.version != seen_version(before, amendment):
        raise FileChanged(CHANGED)
    return await keep_amended(transaction, before, after, actor, now)


async def remove_contact(
    transaction: Transaction,
    family_id: UUID,
    contact_id: UUID,
    version: int,
    actor: Actor,
    now: datetime,
) -> Family:
    """Raises UnknownFamily, UnknownPart or FileChanged."""
    before = await locked_family(transaction, family_id)
    after = without_contact(before, contact_id)
    if version != before.version:
        raise FileChanged(CHANGED)
    return await keep_amended(transaction, before, after, actor, now)


async def remove_guardian(
    transaction: Transaction,
    family_id: UUID,
    guardian_id: UUID,
    version: int,
    actor: Actor,
    now: datetime,
) -> Family:
    """The person leaves the file, and an access of their own is closed at once.

    Raises UnknownFamily, UnknownPart, CannotLeave or FileChanged.
    """
    before = await locked_family(transaction, family_id)
    after = without_guardian(before, guardian_id, local_date(now))
    if version != before.version:
        raise FileChanged(CHANGED)
    connection = transaction.connection
    for access in await accesses_of_family(connection, family_id, now):
        if access.guardian_id == guardian_id and access.disabled_at is None:
            agent = Agent(str(actor.actor_id), actor.name)
            await disable_access(transaction, access.account_id, agent, now)
    await archive_guardian(connection, guardian_id, now)
    # Written already: from here on the file is as it would be read anew.
    left = replace(before, guardians=after.guardians)
    after = replace(after, version=before.version + 1)
    await write_family(connection, left, after)
    return await note_amended(transaction, before, after, actor, now)


async def locked_family(transaction: Transaction, family_id: UUID) -> Family:
    """The family, held until the end of the transaction; raises UnknownFamily."""
    if not await lock_family(transaction.connection, family_id):
        raise UnknownFamily
    family = await family_by_id(transaction.connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


async def keep_amended(
    transaction: Transaction, before: Family, after: Family, actor: Actor, now: datetime
) -> Family:
    """Write, note and tell what changed; the family's row is locked.

    Raises FamilyConflict when an identifier belongs to somebody of another family.
    """
    after = with_next_versions(before, after)
    try:
        await write_family(transaction.connection, before, after)
        await write_answers(transaction.connection, before, after)
    except IntegrityError as error:
        raise FamilyConflict(ELSEWHERE) from error
    return await note_amended(transaction, before, after, actor, now)


async def note_amended(
    transaction: Transaction, before: Family, after: Family, actor: Actor, now: datetime
) -> Family:
    """Note and tell what was written."""
    entry = HistoryEntry(
        new_id(), after.family_id, now, Act.AMENDED, actor, differences(before, after)
    )
    await note_act(transaction.connection, entry)
    if after.version != before.version:
        tell_family(transaction, after)
    known = {child.child_id: child.version for child in before.children}
    for child in after.children:
        if known.get(child.child_id) != child.version:
            tell_child(transaction, after, child)
    return after
