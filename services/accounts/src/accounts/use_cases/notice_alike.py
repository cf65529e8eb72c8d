"""Whether a family that comes in is perhaps known already, and by what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family, Lookalike, LooksAlike
from accounts.store.lookalikes import families_reached_by, families_with_child


@dataclass(frozen=True)
class Hint:
    """The files that look like it, and why; empty when there is none."""

    files: Sequence[Lookalike]
    why: str

    @property
    def words(self) -> str:
        listed = ", ".join(one.said for one in self.files)
        return f"Doublon possible\u00a0: {listed}, {self.why}" if listed else ""


async def alike_by_reach(
    connection: AsyncConnection, email: str | None, phones: Iterable[str | None], besides: UUID
) -> Hint:
    """Reached by the same address or number."""
    found = await families_reached_by(
        connection, email, [phone for phone in phones if phone], besides
    )
    return Hint(found, "même téléphone ou même adresse e-mail")


async def alike_by_child(
    connection: AsyncConnection, given_name: str, born_on: date, besides: UUID
) -> Hint:
    """With such a child."""
    found = await families_with_child(connection, given_name, born_on, besides)
    return Hint(found, "même prénom et même date de naissance")


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
    if said := ". ".join(filter(None, dict.fromkeys(hint.words for hint in hints))):
        files = tuple(dict.fromkeys(one for hint in hints for one in hint.files))
        raise LooksAlike(f"{said}.", files)
