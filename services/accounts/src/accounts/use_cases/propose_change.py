"""A family proposes to change its file: what differs is kept as items that wait for an answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.domain.account_form import FAMILY_UPDATE, account_sections
from accounts.domain.amending import FileChanged, WrongFields
from accounts.domain.change import (
    AlreadyPending,
    Change,
    ChangeItem,
    NothingChanged,
    UnknownChange,
    proposed_items,
)
from accounts.domain.child_form import (
    CHILD_ADD,
    CHILD_AUTHORISATIONS,
    CHILD_UPDATE,
    child_sections,
    new_child_sections,
)
from accounts.domain.custody import NEEDS_NOTE, lacks_note
from accounts.domain.editing import NEW, Content, Editable, Section, editables
from accounts.domain.family import Family, UnknownChild, UnknownFamily
from accounts.domain.fields import Value
from accounts.domain.visibility import visible_to
from accounts.store.changes import find_change, open_changes
from accounts.store.families import family_by_id, lock_family
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id

from .keep_change import Author, Draft, Proposed, earlier_change, give_up, keep_change

SIGNATURE = "signature"
CHANGED = "Relisez-le avant d’envoyer\u00a0: ce que vous aviez sous les yeux n’est plus à jour."
DECIDED = "La demande que vous corrigez a déjà eu sa réponse."
ABOUT_A_CHILD = frozenset({CHILD_UPDATE, CHILD_AUTHORISATIONS})
KINDS = frozenset({FAMILY_UPDATE, CHILD_UPDATE, CHILD_AUTHORISATIONS, CHILD_ADD})


@dataclass(frozen=True)
class Proposal:
    """What somebody typed, by field path; `seen_version` is of the file that they saw."""

    request_id: UUID
    family_id: UUID
    kind: str
    typed: Mapping[str, Value]
    author: Author
    child_id: UUID | None = None
    seen_version: int | None = None
    replaces: UUID | None = None
    sees_all: bool = False
    """Staff at the front desk: nothing of the file is veiled for them."""

    @property
    def content(self) -> str:
        return json.dumps(
            [self.kind, str(self.child_id), str(self.replaces), dict(self.typed)], sort_keys=True
        )


async def propose_change(transaction: Transaction, proposal: Proposal, now: datetime) -> Proposed:
    """Keep what differs from the file; the same sending again is the same change.

    Raises UnknownFamily, UnknownChild, UnknownChange, RequestIdReused, WrongFields,
    NothingChanged, FileChanged or AlreadyPending.
    """
    connection = transaction.connection
    if not await lock_family(connection, proposal.family_id):
        raise UnknownFamily
    earlier = await earlier_change(
        transaction, proposal.request_id, proposal.family_id, proposal.content
    )
    if earlier is not None:
        return Proposed(earlier, is_new=False)
    family = await family_by_id(connection, proposal.family_id)
    if family is None:
        raise UnknownFamily
    today = local_date(now)
    sections = _sections(family, proposal, today)
    items = _items(family, sections, proposal, today, now)
    replaced = await _replaced(transaction, proposal)
    await _refuse_doubles(transaction, proposal, items)
    if replaced is not None:
        await give_up(transaction, replaced, now)
    change = await keep_change(transaction, _draft(family, proposal, sections), items, now)
    return Proposed(change, is_new=True)


def _sections(family: Family, proposal: Proposal, today: date) -> tuple[Section, ...]:
    """What the author may change, as the author sees it; raises when they saw an older file."""
    seen = family if proposal.sees_all else visible_to(family, proposal.author.guardian_id)
    if proposal.kind in ABOUT_A_CHILD:
        child = seen.child(proposal.child_id) if proposal.child_id else None
        if child is None:
            raise UnknownChild
        sections, version = child_sections(child), child.version
    elif proposal.kind == CHILD_ADD:
        sections, version = new_child_sections(seen), None
    else:
        sections, version = account_sections(seen, today), seen.version
    if proposal.seen_version is not None and version not in (None, proposal.seen_version):
        raise FileChanged(CHANGED)
    return sections


def _items(
    family: Family,
    sections: tuple[Section, ...],
    proposal: Proposal,
    today: date,
    now: datetime,
) -> list[ChangeItem]:
    typed = {path: value for path, value in proposal.typed.items() if path != SIGNATURE}
    proposed = proposed_items(editables(sections, proposal.kind), typed, today)
    if not proposed:
        raise NothingChanged(
            "Rien n’a changé\u00a0: ces informations sont déjà dans votre dossier."
        )
    _check_custody(family, {one.path: value for one, value in proposed})
    signature: dict[str, Value] = {}
    if proposal.kind == CHILD_AUTHORISATIONS:
        signature = {"signed_by": _signer(family, proposal), "signed_at": now.isoformat()}
    return [_item(editable, value, signature) for editable, value in proposed]


def _check_custody(family: Family, proposed: Mapping[str, Content]) -> None:
    """Raises WrongFields when « autre » would stand without its note."""
    note = "family.custody_note"
    custody = proposed.get("family.custody", family.custody)
    said = proposed.get(note, family.custody_note)
    touched = {"family.custody", note} & proposed.keys()
    if touched and lacks_note(str(custody), str(said or "")):
        raise WrongFields({note: NEEDS_NOTE})


def _item(editable: Editable, value: Content, signature: Mapping[str, Value]) -> ChangeItem:
    if signature and isinstance(value, dict):
        value = {**value, **signature}
    return ChangeItem(
        item_id=new_id(),
        path=_lasting(editable.path),
        label=editable.label,
        old=editable.now,
        new=value,
        old_words=editable.shown(editable.now),
        new_words=editable.shown(value),
    )


def _lasting(path: str) -> str:
    """What is added gets its identifier with the proposal, so that applying twice adds once."""
    return f"{path.removesuffix(NEW)}{new_id()}" if path.endswith(f".{NEW}") else path


def _signer(family: Family, proposal: Proposal) -> str:
    """The guardian who signs: with an access of one's own, nobody but oneself."""
    own, named = proposal.author.guardian_id, str(proposal.typed.get(SIGNATURE))
    for guardian in family.guardians:
        if str(guardian.guardian_id) == named and own in (None, guardian.guardian_id):
            return guardian.name
    raise WrongFields({SIGNATURE: "Dites quel responsable signe ces réponses."})


