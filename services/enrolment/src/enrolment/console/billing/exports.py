"""« Exports »: files for the treasury, and the verification of the accounts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from chassis.auth import Audience
from chassis.clock import local_date
from enrolment.console.pages import PageRoute

from .asking import Clerk, CounterOf

router = APIRouter(route_class=PageRoute)

Form = Annotated[str, Query(pattern=r"^(csv|ods|xml)$")]


@router.get("/exports")
async def exports(principal: Clerk, counter: CounterOf) -> Response:
    may_verify = bool(principal.audiences & {Audience.ADMIN, Audience.AUDITOR})
    today = local_date(counter.runtime.clock.now())
    verified = None
    if may_verify:
        verified = await counter.ask_or_none("/v1/staff/billing-verification")
    return await counter.page(
        "exports.html",
        principal,
        title="Exports",
        section="exports",
        runs=await counter.ask_or_none("/v1/staff/runs"),
        verified=verified,
        may_verify=may_verify,
        first=today.replace(day=1),
        last=today,
    )


@router.get("/exports/lancements/{run_id}")
async def run(run_id: UUID, _: Clerk, counter: CounterOf, form: Form = "csv") -> Response:
    return await counter.paper(f"/v1/staff/runs/{run_id}/export", form=form)


@router.get("/exports/grand-livre")
async def ledger(_: Clerk, counter: CounterOf, du: date, au: date, form: Form = "csv") -> Response:
    days = {"first": du.isoformat(), "last": au.isoformat()}
    return await counter.paper("/v1/staff/ledger/export", form=form, **days)
