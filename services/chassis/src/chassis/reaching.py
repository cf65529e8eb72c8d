"""Waiting for a database that is still being started or provisioned."""

import asyncio

import asyncpg
from sqlalchemy.engine import make_url

from .telemetry import logger

PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 1.0

NOT_YET = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,  # the role or its password is not made yet
    asyncpg.InsufficientPrivilegeError,
)

log = logger(__name__)


async def reachable(url: str, patience: float = PATIENCE_SECONDS) -> None:
    """Returns once the database lets us in; raises what it last said when patience has ended."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            connection = await asyncpg.connect(address, timeout=10)
        except NOT_YET as error:
            if loop.time() > until:
                raise
            log.info("database.awaited", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            await connection.close()
            return
