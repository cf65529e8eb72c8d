"""From what was read to what the theme's templates show: tabs, rows, detail, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from chassis.clock import local_date
from chassis.web import french
from chassis.web.shapes import Detail, Pagination, Queue, QueueRow, QueueTab
from enrolment.domain.request import RequestState
from enrolment.store.request_records import RequestRecord
from enrolment.use_cases.show_requests import RequestDetail
from enrolment.wording import KINDS, request_object

from . import wording
from .prices import PricedSlot
from .reading import PER_PAGE, Counts, Pile, QueuePage

QUEUE = "/console/demandes"
NEAR = timedelta(days=7)
"""A legal deadline this close is marked."""

_OPEN = frozenset({RequestState.PENDING, RequestState.FAILED})


@dataclass(frozen=True)
class Choice:
    """Which part of the queue is on the screen."""

    pile: Pile = Pile.WAITING
    kind: str | None = None
    page: int = 1

    def parameters(self, **more: str) -> dict[str, str]:
        kind = {"genre": self.kind} if self.kind else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return {"etat": str(self.pile), **kind, **page, **more}

    def url(self, **more: str) -> str:
        return f"{QUEUE}?{urlencode(self.parameters(**more))}"

    def decision_url(self, request_id: UUID, verb: str) -> str:
        """The decision's address remembers where to come back to."""
        return f"{QUEUE}/{request_id}/{verb}?{urlencode(self.parameters())}"


def queue(
    page: QueuePage, counts: Counts, choice: Choice, shown: UUID | None, now: datetime
) -> Queue:
    return Queue(
        tabs=tabs(counts, choice),
        rows=[_row(record, choice, shown, now) for record in page.items],
    )


def tabs(counts: Counts, choice: Choice) -> list[QueueTab]:
    """Each pile, and inside the one that is open its kinds when there are several."""
    found = []
    for pile, label in wording.PILES.items():
        if pile is Pile.TO_REDO and not counts.of(pile) and choice.pile is not pile:
            continue
        here = choice.pile is pile
        found.append(_tab(label, counts.of(pile), Choice(pile), here and choice.kind is None))
        kinds = counts.kinds(pile) if here else []
        if len(kinds) > 1 or choice.kind in kinds:
            found += [
                _tab(
                    KINDS.get(kind, kind),
                    counts.of(pile, kind),
                    Choice(pile, kind),
                    choice.kind == kind,
                )
                for kind in kinds
            ]
    return found


def _tab(label: str, count: int, choice: Choice, current: bool) -> QueueTab:
    return QueueTab(label, count, choice.url(), current)


def _row(record: RequestRecord, choice: Choice, shown: UUID | None, now: datetime) -> QueueRow:
    return QueueRow(
        id=str(record.request_id),
        number=record.number,
        family=record.family_name,
        object=request_object(record.kind, record.lines),
        received_label=french.moment(record.submitted_at, now),
        due_label=french.deadline(record.due_on, now),
        # Without a script the link goes to the page and, on a phone, down to the detail.
        url=choice.url(demande=str(record.request_id)) + "#detail",
        version=record.version,
        due_class=_due_class(record, now),
        selected=record.request_id == shown,
    )


def _due_class(record: RequestRecord, now: datetime) -> Literal["near", "late", ""]:
    """Late from the day on which silence has become an acceptance (CRPA L.231-1)."""
    if record.state not in _OPEN:
        return ""
    today = local_date(now)
    if record.due_on <= today:
        return "late"
    return "near" if record.due_on <= today + NEAR else ""


def detail(
    found: RequestDetail,
    priced: Sequence[PricedSlot],
    choice: Choice,
    now: datetime,
    *,
    may_decide: bool,
) -> Detail:
    record = found.request
    return Detail(
        title=wording.title(record),
        lines=wording.lines(record, now),
        facts=wording.facts(found, priced, now),
        history=wording.history(found.transitions, now),
        accept_url=choice.decision_url(record.request_id, "accepter"),
        refuse_url=choice.decision_url(record.request_id, "refuser"),
        state=str(record.state),
        state_label=wording.STATE_LABELS[record.state],
        version=record.version,
        request_id=str(record.request_id),
        can_decide=may_decide and record.state in _OPEN,
    )


def pagination(page: QueuePage, choice: Choice) -> Pagination:
    first = (page.page - 1) * PER_PAGE + 1
    last = first + len(page.items) - 1
    shown = f"{first} à {last} sur {page.total}" if page.items else f"page {page.page}"
    return Pagination(
        label=f"Demandes {shown}",
        previous=_page_url(choice, min(page.page - 1, page.pages)) if page.page > 1 else None,
        next=_page_url(choice, page.page + 1) if page.page < page.pages else None,
    )


def _page_url(choice: Choice, page: int) -> str:
    return Choice(choice.pile, choice.kind, page).url()


def lead(counts: Counts) -> str:
    """« 37 à décider, dont 2 proches de l’échéance légale »."""
    waiting = counts.of(Pile.WAITING)
    if not waiting:
        return "Rien n’attend de décision."
    words = f"{french.number(waiting)}{french.NBSP}à décider"
    if not counts.nearly_due:
        return words
    near = french.plural(counts.nearly_due, "proche", "proches")
    return f"{words}, dont {near} de l’échéance légale"
