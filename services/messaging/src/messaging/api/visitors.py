"""The contact form of those who are not signed in, handed on by the gateway."""

import hashlib
import hmac
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.auth import Audience, allow
from chassis.runtime import Runtime, RuntimeOf
from messaging.domain.threads import BODY_MAX, Words
from messaging.use_cases.write_as_visitor import Visitor, write_as_visitor

router = APIRouter(prefix="/v1", dependencies=[allow(Audience.SERVICE)])

Typed = Annotated[str, Field(max_length=1000)]


class VisitorMessage(BaseModel):
    """`address` is the network address that the gateway saw: only a digest of it is kept."""

    message_id: UUID
    name: Typed
    email: Typed
    subject: Typed
    body: Annotated[str, Field(max_length=4 * BODY_MAX)]
    address: Annotated[str, Field(max_length=100)] = ""


@router.post("/visitor-messages", status_code=204)
async def write(body: VisitorMessage, runtime: RuntimeOf) -> None:
    visitor = Visitor(body.name, body.email, _key(runtime, body.address))
    words = Words(body.message_id, body.body, runtime.clock.now())
    async with runtime.database.transaction() as transaction:
        await write_as_visitor(transaction, visitor, body.subject, words)


def _key(runtime: Runtime, address: str) -> str:
    secret = runtime.settings.service_secret.get_secret_value().encode()
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()
