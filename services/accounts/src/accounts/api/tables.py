"""Families by the table: an import that is checked before it is taken, and exports."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from accounts.centre_sight import Sight, sight_of
from accounts.domain.access import Role
from accounts.domain.exporting import COLUMNS_OF, Cell, cells, columns_for
from accounts.domain.importing import KEY, TITLES
from accounts.resources import ResourcesOf
from accounts.store.exporting import lines
from accounts.store.imports import ImportRecord, import_by_id
from accounts.use_cases.import_families import UnknownImport, send_import, take_import
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import CSV_TYPE, ODS_TYPE, csv_table, ods_table
from chassis.telemetry import logger
from chassis.uploads import file_in, read_form, texts_in

from .callers import actor_of, roles_of, roles_only
from .family_schemas import FromDomain

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
Exporter = Annotated[Principal, roles_only(frozenset(COLUMNS_OF))]

MOST_BYTES = 12 * 1024 * 1024
"""Of a table: 15,000 families of two lines take about 6 MB."""

TAKES_TABLES = {r"/v1/staff/imports": MOST_BYTES + 64 * 1024}
AT_ONCE = 500
EXAMPLE: dict[str, Cell] = {
    KEY: "F-0001",
    "famille": "Noisetier",
    "habite_le_territoire": "oui",
    "situation": "Mariés",
    "quotient": "540",
    "quotient_depuis": "01/01/2026",
    "responsable1_civilite": "Madame",
    "responsable1_prenom": "Camille",
    "responsable1_nom": "Noisetier",
    "responsable1_mobile": "06 12 34 56 78",
    "enfant_prenom": "Lou",
    "enfant_nom": "Noisetier",
    "enfant_naissance": "02/03/2019",
}

log = logger(__name__)


class MistakeOut(FromDomain):
    line: int
    column: str
    message: str


class ImportOut(BaseModel):
    """`state`: waiting, checked, applying, done, unreadable, failed; `done` of `families`."""

    import_id: UUID
    state: str
    mode: str | None
    sent_at: datetime
    by_name: str
    families: int
    done: int
    good: int
    known: int
    mistake_count: int
    mistakes: list[MistakeOut]


class TakeIn(BaseModel):
    """`all`: everything or nothing; `good`: the families without a mistake."""

    mode: Literal["all", "good"] = "all"


@router.get("/imports/template")
async def template(_: Keeper) -> Response:
    """An empty table with one line to imitate."""
    row = [EXAMPLE.get(title) for title in TITLES]
    return _file(csv_table(TITLES, [row]), CSV_TYPE, "modele-familles.csv")


@router.post("/imports", status_code=202)
async def send(
    request: Request, principal: Keeper, runtime: RuntimeOf, own: ResourcesOf
) -> ImportOut:
    """A form with `import_id`, made by the sender, and the file; it is checked, nothing more."""
    form = await read_form(request)
    _, content = await file_in(form, "file")
    try:
        import_id = UUID(texts_in(form).get("import_id", ""))
    except ValueError:
        raise Problem(422, "portail.invalid-input", "Saisie incomplète ou incorrecte") from None
    async with runtime.database.transaction() as transaction:
        await send_import(transaction, import_id, content, actor_of(principal), runtime.clock.now())
    own.imports_waiting.set()
    return await _found(runtime, import_id)


@router.get("/imports/{import_id}")
async def one_import(import_id: UUID, _: Keeper, runtime: RuntimeOf) -> ImportOut:
    return await _found(runtime, import_id)


@router.post("/imports/{import_id}/take", status_code=202)
async def take(
    import_id: UUID, body: TakeIn, principal: Keeper, runtime: RuntimeOf, own: ResourcesOf
) -> ImportOut:
    async with runtime.database.transaction() as transaction:
        await take_import(transaction, import_id, body.mode, actor_of(principal))
    own.imports_waiting.set()
    return await _found(runtime, import_id)


@router.get("/exports/families.csv")
async def export_csv(principal: Exporter, runtime: RuntimeOf) -> Response:
    """Leaves as it is read: 15,000 families are never in memory together."""
    titles, sight = _titles(principal), await _sight(runtime, principal)
    return StreamingResponse(
        _pages(runtime, titles, sight), media_type=CSV_TYPE, headers=_headers("familles.csv")
    )


@router.get("/exports/families.ods")
async def export_ods(principal: Exporter, runtime: RuntimeOf) -> Response:
    """The format is one compressed document: it is made whole, beside the other requests."""
    titles, sight = _titles(principal), await _sight(runtime, principal)
    rows: list[Sequence[Cell]] = []
    async for chunk in _chunks(runtime, titles, sight):
        rows += chunk
    content = await asyncio.to_thread(ods_table, "Familles", titles, rows)
    return _file(content, ODS_TYPE, "familles.ods")


def _titles(principal: Principal) -> tuple[str, ...]:
    roles: frozenset[Role] = roles_of(principal)
    # Who took a copy of everybody is worth knowing; what they took is not for the log.
    log.info("families.exported", staff=principal.id, roles=sorted(roles))
    return columns_for(roles)


async def _sight(runtime: Runtime, principal: Principal) -> Sight:
    return await sight_of(runtime.peers, principal, frozenset(COLUMNS_OF))


async def _pages(runtime: Runtime, titles: Sequence[str], sight: Sight) -> AsyncIterator[bytes]:
    yield csv_table(titles, [])
    async for chunk in _chunks(runtime, titles, sight):
        # The mark stands at the beginning of the file only; the first line is the titles again.
        page = csv_table(titles, chunk).partition(b"\r\n")[2]
        yield page


async def _chunks(
    runtime: Runtime, titles: Sequence[str], sight: Sight
) -> AsyncIterator[list[Sequence[Cell]]]:
    chunk: list[Sequence[Cell]] = []
    async with runtime.database.reading() as connection:
        async for sections in lines(connection, local_date(runtime.clock.now())):
            if sight.sees_family(UUID(sections["family"]["family_id"])):
                chunk.append(cells(titles, sections))
            if len(chunk) == AT_ONCE:
                yield chunk
                chunk = []
    yield chunk


async def _found(runtime: Runtime, import_id: UUID) -> ImportOut:
    async with runtime.database.reading() as connection:
        found = await import_by_id(connection, import_id)
    if found is None:
        raise UnknownImport
    return _out(found)


def _out(found: ImportRecord) -> ImportOut:
    return ImportOut(
        **{name: value for name, value in vars(found).items() if name not in ("actor", "mistakes")},
        by_name=found.actor.name,
        mistakes=[MistakeOut.model_validate(one) for one in found.mistakes],
    )


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
