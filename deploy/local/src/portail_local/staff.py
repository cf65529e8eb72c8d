"""The first member of staff, who can create all others, and passwords of the demo's people."""

from __future__ import annotations

from collections.abc import Iterable

from portail_local.service_process import ServiceProcess

ADMIN_IDENTIFIER = "admin"
ADMIN_NAME = "Administration du portail"


async def create_admin(accounts: ServiceProcess, password: str) -> None:
    """Create the first administrator; nothing changes when there is one already.

    The password goes through standard input: arguments are visible to every
    user of the machine.
    """
    await accounts.run_verb(
        *("create-staff", "--identifier", ADMIN_IDENTIFIER),
        *("--name", ADMIN_NAME, "--role", "admin"),
        stdin=f"{password}\n",
    )


async def give_passwords(
    accounts: ServiceProcess, identifiers: Iterable[str], password: str
) -> None:
    """A first password for each; one that was chosen is left as it is."""
    lines = "".join(f"{identifier} {password}\n" for identifier in identifiers)
    await accounts.run_verb("first-passwords", stdin=lines)
