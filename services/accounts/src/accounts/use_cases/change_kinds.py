"""The kinds of change there are, and what each does with a change that was decided.

To add a kind: write its `ChangeKind` beside its use case and name it in `CHANGE_KINDS`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.account_form import FAMILY_UPDATE
from accounts.domain.change import Change, ChangeItem
from accounts.domain.child_form import CHILD_ADD, CHILD_AUTHORISATIONS, CHILD_UPDATE
from accounts.domain.editing import Content
from accounts.domain.preregistration import PREREGISTER
from accounts.domain.sealed_change import CHILD_HEALTH, CHILD_PHOTO, DOCUMENT_SUBMIT
from chassis.database import Transaction

from .apply_sealed import (
    apply_document,
    apply_health,
    apply_photo,
    health_in_the_way,
    let_document_go,
    let_health_go,
    let_photo_go,
)
from .apply_to_file import apply_child, apply_file, found_in_file, nothing_in_the_way
from .join_document import let_joined_go
from .register_family import guardian_missing, register_family
from .reset_by_link import CREDENTIALS_RESET, grant_link, no_address_found

InTheWay = Mapping[UUID, tuple[Content, str]]
"""By item: what stands in the file instead of what the proposal had seen, and in words."""


@dataclass(frozen=True)
class ChangeKind:
    """How one kind is applied. The family's row is locked in all of these.

    `found` says what is in the way of the items; empty: nothing is.
    `apply` writes them and records the facts about them.
    `let_go` is called for what was refused, withdrawn or replaced: to delete what was kept for it.
    """

    apply: Callable[[Transaction, Change, Sequence[ChangeItem], datetime], Awaitable[None]]
    found: Callable[[AsyncConnection, Change, Sequence[ChangeItem], datetime], Awaitable[InTheWay]]
    let_go: Callable[[Transaction, Change], Awaitable[None]] | None = None


_FILE = ChangeKind(apply=apply_file, found=found_in_file)

CHANGE_KINDS: Mapping[str, ChangeKind] = {
    FAMILY_UPDATE: _FILE,
    CHILD_UPDATE: _FILE,
    CHILD_AUTHORISATIONS: _FILE,
    CHILD_ADD: ChangeKind(apply=apply_child, found=nothing_in_the_way),
    CHILD_HEALTH: ChangeKind(apply_health, health_in_the_way, let_health_go),
    CHILD_PHOTO: ChangeKind(apply_photo, nothing_in_the_way, let_photo_go),
    DOCUMENT_SUBMIT: ChangeKind(apply_document, nothing_in_the_way, let_document_go),
    PREREGISTER: ChangeKind(register_family, guardian_missing, let_joined_go),
    CREDENTIALS_RESET: ChangeKind(apply=grant_link, found=no_address_found),
}
