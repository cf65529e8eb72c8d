"""The authority's mark: sent, shown in the place of the portal's own, taken away."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.examination import Examiner, ExaminersBusy, FileRefused
from chassis.runtime import Runtime, RuntimeOf
from chassis.uploads import file_in, read_form
from enrolment.store.authority_logo import keep_logo, remove_logo

from .authority import HERE, authority_page, standing_record
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator

router = APIRouter(route_class=PageRoute)

NONE_CHOSEN: Final = "Choisissez l’image de votre logo."
NO_PICTURE: Final = "Ce fichier n’est pas une image PNG, JPEG ou WebP lisible."
BUSY: Final = "D’autres fichiers sont en cours de vérification\u00a0: réessayez dans un instant."

_examiner = Examiner(at_once=1)


@router.post("/collectivite/logo")
async def send_logo(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    _, content = await file_in(await read_form(request), "file")
    if not content:
        return await _wrong(request, principal, runtime, pages, NONE_CHOSEN)
    try:
        made = await _examiner.logo(content)
    except FileRefused as refused:
        said = NO_PICTURE if refused.code == "unreadable" else str(refused)
        return await _wrong(request, principal, runtime, pages, said)
    except ExaminersBusy:
        return await _wrong(request, principal, runtime, pages, BUSY)
    async with runtime.database.transaction() as transaction:
        fingerprint = await keep_logo(
            transaction.connection, made.content, principal.name, runtime.clock.now()
        )
    return _shown(runtime, fingerprint)


@router.post("/collectivite/logo/retirer")
async def take_logo_away(_: Administrator, runtime: RuntimeOf) -> Response:
    async with runtime.database.transaction() as transaction:
        await remove_logo(transaction.connection)
    return _shown(runtime, "")


def _shown(runtime: Runtime, fingerprint: str) -> Response:
    """In this process at once; the others ask for it every half minute."""
    shared = runtime.shared
    shared.authority = shared.authority.model_copy(update={"logo": fingerprint})
    return RedirectResponse(f"{HERE}?enregistre=1", 303)


async def _wrong(
    request: Request, principal: Principal, runtime: Runtime, pages: Pages, said: str
) -> Response:
    record = await standing_record(runtime)
    return await authority_page(request, principal, runtime, pages, record, {"file": said})
