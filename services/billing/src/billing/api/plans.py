"""Plans to pay in parts, for the family that reads them and for the cash office that agrees."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.store.families import households_of
from billing.store.plans import Instalment, plans_of
from billing.store.sight import Sight
from billing.use_cases.agree_plan import Agreement, agree_plan
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf

from .payment_schemas import InstalmentView, Plan, PlanBody
from .sight import sight_of

router = APIRouter(prefix="/v1")

Family = Annotated[Principal, allow(Audience.FAMILY)]
Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
Reader = allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)


@router.get("/me/instalments")
async def my_plans(principal: Family, runtime: RuntimeOf) -> Plan:
    """A payer who is billed apart reads the own plan; the other payer's is not shown."""
    return await _plans(runtime, sight_of(principal))


@router.get("/staff/families/{family_id}/instalments", dependencies=[Reader])
async def plans(family_id: UUID, runtime: RuntimeOf) -> Plan:
    return await _plans(runtime, Sight.of_staff(family_id))


@router.post("/staff/families/{family_id}/instalments", status_code=201)
async def agree(family_id: UUID, body: PlanBody, principal: Cashier, runtime: RuntimeOf) -> Plan:
    agreed = Agreement(
        plan_id=body.plan_id,
        family_id=family_id,
        payer_id=body.payer_id,
        parts=body.parts,
        first_on=body.first_on,
        by=principal.name,
    )
    async with runtime.database.transaction() as transaction:
        parts = await agree_plan(transaction, agreed, runtime.clock.now())
        return await _shown(transaction.connection, family_id, parts)


async def _plans(runtime: Runtime, sight: Sight) -> Plan:
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        parts = await plans_of(connection, sight, today)
        return await _shown(connection, sight.family_id, parts)


async def _shown(connection: AsyncConnection, family_id: UUID, parts: Sequence[Instalment]) -> Plan:
    """With the names of the payers who are billed apart."""
    household = (await households_of(connection, [family_id])).get(family_id)
    names = {one.guardian_id: one.name for one in household.guardians} if household else {}
    return Plan(
        items=[
            InstalmentView.model_validate(
                {**vars(part), "payer_name": names.get(part.payer_id, "") if part.payer_id else ""}
            )
            for part in parts
        ]
    )
