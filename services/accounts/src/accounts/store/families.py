"""Reading families: the whole file in one round trip."""

from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Text, Uuid, bindparam, column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family
from chassis.database import Database

from . import tables

_ALONE = (
    "family_id",
    "version",
    "reference",
    "name",
    "resident",
    "situation",
    "custody",
    "custody_note",
    "benefit_scheme",
    "benefit_number",
)
# Five tables, one question: PostgreSQL gathers the people and the periods of the family, under
# the names of the domain, and the whole is built from its JSON in one pass.
_FILE = f"""
    SELECT json_build_object({", ".join(f"'{name}', f.{name}" for name in _ALONE)},
        'guardians', coalesce((SELECT json_agg(g ORDER BY g.position) FROM guardians g
            WHERE g.family_id = f.family_id AND g.left_at IS NULL), '[]'),
        'contacts', coalesce((SELECT json_agg(c ORDER BY c.position) FROM contacts c
            WHERE c.family_id = f.family_id), '[]'),
        'quotients', coalesce((SELECT json_agg(json_build_object('valid_from', lower(q.validity),
                'valid_to', upper(q.validity), 'value', q.value) ORDER BY q.validity)
            FROM quotients q WHERE q.family_id = f.family_id), '[]'),
        'children', coalesce((SELECT json_agg(k ORDER BY k.position) FROM (
            SELECT {{child}} FROM children c
                WHERE c.family_id = f.family_id AND c.same_as IS NULL
                    AND c.left_at IS NULL) k), '[]'))::text
    FROM families f WHERE f.family_id = {{asked}}
    """
_WHOLE_CHILD = """c.*, coalesce((SELECT json_agg(a ORDER BY a.kind) FROM authorisations a
    WHERE a.child_id = c.child_id), '[]') AS authorisations"""
_LISTED_CHILD = """c.position, c.child_id, c.version, c.given_name, c.family_name, c.born_on,
    c.school, c.class_name"""
_FILE_ROW = (
    text(_FILE.format(asked=":family_id", child=_WHOLE_CHILD))
    .bindparams(bindparam("family_id", type_=Uuid))
    .columns(column("file", Text))
)
_LISTING_CHILDREN = _FILE.format(asked="$1", child=_LISTED_CHILD)
_FAMILY = TypeAdapter(Family)


async def family_listing_children(database: Database, family_id: UUID) -> Family | None:
    """The family with its children as lists show them, without their sheets; or None.

    By one question of the driver's: it is what every page of a family begins with.
    """
    file = await database.ask(_LISTING_CHILDREN, family_id)
    return None if file is None else _FAMILY.validate_json(file)


async def family_by_id(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """The whole family, or None."""
    file = (await connection.execute(_FILE_ROW, {"family_id": family_id})).scalar_one_or_none()
    return None if file is None else _FAMILY.validate_json(file)


async def creation_digest(connection: AsyncConnection, family_id: UUID) -> bytes | None:
    """The digest of what first created the family, or None when there is no such family."""
    query = select(tables.families.c.creation_digest)
    found = await connection.execute(query.where(tables.families.c.family_id == family_id))
    digest: bytes | None = found.scalar_one_or_none()
    return digest


async def lock_family(connection: AsyncConnection, family_id: UUID) -> bool:
    """Hold the family's row until the end of the transaction; False when there is none."""
    query = select(tables.families.c.family_id).where(tables.families.c.family_id == family_id)
    return (await connection.execute(query.with_for_update())).one_or_none() is not None


async def family_of_child(connection: AsyncConnection, child_id: UUID) -> UUID | None:
    """Whose child it is; None when there is no such child, or it left the file."""
    children = tables.children.c
    query = select(children.family_id).where(
        children.child_id == child_id, children.left_at.is_(None)
    )
    family_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return family_id
