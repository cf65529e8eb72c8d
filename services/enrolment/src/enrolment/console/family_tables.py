"""Families by the table in the console: send, read what is wrong, take; and exports."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from chassis.auth import Audience, Principal, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.uploads import file_in, read_form, texts_in
from chassis.web.shapes import FieldError
from portail_contracts.catalogue import Context

from .asking import asking
from .families import Visit, away, needed
from .family_sheet import FAMILIES
from .forms import form_fields, one
from .pages import PageRoute, PagesOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
Exporter = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.CASH_OFFICE, Audience.ADMIN),
]

IMPORT = f"{FAMILIES}/import"
MOST_BYTES = 12 * 1024 * 1024
TAKES_TABLES = {IMPORT: MOST_BYTES + 128 * 1024}
"""A little above what accounts takes, so that it refuses in words about the file."""

TOO_LARGE = "Ce fichier dépasse 12 Mo\u00a0: coupez-le en plusieurs."
WORKING = ("waiting", "applying")


@router.get("/familles/import")
async def sending(
    request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _sending(Visit(request, runtime, pages, principal))


@router.post("/familles/import")
async def send(request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf) -> Response:
    visit = Visit(request, runtime, pages, principal)
    form = await read_form(request)
    _, content = await file_in(form, "file")
    typed = texts_in(form).get("import_id", "")
    try:
        import_id = UUID(typed) if typed else new_id()
    except ValueError:
        import_id = new_id()
    if not content:
        return await _sending(visit, "Choisissez un fichier.")
    fields = {"import_id": str(import_id)}
    try:
        token = visit.asking.token
        await runtime.peers.upload(
            Context.ACCOUNTS, "/v1/staff/imports", fields, content, token=token
        )
    except PeerRefused as refused:
        words = str(refused.problem.get("detail") or "Ce fichier ne peut pas être pris.")
        return await _sending(visit, TOO_LARGE if refused.status == 413 else words)
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{IMPORT}/{import_id}", 303)


@router.get("/familles/import/modele.csv")
async def model(request: Request, _: Editor, runtime: RuntimeOf) -> Response:
    return await _file(request, runtime, "/v1/staff/imports/template")


@router.get("/familles/import/{import_id}")
async def one_import(
    import_id: UUID, request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _import(Visit(request, runtime, pages, principal), import_id)


@router.post("/familles/import/{import_id}")
async def take(
    import_id: UUID, request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request)
    mode = "good" if one(fields, "mode") == "good" else "all"
    try:
        await visit.asking.send(
            "POST", Context.ACCOUNTS, f"/v1/staff/imports/{import_id}/take", json={"mode": mode}
        )
    except PeerRefused as refused:
        if refused.status != 409:
            raise Problem(refused.status, "enrolment.refused", "Demande impossible") from None
        words = str(refused.problem.get("detail") or "")
        return await _import(visit, import_id, words, 409)
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{IMPORT}/{import_id}", 303)


@router.get("/familles/export.csv")
async def export_csv(request: Request, _: Exporter, runtime: RuntimeOf) -> Response:
    return await _file(request, runtime, "/v1/staff/exports/families.csv")


@router.get("/familles/export.ods")
async def export_ods(request: Request, _: Exporter, runtime: RuntimeOf) -> Response:
    return await _file(request, runtime, "/v1/staff/exports/families.ods")


async def _sending(visit: Visit, trouble: str | None = None) -> Response:
    return await visit.page(
        "import.html",
        "Importer des familles",
        status=422 if trouble else 200,
        import_id=str(new_id()),
        trouble=trouble,
        errors=[FieldError("file", trouble)] if trouble else [],
    )


async def _import(
    visit: Visit, import_id: UUID, trouble: str | None = None, status: int = 200
) -> Response:
    found = await needed(visit.asking, f"/v1/staff/imports/{import_id}")
    return await visit.page(
        "import_suivi.html",
        "Importer des familles",
        status=status,
        found=found,
        url=f"{IMPORT}/{import_id}",
        is_working=found["state"] in WORKING,
        percent=_percent(found),
        trouble=trouble,
    )


def _percent(found: Mapping[str, Any]) -> int:
    return 100 * int(found["done"]) // int(found["families"]) if found["families"] else 0


async def _file(request: Request, runtime: Runtime, path: str) -> Response:
    """The file of accounts, in the reader's own name, as it comes."""
    token = asking(request, runtime.peers).token
    try:
        file = await runtime.peers.download(Context.ACCOUNTS, path, token=token)
    except PeerRefused as refused:
        raise Problem(refused.status, "enrolment.refused", "Demande impossible") from None
    except PeerUnavailable:
        raise away() from None
    headers = {
        "Content-Disposition": file.disposition or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(file.parts, media_type=file.media_type, headers=headers)
