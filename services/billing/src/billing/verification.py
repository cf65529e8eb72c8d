"""`python -m billing verify`: what must hold of the records, for the operator."""

import sys
from collections.abc import Sequence

from billing.store.verifying import verify
from chassis.runtime import Runtime


async def verify_command(runtime: Runtime, _arguments: Sequence[str]) -> None:
    """Prints each promise; ends with 1 when one is broken."""
    async with runtime.database.reading() as connection:
        verdicts = await verify(connection)
    for verdict in verdicts:
        state = "tenu" if not verdict.broken else f"ROMPU : {', '.join(verdict.broken)}"
        sys.stdout.write(f"{verdict.promise} : {state}\n")
    if any(verdict.broken for verdict in verdicts):
        sys.exit(1)