async def _replaced(transaction: Transaction, proposal: Proposal) -> Change | None:
    """The pending change that this one corrects."""
    if proposal.replaces is None:
        return None
    found = await find_change(transaction.connection, proposal.replaces, lock=True)
    if found is None or found.family_id != proposal.family_id:
        raise UnknownChange
    if not found.is_open or (found.kind, found.child_id) != (proposal.kind, proposal.child_id):
        raise FileChanged(DECIDED)
    return found


async def _refuse_doubles(
    transaction: Transaction, proposal: Proposal, items: Sequence[ChangeItem]
) -> None:
    """Two proposals for one thing would make the second conflict with the first."""
    wanted = {(proposal.child_id, item.path): item.label for item in items}
    waiting = {
        (change.child_id, item.path)
        for change in await open_changes(transaction.connection, proposal.family_id)
        if change.request_id != proposal.replaces
        for item in change.items
    }
    if doubles := [label for place, label in wanted.items() if place in waiting]:
        raise AlreadyPending(doubles)


def _draft(family: Family, proposal: Proposal, sections: tuple[Section, ...]) -> Draft:
    return Draft(
        request_id=proposal.request_id,
        family_id=family.family_id,
        kind=proposal.kind,
        subject=_subject(family, proposal),
        author=proposal.author,
        base_version=sections[0].version,
        content=proposal.content,
        child_id=proposal.child_id,
        replaces=proposal.replaces,
    )


def _subject(family: Family, proposal: Proposal) -> str:
    """Whom it is about, as the lists say it."""
    if proposal.kind == CHILD_ADD:
        named = (
            proposal.typed.get(f"child.{NEW}.{name}") for name in ("given_name", "family_name")
        )
        return " ".join(str(name or "").strip() for name in named)
    child = family.child(proposal.child_id) if proposal.child_id else None
    return child.given_name if child else f"Famille {family.name}"
