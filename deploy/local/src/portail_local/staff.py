"""The first member of staff, who can create all others."""

from __future__ import annotations

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
