"""What accounts itself holds about a family, as files of its copy."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.api.change_answers import change_out
from accounts.api.document_schemas import document_out
from accounts.api.family_schemas import OwnFamily
from accounts.api.health_schemas import health_out, read_out
from accounts.child_paper import child_paper
from accounts.domain.document import Document
from accounts.domain.family import Family, UnknownFamily
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader, ReaderKind
from accounts.domain.rights import Export
from accounts.domain.visibility import visible_to
from accounts.resources import resources_of
from accounts.sealing import MasterKeys
from accounts.store.changes import PER_PAGE, changes_of
from accounts.store.data_keys import data_key_of
from accounts.store.documents import documents_of, file_of, owner_of
from accounts.store.families import family_by_id
from accounts.store.former_children import former_rows
from accounts.store.health import health_of
from accounts.store.reads import note_opening, openings_of_family
from accounts.store.tables import metadata
from accounts.use_cases.read_child_sheet import SheetReader, read_child_sheet
from accounts.use_cases.read_health import HealthFile, read_health
from chassis.clock import local_date
from chassis.family_rows import Viewer, lines_about
from chassis.runtime import Runtime

File = tuple[str, bytes]
ABOUT_ACCESS = frozenset(
    {
        "credentials",
        "access_actions",
        "access_links",
        "sessions",
        "sign_in_attempts",
        "file_history",
    }
)
MANY = 10_000
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


async def family_for(runtime: Runtime, export: Export) -> Family:
    """As whoever asked may see it; raises UnknownFamily."""
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, export.family_id)
    if family is None:
        raise UnknownFamily
    return visible_to(family, export.guardian_id)


async def own_files(runtime: Runtime, export: Export, family: Family) -> AsyncIterator[File]:
    """Every opening that making the copy means is noted, as if the family had opened it."""
    await _note(runtime, export)
    yield "compte/famille.json", _json(OwnFamily.model_validate(family))
    yield "compte/demandes.json", _json(await _changes(runtime, export, family))
    if not family.is_apart:
        yield "compte/acces.json", _json(await _access(runtime, export))
    for child in family.children:
        async for file in _child_files(runtime, export, child.child_id):
            yield file
    async for file in _former_files(runtime, export):
        yield file
    async for file in _documents(runtime, export, family):
        yield file
    yield "compte/qui-a-lu-quoi.json", _json(await _reads(runtime, export))


async def _note(runtime: Runtime, export: Export) -> None:
    opening = Opening(
        _reader(export),
        Part.EXPORT,
        Act.READ,
        Purpose.OWN,
        export.family_id,
        None,
        export.export_id,
    )
    async with runtime.database.transaction() as transaction:
        await note_opening(transaction.connection, opening, runtime.clock.now())


async def _changes(runtime: Runtime, export: Export, family: Family) -> list[Any]:
    found: list[Any] = []
    async with runtime.database.reading() as connection:
        whole = await family_by_id(connection, export.family_id) or family
        page, total = 1, 1
        while (page - 1) * PER_PAGE < total:
            changes, total = await changes_of(connection, export.family_id, page)
            authority = runtime.shared.authority
            found += [change_out(one, whole, export.guardian_id, authority) for one in changes]
            page += 1
    return found


async def _access(runtime: Runtime, export: Export) -> dict[str, list[Any]]:
    tables: dict[str, list[Any]] = defaultdict(list)
    async with runtime.database.reading() as connection:
        async for line in lines_about(connection, metadata, Viewer(export.family_id)):
            said = json.loads(line)
            if said["table"] in ABOUT_ACCESS and "row" in said:
                tables[said["table"]].append(said["row"])
    return tables


async def _child_files(runtime: Runtime, export: Export, child_id: UUID) -> AsyncIterator[File]:
    keys, now = resources_of(runtime).master_keys, runtime.clock.now()
    reader = _reader(export)
    async with runtime.database.transaction() as transaction:
        health = await read_health(
            transaction, keys, reader, child_id, Purpose.OWN, now, export.family_id
        )
        by = SheetReader(reader, Purpose.OWN, export.family_id, export.guardian_id)
        sheet = await read_child_sheet(transaction, keys, by, child_id, now, complete=True)
    folder = f"enfants/{sheet.child.given_name.replace('/', ' ')}"
    yield f"{folder}/sante.json", _json(health_out(health))
    if sheet.photo is not None:
        yield f"{folder}/photo.jpg", sheet.photo
    html = child_paper(sheet, runtime.shared.authority, export.asked_by, now)
    yield f"{folder}/fiche-complete.pdf", await runtime.documents.render(html)


async def _former_files(runtime: Runtime, export: Export) -> AsyncIterator[File]:
    """Of children who left the file what is kept is theirs to read, though nobody opens it."""
    keys = resources_of(runtime).master_keys
    async with runtime.database.reading() as connection:
        for row in await former_rows(connection, export.family_id):
            health = await health_of(connection, keys, row["child_id"])
            folder = f"enfants/{row['given_name'].replace('/', ' ')} (a quitté le dossier)"
            yield f"{folder}/identite.json", _json(row)
            yield f"{folder}/sante.json", _json(health_out(HealthFile(health)))


async def _documents(runtime: Runtime, export: Export, family: Family) -> AsyncIterator[File]:
    keys, now = resources_of(runtime).master_keys, runtime.clock.now()
    async with runtime.database.reading() as connection:
        found = await documents_of(
            connection, export.family_id, offset=0, limit=MANY, with_former=True
        )
    shown = [one for one in found if one.is_visible_to(export.guardian_id, family)]
    today = local_date(now)
    yield "documents/liste.json", _json([document_out(one, today) for one in shown])
    for document in shown:
        async with runtime.database.reading() as connection:
            file = await _opened(connection, keys, document)
        if file is not None:
            yield f"documents/{file[0]}", file[1]


async def _opened(connection: AsyncConnection, keys: MasterKeys, document: Document) -> File | None:
    key = await data_key_of(connection, keys, owner_of(document))
    return None if key is None else await file_of(connection, key, document)


async def _reads(runtime: Runtime, export: Export) -> list[Any]:
    async with runtime.database.reading() as connection:
        found, _ = await openings_of_family(connection, export.family_id, offset=0, limit=MANY)
    return [read_out(noted) for noted in found]


def _reader(export: Export) -> Reader:
    return Reader(ReaderKind.FAMILY, export.asked_by_id, export.asked_by)


def _json(value: Any) -> bytes:
    return _JSON.dump_json(value, indent=2)


def about(now: datetime) -> str:
    """The first file that people open."""
    return (
        "Copie de vos données\n\n"
        f"Faite le {local_date(now):%d/%m/%Y}. Elle contient ce que le service enfance garde de "
        "votre famille.\n\n"
        "compte/ : votre dossier, vos demandes, qui a lu quoi\n"
        "enfants/ : pour chaque enfant, la fiche complète, la santé, la photo\n"
        "documents/ : les justificatifs que vous avez déposés\n"
        "inscriptions/, factures/, messages/ : le reste, tel qu'il est enregistré\n\n"
        "Si les responsables vivent séparés, ce qui est privé à l'un n'est pas dans la copie de "
        "l'autre ; les factures en PDF se téléchargent alors sur le portail.\n\n"
        "Ce fichier contient des données de santé : gardez-le en lieu sûr.\n"
    )
