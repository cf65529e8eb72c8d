"""Accepted items become part of the family's file, and what it says now is told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain import fields
from accounts.domain.account_form import PAYER, account_sections, payer_item
from accounts.domain.change import Change, ChangeItem
from accounts.domain.child import Authorisation, AuthorisationKind, Child
from accounts.domain.child_form import child_sections
from accounts.domain.contact import Contact
from accounts.domain.custody import Weeks
from accounts.domain.editing import Content, Editable, editables
from accounts.domain.family import WHOLE, Family, UnknownFamily
from accounts.domain.payers import arrangement_from
from accounts.domain.quotient import with_quotient
from accounts.store import file_changes
from accounts.store.families import family_by_id
from chassis.clock import local_date
from chassis.database import Transaction

from .facts import tell_child, tell_family

Found = dict[UUID, tuple[Content, str]]


async def found_in_file(
    connection: AsyncConnection, change: Change, items: Sequence[ChangeItem], now: datetime
) -> Found:
    """What stands in the file instead of what the items expect to replace."""
    standing = _standing(await _family(connection, change.family_id), change, local_date(now))
    found: Found = {}
    for item in items:
        editable = standing.get(item.path)
        content = editable.now if editable else None
        same = editable.same(content, item.expects) if editable else item.expects is None
        if not same or (editable is not None and not editable.still_offers(item.new)):
            found[item.item_id] = (content, editable.shown(content) if editable else "")
    return found


async def nothing_in_the_way(
    connection: AsyncConnection, change: Change, items: Sequence[ChangeItem], now: datetime
) -> Found:
    """What is added replaces nothing."""
    return {}


async def apply_file(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    """Write the items and tell the family, or the child, as it stands afterwards."""
    connection = transaction.connection
    before = await _family(connection, change.family_id)
    for owner, columns in _columns(items).items():
        await _WRITERS[owner[0]](connection, change, owner, columns)
    for item in items:
        await _apply_whole(connection, before, item, change)
    if change.child_id is not None:
        await _tell_child(transaction, change)
    else:
        await _tell_family(transaction, before)


async def apply_child(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    """A child joins the family; its identifier was made with the proposal."""
    for item in items:
        child = _child(UUID(item.path.partition(".")[2]), _whole(item.new))
        await file_changes.add_child(transaction.connection, change.family_id, child)
        await file_changes.touch_family(transaction.connection, change.family_id)
        family = await _family(transaction.connection, change.family_id)
        tell_family(transaction, family)
        tell_child(transaction, family, child)


async def _family(connection: AsyncConnection, family_id: UUID) -> Family:
    family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


def _standing(family: Family, change: Change, today: date) -> dict[str, Editable]:
    """By path, what the file says now: whoever decides sees all of it."""
    if change.child_id is None:
        standing = editables(account_sections(family, today), change.kind)
        # Also where no choice is left: who was to pay may be gone.
        return {**standing, PAYER: payer_item(family)}
    child = family.child(change.child_id)
    return editables(child_sections(child), change.kind) if child else {}


Owner = tuple[str, str]
"""`("family", "")`, `("guardian", id)`, `("child", "")`: whose columns change."""


def _columns(items: Sequence[ChangeItem]) -> dict[Owner, dict[str, Any]]:
    """The plain fields among the items, by the row that keeps them."""
    found: dict[Owner, dict[str, Any]] = defaultdict(dict)
    for item in items:
        kind, _, rest = item.path.partition(".")
        declared = _PLAIN.get(kind)
        owner, _, name = rest.rpartition(".")
        if declared is not None and name in declared and not isinstance(item.new, dict):
            found[kind, owner][name] = declared[name].as_column(item.new)
    return found


_PLAIN = {
    "family": {one.name: one for one in (*fields.FAMILY, fields.RESIDENT)},
    "guardian": {one.name: one for one in fields.GUARDIAN},
    "child": {one.name: one for one in fields.CHILD},
}


async def _write_family(
    connection: AsyncConnection, change: Change, _: Owner, columns: Mapping[str, Any]
) -> None:
    await file_changes.set_family(connection, change.family_id, columns)


async def _write_guardian(
    connection: AsyncConnection, _: Change, owner: Owner, columns: Mapping[str, Any]
) -> None:
    await file_changes.set_guardian(connection, UUID(owner[1]), columns)


async def _write_child(
    connection: AsyncConnection, change: Change, _: Owner, columns: Mapping[str, Any]
) -> None:
    if change.child_id is not None:
        await file_changes.set_child(connection, change.child_id, columns)


_WRITERS = {"family": _write_family, "guardian": _write_guardian, "child": _write_child}


async def _apply_whole(
    connection: AsyncConnection, family: Family, item: ChangeItem, change: Change
) -> None:
    """What is more than one column: a contact, an answer, a quotient."""
    kind, _, rest = item.path.partition(".")
    if kind == "contact":
        await _apply_contact(connection, change.family_id, UUID(rest), item.new)
    elif kind == "authorisation" and change.child_id is not None:
        answer = _answer(AuthorisationKind(rest), _whole(item.new))
        await file_changes.keep_authorisation(connection, change.child_id, answer)
    elif item.path == PAYER:
        await _apply_payers(connection, family, str(item.new))
    elif item.path == "family.quotient":
        value = _whole(item.new)
        day = date.fromisoformat(str(value["valid_from"]))
        periods = with_quotient(family.quotients, day, int(str(value["value"])))
        await file_changes.write_quotients(connection, change.family_id, periods)


async def _apply_payers(connection: AsyncConnection, family: Family, code: str) -> None:
    paying = {one.guardian_id: one for one in arrangement_from(code)}
    for guardian in family.guardians:
        one = paying.get(guardian.guardian_id)
        columns = {
            "is_payer": one is not None,
            "payer_weeks": str(one.weeks if one else Weeks.EVERY),
            "payer_share": one.share_per_mille if one else WHOLE,
        }
        await file_changes.set_guardian(connection, guardian.guardian_id, columns)


async def _apply_contact(
    connection: AsyncConnection, family_id: UUID, contact_id: UUID, new: Content
) -> None:
    if new is None:
        await file_changes.remove_contact(connection, family_id, contact_id)
    else:
        contact = Contact(contact_id=contact_id, **_whole(new))
        await file_changes.keep_contact(connection, family_id, contact)


def _answer(kind: AuthorisationKind, value: dict[str, Any]) -> Authorisation:
    return Authorisation(
        kind=kind,
        granted=value["granted"] == "yes",
        signed_by=value["signed_by"],
        signed_at=datetime.fromisoformat(value["signed_at"]),
        from_age=value.get("from_age"),
        from_time=value.get("from_time"),
    )


def _child(child_id: UUID, value: dict[str, Any]) -> Child:
    columns = {one.name: one.as_column(value.get(one.name)) for one in fields.CHILD}
    return Child(child_id=child_id, version=1, **columns)


def _whole(content: Content) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise TypeError("a whole is kept by its fields' names")
    return dict(content)


async def _tell_child(transaction: Transaction, change: Change) -> None:
    if change.child_id is None:
        return
    await file_changes.touch_child(transaction.connection, change.child_id)
    family = await _family(transaction.connection, change.family_id)
    child = family.child(change.child_id)
    if child is not None:
        tell_child(transaction, family, child)


async def _tell_family(transaction: Transaction, before: Family) -> None:
    """A changed custody is a fact about every child too: the tax credit depends on it."""
    connection = transaction.connection
    await file_changes.touch_family(connection, before.family_id)
    after = await _family(connection, before.family_id)
    if after.alternates != before.alternates:
        await file_changes.touch_children(connection, before.family_id)
        after = await _family(connection, before.family_id)
        for child in after.children:
            tell_child(transaction, after, child)
    tell_family(transaction, after)
