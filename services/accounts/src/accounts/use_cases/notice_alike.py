"""Whether a family that comes in is perhaps known already, and by what."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family, LooksAlike
from accounts.store.lookalikes import families_reached_by, families_with_child


async def alike_by_reach(
    connection: AsyncConnection, email: str | None, phones: Iterable[str | None], besides: UUID
) -> str:
    """In words, the families reached by the same address or number; empty when there is none."""
    found = await families_reached_by(
        connection, email, [phone for phone in phones if phone], besides
    )
    return _hint(found, "même téléphone ou même adresse e-mail")


async def alike_by_child(
    connection: AsyncConnection, given_name: str, born_on: date, besides: UUID
) -> str:
    """In words, the families with such a child; empty when there is none."""
    found = await families_with_child(connection, given_name, born_on, besides)
    return _hint(found, "même prénom et même date de naissance")


async def refuse_alike(connection: AsyncConnection, family: Family) -> None:
    """Raises LooksAlike, with what the family that comes in shares with one that is here."""
    hints = [
        await alike_by_reach(
            connection, one.email, (one.mobile_phone, one.home_phone), family.family_id
        )
        for one in family.guardians
    ] + [
        await alike_by_child(connection, one.given_name, one.born_on, family.family_id)
        for one in family.children
    ]
    if said := ". ".join(filter(None, dict.fromkeys(hints))):
        raise LooksAlike(f"{said}.")


def _hint(found: Sequence[str], why: str) -> str:
    return f"Doublon possible\u00a0: {', '.join(found)}, {why}" if found else ""
