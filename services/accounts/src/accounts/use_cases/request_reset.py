"""A family asked for a new password: a request in the one queue, answered by a link."""

from datetime import datetime
from uuid import UUID

from accounts.domain.change import ChangeItem
from accounts.store.access import Access
from accounts.store.changes import open_changes
from chassis.database import Transaction
from chassis.identifiers import new_id

from .keep_change import Author, Draft, keep_change
from .reset_by_link import CREDENTIALS_RESET, path_of


async def request_reset(
    transaction: Transaction, call_id: UUID, access: Access, name: str, message: str, now: datetime
) -> None:
    """The family's row is locked. While one waits for an access, another changes nothing."""
    holder = access.holder
    path = path_of(holder.account_id)
    if holder.family_id is None or await _waits(transaction, holder.family_id, path):
        return
    item = ChangeItem(
        item_id=new_id(),
        path=path,
        label="Mot de passe",
        old=None,
        new=None,
        old_words=f"Accès {access.identifier}",
        new_words=f"Lien à usage unique demandé par {name} : {message}",
    )
    draft = Draft(
        request_id=call_id,
        family_id=holder.family_id,
        kind=CREDENTIALS_RESET,
        subject=f"Accès {access.identifier}",
        author=Author(name, holder.guardian_id),
        base_version=1,
        content=str(call_id),
    )
    await keep_change(transaction, draft, [item], now)


async def _waits(transaction: Transaction, family_id: UUID, path: str) -> bool:
    waiting = await open_changes(transaction.connection, family_id)
    return any(item.path == path for change in waiting for item in change.items)
