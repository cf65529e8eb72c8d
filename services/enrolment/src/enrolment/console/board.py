"""From what was read to what the theme's templates show: tabs, rows, pages, filters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.clock import local_date
from chassis.web import french, shapes
from chassis.web.shapes import Pagination, Queue, QueueRow, QueueTab
from enrolment.domain.request import Channel, RequestState
from enrolment.printing import family_name
from enrolment.store.assignments import Assignment
from enrolment.store.catalogue import Centre
from enrolment.store.request_records import RequestRecord
from enrolment.wording import request_object

from . import wording
from .changes import labels
from .choice import KINDS_OF, NEAR, UNDECIDED, Age, Choice, Holder, Pile, Sort
from .reading import MOST_COUNTED, PER_PAGE, Counts, QueuePage

OPEN = frozenset({RequestState.PENDING, RequestState.FAILED})


def queue(
    page: QueuePage,
    counts: Counts,
    choice: Choice,
    shown: UUID | None,
    now: datetime,
    *,
    may_decide: bool,
) -> Queue:
    many = may_decide and choice.pile in UNDECIDED and bool(page.items)
    return Queue(
        tabs=list(tabs(counts, choice)),
        rows=[
            row(record, choice, now, page.assignments.get(record.request_id), shown=shown)
            for record in page.items
        ],
        accept_many_url=choice.many_url() if many else None,
        is_narrowed=choice.is_narrowed,
        wide_url=choice.wide(),
    )


def tabs(counts: Counts, choice: Choice) -> Iterator[QueueTab]:
    """Each pile, and inside the one that is open its sorts of requests when there are several."""
    for pile, label in wording.PILES.items():
        if pile is Pile.TO_REDO and not counts.of(pile) and choice.pile is not pile:
            continue
        here = choice.pile is pile
        yield _tab(label, counts.of(pile), choice.in_pile(pile), here and choice.kind is None)
        if here and pile in UNDECIDED:
            yield from _sorts(counts, choice)


def _sorts(counts: Counts, choice: Choice) -> Iterator[QueueTab]:
    found = {sort: counts.of(choice.pile, KINDS_OF[sort]) for sort in Sort}
    shown = [sort for sort, count in found.items() if count]
    if len(shown) > 1 or choice.kind is not None:
        for sort in Sort:
            if found[sort] or choice.kind == sort:
                tab = choice.in_pile(choice.pile, str(sort))
                yield _tab(wording.SORTS[sort], found[sort], tab, choice.kind == sort)


def _tab(label: str, count: int | None, choice: Choice, current: bool) -> QueueTab:
    return QueueTab(label, count, choice.url(), current)


def row(
    record: RequestRecord,
    choice: Choice,
    now: datetime,
    held: Assignment | None = None,
    *,
    shown: UUID | None = None,
) -> QueueRow:
    return QueueRow(
        id=str(record.request_id),
        number=record.number,
        family=family_name(record),
        object=request_object(record.kind, record.lines, record.subject, labels(record.items)),
        received_label=french.moment(record.submitted_at, now),
        due_label=french.deadline(record.due_on, now),
        # Without a script the link goes to the page and, on a phone, down to the detail.
        url=choice.url(demande=str(record.request_id)) + "#detail",
        version=record.version,
        due_class=_due_class(record, now),
        selected=record.request_id == shown,
        mark="au guichet" if record.channel is Channel.FRONT_DESK else None,
        holder=held.staff_name if held else None,
    )


def _due_class(record: RequestRecord, now: datetime) -> Literal["near", "late", ""]:
    """Late from the day on which silence has become an acceptance (CRPA L.231-1)."""
    if record.state not in OPEN:
        return ""
    today = local_date(now)
    if record.due_on <= today:
        return "late"
    return "near" if record.due_on <= today + NEAR else ""


def pagination(page: QueuePage, choice: Choice) -> Pagination:
    first = (page.page - 1) * PER_PAGE + 1
    last = first + len(page.items) - 1
    more_than = page.total > MOST_COUNTED
    total = f"plus de {french.number(MOST_COUNTED)}" if more_than else french.number(page.total)
    shown = f"{first} à {last} sur {total}" if page.items else f"page {page.page}"
    end = max(-(-page.total // PER_PAGE), 1)
    return Pagination(
        label=f"Demandes {shown}",
        previous=choice.at(min(page.page - 1, end)) if page.page > 1 else None,
        next=choice.at(page.page + 1) if page.has_next else None,
    )


def lead(counts: Counts) -> str:
    """« 37 à décider, dont 2 proches de l’échéance légale »."""
    waiting = counts.waiting
    if not waiting:
        return "Rien n’attend de décision."
    words = f"{french.number(waiting)}{french.NBSP}à décider"
    if not counts.nearly_due:
        return words
    near = french.plural(counts.nearly_due, "proche", "proches")
    return f"{words}, dont {near} de l’échéance légale"


@dataclass(frozen=True)
class Filters:
    """The form above the list: what can be chosen, and what is."""

    hidden: dict[str, str]
    centres: Sequence[shapes.Choice]
    ages: Sequence[shapes.Choice]
    holders: Sequence[shapes.Choice]
    centre: str
    age: str
    holder: str
    words: str
    wide_url: str | None


def filters(choice: Choice, centres: Sequence[Centre]) -> Filters:
    kept = {"etat": str(choice.pile)} | ({"genre": choice.kind} if choice.kind else {})
    return Filters(
        hidden=kept,
        centres=[shapes.Choice(str(one.centre_id), one.name) for one in centres],
        ages=[shapes.Choice(str(age), wording.AGES[age]) for age in Age],
        holders=[shapes.Choice(str(holder), wording.HOLDERS[holder]) for holder in Holder],
        centre=str(choice.centre or ""),
        age=str(choice.age or ""),
        holder=str(choice.holder or ""),
        words=choice.words,
        wide_url=choice.wide() if choice.is_narrowed else None,
    )
