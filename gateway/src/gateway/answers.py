"""The shapes of what the services answer; anything else counts as no answer at all."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.auth import Audience


class Answer(BaseModel):
    """Fields that we do not know are left alone: services may add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @property
    def may_be_kept(self) -> bool:
        """Whether this one may stay in memory, where its question is one that may."""
        return True

    def turns(self) -> Iterator[datetime]:
        """Instants at which its owner would say something else by the mere passing of time."""
        return iter(())


def next_turn(answer: Answer, now: datetime) -> datetime | None:
    return min((turn for turn in answer.turns() if turn > now), default=None)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return value


Instant = Annotated[datetime, AfterValidator(_aware)]


class Listed(Answer):
    page: int = 1
    pages: int = 1
    total: int = 0


class Identity(Answer):
    id: str
    name: str
    audiences: frozenset[Audience]
    family_id: UUID | None = None
    guardian_id: UUID | None = None


class Refreshed(Answer):
    token: str
    token_expires_at: Instant
    principal: Identity


class Half(Answer):
    """A sign-in: whole, or, with a second factor, only its session until the code is given."""

    session: str
    code_needed: bool = False
    token: str | None = None
    token_expires_at: Instant | None = None
    principal: Identity | None = None


class Policy(Answer):
    """What a password must be, in a sentence that stands beside the field."""

    rule: str


class OpenedLink(Answer):
    purpose: Literal["activation", "reset"]
    identifier: str
    name: str
    door: Literal["family", "staff"]
    expires_at: Instant
    policy: Policy


class Redeemed(Answer):
    door: Literal["family", "staff"]


class OwnAccess(Answer):
    identifier: str
    email: str | None = None
    password_changed_at: Instant | None = None
    has_second_factor: bool = False
    policy: Policy


class SignIn(Answer):
    at: Instant
    outcome: str
    browser: str | None = None
    place: str | None = None
    is_this_one: bool = False


class SignIns(Listed):
    items: tuple[SignIn, ...]
    open_sessions: int = 0


class EndedSessions(Answer):
    ended: int


class Proposal(Answer):
    """A second factor that its owner has not confirmed yet."""

    secret: str
    address: str


class RecoveryCodes(Answer):
    codes: tuple[str, ...]


class Choice(Answer):
    value: str
    label: str


class DeclaredField(Answer):
    """How one field of a form is typed, as its owner declares it."""

    name: str
    label: str
    widget: str
    required: bool = False
    longest: int = 120
    choices: dict[str, str] | None = None
    hint: str | None = None
    autocomplete: str | None = None

    @property
    def options(self) -> list[Choice]:
        return [Choice(value=code, label=words) for code, words in (self.choices or {}).items()]


class NewcomerKind(Answer):
    kind: str
    label: str
    of_a_child: bool = False


class NewcomerForm(Answer):
    guardian: tuple[DeclaredField, ...]
    child: tuple[DeclaredField, ...]
    wish: tuple[DeclaredField, ...]
    most_children: int = 1
    documents: tuple[NewcomerKind, ...] = ()
    most_documents: int = 0


class JoinedDocument(Answer):
    document_id: UUID
    label: str
    child: int | None = None
    byte_size: int
    dated_on: date


class JoinedDocuments(Answer):
    items: tuple[JoinedDocument, ...]


class NewcomerReceipt(Answer):
    request_id: UUID
    number: str
    submitted_at: Instant
    due_on: date
    silence: str
    documents: tuple[str, ...] = ()


class Guardian(Answer):
    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool = False


class Child(Answer):
    child_id: UUID
    given_name: str
    family_name: str
    born_on: date | None = None
    school: str | None = None
    class_name: str | None = None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Quotient(Answer):
    """From `valid_from` included to `valid_to` excluded."""

    valid_from: date
    valid_to: date | None = None
    value: int

    @property
    def last_day(self) -> date | None:
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class Payer(Answer):
    guardian_id: UUID
    weeks: str = "every"
    share_per_mille: int = 1000


class Family(Answer):
    family_id: UUID
    reference: str
    name: str
    resident: bool = True
    guardians: tuple[Guardian, ...] = ()
    children: tuple[Child, ...] = ()
    quotients: tuple[Quotient, ...] = ()
    payers: tuple[Payer, ...] = ()
    """Empty when the paying guardians are billed together."""


