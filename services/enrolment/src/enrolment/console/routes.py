"""The console's addresses: one router per section, put together."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from chassis.auth import STAFF, Audience

from . import (
    absence_reasons,
    absences,
    access,
    activities,
    activity_ids,
    activity_pages,
    agents,
    attendance,
    attendance_papers,
    authority,
    authority_logo,
    broadcasts,
    calendar,
    centres,
    closures,
    day_places,
    decisions,
    departures,
    duplicates,
    erasures,
    families,
    family_editing,
    family_tables,
    file_openings,
    following,
    front_desk,
    front_desk_acts,
    letters,
    letters_answering,
    letters_beginning,
    letters_settings,
    live,
    month_tables,
    nowhere,
    partner_sendings,
    partners,
    planning,
    pointing,
    proofs,
    queue,
    reasons,
    rules,
    sealed,
    teams,
    waiting,
)
from .billing import bank, exports, invoices, payments, rate_files, rates, reminders, runs
from .choice import QUEUE
from .pages import PageRoute
from .readers import AnyStaff

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)


@router.get("")
@router.get("/")
async def home(principal: AnyStaff) -> Response:
    """Where this person's work is."""
    of_cash_office = principal.audiences & frozenset(STAFF) == {Audience.CASH_OFFICE}
    return RedirectResponse(runs.BILLING if of_cash_office else QUEUE, 303)


# Editing before reading: « nouvelle » is no family’s identifier.
SECTIONS = (
    queue,
    decisions,
    following,
    absences,
    proofs,
    absence_reasons,
    family_editing,
    departures,
    family_tables,
    duplicates,
    file_openings,
    families,
    front_desk,
    front_desk_acts,
    letters_settings,
    broadcasts,
    letters_beginning,
    letters_answering,
    letters,
    live,
    planning,
    day_places,
    waiting,
    attendance,
    pointing,
    attendance_papers,
    month_tables,
    activities,
    activity_ids,
    centres,
    activity_pages,
    calendar,
    closures,
    authority,
    authority_logo,
    reasons,
    rules,
    sealed,
    teams,
    access,
    agents,
    erasures,
    partner_sendings,
    partners,
    runs,
    invoices,
    bank,
    payments,
    reminders,
    rate_files,
    rates,
    exports,
    nowhere,
)

for section in SECTIONS:
    router.include_router(section.router)
