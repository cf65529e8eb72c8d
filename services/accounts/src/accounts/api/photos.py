"""The doors to children's photos."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from accounts.domain.child import UnknownChild
from accounts.domain.photo import PhotoState
from accounts.domain.reading import KEEPERS, Part
from accounts.resources import Resources, ResourcesOf
from accounts.store.changes import find_change
from accounts.store.families import family_of_child
from accounts.store.photos import photo_of
from accounts.use_cases.keep_change import Author
from accounts.use_cases.show_photo import show_photo
from accounts.use_cases.submit_photo import photo_from, submit_photo
from chassis.auth import Audience, Principal, allow
from chassis.examination import FileRefused
from chassis.runtime import Runtime, RuntimeOf

from .callers import opened_by, roles_only
from .document_schemas import PhotoIn, PhotoOut, PhotosOut
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
    return await _send(
        request, runtime, own, child_id, family_id, _author(principal), decided=False
    )


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
    return await _send(request, runtime, own, child_id, family_id, _author(principal), decided=True)


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


@router.get("/v1/me/children/{child_id}/photos")
async def own_photos(child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf) -> PhotosOut:
    """Which there are, without their pictures."""
    async with runtime.database.reading() as connection:
        if await family_of_child(connection, child_id) != principal.own_family:
            raise UnknownChild
        current = await photo_of(connection, child_id, PhotoState.CURRENT)
        pending = await photo_of(connection, child_id, PhotoState.PENDING)
    return PhotosOut(
        current=current is not None,
        pending=pending is not None,
        request_id=pending.photo.photo_id if pending else None,
    )


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
    author: Author,
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
    photo = photo_from(said.photo_id, child_id, author.name, now, decided=decided)
    async with runtime.database.transaction() as transaction:
        kept = await submit_photo(
            transaction, own.master_keys, family_id, photo, made.content, author, now
        )
        change = await find_change(transaction.connection, kept.photo_id)
    number = change.number if change else None
    return PhotoOut(photo_id=kept.photo_id, state=kept.state, number=number)


def _author(principal: Principal) -> Author:
    return Author(principal.name, principal.guardian_id)
