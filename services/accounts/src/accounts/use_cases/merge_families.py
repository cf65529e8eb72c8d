"""Staff find that two files are one family: everything of the one goes to the other."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from accounts.domain.amending import FileChanged, with_next_versions
from accounts.domain.family import Family
from accounts.domain.history import Act, Actor, HistoryEntry, differences
from accounts.domain.merging import CannotMerge, Choice, merged
from accounts.store.families import family_by_id
from accounts.store.family_writing import write_family
from accounts.store.file_history import note_act
from accounts.store.merging import absorb, surviving, with_health
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyMerged, SameChild

from .amend_family import CHANGED, locked_family
from .facts import tell_child, tell_family

BOTH_HEALTH = (
    "Les deux fiches d’un même enfant portent des données sanitaires\u00a0: recopiez l’une dans "
    "l’autre et videz-la avant de réunir les dossiers."
)
OTHER_HEALTH = (
    "Les données sanitaires d’un enfant sont dans le dossier qui disparaît\u00a0: gardez plutôt "
    "celui-là."
)


async def merge_families(
    transaction: Transaction,
    kept_id: UUID,
    absorbed_id: UUID,
    versions: tuple[int, int],
    choice: Choice,
    actor: Actor,
    now: datetime,
) -> Family:
    """The family as it stands afterwards; sent again, nothing more happens.

    `versions` are those of both files as staff saw them. Raises UnknownFamily, FileChanged,
    CannotMerge, IncompleteFamily or WrongQuotients.
    """
    connection = transaction.connection
    # In one order, whichever way round two merges name them.
    for family_id in sorted({kept_id, absorbed_id}):
        await locked_family(transaction, family_id)
    if await surviving(connection, absorbed_id) != absorbed_id:
        if await surviving(connection, absorbed_id) == kept_id:
            return await locked_family(transaction, kept_id)
        raise CannotMerge("Ce dossier a déjà été réuni à un autre.")
    if await surviving(connection, kept_id) != kept_id:
        raise CannotMerge("Le dossier à garder a été réuni à un autre.")
    kept = await locked_family(transaction, kept_id)
    absorbed = await locked_family(transaction, absorbed_id)
    if (kept.version, absorbed.version) != versions:
        raise FileChanged(CHANGED)
    after = merged(kept, absorbed, choice, local_date(now))
    await _check_health(transaction, choice)
    await absorb(connection, kept, absorbed, choice, now)
    return await _keep(transaction, kept, absorbed, after, choice, actor, now)


async def _check_health(transaction: Transaction, choice: Choice) -> None:
    """Health data is sealed for one child: it is never left behind, nor moved unread."""
    ids = [one for pair in choice.same_children for one in (pair.kept, pair.absorbed)]
    known = await with_health(transaction.connection, ids)
    for pair in choice.same_children:
        if pair.absorbed in known:
            raise CannotMerge(BOTH_HEALTH if pair.kept in known else OTHER_HEALTH)


async def _keep(
    transaction: Transaction,
    kept: Family,
    absorbed: Family,
    after: Family,
    choice: Choice,
    actor: Actor,
    now: datetime,
) -> Family:
    connection = transaction.connection
    moved = await family_by_id(connection, kept.family_id)
    if moved is None:
        raise CannotMerge("Le dossier à garder n’existe plus.")
    after = with_next_versions(kept, after)
    arrived = {child.child_id for child in absorbed.children}
    after = replace(
        after,
        version=kept.version + 1,
        # Those who changed family are one version further too: their fact names another family.
        children=tuple(
            replace(child, version=_of(absorbed, child.child_id) + 1)
            if child.child_id in arrived
            else child
            for child in after.children
        ),
    )
    await write_family(connection, moved, after)
    changed = differences(kept, after)
    await note_act(
        connection, HistoryEntry(new_id(), kept.family_id, now, Act.MERGED, actor, changed)
    )
    _tell(transaction, kept, absorbed, after, choice, now)
    again = await family_by_id(connection, kept.family_id)
    return again or after


def _of(family: Family, child_id: UUID) -> int:
    child = family.child(child_id)
    return child.version if child else 0


def _tell(
    transaction: Transaction,
    kept: Family,
    absorbed: Family,
    after: Family,
    choice: Choice,
    now: datetime,
) -> None:
    paired = {pair.absorbed for pair in choice.same_children}
    transaction.record(
        FamilyMerged(
            version=after.version,
            family_id=after.family_id,
            absorbed_family_id=absorbed.family_id,
            child_ids=tuple(one.child_id for one in absorbed.children),
            same_children=tuple(
                SameChild(child_id=pair.kept, absorbed_child_id=pair.absorbed)
                for pair in choice.same_children
            ),
            merged_at=now,
        )
    )
    tell_family(transaction, after)
    known = {child.child_id: child.version for child in kept.children}
    for child in after.children:
        if child.child_id not in paired and known.get(child.child_id) != child.version:
            tell_child(transaction, after, child)
