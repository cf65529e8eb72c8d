"""A child leaves the file, or comes back: the rows stay, and the other services are told."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from accounts.domain.amending import CannotLeave, CannotReturn, FileChanged, without_child
from accounts.domain.child import UnknownChild
from accounts.domain.family import Family
from accounts.domain.history import Act, Actor, HistoryEntry, differences
from accounts.store.changes import open_changes
from accounts.store.families import family_by_id
from accounts.store.family_writing import archive_child, bring_child_back
from accounts.store.file_history import note_act
from accounts.store.former_children import former_children, next_position
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id

from .amend_family import CHANGED, locked_family
from .facts import tell_child

WAITING = "Une demande attend une réponse au sujet de cet enfant\u00a0: décidez-la d’abord."
NOT_GONE = "Cet enfant n’a pas quitté le dossier."


async def remove_child(
    transaction: Transaction,
    family_id: UUID,
    child_id: UUID,
    version: int,
    actor: Actor,
    now: datetime,
) -> Family:
    """Out of every present page from now on; enrolment cancels the days that were to come.

    Raises UnknownFamily, UnknownPart, FileChanged, or CannotLeave while a request waits.
    """
    before = await locked_family(transaction, family_id)
    after = without_child(before, child_id)
    child = before.child(child_id)
    if child is None or child.version != version:
        raise FileChanged(CHANGED)
    waiting = await open_changes(transaction.connection, family_id)
    if any(change.child_id == child_id for change in waiting):
        raise CannotLeave(WAITING)
    gone = replace(child, version=child.version + 1)
    await archive_child(transaction.connection, gone, now)
    await _note(transaction, before, after, actor, now)
    tell_child(transaction, after, gone, left_on=local_date(now))
    return after


async def return_child(
    transaction: Transaction, family_id: UUID, child_id: UUID, actor: Actor, now: datetime
) -> Family:
    """As the child was; what was cancelled when it left is asked for anew.

    Raises UnknownFamily, UnknownChild or CannotReturn.
    """
    connection = transaction.connection
    before = await locked_family(transaction, family_id)
    if before.child(child_id) is not None:
        raise CannotReturn(NOT_GONE)
    left = {one.child_id: one for one in await former_children(connection, family_id)}
    if child_id not in left:
        raise UnknownChild
    position = await next_position(connection, family_id)
    await bring_child_back(connection, child_id, left[child_id].version + 1, position)
    after = await family_by_id(connection, family_id)
    child = after.child(child_id) if after else None
    if after is None or child is None:
        raise UnknownChild
    await _note(transaction, before, after, actor, now)
    tell_child(transaction, after, child)
    return after


async def _note(
    transaction: Transaction, before: Family, after: Family, actor: Actor, now: datetime
) -> None:
    entry = HistoryEntry(
        new_id(), after.family_id, now, Act.AMENDED, actor, differences(before, after)
    )
    await note_act(transaction.connection, entry)
