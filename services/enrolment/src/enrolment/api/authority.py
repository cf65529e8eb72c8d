"""Who the authority is, for the pages, papers and e-mails of every service (decision 51)."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from chassis.auth import Audience, allow
from chassis.authority import DOOR, FINGERPRINT, LOGO_DOOR
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from chassis.web.assets import FOREVER
from enrolment.store.authority import find_authority
from enrolment.store.authority_logo import find_logo, logo_fingerprint

Fingerprint = Annotated[str, Path(pattern=FINGERPRINT)]

router = APIRouter(dependencies=[allow(Audience.SERVICE)])


class AuthorityOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    service_name: str
    address: str
    phone: str
    email: str
    opening_hours: str


class AuthorityAnswer(BaseModel):
    """`authority` is null until it has been written: the services' settings stand."""

    authority: AuthorityOut | None
    logo: str = ""
    """The fingerprint of its mark; empty when there is none."""


@router.get(DOOR)
async def authority(runtime: RuntimeOf) -> AuthorityAnswer:
    async with runtime.database.reading() as connection:
        found = await find_authority(connection)
        logo = await logo_fingerprint(connection)
    said = AuthorityOut.model_validate(found) if found else None
    return AuthorityAnswer(authority=said, logo=logo)


@router.get(f"{LOGO_DOOR}/{{fingerprint}}")
async def logo(runtime: RuntimeOf, fingerprint: Fingerprint) -> Response:
    """A picture never changes under its fingerprint: whoever has it keeps it."""
    async with runtime.database.reading() as connection:
        content = await find_logo(connection, fingerprint)
    if content is None:
        raise Problem(404, "enrolment.logo-unknown", "Logo introuvable")
    return Response(content, media_type="image/png", headers={"Cache-Control": FOREVER})
