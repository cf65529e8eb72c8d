"""The cash office sets the prices of a code for some time."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from billing.domain.pricing import RateGrid, check_bands
from billing.store.rates import add_grid, end_grid
from chassis.database import Transaction


class DaysAlreadyPriced(Exception):
    """Another grid of the same code holds on some of those days."""


async def create_rate_grid(
    transaction: Transaction,
    grid: RateGrid,
    created_by: str,
    now: datetime,
    *,
    ends_previous: bool = False,
) -> None:
    """Raises FaultyBands or DaysAlreadyPriced.

    With `ends_previous` the grid in force the day this one begins ends the day before; days
    already billed keep their price.
    """
    check_bands(grid.bands)
    if ends_previous:
        await end_grid(transaction.connection, grid.code, grid.valid_from)
    try:
        async with transaction.connection.begin_nested():
            await add_grid(transaction.connection, grid, created_by, now)
    except IntegrityError as error:
        if "ex_rate_grids_validity" not in str(error.orig):
            raise
        raise DaysAlreadyPriced(
            f"Un barème « {grid.code} » existe déjà pour une partie de ces jours."
        ) from None
