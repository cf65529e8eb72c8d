"""Staff open a file at the counter, from what they typed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts.domain.history import Actor
from accounts.domain.opening import opened
from accounts.store.families import creation_digest
from accounts.store.tables import family_number
from chassis.clock import local_date
from chassis.database import Transaction

from .notice_alike import refuse_alike
from .record_family import Recorded, record_family

Typed = Mapping[str, Mapping[str, object]]


async def open_family(
    transaction: Transaction,
    family_id: UUID,
    reference: str | None,
    typed: Typed,
    actor: Actor,
    now: datetime,
    *,
    despite_alike: bool = False,
) -> Recorded:
    """Without a reference the next of ours is given. Sending twice opens one file.

    Raises WrongFields, IncompleteFamily, FamilyConflict, or LooksAlike when the family is perhaps
    here already, unless it is opened `despite_alike`.
    """
    family = opened(family_id, reference or "", typed, local_date(now))
    content = json.dumps([reference, typed], sort_keys=True, ensure_ascii=False)
    is_known = await creation_digest(transaction.connection, family_id) is not None
    if not (is_known or despite_alike):
        await refuse_alike(transaction.connection, family)
    if reference is None and not is_known:
        family = replace(family, reference=await next_reference(transaction))
    return await record_family(transaction, family, content, now, actor)


async def next_reference(transaction: Transaction) -> str:
    """The next of our own references."""
    number = await transaction.connection.execute(select(family_number.next_value()))
    return f"FAM-{number.scalar_one():05d}"
