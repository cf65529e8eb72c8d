"""The doors to children's photos."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from accounts.domain.child import UnknownChild
from accounts.domain.photo import PhotoState
from accounts.domain.reading import KEEPERS, Part
from accounts.examination import FileRefused
from accounts.resources import Resources, ResourcesOf
from accounts.store.families import family_of_child
from accounts.use_cases.show_photo import show_photo
from accounts.use_cases.submit_photo import photo_from, submit_photo
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .callers import opened_by, roles_only
from .document_schemas import PhotoIn, PhotoOut
from .files import checked_as, picture, refused, sent_file

router = APIRouter(tags=["photos"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
Which = Annotated[PhotoState, Query()]


@router.post("/v1/me/children/{child_id}/photo", status_code=201)
async def send_own_photo(
    child_id: UUID, request: Request, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> PhotoOut:
    """A multipart form: `photo_id`, and the picture as `file`."""
    family_id = principal.own_family
    return await _send(request, runtime, own, child_id, family_id, principal.name, decided=False)


@router.post("/v1/staff/children/{child_id}/photo", status_code=201)
async def send_photo(
    child_id: UUID,
    request: Request,
    principal: Annotated[Principal, roles_only(KEEPERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> PhotoOut:
    async with runtime.database.reading() as connection:
        family_id = await family_of_child(connection, child_id)
    if family_id is None:
        raise UnknownChild
    return await _send(request, runtime, own, child_id, family_id, principal.name, decided=True)


@router.get("/v1/me/children/{child_id}/photo", response_class=Response)
async def own_photo(
    child_id: UUID,
    principal: FamilyCaller,
    runtime: RuntimeOf,
    own: ResourcesOf,
    state: Which = PhotoState.CURRENT,
) -> Response:
    async with runtime.database.reading() as connection:
        shown = await show_photo(connection, own.master_keys, child_id, state, principal.own_family)
    return picture(shown, child_id)


@router.get(
    "/v1/staff/children/{child_id}/photo",
    response_class=Response,
    dependencies=[opened_by(Part.PHOTO)],
)
async def photo(
    child_id: UUID, runtime: RuntimeOf, own: ResourcesOf, state: Which = PhotoState.CURRENT
) -> Response:
    async with runtime.database.reading() as connection:
        shown = await show_photo(connection, own.master_keys, child_id, state)
    return picture(shown, child_id)


async def _send(
    request: Request,
    runtime: Runtime,
    own: Resources,
    child_id: UUID,
    family_id: UUID,
    name: str,
    *,
    decided: bool,
) -> PhotoOut:
    fields, _, content = await sent_file(request)
    said = checked_as(PhotoIn, fields)
    try:
        made = await own.examiner.photo(content)
    except FileRefused as error:
        raise refused(error) from None
    now = runtime.clock.now()
    photo = photo_from(said.photo_id, child_id, name, now, decided=decided)
    async with runtime.database.transaction() as transaction:
        kept = await submit_photo(transaction, own.master_keys, family_id, photo, made.content, now)
    return PhotoOut(photo_id=kept.photo_id, state=kept.state)
