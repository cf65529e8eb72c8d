"""Calls of people who cannot enter, handed on by the gateway. The answer is always the same."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from accounts.resources import ResourcesOf
from accounts.use_cases.call_for_help import Call, receive_call
from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .problems import waits_told
from .words import Address, EmailAddress, FreeText, PersonName, TypedIdentifier

router = APIRouter(prefix="/v1/help-calls", tags=["access"])


class HelpCall(BaseModel):
    call_id: UUID
    identifier: TypedIdentifier | None = None
    name: PersonName
    email: EmailAddress
    message: FreeText
    address: Address


@router.post("", status_code=202)
async def call(
    body: HelpCall,
    runtime: RuntimeOf,
    own: ResourcesOf,
    _: Annotated[object, allow(Audience.SERVICE)],
) -> None:
    words = Call(body.call_id, body.identifier, body.name, body.email, body.message)
    with waits_told():
        async with runtime.database.transaction() as transaction:
            await receive_call(transaction, words, body.address, runtime.clock.now())
    own.calls_waiting.set()
