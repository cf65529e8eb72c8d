"""What one guardian may see of the other when they live apart.

One function for every door: pages, API, PDFs and exports read the family through `visible_to`.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from .family import Family, Guardian

PRIVATE = (
    "street",
    "address_more",
    "postcode",
    "city",
    "mobile_phone",
    "home_phone",
    "work_phone",
    "email",
    "employer",
)
"""Where a person lives and works, and how they are reached: theirs when the family is apart."""


def visible_to(family: Family, guardian_id: UUID | None) -> Family:
    """The family as that guardian may read it; None is the access that the family shares.

    Whoever holds the shared access of a family apart may be either of them: neither's details
    are shown to it. Staff read the family itself.
    """
    return replace(
        family,
        guardians=tuple(
            one if sees_private(family, guardian_id, one.guardian_id) else _veiled(one)
            for one in family.guardians
        ),
    )


def sees_private(family: Family, viewer: UUID | None, guardian_id: UUID) -> bool:
    """Whether the private details of that guardian are for the viewer.

    Those of who left the file are for nobody in it any more (decision 39).
    """
    if family.guardian(guardian_id) is None:
        return False
    return viewer == guardian_id or not family.is_apart or len(family.guardians) == 1


def sees_item(family: Family, viewer: UUID | None, path: str) -> bool:
    """Whether what a proposal says of that path is for the viewer."""
    kind, _, rest = path.partition(".")
    owner, _, name = rest.rpartition(".")
    if kind != "guardian" or name not in PRIVATE:
        return True
    return sees_private(family, viewer, UUID(owner))


def _veiled(guardian: Guardian) -> Guardian:
    nothing: dict[str, Any] = dict.fromkeys(PRIVATE)
    return replace(guardian, **nothing, sms_consent=False, is_hidden=True)
