"""The authority's own reasons of absence: what each asks for, and what it does to the bill."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from chassis.database import Transaction
from enrolment.domain.absence import AbsenceReason
from enrolment.domain.submission import AlreadyExists, NotFound
from enrolment.store.absences import all_reasons, write_reason

MOST = 50
"""Reasons at most: families choose in a list."""


class TooManyAbsenceReasons(ValueError):
    def __init__(self) -> None:
        super().__init__(f"Il y a déjà {MOST} motifs d’absence.")


async def edit_absence_reason(transaction: Transaction, reason: AbsenceReason) -> None:
    """Absences already declared keep the effect that they were told. Raises NotFound,
    AlreadyExists when another reason has that label."""
    known = {one.code: one for one in await all_reasons(transaction.connection)}
    if reason.code not in known:
        raise NotFound
    _must_be_alone(reason, known.values())
    position = known[reason.code].position
    await write_reason(transaction.connection, replace(reason, position=position))


async def add_absence_reason(transaction: Transaction, reason: AbsenceReason) -> str:
    """Under a code made from its label, last in the list; returns the code.

    Raises AlreadyExists, TooManyAbsenceReasons.
    """
    known = await all_reasons(transaction.connection)
    _must_be_alone(reason, known)
    if len(known) >= MOST:
        raise TooManyAbsenceReasons
    code = _code(reason.label, {one.code for one in known})
    position = max((one.position for one in known), default=0) + 1
    await write_reason(transaction.connection, replace(reason, code=code, position=position))
    return code


def _must_be_alone(reason: AbsenceReason, known: Iterable[AbsenceReason]) -> None:
    if any(one.label == reason.label and one.code != reason.code for one in known):
        raise AlreadyExists("Un autre motif porte déjà ce nom.")


def _code(label: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30]
    stem = stem if stem[:1].isalpha() else f"reason_{stem}".rstrip("_")
    return next(
        code for code in (stem, *(f"{stem}_{n}" for n in range(2, MOST + 2))) if code not in taken
    )
