"""From what the use cases return to what the doors answer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from chassis.receipts import silence
from chassis.settings import Authority
from enrolment import wording
from enrolment.domain.activity import days
from enrolment.store.request_lists import Page
from enrolment.store.request_records import RequestLine, RequestRecord
from enrolment.use_cases.show_agenda import AgendaView, Cell

from .schemas import (
    CellOut,
    ChangedItem,
    ChildOut,
    DayOut,
    NamedLineOut,
    ReceiptOut,
    RequestItem,
    RequestList,
    RequestOut,
)


def cell_out(cell: Cell) -> CellOut:
    return CellOut(
        child_id=cell.child.child_id,
        slot_id=cell.slot.slot_id,
        day=cell.day,
        activity_label=cell.activity.label,
        slot_label=cell.slot.label,
        starts=f"{cell.slot.starts:%H:%M}",
        ends=f"{cell.slot.ends:%H:%M}",
        rate_code=cell.slot.rate_code,
        state=cell.state.code,
        note=cell.note,
        reason=cell.reason,
        cut_off=cell.state.cut_off,
        actions=list(cell.state.actions),
        request_id=cell.request_id,
        booking_id=cell.booking_id,
        offered_until=cell.offered_until,
    )


def children_out(view: AgendaView) -> list[ChildOut]:
    return [
        ChildOut(
            child_id=child.child_id, given_name=child.given_name, family_name=child.family_name
        )
        for child in view.children
    ]


def days_out(view: AgendaView) -> list[DayOut]:
    """Every day of the view, also those without a cell: pages draw whole weeks."""
    by_day: dict[date, list[CellOut]] = defaultdict(list)
    for cell in view.cells:
        by_day[cell.day].append(cell_out(cell))
    return [DayOut(date=day, cells=by_day[day]) for day in days(view.first, view.last)]


def item_fields(record: RequestRecord) -> dict[str, object]:
    """What every listing says of a request."""
    return {
        "request_id": record.request_id,
        "number": record.number,
        "kind": record.kind,
        "state": record.state,
        "version": record.version,
        "submitted_at": record.submitted_at,
        "due_on": record.due_on,
        "decided_at": record.decided_at,
        "reason": record.reason,
        "submitted_by": record.submitted_by,
        "channel": record.channel,
        "child_names": _names(record.lines),
        "child_ids": list(
            dict.fromkeys([*(line.child_id for line in record.lines), *record.child_ids])
        ),
        "days": sorted({line.day for line in record.lines}),
        "object": wording.request_object(
            record.kind, record.lines, record.subject, [item.label for item in record.items]
        ),
        "subject": record.subject,
        "offered_until": record.offered_until,
        "items": [ChangedItem(**vars(item)) for item in record.items],
    }


def line_fields(line: RequestLine) -> dict[str, object]:
    return {
        "child_id": line.child_id,
        "slot_id": line.slot_id,
        "day": line.day,
        "outcome": line.outcome,
        "why": line.why,
        "reason": line.reason,
        "child_name": line.child_given_name,
        "slot_label": line.slot_label,
        "activity_label": line.activity_label,
        "centre_name": line.centre_name,
        "offered_until": line.offered_until,
    }


def request_out(record: RequestRecord, authority: Authority) -> RequestOut:
    """A request as its family sees it, with the receipt it is owed."""
    return RequestOut.model_validate(
        {
            **item_fields(record),
            "lines": [NamedLineOut.model_validate(line_fields(line)) for line in record.lines],
            "receipt": ReceiptOut(
                service=authority.service_name,
                phone=authority.phone,
                email=authority.email,
                silence=silence(record.due_on),
            ),
        }
    )


def list_out(page: Page) -> RequestList:
    items = [RequestItem.model_validate(item_fields(record)) for record in page.items]
    return RequestList(items=items, page=page.page, pages=page.pages, total=page.total)


def _names(lines: Iterable[RequestLine]) -> list[str]:
    return list(dict.fromkeys(line.child_given_name for line in lines))
