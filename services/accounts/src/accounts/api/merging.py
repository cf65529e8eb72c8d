"""Files that are one family: suggestions, a preview side by side, the merge."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from accounts.domain.family import Family, UnknownFamily
from accounts.domain.merging import Choice, Pair, differences, suggested
from accounts.store.duplicates import duplicates
from accounts.store.families import family_by_id
from accounts.use_cases.merge_families import merge_families
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .callers import actor_of
from .family_schemas import FromDomain, WholeFamily
from .paging import PAGE_SIZE, Page, pages_for
from .registry_schemas import Version

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]


class AlikeOut(FromDomain):
    family_id: UUID
    name: str
    reference: str


class DuplicateOut(FromDomain):
    """`reasons`: child (same name and birth date), email, phone."""

    one: AlikeOut
    other: AlikeOut
    reasons: list[str]


class DuplicatesOut(BaseModel):
    items: list[DuplicateOut]
    page: int
    pages: int
    total: int


class PairIO(FromDomain):
    kept: UUID
    absorbed: UUID


class DifferenceOut(FromDomain):
    key: str
    label: str
    kept: str
    absorbed: str


class PreviewOut(BaseModel):
    """Both files, whom they seem to share, and what they say differently of them."""

    kept: WholeFamily
    absorbed: WholeFamily
    same_guardians: list[PairIO]
    same_children: list[PairIO]
    differences: dict[str, list[DifferenceOut]]


class MergeIn(BaseModel):
    """`taken`: the fields whose value comes from the absorbed file, as the preview names them."""

    absorbed_family_id: UUID
    version: Version
    absorbed_version: Version
    same_guardians: Annotated[list[PairIO], Field(max_length=20)] = []
    same_children: Annotated[list[PairIO], Field(max_length=30)] = []
    taken: Annotated[
        list[Annotated[str, StringConstraints(max_length=120)]], Field(max_length=500)
    ] = []

    @property
    def choice(self) -> Choice:
        return Choice(
            tuple(Pair(one.kept, one.absorbed) for one in self.same_guardians),
            tuple(Pair(one.kept, one.absorbed) for one in self.same_children),
            frozenset(self.taken),
        )


@router.get("/duplicates")
async def alike(
    _: Keeper, runtime: RuntimeOf, family_id: UUID | None = None, page: Page = 1
) -> DuplicatesOut:
    """Of everybody, or of one family."""
    async with runtime.database.reading() as connection:
        found, total = await duplicates(
            connection, family_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    return DuplicatesOut(
        items=[DuplicateOut.model_validate(one) for one in found],
        page=page,
        pages=pages_for(total),
        total=total,
    )


@router.get("/families/{family_id}/merges/{absorbed_id}")
async def preview(family_id: UUID, absorbed_id: UUID, _: Keeper, runtime: RuntimeOf) -> PreviewOut:
    kept, absorbed = await _one(runtime, family_id), await _one(runtime, absorbed_id)
    choice = suggested(kept, absorbed)
    return PreviewOut(
        kept=WholeFamily.model_validate(kept),
        absorbed=WholeFamily.model_validate(absorbed),
        same_guardians=[PairIO.model_validate(one) for one in choice.same_guardians],
        same_children=[PairIO.model_validate(one) for one in choice.same_children],
        differences={
            part: [DifferenceOut.model_validate(one) for one in found]
            for part, found in differences(kept, absorbed, choice).items()
        },
    )


@router.post("/families/{family_id}/merges")
async def merge(
    family_id: UUID, body: MergeIn, principal: Keeper, runtime: RuntimeOf
) -> WholeFamily:
    async with runtime.database.transaction() as transaction:
        family = await merge_families(
            transaction,
            family_id,
            body.absorbed_family_id,
            (body.version, body.absorbed_version),
            body.choice,
            actor_of(principal),
            runtime.clock.now(),
        )
    return WholeFamily.model_validate(family)


async def _one(runtime: Runtime, family_id: UUID) -> Family:
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    return family
