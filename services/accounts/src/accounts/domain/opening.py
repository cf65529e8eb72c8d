"""A new file at the counter: what was typed of the family, of its first guardian and of a child."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from . import fields
from .amending import STAFF_FAMILY, STAFF_GUARDIAN, WrongFields, read
from .child import Child
from .family import Family, Guardian, ready_to_record
from .fields import Field

_OPENING: Mapping[str, Sequence[Field]] = {
    "family": STAFF_FAMILY,
    "guardian": STAFF_GUARDIAN,
    "child": fields.CHILD,
}


def opened(
    family_id: UUID, reference: str, typed: Mapping[str, Mapping[str, object]], today: date
) -> Family:
    """A new file of what was typed by section: `family`, `guardian`, and `child` when there is one.

    The first guardian pays unless said otherwise. Identifiers follow from the family's, so that
    sending twice opens the same file. Raises WrongFields (by `section.field`), IncompleteFamily.
    """
    errors: dict[str, str] = {}
    kept: dict[str, dict[str, Any]] = {}
    for section, declared in _OPENING.items():
        if section == "child" and not any(typed.get(section, {}).values()):
            continue
        try:
            kept[section] = read(declared, typed.get(section, {}), today, None)
        except WrongFields as wrong:
            errors |= {f"{section}.{name}": words for name, words in wrong.errors.items()}
    if errors:
        raise WrongFields(errors)
    guardian = Guardian(uuid5(family_id, "guardian"), **{**kept["guardian"], "is_payer": True})
    child = kept.get("child")
    children = (Child(uuid5(family_id, "child"), 1, **child),) if child else ()
    family = Family(
        family_id=family_id,
        version=1,
        reference=reference,
        guardians=(guardian,),
        children=children,
        quotients=(),
        **kept["family"],
    )
    return ready_to_record(family, today)
