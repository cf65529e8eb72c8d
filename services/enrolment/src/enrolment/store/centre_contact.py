"""How families reach each centre, and the days on which they need not try."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.centre_contact import CentreContact, Opening

from .tables import centre_openings, centres


async def contacts_of_centres(connection: AsyncConnection) -> Mapping[UUID, CentreContact]:
    """Of every centre; an authority has a handful."""
    hours: dict[UUID, list[Opening]] = {}
    for row in await connection.execute(select(centre_openings)):
        opening = Opening(row.weekday, row.opens, row.closes)
        hours.setdefault(row.centre_id, []).append(opening)
    rows = await connection.execute(select(centres.c.centre_id, centres.c.phone, centres.c.email))
    return {
        row.centre_id: CentreContact(
            row.phone, row.email, tuple(sorted(hours.get(row.centre_id, ())))
        )
        for row in rows
    }


async def keep_contact(
    connection: AsyncConnection, centre_id: UUID, contact: CentreContact
) -> None:
    """In the transaction that holds the centre's row."""
    await connection.execute(
        update(centres)
        .where(centres.c.centre_id == centre_id)
        .values(phone=contact.phone, email=contact.email)
    )
    await connection.execute(
        delete(centre_openings).where(centre_openings.c.centre_id == centre_id)
    )
    rows = [{"centre_id": centre_id, **vars(opening)} for opening in contact.openings]
    if rows:
        await connection.execute(insert(centre_openings), rows)
