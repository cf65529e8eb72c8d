"""A month and a page, as the doors are asked for them."""

from datetime import date
from uuid import UUID

from billing.store.charges import page_of_lines
from chassis.runtime import Runtime

from .schemas import ChargeLines

PAGE = 20


def pages_of(total: int) -> int:
    return max(1, -(-total // PAGE))


def days_of(month: str) -> tuple[date, date]:
    """First day of the month and of the next one."""
    first = date.fromisoformat(f"{month}-01")
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


async def lines_of(runtime: Runtime, family_id: UUID, month: str | None, page: int) -> ChargeLines:
    days = None if month is None else days_of(month)
    async with runtime.database.reading() as connection:
        lines, total = await page_of_lines(connection, family_id, days, page)
    return ChargeLines.of(lines, page, total)
