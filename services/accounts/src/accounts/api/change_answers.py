"""From changes and forms to what the doors answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.domain.change import Change, ChangeItem
from accounts.domain.editing import Content, Editable, Section
from accounts.domain.family import Family
from accounts.domain.fields import Field, Value
from accounts.domain.preregistration import PREREGISTER
from accounts.domain.visibility import sees_item
from chassis.clock import local_date
from chassis.receipts import due_on, silence
from chassis.settings import Authority

from .change_schemas import (
    ChangeItemOut,
    ChangeOut,
    Choice,
    FieldOut,
    ItemOut,
    PendingItem,
    Receipt,
    SectionOut,
    Sheet,
    StaffChangeItemOut,
    StaffChangeOut,
)


def change_out(
    change: Change, family: Family, viewer: UUID | None, authority: Authority
) -> ChangeOut:
    """A change as its family reads it: another guardian's private details are not said."""
    due = due_on(local_date(change.submitted_at))
    items = []
    for item in change.items:
        hidden = not sees_item(family, viewer, item.path)
        said = _item(item, hidden=hidden)
        if change.kind == PREREGISTER:
            # Whom the newcomer looks like is another family's name: for staff alone.
            said["old"] = ""
        items.append(ChangeItemOut.model_validate(said))
    receipt = Receipt(
        service=authority.service_name,
        phone=authority.phone,
        email=authority.email,
        silence=silence(due),
    )
    return ChangeOut.model_validate({**_head(change), "items": items, "receipt": receipt})


def staff_change_out(change: Change) -> StaffChangeOut:
    """A change as staff read it to decide."""
    items = [
        StaffChangeItemOut.model_validate(
            {
                **_item(item, hidden=False),
                "found": item.found_words,
                "alike": _alike(item) if change.kind == PREREGISTER else [],
            }
        )
        for item in change.items
    ]
    return StaffChangeOut.model_validate(
        {
            **_head(change),
            "family_id": change.family_id,
            "channel": change.channel,
            "base_version": change.base_version,
            "items": items,
        }
    )


def sheet(
    sections: Sequence[Section],
    waiting: Sequence[Change],
    family: Family,
    viewer: UUID | None,
    authority: Authority,
) -> Sheet:
    """The sections, and beside each item what waits for an answer about it."""
    kinds = {(section.kind, section.child_id) for section in sections}
    about = [change for change in waiting if (change.kind, change.child_id) in kinds]
    pending = {
        (change.kind, item.path): _pending(change, item)
        for change in about
        for item in change.items
    }
    return Sheet(
        sections=[
            _section(
                section,
                {path: found for (kind, path), found in pending.items() if kind == section.kind},
            )
            for section in sections
        ],
        pending=[change_out(change, family, viewer, authority) for change in about],
    )


def _head(change: Change) -> dict[str, object]:
    head = ("request_id", "number", "kind", "child_id", "subject", "state", "version")
    rest = ("submitted_at", "submitted_by", "replaces")
    found: dict[str, object] = {name: getattr(change, name) for name in (*head, *rest)}
    return {**found, "due_on": due_on(local_date(change.submitted_at))}


def _item(item: ChangeItem, *, hidden: bool) -> dict[str, object]:
    return {
        "item_id": item.item_id,
        "path": item.path,
        "label": item.label,
        "old": None if hidden else item.old_words,
        "new": None if hidden else item.new_words,
        "typed": {} if hidden else _typed(item.path, item.new),
        "state": item.state,
        "is_hidden": hidden,
    }


def _alike(item: ChangeItem) -> list[dict[str, object]]:
    """What stands « before » a newcomer: who it may be already."""
    known = item.old if isinstance(item.old, dict) else {}
    return [{"family_id": family_id, "said": said} for family_id, said in known.items()]


def _typed(path: str, content: Content) -> dict[str, Value]:
    """An item's value by field path, as a form would send it."""
    if isinstance(content, dict):
        return {f"{path}.{name}": value for name, value in content.items()}
    return {path: content}


def _pending(change: Change, item: ChangeItem) -> PendingItem:
    return PendingItem(
        request_id=change.request_id,
        number=change.number,
        state=change.state,
        submitted_at=change.submitted_at,
        new=item.new_words,
        typed=_typed(item.path, item.new),
    )


def _section(section: Section, pending: dict[str, PendingItem]) -> SectionOut:
    return SectionOut(
        key=section.key,
        title=section.title,
        kind=section.kind,
        child_id=section.child_id,
        version=section.version,
        is_hidden=section.is_hidden,
        is_new=section.is_new,
        needs_signature=section.needs_signature,
        items=[
            _editable(item, None if section.is_hidden else pending.get(item.path))
            for item in section.items
        ],
    )


def _editable(item: Editable, pending: PendingItem | None) -> ItemOut:
    signed = item.now if isinstance(item.now, dict) else {}
    signed_at = signed.get("signed_at")
    return ItemOut(
        path=item.path,
        # Staff are told whose field it is; the card that shows it says so already.
        label=item.label if item.is_whole else item.fields[0].label,
        shown=item.shown(item.now),
        can_be_removed=item.can_be_removed,
        signed_by=str(signed["signed_by"]) if "signed_by" in signed else None,
        signed_at=datetime.fromisoformat(str(signed_at)) if signed_at else None,
        fields=[_field(item, one) for one in item.fields],
        pending=pending,
    )


def _field(item: Editable, one: Field) -> FieldOut:
    return FieldOut(
        path=item.field_path(one),
        label=one.label,
        widget=one.widget,
        value=item.value_of(one),
        required=one.required,
        longest=one.longest,
        choices=[Choice(code=code, label=label) for code, label in (one.choices or {}).items()],
        hint=one.hint,
        autocomplete=one.autocomplete,
    )
