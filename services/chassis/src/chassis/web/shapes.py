"""What the templates expect, as types: the contract between the theme and the pages.

A page may hand over anything with the same attribute names (a dictionary, a
pydantic model); these classes are the written form of the contract and what
the gallery of the tests is built from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

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

ActionKind = Literal[
    "booking.request",
    "booking.cancel",
    "request.withdraw",
    "absence.declare",
    "offer.accept",
    "offer.decline",
    "waiting.leave",
]


@dataclass(frozen=True, slots=True)
class Authority:
    """The local authority whose name heads every page."""

    name: str
    service_name: str
    phone: str
    email: str
    address: str = ""
    opening_hours: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says about itself; `section` is the key of its navigation entry."""

    title: str
    section: str
    form_token: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads. `allowed` lists the console sections of a staff member, None for all."""

    name: str
    kind: Literal["family", "staff"]
    allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class ChildTab:
    """One choice above the agenda; the one for all siblings has no child of its own."""

    name: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Action:
    """What a cell offers; on the page of its day, its form posts `fields`, the token and the
    request id.

    `label` is the name in the menu and the dialog ("Demande de réservation"); `verb`
    the short word of a phone's button ("Réserver"), the label when there is none.
    """

    kind: ActionKind
    label: str
    url: str
    request_id: str
    price_label: str | None = None
    verb: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    effect_url: str | None = None
    """Where a script asks what the action would change, before it is confirmed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One slot of one child on one day; `key` says which, to the server too."""

    key: str
    slot_label: str
    hours_label: str
    state: StateCode
    state_label: str
    explanation: str
    note: str | None = None
    actions: Sequence[Action] = ()
    child_id: str = ""
    child_name: str = ""
    show_child: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month; `url` is its own page, which needs no script."""

    date: date
    number_label: str
    label: str
    url: str
    in_month: bool = True
    is_today: bool = False
    cells: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """A month, whole weeks from Monday to Sunday. `reasons` are those of an absence.

    The buttons of all cells belong to one form: it sends `request_id`, `fields` and, as `cell`,
    the key of the cell. A cell alone is at `cell_url` followed by its key.
    """

    month: str
    title: str
    previous: Link
    next: Link
    children: Sequence[ChildTab]
    weekday_labels: Sequence[str]
    weeks: Sequence[Sequence[Day]]
    cell_url: str
    request_id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    reasons: Sequence[Choice] = ()
    several_url: str | None = None
    views: Sequence[ChildTab] = ()
    """Month or week."""


@dataclass(frozen=True, slots=True)
class QueueTab:
    """One pile or sort of requests; `count` None where nobody waits for the number."""

    label: str
    count: int | None
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request of the queue; `version` is what a decision is checked against.

    `mark` says what is particular about it (« au guichet »), `holder` who follows it.
    """

    id: str
    number: str
    family: str
    object: str
    received_label: str
    due_label: str
    url: str
    version: int
    due_class: Literal["near", "late", ""] = ""
    selected: bool = False
    mark: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The list beside the detail; without `accept_many_url` no box can be ticked.

    `wide_url` is the same list without its filters, when it `is_narrowed`.
    """

    tabs: Sequence[QueueTab]
    rows: Sequence[QueueRow]
    accept_many_url: str | None = None
    is_narrowed: bool = False
    wide_url: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`note` stands small under the value: who signed it, when."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    label: str
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class ReadyReason:
    """A reason at hand: what an agent chooses, and the words that the family reads."""

    reason_id: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Following:
    """Who follows a request, and what the reader can do about it; None: not possible now.

    `holder` is whom the reader saw: taking from somebody else meanwhile is told, not done.
    """

    words: str
    holder: str
    give_url: str
    take_url: str | None = None
    release_url: str | None = None
    colleagues: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """One item of a change: from what to what; `found` is what stands in the way, if anything."""

    item_id: str
    label: str
    before: str | None
    after: str | None
    found: str | None = None
    outcome: str | None = None
    reason: str = ""
    is_accepted: bool = True
    error: str | None = None
    open_url: str | None = None
    """Where this item alone is opened, which is noted."""

    files: Sequence[tuple[str, str]] = ()
    """Files that it may be already: what each is called, and its address."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The items of a change, and what must be known before deciding."""

    items: Sequence[Changed]
    note: str | None = None
    open_url: str | None = None
    """Where what is sealed is opened, which is noted; None when all is said here."""

    open_label: str = ""


@dataclass(frozen=True, slots=True)
class Reversible:
    """One day of an accepted absence, and where it is taken back."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What is needed to decide one request."""

    title: str
    lines: Sequence[str]
    facts: Sequence[Fact]
    history: Sequence[HistoryEntry]
    accept_url: str
    refuse_url: str
    state: str
    state_label: str
    version: int
    request_id: str
    can_decide: bool
    note: str | None = None
    following: Following | None = None
    receipt_url: str | None = None
    ruling: Literal["needed", "optional"] | None = None
    """Of an absence: whether staff must, or may, say if it is billed."""
    reasons: Sequence[ReadyReason] = ()
    changes: Changes | None = None
    reversible: Sequence[Reversible] = ()
    """Days of an accepted absence that staff may take back."""


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where we are in a list; `previous` and `next` are addresses or None."""

    label: str
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a person reads it: what happened, why, what to do now."""

    title: str
    explanation: str
    advice: Sequence[str] = ()
    status: int = 500


@dataclass(frozen=True, slots=True)
class FieldError:
    """One mistake of a form, for the summary and beside the field of that id."""

    field: str
    message: str
