"""The shapes of a file's sections as accounts answers them, and of changes proposed to them."""

from uuid import UUID

from .answers import Answer, Instant, Receipt

Value = str | bool | int | None


class Choice(Answer):
    code: str
    label: str


class Field(Answer):
    """One field of a form: accounts says everything that draws it."""

    path: str
    label: str
    widget: str
    value: Value = None
    required: bool = False
    longest: int = 120
    choices: tuple[Choice, ...] = ()
    hint: str | None = None
    autocomplete: str | None = None


class PendingItem(Answer):
    request_id: UUID
    number: str
    submitted_at: Instant
    new: str
    typed: dict[str, Value]


class Item(Answer):
    path: str
    label: str
    shown: str = ""
    can_be_removed: bool = False
    signed_by: str | None = None
    signed_at: Instant | None = None
    fields: tuple[Field, ...] = ()
    pending: PendingItem | None = None


class Section(Answer):
    key: str
    title: str
    kind: str
    child_id: UUID | None = None
    version: int
    is_hidden: bool = False
    is_new: bool = False
    needs_signature: bool = False
    items: tuple[Item, ...] = ()

    @property
    def pending(self) -> list[PendingItem]:
        """One for each request that waits for an answer about the section, oldest first."""
        waiting = {item.pending.request_id: item.pending for item in self.items if item.pending}
        return sorted(waiting.values(), key=lambda one: one.submitted_at)


class ChangeItem(Answer):
    item_id: UUID
    path: str
    label: str
    typed: dict[str, Value]
    old: str | None = None
    new: str | None = None
    is_hidden: bool = False


class Change(Answer):
    request_id: UUID
    number: str
    kind: str
    subject: str
    submitted_at: Instant
    items: tuple[ChangeItem, ...] = ()
    receipt: Receipt | None = None

    def item(self, item_id: UUID) -> ChangeItem | None:
        return next((one for one in self.items if one.item_id == item_id), None)


class Sheet(Answer):
    sections: tuple[Section, ...] = ()
    pending: tuple[Change, ...] = ()

    def section(self, key: str | None) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)

    def change(self, request_id: UUID | None) -> Change | None:
        return next((one for one in self.pending if one.request_id == request_id), None)

    @property
    def additions(self) -> list[ChangeItem]:
        """What would be added: it has no place of its own on the page yet."""
        known = {item.path for section in self.sections for item in section.items}
        return [item for one in self.pending for item in one.items if item.path not in known]
