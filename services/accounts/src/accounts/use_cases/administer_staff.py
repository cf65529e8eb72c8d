"""Administrators change a member of staff's roles, close an access, make its letter, take a lost
telephone off."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from accounts.domain.access import NoRole, Role
from accounts.domain.access_link import LinkPurpose
from accounts.sealing import MasterKey
from accounts.store.second_factors import remove_factor
from accounts.store.staff import StaffRecord, lock_admins, staff_member
from accounts.store.tables import staff_members
from chassis.database import Transaction
from portail_contracts.accounts import StaffMemberRecorded

from .administer_access import AccessDisabled, Action, Agent, note_action
from .make_link import MadeLink, make_link
from .set_password import end_sessions


class UnknownStaffMember(Exception):
    """There is no such member of staff."""


class StaffChanged(Exception):
    """Somebody else changed this member of staff meanwhile."""


class LastAdministrator(Exception):
    """Nobody could administer any more."""


async def change_roles(
    transaction: Transaction,
    staff_id: UUID,
    version: int,
    roles: Iterable[Role],
    agent: Agent,
    now: datetime,
) -> StaffRecord:
    """They hold from the next token on, within five minutes.

    Raises UnknownStaffMember, StaffChanged, NoRole or LastAdministrator.
    """
    known, admins = await _known(transaction, staff_id, version)
    wanted = tuple(sorted(set(roles)))
    if not wanted:
        raise NoRole("Donnez au moins un rôle.")
    _keep_an_administrator(known, admins, stays=Role.ADMIN in wanted)
    changed = replace(known, roles=wanted, version=known.version + 1)
    await _record(transaction, changed)
    await note_action(transaction, known.account_id, Action.ROLES_CHANGED, agent, now)
    return changed


async def set_active(
    transaction: Transaction,
    staff_id: UUID,
    version: int,
    agent: Agent,
    now: datetime,
    *,
    active: bool,
) -> StaffRecord:
    """Closed: sessions end at once, a token that was given lives for five minutes at most.

    Raises UnknownStaffMember, StaffChanged or LastAdministrator.
    """
    known, admins = await _known(transaction, staff_id, version)
    _keep_an_administrator(known, admins, stays=active)
    changed = replace(known, active=active, version=known.version + 1)
    await _record(transaction, changed)
    if not active:
        await end_sessions(transaction, known.account_id, now)
    what = Action.ENABLED if active else Action.DISABLED
    await note_action(transaction, known.account_id, what, agent, now)
    return changed


async def give_staff_link(
    transaction: Transaction, master_key: MasterKey, staff_id: UUID, agent: Agent, now: datetime
) -> MadeLink:
    """A letter by which they choose a password, once; it replaces the letters before.

    Raises UnknownStaffMember or AccessDisabled.
    """
    known = await staff_member(transaction.connection, staff_id, lock=True)
    if known is None:
        raise UnknownStaffMember
    if not known.active:
        raise AccessDisabled("Cet accès est fermé : rouvrez-le d’abord.")
    purpose = LinkPurpose.ACTIVATION
    link = await make_link(transaction, master_key, known.account_id, purpose, now, UUID(agent.id))
    await note_action(transaction, known.account_id, Action.LETTER_MADE, agent, now)
    return link


async def reset_second_factor(
    transaction: Transaction, staff_id: UUID, agent: Agent, now: datetime
) -> None:
    """The telephone is lost: the password alone opens until another is confirmed."""
    known = await staff_member(transaction.connection, staff_id)
    if known is None:
        raise UnknownStaffMember
    if await remove_factor(transaction.connection, known.account_id):
        await end_sessions(transaction, known.account_id, now)
        await note_action(transaction, known.account_id, Action.SECOND_FACTOR_RESET, agent, now)


async def _known(
    transaction: Transaction, staff_id: UUID, version: int
) -> tuple[StaffRecord, frozenset[UUID]]:
    """Held, with those who administer now: all of them first, so that two administrators who
    close each other's access at once wait instead of blocking each other."""
    admins = await lock_admins(transaction.connection)
    known = await staff_member(transaction.connection, staff_id, lock=True)
    if known is None:
        raise UnknownStaffMember
    if known.version != version:
        raise StaffChanged("Rechargez la page : cet agent vient d’être modifié.")
    return known, admins


def _keep_an_administrator(known: StaffRecord, admins: frozenset[UUID], *, stays: bool) -> None:
    if not stays and admins == {known.staff_id}:
        raise LastAdministrator("Il faut au moins une personne qui administre.")


async def _record(transaction: Transaction, member: StaffRecord) -> None:
    await transaction.connection.execute(
        update(staff_members)
        .where(staff_members.c.staff_id == member.staff_id)
        .values(version=member.version, roles=list(member.roles), active=member.active)
    )
    transaction.record(
        StaffMemberRecorded(
            version=member.version,
            staff_id=member.staff_id,
            name=member.name,
            roles=member.roles,
            active=member.active,
        )
    )
