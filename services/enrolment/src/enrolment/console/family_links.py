"""Files that a newcomer may already have, as accounts names them: where each is opened."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from .family_sheet import FAMILIES


def files_alike(listed: Any) -> list[tuple[str, str]]:
    """What each is called, and its address; what another release says otherwise is left out."""
    return list(_read(listed))


def _read(listed: Any) -> Iterator[tuple[str, str]]:
    with suppress(KeyError, TypeError, ValueError):
        for one in listed or ():
            yield str(one["said"]), f"{FAMILIES}/{UUID(one['family_id'])}"
