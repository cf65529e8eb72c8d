"""Who may call what: observed by calling every operation of every running service as everybody.

`python -m support.permissions` writes the table again after a change that was meant.
"""

import asyncio
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from portail_contracts.catalogue import Context
from portail_local.demo_data.families import PASSWORD

from .house import House

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "permissions.md"
PEOPLE = {
    "family": ("noisetier", "family"),
    "secretariat": ("secretariat", "staff"),
    "centre": ("centre", "staff"),
    "cash_office": ("regie", "staff"),
    "auditor": ("audit", "staff"),
}
COLUMNS = ("anonymous", *PEOPLE, "admin", "service")
NOT_FOR_THEM = (401, 403)
NOBODY = "00000000-0000-7000-8000-000000000000"

HEAD = """# Who may call what

Every operation of every service, and whether each kind of caller gets past its guard. The table is
observed on the running system, with real tokens; a test calls everything again and compares, so an
operation without a row, or a row that is no longer true, fails the build. What belongs to one
family is besides refused to every other family (404). The gateway's pages have their own table in
`tests/gateway`.

"""


@dataclass(frozen=True, order=True)
class Operation:
    service: str
    path: str
    method: str
    is_open: bool = field(default=False, compare=False)
    """Whether its guard declares that it is for anyone."""


async def operations() -> list[Operation]:
    """Every route that a service would serve."""
    found = []
    for context in Context:
        listing = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "support.routes", context, cwd=TESTS, stdout=subprocess.PIPE
        )
        printed, _ = await listing.communicate()
        found += [
            Operation(context, path, method, is_open)
            for method, path, is_open in json.loads(printed)
        ]
    return sorted(found)


async def tokens(house: House) -> dict[str, str]:
    doors = house.doors()
    made = {"anonymous": ""}
    for person, (identifier, door) in PEOPLE.items():
        made[person] = (await doors.sign_in(identifier, PASSWORD, door)).token
    admin = (house.system.admin_identifier, house.system.admin_password)
    made["admin"] = (await doors.sign_in(*admin, "staff")).token
    made["service"] = await doors.service_token()
    await doors.close()
    return made


async def observe(house: House) -> dict[Operation, frozenset[str]]:
    """By operation: the callers that its guard lets pass."""
    known = await operations()
    bearers = await tokens(house)
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        observed = {}
        for operation in known:
            passing = [
                name for name in COLUMNS if await _passes(session, house, operation, bearers[name])
            ]
            # A path that leads nowhere lets everybody pass, and would prove nothing.
            assert operation.is_open or "anonymous" not in passing, operation
            observed[operation] = frozenset(passing)
        return observed


async def _passes(
    session: aiohttp.ClientSession, house: House, operation: Operation, bearer: str
) -> bool:
    path = re.sub(r"\{[^}]+\}", NOBODY, operation.path)
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    body = {} if operation.method in ("POST", "PUT", "PATCH") else None
    # Only the head of the answer is awaited: a stream never ends.
    async with session.request(
        operation.method,
        house.system.urls[operation.service] + path,
        headers=headers,
        json=body,
        allow_redirects=False,
    ) as answer:
        assert answer.status < 500, f"{operation}: {answer.status}"
        if "problem" not in answer.headers.get("content-type", ""):
            return answer.status not in NOT_FOR_THEM
        problem = await answer.json(content_type=None)
        # A refusal of what was said (a wrong password) is not a refusal of who says it.
        return problem["type"].rsplit(":", 1)[-1] not in (
            "portail.sign-in-needed",
            "portail.forbidden",
        )


def as_table(observed: dict[Operation, frozenset[str]]) -> str:
    names = [name.replace("_", " ") for name in COLUMNS]
    rows = [
        "| service | operation | " + " | ".join(names) + " |",
        "|---|---|" + ":-:|" * len(names),
    ]
    for operation, passing in sorted(observed.items()):
        marks = " | ".join("✓" if name in passing else "" for name in COLUMNS)
        rows.append(f"| {operation.service} | `{operation.method} {operation.path}` | {marks} |")
    return HEAD + "\n".join(rows) + "\n"


def main() -> None:
    house = House()
    try:
        house.start()
        TABLE.write_text(as_table(asyncio.run(observe(house))))
    finally:
        house.stop()


if __name__ == "__main__":
    main()