StateCode = Literal[
    "free",
    "few_left",
    "requested",
    "booked",
    "waitlisted",
    "offered",
    "refused",
    "cancel_requested",
    "absence_declared",
    "absent_justified",
    "absent_unjustified",
    "present",
    "full",
    "closed",
    "holiday",
    "locked",
]


class Cell(Answer):
    child_id: UUID
    slot_id: UUID
    day: date
    activity_label: str
    slot_label: str
    starts: time
    ends: time
    rate_code: str | None = None
    state: StateCode
    note: str | None = None
    reason: str | None = None
    cut_off: Instant | None = None
    actions: tuple[str, ...] = ()
    request_id: UUID | None = None
    booking_id: UUID | None = None
    offered_until: Instant | None = None
    """Until when a place is kept for the family; the state alone says that the child waits."""

    @property
    def shown_state(self) -> StateCode:
        return "offered" if self.offered_until else self.state


class AgendaDay(Answer):
    date: date
    cells: tuple[Cell, ...] = ()


class OfferedPlace(Answer):
    """A place kept for a child until its family answers."""

    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    until: Instant


class Agenda(Answer):
    children: tuple[Child, ...]
    days: tuple[AgendaDay, ...]
    pending: int = 0
    offers: tuple[OfferedPlace, ...] = ()

    def turns(self) -> Iterator[datetime]:
        for cell in itertools.chain.from_iterable(day.cells for day in self.days):
            if cell.cut_off is not None:
                yield cell.cut_off
            if cell.offered_until is not None:
                yield cell.offered_until
        yield from (offer.until for offer in self.offers)


RequestState = Literal["pending", "accepted", "applied", "refused", "withdrawn", "failed"]


class RequestLine(Answer):
    child_id: UUID
    slot_id: UUID
    day: date
    outcome: str
    why: str | None = None
    reason: str | None = None
    child_name: str = ""
    slot_label: str = ""
    offered_until: Instant | None = None


class Receipt(Answer):
    service: str
    phone: str
    email: str
    silence: str


class RequestItem(Answer):
    """One thing that a change would change, by its label, and what became of it."""

    item_id: UUID
    label: str
    outcome: str
    reason: str | None = None


class Request(Answer):
    request_id: UUID
    number: str
    kind: str
    state: RequestState
    submitted_at: Instant
    due_on: date | None = None
    version: int = 1
    lines: tuple[RequestLine, ...] = ()
    receipt: Receipt | None = None
    decided_at: Instant | None = None
    reason: str | None = None
    submitted_by: str = ""
    channel: str = "portal"
    child_names: tuple[str, ...] = ()
    child_ids: tuple[UUID, ...] = ()
    days: tuple[date, ...] = ()
    object: str = ""
    offered_until: Instant | None = None
    """When the first of the offers that wait for the family's answer ends."""
    items: tuple[RequestItem, ...] = ()

    @property
    def refused_items(self) -> list[RequestItem]:
        """What was refused of a request that is accepted for the rest."""
        if self.state != "applied":
            return []
        return [item for item in self.items if item.outcome == "refused"]


class Requests(Listed):
    items: tuple[Request, ...]


class PendingCount(Answer):
    pending: int = Field(ge=0)


class UnpaidInvoice(Answer):
    invoice_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    remaining_cents: int
    has_document: bool = False


class Summary(Answer):
    balance_cents: int
    previous_balance_cents: int = 0
    unpaid: tuple[UnpaidInvoice, ...] = ()
    online_payment: bool = False
    others_apart: bool = False


class Rate(Answer):
    rate_code: str
    label: str
    band_label: str | None = None
    unit_cents: int
    care_cents: int | None = None
    food_cents: int | None = None
    supplement_cents: int = 0
    explanation: str = ""


class Rates(Answer):
    on: date
    quotient: int | None = None
    resident: bool = True
    items: tuple[Rate, ...] = ()

    def price_of(self, rate_code: str | None) -> int | None:
        found = (rate.unit_cents for rate in self.items if rate.rate_code == rate_code)
        return next(found, None)


class ChargeLine(Answer):
    charge_line_id: UUID
    child_id: UUID | None = None
    day: date
    label: str
    unit_cents: int
    amount_cents: int
    explanation: str = ""
    recorded_at: Instant
    reverses: UUID | None = None


class ChargeLines(Listed):
    items: tuple[ChargeLine, ...]


class UnreadCount(Answer):
    unread: int = Field(ge=0)
