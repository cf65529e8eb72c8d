"""Runs: a month's invoices of one cash office, from their preparation to their issue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import runs


@dataclass(frozen=True)
class Run:
    """A period's invoices of one cash office.

    `preparing` becomes `draft`, `issuing` becomes `issued`, slice by slice; a draft may be
    `cancelled`.
    """

    run_id: UUID
    cash_office: str
    period: str
    rate_codes: tuple[str, ...]
    state: str
    issued_on: date
    due_on: date
    created_at: datetime
    created_by: str
    issued_at: datetime | None
    issued_by: str | None
    reached: UUID | None = None
    """The last family that a run in preparation has taken, in the order of ids."""

    @property
    def days(self) -> tuple[date, date]:
        """First day of the period and of the next one."""
        first = date.fromisoformat(f"{self.period}-01")
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


class DraftExists(Exception):
    """Another draft of the same cash office holds the same lines."""


async def add_run(connection: AsyncConnection, run: Run) -> None:
    """Raises DraftExists."""
    try:
        async with connection.begin_nested():
            await connection.execute(
                insert(runs).values({**vars(run), "rate_codes": list(run.rate_codes)})
            )
    except IntegrityError as error:
        if "ix_runs_one_draft" not in str(error.orig):
            raise
        raise DraftExists(
            "Un lancement est déjà en préparation : validez-le ou annulez-le."
        ) from None


async def find_run(connection: AsyncConnection, run_id: UUID, *, lock: bool = False) -> Run | None:
    chosen = select(runs).where(runs.c.run_id == run_id)
    row = (await connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    return None if row is None else _run(row)


async def all_runs(connection: AsyncConnection, page: int, size: int) -> tuple[list[Run], int]:
    """Newest first."""
    total = (await connection.execute(select(func.count()).select_from(runs))).scalar_one()
    chosen = select(runs).order_by(runs.c.created_at.desc(), runs.c.run_id)
    rows = await connection.execute(chosen.limit(size).offset((page - 1) * size))
    return [_run(row) for row in rows], total


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "rate_codes": tuple(row.rate_codes)})


async def mark(connection: AsyncConnection, run_id: UUID, state: str, **values: Any) -> None:
    await connection.execute(
        update(runs).where(runs.c.run_id == run_id).values(state=state, **values)
    )


async def unfinished(connection: AsyncConnection) -> list[UUID]:
    """Runs that somebody began to prepare or to issue, oldest first."""
    chosen = select(runs.c.run_id).where(runs.c.state.in_(("preparing", "issuing")))
    return list((await connection.execute(chosen.order_by(runs.c.created_at))).scalars())


async def empty_draft(connection: AsyncConnection, run_id: UUID) -> None:
    for table in ("run_lines", "run_invoices"):
        await connection.execute(text(f"DELETE FROM {table} WHERE run_id = :run"), {"run": run_id})
