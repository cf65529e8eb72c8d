"""Forgetting a family, and giving what was kept under one family to another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, cast, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import (
    absences,
    bookings,
    calendar_feeds,
    children,
    enrolments,
    families,
    request_lines,
    request_transitions,
    requests,
    school_enrolments,
)

OF_A_FAMILY = (
    children,
    requests,
    bookings,
    absences,
    enrolments,
    school_enrolments,
    calendar_feeds,
)


async def erase_family(connection: AsyncConnection, family_id: UUID, at: datetime) -> None:
    """Names become words for nobody; of a birth date only the year stays, which ages need."""
    own_requests = select(requests.c.request_id).where(requests.c.family_id == family_id)
    for statement in (
        update(families)
        .where(families.c.family_id == family_id)
        .values(name="Famille effacée", reference=""),
        update(children)
        .where(children.c.family_id == family_id)
        .values(
            given_name="Enfant",
            family_name="effacé",
            born_on=func.make_date(cast(func.extract("year", children.c.born_on), Integer), 1, 1),
        ),
        update(requests)
        .where(requests.c.family_id == family_id)
        .values(submitted_by="Famille effacée", subject=None, reason=None),
        update(bookings).where(bookings.c.family_id == family_id).values(reason=None),
        update(absences).where(absences.c.family_id == family_id).values(reason_text=None),
        # The names of staff are their own; those of the family are not kept.
        update(request_transitions)
        .where(
            request_transitions.c.request_id.in_(own_requests),
            request_transitions.c.channel == literal("portal"),
        )
        .values(actor_name="Famille effacée", actor_id=""),
        update(request_transitions)
        .where(request_transitions.c.request_id.in_(own_requests))
        .values(reason=None),
        update(calendar_feeds)
        .where(calendar_feeds.c.family_id == family_id, calendar_feeds.c.revoked_at.is_(None))
        .values(revoked_at=at),
    ):
        await connection.execute(statement)


async def point_to(connection: AsyncConnection, absorbed: UUID, family_id: UUID) -> None:
    """Every row of the absorbed family is the other's now; its own row is left as a tombstone."""
    for table in OF_A_FAMILY:
        await connection.execute(
            update(table).where(table.c.family_id == absorbed).values(family_id=family_id)
        )
    await connection.execute(
        update(request_transitions)
        .where(request_transitions.c.on_behalf_of == absorbed)
        .values(on_behalf_of=family_id)
    )


async def drop_unused_child(connection: AsyncConnection, child_id: UUID) -> None:
    """The child of whom nothing was ever asked here; another stays, with what was asked."""
    statement = delete(children).where(children.c.child_id == child_id)
    for table in (bookings, enrolments, school_enrolments, request_lines):
        used = select(table.c.child_id).where(table.c.child_id == child_id)
        statement = statement.where(~used.exists())
    await connection.execute(statement)
