"""Reading families: the whole file in one round trip."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Uuid, bindparam, column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.child import (
    Authorisation,
    AuthorisationKind,
    Child,
    Diet,
    Nap,
    Sex,
    Swimming,
)
from accounts.domain.contact import Collecting, Contact
from accounts.domain.custody import BenefitScheme, Custody, Situation, Weeks
from accounts.domain.family import Family, Guardian
from accounts.domain.quotient import QuotientPeriod

from . import tables

# Five tables, one question: PostgreSQL gathers the people and the periods of the family.
_ALONE = (
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
_GATHERED = ("guardians", "contacts", "quotients", "children")
_FILE = text(
    f"""
    SELECT f.family_id, {", ".join(f"f.{name}" for name in _ALONE)},
        (SELECT json_agg(g ORDER BY g.position) FROM guardians g
            WHERE g.family_id = f.family_id) AS guardians,
        (SELECT json_agg(c ORDER BY c.position) FROM contacts c
            WHERE c.family_id = f.family_id) AS contacts,
        (SELECT json_agg(json_build_object('valid_from', lower(q.validity),
                'valid_to', upper(q.validity), 'value', q.value) ORDER BY q.validity)
            FROM quotients q WHERE q.family_id = f.family_id) AS quotients,
        (SELECT json_agg(k ORDER BY k.position) FROM (
            SELECT c.*, (SELECT json_agg(a ORDER BY a.kind) FROM authorisations a
                    WHERE a.child_id = c.child_id) AS authorisations
                FROM children c
                WHERE c.family_id = f.family_id AND c.same_as IS NULL) k) AS children
    FROM families f WHERE f.family_id = :family_id
    """
).bindparams(bindparam("family_id", type_=Uuid))
_FILE_ROW = _FILE.columns(
    column("family_id", Uuid),
    *(column(name) for name in _ALONE),
    *(column(name, JSON) for name in _GATHERED),
)


async def family_by_id(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """The whole family, or None."""
    row = (await connection.execute(_FILE_ROW, {"family_id": family_id})).one_or_none()
    return None if row is None else _family(row)


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
    """Whose child it is; None when there is no such child."""
    query = select(tables.children.c.family_id).where(tables.children.c.child_id == child_id)
    family_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return family_id


def _family(row: Any) -> Family:
    return Family(
        family_id=row.family_id,
        version=row.version,
        reference=row.reference,
        name=row.name,
        resident=row.resident,
        guardians=tuple(_guardian(one) for one in row.guardians or ()),
        children=tuple(_child(one) for one in row.children or ()),
        quotients=tuple(_quotient(one) for one in row.quotients or ()),
        situation=Situation(row.situation) if row.situation else None,
        custody=Custody(row.custody) if row.custody else None,
        custody_note=row.custody_note,
        benefit_scheme=BenefitScheme(row.benefit_scheme) if row.benefit_scheme else None,
        benefit_number=row.benefit_number,
        contacts=tuple(_contact(one) for one in row.contacts or ()),
    )


def _guardian(found: Mapping[str, Any]) -> Guardian:
    weeks = found["custody_weeks"]
    return Guardian(
        **_plain(Guardian, found, "guardian_id", "custody_weeks", "payer_weeks"),
        guardian_id=UUID(found["guardian_id"]),
        custody_weeks=Weeks(weeks) if weeks else None,
        payer_weeks=Weeks(found["payer_weeks"]),
    )


def _contact(found: Mapping[str, Any]) -> Contact:
    return Contact(
        **_plain(Contact, found, "contact_id", "collecting"),
        contact_id=UUID(found["contact_id"]),
        collecting=Collecting(found["collecting"]),
    )


_CODED = {"sex": Sex, "diet": Diet, "swimming": Swimming, "nap": Nap}


def _child(found: Mapping[str, Any]) -> Child:
    coded: dict[str, Any] = {
        name: codes(found[name]) if found[name] else None for name, codes in _CODED.items()
    }
    until = found["insurance_until"]
    special = ("child_id", "born_on", "insurance_until", "authorisations")
    return Child(
        **_plain(Child, found, *special, *_CODED),
        **coded,
        child_id=UUID(found["child_id"]),
        born_on=date.fromisoformat(found["born_on"]),
        insurance_until=date.fromisoformat(until) if until else None,
        authorisations=tuple(_authorisation(one) for one in found["authorisations"] or ()),
    )


def _authorisation(found: Mapping[str, Any]) -> Authorisation:
    return Authorisation(
        **_plain(Authorisation, found, "kind", "signed_at"),
        kind=AuthorisationKind(found["kind"]),
        signed_at=datetime.fromisoformat(found["signed_at"]),
    )


def _quotient(found: Mapping[str, Any]) -> QuotientPeriod:
    until = found["valid_to"]
    return QuotientPeriod(
        valid_from=date.fromisoformat(found["valid_from"]),
        valid_to=date.fromisoformat(until) if until else None,
        value=found["value"],
    )


def _plain(kind: type, found: Mapping[str, Any], *special: str) -> dict[str, Any]:
    """The columns that the domain keeps as JSON gives them."""
    names = {field.name for field in fields(kind)} - set(special)
    return {name: found[name] for name in names if name in found}
