"""Keep the signing keys on schedule: make the next, drop those whose tokens have all expired."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, text, update

from accounts.domain.signing import Plan, plan
from accounts.sealing import MasterKey
from accounts.store.signing_keys import all_keys
from accounts.store.tables import signing_keys
from chassis.database import Transaction

_LOCK = 0xACC0


async def rotate_keys(
    transaction: Transaction, master_key: MasterKey, now: datetime, *, forced: bool = False
) -> Plan:
    """Do what the schedule says; replicas take turns, and the second finds nothing to do."""
    connection = transaction.connection
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    round_ = plan([key.times for key in await all_keys(connection)], now, forced=forced)
    if round_.make_from is not None:
        await connection.execute(insert(signing_keys).values(_key(master_key, round_, now)))
    if round_.bring_forward is not None:
        kid, signs_from = round_.bring_forward
        await connection.execute(
            update(signing_keys).where(signing_keys.c.kid == kid).values(signs_from=signs_from)
        )
    if round_.drop:
        await connection.execute(delete(signing_keys).where(signing_keys.c.kid.in_(round_.drop)))
    return round_


def _key(master_key: MasterKey, round_: Plan, now: datetime) -> dict[str, object]:
    private = Ed25519PrivateKey.generate()
    kid = secrets.token_urlsafe(12)
    sealed = master_key.seal(kid, private.private_bytes_raw())
    return {
        "kid": kid,
        "public_key": private.public_key().public_bytes_raw(),
        "sealed_private_key": sealed.box,
        "master_key_id": sealed.master_key_id,
        "made_at": now,
        "signs_from": round_.make_from,
    }
