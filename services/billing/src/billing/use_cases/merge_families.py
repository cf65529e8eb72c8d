"""Two files were one family: what the absorbed one owed and will be billed goes to the other."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.domain.booking import Subject
from billing.store import charges, families, ledger
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyMerged

from .settle_day import add_line, reverse_line
from .tell_balance import tell_balance


async def merge_families(transaction: Transaction, merged: FamilyMerged, now: datetime) -> None:
    """Nothing that was issued changes: debts are moved by entries, lines by reversal and anew.

    Heard again it finds nothing left to move.
    """
    connection = transaction.connection
    old, kept = merged.absorbed_family_id, merged.family_id
    versions = {}
    for family_id in sorted((old, kept)):
        versions[family_id] = await ledger.lock_account(connection, family_id)
    await families.note_merge(connection, old, kept)
    for line in await charges.uninvoiced_open_lines(connection, old):
        await _move(transaction, line, kept, now)
    if await ledger.move_debts(connection, old, kept, now):
        for family_id in (old, kept):
            await tell_balance(transaction, family_id, versions[family_id] + 1)


async def _move(
    transaction: Transaction, line: charges.ChargeLine, kept: UUID, now: datetime
) -> None:
    subject = Subject(line.child_id, line.slot_id, line.day)
    _, revision = await charges.lock_subject(transaction.connection, subject)
    await reverse_line(transaction, line.charge_line_id, revision + 1, now)
    moved = replace(
        line,
        charge_line_id=new_id(),
        family_id=kept,
        revision=revision + 2,
        recorded_at=now,
    )
    await add_line(transaction, moved)
