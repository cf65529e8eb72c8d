"""A family that is not known yet asks to be registered: one more request in the one queue.

The family's identifier is made now and becomes its own when staff accept; until then it has no
file. What staff read in the place of « before » says whether somebody like it is known already.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from accounts.domain.change import ChangeItem
from accounts.domain.preregistration import (
    CHILD,
    GUARDIAN,
    PREREGISTER,
    WISH,
    Person,
    Preregistration,
    read,
    shown,
)
from chassis.clock import local_date
from chassis.database import Transaction

from .join_document import items_joined
from .keep_change import Author, Draft, Proposed, earlier_change, keep_change
from .notice_alike import Hint, alike_by_child, alike_by_reach

NOBODY_LIKE_IT = "Personne de connu"


async def preregister(
    transaction: Transaction,
    request_id: UUID,
    typed: Mapping[str, object],
    now: datetime,
    *,
    received_at: datetime | None = None,
    author: Author | None = None,
) -> Proposed:
    """The same sending again is the same request. Raises WrongFields or RequestIdReused.

    `received_at` and `author` are of a form on paper, entered by staff: the legal deadline runs
    from the day when it came in.
    """
    family_id = uuid5(request_id, "family")
    content = json.dumps(dict(typed), sort_keys=True, ensure_ascii=False)
    wanted = read(family_id, typed, local_date(now))
    earlier = await earlier_change(transaction, request_id, family_id, content)
    if earlier is not None:
        return Proposed(earlier, is_new=False)
    items = [
        *await _items(transaction, wanted),
        *await items_joined(transaction, request_id, wanted),
    ]
    draft = Draft(
        request_id=request_id,
        family_id=family_id,
        kind=PREREGISTER,
        subject=f"Famille {wanted.name}",
        author=author or Author(wanted.guardians[0].name),
        base_version=1,
        content=content,
    )
    change = await keep_change(transaction, draft, items, received_at or now)
    return Proposed(change, is_new=True)


async def _items(transaction: Transaction, wanted: Preregistration) -> list[ChangeItem]:
    guardians = [
        _item(
            f"guardian.{one.person_id}",
            "Responsable" if index else "Responsable qui écrit",
            one.values,
            shown(GUARDIAN, one.values),
            await _known_guardian(transaction, one, wanted.family_id),
        )
        for index, one in enumerate(wanted.guardians)
    ]
    children = [
        _item(
            f"child.{one.person_id}",
            f"Enfant, {one.values['given_name']}",
            one.values,
            shown(CHILD, one.values),
            await _known_child(transaction, one, wanted.family_id),
        )
        for one in wanted.children
    ]
    wish = _item(f"wish.{wanted.family_id}", "Souhait", wanted.wish, shown(WISH, wanted.wish), None)
    return [*guardians, *children, wish]


def _item(
    path: str, label: str, values: Mapping[str, object], words: str, known: Hint | None
) -> ChangeItem:
    _, _, owner = path.partition(".")
    return ChangeItem(
        item_id=uuid5(UUID(owner), "item"),
        path=path,
        label=label,
        old={str(one.family_id): one.said for one in known.files} if known else None,
        new=dict(values),  # type: ignore[arg-type]
        old_words=(known.words or NOBODY_LIKE_IT) if known else "",
        new_words=words,
    )


async def _known_guardian(transaction: Transaction, person: Person, besides: UUID) -> Hint:
    values = person.values
    phones = [str(values.get(name) or "") for name in ("mobile_phone", "home_phone")]
    email = str(values["email"]) if values.get("email") else None
    return await alike_by_reach(transaction.connection, email, phones, besides)


async def _known_child(transaction: Transaction, person: Person, besides: UUID) -> Hint:
    born_on = date.fromisoformat(str(person.values["born_on"]))
    given_name = str(person.values["given_name"])
    return await alike_by_child(transaction.connection, given_name, born_on, besides)
