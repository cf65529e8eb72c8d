"""`python -m messaging.partners list | add | rotate | revoke`: the record's door for operators.

What is asked comes as JSON on standard input and is answered as one line of JSON on standard
output. Nothing of the service but its settings and its database is started for it.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.broker.partners import Partner
from chassis.clock import clock_from
from chassis.database import Database, Transaction
from chassis.identifiers import new_id
from chassis.settings import SharedSettings
from messaging.settings import Settings
from messaging.store import partners
from portail_contracts.catalogue import Context

Asked = dict[str, Any]


async def answer(verb: str, asked: Asked) -> Any:
    """What the record says; False when it refuses."""
    clock = clock_from(SharedSettings().clock_shift)
    database = Database(Settings().database_url, Context.MESSAGING, clock, pool_size=1)
    try:
        async with database.transaction() as transaction:
            return await VERBS[verb](transaction, asked, clock.now())
    finally:
        await database.close()


async def _list(transaction: Transaction, _asked: Asked, _now: datetime) -> list[Asked]:
    return [_described(record) for record in await partners.standing(transaction.connection)]


def _described(record: partners.PartnerRecord) -> Asked:
    return {
        "name": record.partner.name,
        "patterns": record.partner.patterns,
        "centres": [str(centre) for centre in record.partner.centres],
        "password_hash": record.password_hash,
        "added_at": record.added_at.isoformat(),
        "rotated_at": record.rotated_at and record.rotated_at.isoformat(),
    }


async def _add(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    partner = Partner(asked["name"], tuple(asked["patterns"]), tuple(map(UUID, asked["centres"])))
    return await partners.add(
        transaction.connection, new_id(), partner, asked["password_hash"], now
    )


async def _rotate(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    return await partners.rotate(transaction.connection, asked["name"], asked["password_hash"], now)


async def _revoke(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    return await partners.revoke(transaction.connection, asked["name"], now)


VERBS: Mapping[str, Callable[[Transaction, Asked, datetime], Awaitable[Any]]] = {
    "list": _list,
    "add": _add,
    "rotate": _rotate,
    "revoke": _revoke,
}


def main() -> None:
    """The whole of the command."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb not in VERBS:
        sys.exit(f"usage: python -m messaging.partners {' | '.join(VERBS)}")
    text = sys.stdin.read()
    told = asyncio.run(answer(verb, json.loads(text) if text.strip() else {}))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
