"""Deny by default, seen from outside: every operation × everybody, on the running system."""

import pytest

from support.house import House
from support.permissions import TABLE, as_table, observe


@pytest.mark.timeout(400)
async def test_every_operation_lets_pass_whom_the_table_names_and_nobody_else(
    house: House, sessions: dict[str, object]
) -> None:
    try:
        observed = as_table(await observe(house)).splitlines()
    finally:
        # Among the operations is the one that closes one's other sessions.
        sessions.clear()
    committed = TABLE.read_text().splitlines()
    assert [row for row in observed if row not in committed] == [], "operations without a true row"
    assert [row for row in committed if row not in observed] == [], "rows of no operation"
