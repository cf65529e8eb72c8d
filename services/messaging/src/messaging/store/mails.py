"""The queue of e-mails: written with what they tell, claimed by whoever sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id
from messaging.domain.letters import Category, is_sent_unasked

from .tables import deliveries, mails, preferences

LEASE = timedelta(minutes=5)
"""For so long what was claimed is nobody else's; a sender that dies leaves it until then."""


@dataclass(frozen=True)
class NewMail:
    """An e-mail to send; for one account, for one guardian, or for every access of the family."""

    family_id: UUID
    category: Category
    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    guardian_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True)
class Mail:
    """An e-mail that waits for its addressees."""

    mail_id: UUID
    family_id: UUID
    guardian_id: UUID | None
    account_id: UUID | None
    category: Category
    attempts: int


@dataclass(frozen=True)
class Addressee:
    """One delivery to make."""

    account_id: UUID
    address_hint: str


async def queue_mail(connection: AsyncConnection, mail: NewMail, now: datetime) -> bool:
    """False when it is queued, or was sent, already."""
    row = {**vars(mail), "mail_id": new_id(), "due_at": now, "created_at": now}
    queued = insert(mails).values(row).on_conflict_do_nothing().returning(mails.c.mail_id)
    return (await connection.execute(queued)).scalar_one_or_none() is not None


async def claim_mails(connection: AsyncConnection, most: int, now: datetime) -> Sequence[Mail]:
    """Those whose time has come; they are nobody else's until the lease is over."""
    due = (
        select(mails.c.mail_id)
        .where(mails.c.state == "waiting", mails.c.due_at <= now)
        .order_by(mails.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(mails)
        .where(mails.c.mail_id.in_(due.scalar_subquery()))
        .values(due_at=now + LEASE)
        .returning(
            mails.c.mail_id,
            mails.c.family_id,
            mails.c.guardian_id,
            mails.c.account_id,
            mails.c.category,
            mails.c.attempts,
        )
    )
    rows = await connection.execute(claimed)
    return [Mail(**{**row._mapping, "category": Category(row.category)}) for row in rows]


async def address_mail(
    connection: AsyncConnection, mail: Mail, addressees: Sequence[Addressee], now: datetime
) -> None:
    """One delivery for each who wants it; doing it again adds none."""
    rows = [
        {
            "delivery_id": new_id(),
            "mail_id": mail.mail_id,
            "family_id": mail.family_id,
            "category": mail.category,
            "due_at": now,
            "created_at": now,
            # Not a UUIDv7: nothing about it can be guessed.
            "stop_token": uuid4(),
            **vars(one),
        }
        for one in addressees
    ]
    if rows:
        await connection.execute(insert(deliveries).on_conflict_do_nothing(), rows)
    await end_mail(connection, mail.mail_id, "addressed" if rows else "nobody")


async def end_mail(connection: AsyncConnection, mail_id: UUID, state: str) -> None:
    await connection.execute(update(mails).where(mails.c.mail_id == mail_id).values(state=state))


async def put_off(connection: AsyncConnection, mail: Mail, due_at: datetime) -> None:
    """Whom to write to could not be asked."""
    await connection.execute(
        update(mails)
        .where(mails.c.mail_id == mail.mail_id)
        .values(due_at=due_at, attempts=mail.attempts + 1)
    )


async def wants(connection: AsyncConnection, account_id: UUID, category: Category) -> bool:
    """As the access chose; what it said nothing about is as the category is by itself."""
    chosen = select(preferences.c.by_email).where(
        preferences.c.account_id == account_id, preferences.c.category == category
    )
    by_email = (await connection.execute(chosen)).scalar_one_or_none()
    return is_sent_unasked(category) if by_email is None else bool(by_email)


async def families_that_chose(connection: AsyncConnection, category: Category) -> set[UUID]:
    """Families of which an access asked for it."""
    chosen = select(preferences.c.family_id).where(
        preferences.c.category == category, preferences.c.by_email
    )
    return set((await connection.execute(chosen)).scalars())


async def chosen_preferences(connection: AsyncConnection, account_id: UUID) -> dict[str, bool]:
    rows = await connection.execute(
        select(preferences.c.category, preferences.c.by_email).where(
            preferences.c.account_id == account_id
        )
    )
    return {row.category: row.by_email for row in rows}


async def choose(
    connection: AsyncConnection,
    account_id: UUID,
    family_id: UUID,
    chosen: Mapping[Category, bool],
    now: datetime,
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "account_id": account_id,
            "category": category,
            "family_id": family_id,
            "by_email": by_email,
            "updated_at": now,
        }
        for category, by_email in chosen.items()
    ]
    statement = insert(preferences)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "category"],
            set_={"by_email": statement.excluded.by_email, "updated_at": now},
        ),
        rows,
    )
