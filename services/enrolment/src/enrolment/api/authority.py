"""Who the authority is, for the pages, papers and e-mails of every service (decision 51)."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chassis.auth import Audience, allow
from chassis.authority import DOOR
from chassis.runtime import RuntimeOf
from enrolment.store.authority import find_authority

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


@router.get(DOOR)
async def authority(runtime: RuntimeOf) -> AuthorityAnswer:
    async with runtime.database.reading() as connection:
        found = await find_authority(connection)
    return AuthorityAnswer(authority=AuthorityOut.model_validate(found) if found else None)
