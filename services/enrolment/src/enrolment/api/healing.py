"""When a family's facts have not arrived yet: ask accounts, keep the answer, try again."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime
from enrolment.domain.diary import Child
from enrolment.domain.submission import NotFound, UnknownFamily
from enrolment.use_cases.queue_change import queue_change
from enrolment.use_cases.record_child import record_child
from enrolment.use_cases.record_family import record_family
from portail_contracts.accounts import ChangeProposed
from portail_contracts.catalogue import Context

Answer = TypeVar("Answer")


class _ChildAnswer(BaseModel):
    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date


class _FamilyAnswer(BaseModel):
    """What accounts says of a family, as far as enrolment keeps it."""

    family_id: UUID
    version: int
    reference: str
    name: str
    children: list[_ChildAnswer]


async def with_family(
    runtime: Runtime, family_id: UUID, work: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Do the work; when it does not know the family or child, heal once and do it again.

    The question is asked between two transactions, so that no place is held while we wait.
    Raises NotFound when accounts knows nothing more, PeerUnavailable when it does not answer.
    """
    try:
        return await work()
    except UnknownFamily:
        await _heal(runtime, family_id)
    try:
        return await work()
    except UnknownFamily:
        raise NotFound from None


async def with_change(
    runtime: Runtime, family_id: UUID, request_id: UUID, work: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Do the work; when the request is not in the queue, it may be a change whose fact is still
    on its way: ask its owner, queue it, do the work again. Raises NotFound otherwise."""
    try:
        return await work()
    except NotFound:
        if not await _queue_missed(runtime, family_id, request_id):
            raise
    return await work()


async def _queue_missed(runtime: Runtime, family_id: UUID, request_id: UUID) -> bool:
    """Whether the owner knew of a change that the queue did not."""
    try:
        found = await runtime.peers.get(Context.ACCOUNTS, f"/v1/internal/changes/{request_id}")
    except (PeerRefused, PeerUnavailable):
        return False
    event = ChangeProposed.model_validate(found)
    if event.family_id != family_id:
        return False
    async with runtime.database.transaction() as transaction:
        await queue_change(transaction, event)
    return True


async def _heal(runtime: Runtime, family_id: UUID) -> None:
    try:
        found = await runtime.peers.get(Context.ACCOUNTS, f"/v1/internal/families/{family_id}")
    except PeerRefused as refusal:
        if refusal.status == 404:
            raise NotFound from None
        raise
    family = _FamilyAnswer.model_validate(found)
    async with runtime.database.transaction() as transaction:
        await record_family(
            transaction, family.family_id, family.version, family.reference, family.name
        )
        for one in family.children:
            child = Child(
                one.child_id, family.family_id, one.given_name, one.family_name, one.born_on
            )
            await record_child(transaction, child, one.version)
