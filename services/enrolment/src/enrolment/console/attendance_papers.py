"""A day's roster on paper and in spreadsheets."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.auth import Principal
from chassis.documents.answers import pdf
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import CSV_TYPE, ODS_TYPE, Value, csv_table, ods_table
from chassis.web import french
from enrolment.printing import paper

from .attendance import Floor, WhereOf, floor_of
from .care import Care, care_of
from .desk import token_of
from .pages import PageRoute
from .readers import DayReader
from .rosters import Line, Sheet, meals, sheets

router = APIRouter(route_class=PageRoute)

HEAD: Final = (
    "Jour",
    "Centre",
    "Activité",
    "Créneau",
    "Nom",
    "Prénom",
    "Né(e) le",
    "Famille",
    "État",
    "Pointé par",
)
CARE_HEAD: Final = ("Régime", "PAI", "Allergies")


@router.get("/pointage/feuille.pdf")
async def sheet_on_paper(
    request: Request, principal: DayReader, runtime: RuntimeOf, where: WhereOf
) -> Response:
    """The attendance sheet to be signed; diets and care plans only for those who may read them."""
    html = await _paper(request, principal, runtime, where, "attendance_sheet.html")
    return pdf(await runtime.documents.render(html), f"emargement-{where.day}.pdf")


@router.get("/pointage/liste.pdf")
async def roster_on_paper(
    request: Request, principal: DayReader, runtime: RuntimeOf, where: WhereOf
) -> Response:
    """Who is expected, without room to sign."""
    html = await _paper(request, principal, runtime, where, "roster.html")
    return pdf(await runtime.documents.render(html), f"liste-{where.day}.pdf")


async def _paper(
    request: Request, principal: Principal, runtime: Runtime, where: WhereOf, template: str
) -> str:
    floor, care = await _read(request, principal, runtime, where)
    now = runtime.clock.now()
    return paper(
        runtime.shared.authority,
        template,
        centre=floor.centre,
        day=floor.where.day,
        sheets=sheets(floor.day, care, now),
        meals=meals(floor.day, care),
        care=care,
        now=now,
    )


@router.get("/pointage/export.csv")
async def sheet_as_csv(
    request: Request, principal: DayReader, runtime: RuntimeOf, where: WhereOf
) -> Response:
    floor, care = await _read(request, principal, runtime, where)
    head, rows = _table(floor, care, sheets(floor.day, care, runtime.clock.now()))
    return kept(csv_table(head, rows), CSV_TYPE, f"pointage-{floor.where.day}.csv")


@router.get("/pointage/export.ods")
async def sheet_as_ods(
    request: Request, principal: DayReader, runtime: RuntimeOf, where: WhereOf
) -> Response:
    floor, care = await _read(request, principal, runtime, where)
    head, rows = _table(floor, care, sheets(floor.day, care, runtime.clock.now()))
    title = french.day_numeric(floor.where.day).replace("/", "-")
    return kept(ods_table(title, head, rows), ODS_TYPE, f"pointage-{floor.where.day}.ods")


def kept(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep; names of children must not stay in a cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)


async def _read(
    request: Request, principal: Principal, runtime: Runtime, where: WhereOf
) -> tuple[Floor, Care]:
    floor = await floor_of(runtime, principal, where)
    children = floor.day.child_ids
    token = token_of(request)
    return floor, await care_of(runtime.peers, principal, token, children, floor.where.day)


def _table(
    floor: Floor, care: Care, found: Sequence[Sheet]
) -> tuple[tuple[str, ...], Iterator[list[Value]]]:
    head = HEAD + CARE_HEAD if care.is_known else HEAD
    return head, _rows(floor, care, found)


def day_rows(day: date, centre: str, found: Sequence[Sheet]) -> Iterator[tuple[Line, list[Value]]]:
    """A line a child and slot, as the columns of `HEAD` say."""
    for sheet in found:
        for line in sheet.lines:
            entry = line.entry
            yield (
                line,
                [
                    day,
                    centre,
                    sheet.activity.label,
                    sheet.slot.label,
                    entry.family_name,
                    entry.given_name,
                    entry.born_on,
                    entry.family_reference,
                    line.state_label,
                    entry.recorded_by,
                ],
            )


def _rows(floor: Floor, care: Care, found: Sequence[Sheet]) -> Iterator[list[Value]]:
    centre = floor.centre.name if floor.centre else ""
    for line, row in day_rows(floor.where.day, centre, found):
        if care.is_known:
            row += [
                line.note.special_diet or "",
                "oui" if line.note.care_plan else "",
                ", ".join(line.note.allergies),
            ]
        yield row
