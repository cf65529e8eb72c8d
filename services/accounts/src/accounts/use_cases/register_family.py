"""What accepting a pre-registration does: the family's file is opened, its access is issued."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.change import Change, ChangeItem
from accounts.domain.child import Child
from accounts.domain.editing import Content
from accounts.domain.family import Family, Guardian
from accounts.domain.preregistration import CHILD, GUARDIAN
from chassis.database import Transaction

from .issue_credentials import NewAccess, issue_family_credentials
from .join_document import attach_joined
from .open_family import next_reference
from .record_family import record_family
from .want_link import want_link

NO_GUARDIAN = "Sans responsable accepté, le dossier ne peut pas être ouvert"


async def guardian_missing(
    connection: AsyncConnection, change: Change, items: Sequence[ChangeItem], now: datetime
) -> dict[UUID, tuple[Content, str]]:
    """In the way: a file needs a guardian who pays."""
    if any(item.path.startswith("guardian.") for item in items):
        return {}
    return {item.item_id: (None, NO_GUARDIAN) for item in items}


async def register_family(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    """Who was accepted, and an access whose activation link is sent to the one who wrote."""
    guardians = [_guardian(item) for item in _of("guardian", items)]
    family = Family(
        family_id=change.family_id,
        version=1,
        reference=await next_reference(transaction),
        name=change.subject.removeprefix("Famille "),
        resident=True,
        guardians=tuple(guardians),
        children=tuple(_child(item) for item in _of("child", items)),
        quotients=(),
    )
    content = json.dumps([change.number, [str(item.item_id) for item in items]])
    await record_family(transaction, family, content, now)
    await attach_joined(transaction, change, items)
    access = NewAccess(None, None, None, guardians[0].email)
    issued = await issue_family_credentials(transaction, family.family_id, access, now)
    await want_link(transaction, issued.account_id, now)


def _of(kind: str, items: Sequence[ChangeItem]) -> list[ChangeItem]:
    return [item for item in items if item.path.startswith(f"{kind}.")]


def _guardian(item: ChangeItem) -> Guardian:
    values = _columns(GUARDIAN, item)
    is_first = item.label != "Responsable"
    return Guardian(guardian_id=_id(item), is_payer=is_first, **values)


def _child(item: ChangeItem) -> Child:
    return Child(child_id=_id(item), version=1, **_columns(CHILD, item))


def _columns(declared: Sequence[Any], item: ChangeItem) -> dict[str, Any]:
    if not isinstance(item.new, dict):
        raise TypeError("a person is kept by its fields' names")
    return {one.name: one.as_column(item.new.get(one.name)) for one in declared}


def _id(item: ChangeItem) -> UUID:
    return UUID(item.path.partition(".")[2])
